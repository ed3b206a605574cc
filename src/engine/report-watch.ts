// Reports that others keep, such as the command line: what they say of checks is shown in the editor too.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '../model/report';

/** How often it is looked whether there is a new one. */
const LOOK_MS = 1_000;

export class ReportWatch {
  private readonly onReport: (folder: string, report: Report) => void;
  /** By folder: the reports that were there when it was last looked at. */
  private readonly seen = new Map<string, { readonly changedAt: number; readonly names: ReadonlySet<string> }>();
  private timer: NodeJS.Timeout | undefined;

  constructor(onReport: (folder: string, report: Report) => void) {
    this.onReport = onReport;
  }

  /** Looks at the reports of a folder from now on; the newest one that is there is told at once. */
  watch(folder: string): void {
    if (this.seen.has(folder)) return;
    const names = reportNames(folder);
    this.seen.set(folder, { changedAt: changedAt(folder), names: new Set(names) });
    const newest = names.findLast(name => name.includes('Z-validate'));
    if (newest !== undefined) this.tell(folder, newest);
    this.timer ??= setInterval(() => this.look(), LOOK_MS);
  }

  stop(): void {
    clearInterval(this.timer);
  }

  private look(): void {
    for (const [folder, seen] of this.seen) {
      const at = changedAt(folder);
      if (at === seen.changedAt) continue;
      const names = new Set(reportNames(folder));
      for (const name of names)
        // One that is being written is looked at again when its Markdown follows.
        if (!seen.names.has(name) && name.includes('Z-validate') && !this.tell(folder, name)) names.delete(name);
      this.seen.set(folder, { changedAt: at, names });
    }
  }

  /** Whether the file is whole. */
  private tell(folder: string, name: string): boolean {
    try {
      const report = JSON.parse(readFileSync(join(reportsFolder(folder), name), 'utf8')) as Partial<Report> | null;
      if (report?.schema === 'phasegate.report/1') this.onReport(folder, report as Report);
      return true;
    } catch {
      return false;
    }
  }
}

function reportsFolder(folder: string): string {
  return join(folder, '.phasegate', 'reports');
}

function changedAt(folder: string): number {
  return statSync(reportsFolder(folder), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** The reports that are there, oldest first. */
function reportNames(folder: string): readonly string[] {
  try {
    return readdirSync(reportsFolder(folder))
      .filter(name => name.endsWith('.json'))
      .sort();
  } catch {
    return [];
  }
}
