// Reports as they are kept under `.phasegate/reports`: evidence, and what later ones are compared with.
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorWords } from '../model/error-words';
import { prepareStateFolder } from '../facts/ledger';
import type { Report } from '../model/report';
import { type EarlierReport, asksTheSame } from '../validation/compare';

/** Where a report was kept, or why not. */
export type Saved = { readonly ok: true; readonly path: string } | { readonly ok: false; readonly message: string };

/** How many earlier reports, or moments of the ledger, make a trend. */
export const MOST_EARLIER = 9;

export class KeptReports {
  private readonly stateFolder: string;
  private readonly onProgress: (message: string) => void;

  /** @param stateFolder the workspace's `.phasegate` folder */
  constructor(stateFolder: string, onProgress: (message: string) => void) {
    this.stateFolder = stateFolder;
    this.onProgress = onProgress;
  }

  /** Kept reports of the same question, newest first. */
  async before(report: Report): Promise<readonly EarlierReport[]> {
    const folder = join(this.stateFolder, 'reports');
    const names = await readdir(folder).catch(() => []);
    const found: EarlierReport[] = [];
    for (const name of names
      .filter(each => each.endsWith('.json'))
      .sort()
      .reverse()) {
      const at = instantOfName(name);
      if (at === undefined || !name.includes(`Z-${report.command}`)) continue;
      try {
        const before = JSON.parse(await readFile(join(folder, name), 'utf8')) as Report; // our own file
        if (asksTheSame(before, report)) found.push({ at, report: before });
      } catch {
        this.onProgress(`${join(folder, name)} could not be read and was skipped: it is no whole report`);
      }
      if (found.length === MOST_EARLIER) break;
    }
    return found;
  }

  /** Keeps a report as Markdown and JSON. Gives the Markdown's path. */
  async save(report: Report, markdown: string): Promise<Saved> {
    const folder = join(this.stateFolder, 'reports');
    const about = report.phases.flatMap(phase => phase.tables);
    const subject = about.length === 1 ? `-${(about[0] ?? '').replaceAll(/[^\w.-]/g, '_')}` : '';
    const name = `${new Date().toISOString().replaceAll(/[:.]/g, '')}-${report.command}${subject}`;
    try {
      prepareStateFolder(this.stateFolder, 'reports');
      await writeFile(join(folder, `${name}.json`), `${JSON.stringify(report, undefined, 2)}\n`);
      await writeFile(join(folder, `${name}.md`), markdown);
      return { ok: true, path: join(folder, `${name}.md`) };
    } catch (error) {
      return {
        ok: false,
        message: `the report could not be kept in ${folder}: ${errorWords(error)}`,
      };
    }
  }
}

/** When a report was kept, by its file's name: `2026-01-04T093000123Z-validate.json`. */
function instantOfName(name: string): string | undefined {
  const parts = /^(\d{4}-\d{2}-\d{2}T)(\d{2})(\d{2})(\d{2})(\d{3})Z-/.exec(name);
  return parts === null ? undefined : `${parts[1] ?? ''}${parts.slice(2, 5).join(':')}.${parts[5] ?? ''}Z`;
}
