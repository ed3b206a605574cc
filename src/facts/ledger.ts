// The ledger: facts as they were measured, append-only, one segment file per process. History is what superseded facts are (rule 15).
//
// A segment is a file of JSON lines. Each line tells one measurement of one table: which figures were measured, over which
// dates, what proves the rows unchanged since (proofs), and, columnar, the values of only those dates whose values changed.
import { appendFileSync, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { errorWords } from '../model/error-words';
import type { Day } from '../model/day';
import type { DayRange } from '../model/day-set';
import { DaySet } from '../model/day-set';
import type { FigureValue, StrayRows } from '../model/facts';
import { NO_STRAYS } from '../model/facts';
import { type FigureId, ROWS, figureId } from '../model/figures';
import { DayColumn } from './day-column';

/** One measurement as a line of a segment. Days are whole days since 1970-01-01. */
export interface LedgerLine {
  readonly target: string;
  readonly table: string;
  /** When it was measured, milliseconds since 1970 UTC. */
  readonly at: number;
  readonly from: number;
  readonly to: number;
  /** All figures that this measurement answered; their values of other dates in the range are confirmed. */
  readonly figures: readonly FigureId[];
  /** Proof for the whole range; `null` where none was to be had, absent where proofs are by date. */
  readonly proof?: string | null;
  /** Dates measured and their proofs, where a date has files of its own; `null`: no proof. */
  readonly proofs?: { readonly days: readonly number[]; readonly texts: readonly (string | null)[] };
  /** Dates that changed: their rows, and for each of `figures` a column. Rows of 0: the date holds nothing any more. */
  readonly days: readonly number[];
  readonly rows: readonly number[];
  readonly values: readonly (readonly FigureValue[])[];
  readonly strays: StrayRows;
}

/** The latest facts of one table, as the ledger's lines leave them. */
export class TableHistory {
  readonly rows = new DayColumn();
  readonly values = new Map<FigureId, DayColumn>();
  /** The newest measurement with a proof for its whole range. */
  whole:
    | { readonly proof: string; readonly range: DayRange; readonly figures: ReadonlySet<FigureId>; readonly at: number }
    | undefined;
  /** By date: the newest measurement with a proof. */
  readonly byDate = new Map<
    Day,
    { readonly proof: string; readonly figures: ReadonlySet<FigureId>; readonly at: number }
  >();
  strays: StrayRows = NO_STRAYS;
  /** The dates that were ever looked at, whether they held rows or not. */
  measured: DaySet = DaySet.empty;
  /** When it was last measured, milliseconds since 1970 UTC. */
  at = 0;

  /** Whether the table was never looked at. */
  get isEmpty(): boolean {
    return this.measured.isEmpty;
  }

  /** All dates on which a figure was ever above zero: what was once expected stays known (rule 4). */
  daysEverPositive(figure: FigureId): DaySet {
    return (figure === figureId(ROWS) ? this.rows : this.values.get(figure))?.everPositive() ?? DaySet.empty;
  }

  /** Applies a later measurement. */
  apply(line: LedgerLine): void {
    const columns = line.figures.map(figure => this.column(figure));
    line.days.forEach((number, i) => {
      const day = number as Day;
      const rows = line.rows[i] ?? 0;
      if (rows === 0) {
        this.rows.delete(day);
        for (const column of this.values.values()) column.delete(day);
      } else this.rows.set(day, rows);
    });
    // A figure at a time: its dates lie side by side.
    columns.forEach((column, f) => {
      const values = line.values[f] ?? [];
      line.days.forEach((day, i) => {
        if ((line.rows[i] ?? 0) !== 0) column.set(day as Day, values[i] ?? null);
      });
    });
    this.strays = line.strays;
    this.measured = this.measured.union(DaySet.range(line.from as Day, line.to as Day));
    this.at = Math.max(this.at, line.at);
    const figures = new Set(line.figures);
    if (line.proofs === undefined) this.applyWholeProof(line, figures);
    else this.applyProofsByDate(line.proofs, figures, line.at);
  }

  /** The same rows measured again, over less or for less, take nothing away from what is proven. */
  private applyWholeProof(line: LedgerLine, figures: ReadonlySet<FigureId>): void {
    const { whole } = this;
    if (typeof line.proof !== 'string') {
      this.whole = undefined;
      return;
    }
    const covers =
      whole?.proof === line.proof &&
      whole.range.from <= line.from &&
      whole.range.to >= line.to &&
      [...figures].every(id => whole.figures.has(id));
    if (!covers)
      this.whole = { proof: line.proof, range: { from: line.from as Day, to: line.to as Day }, figures, at: line.at };
  }

  private applyProofsByDate(
    proofs: NonNullable<LedgerLine['proofs']>,
    figures: ReadonlySet<FigureId>,
    at: number,
  ): void {
    proofs.days.forEach((number, i) => {
      const day = number as Day;
      const proof = proofs.texts[i] ?? null;
      const known = this.byDate.get(day);
      if (proof === null) this.byDate.delete(day);
      else if (known?.proof === proof)
        this.byDate.set(day, { proof, figures: new Set([...known.figures, ...figures]), at: known.at });
      else this.byDate.set(day, { proof, figures, at });
    });
  }

  private column(figure: FigureId): DayColumn {
    const known = this.values.get(figure);
    if (known !== undefined) return known;
    const made = new DayColumn();
    this.values.set(figure, made);
    return made;
  }
}

/** The segment of what this ledger has measured itself. */
const OWN = -1;
/** After so long a process begins another segment. */
const SEGMENT_MS = 5 * 60_000;
/** Segments that this process has begun: what two of them hold of one millisecond keeps its order. */
let segments = 0;

/** The ledger of one workspace. Losing it loses history, never data: what cannot be read or written is warned of and worked without. */
/** What was known at a moment. */
export interface PastFacts {
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  readonly histories: ReadonlyMap<string, TableHistory>;
}

export class Ledger {
  private readonly histories = new Map<string, TableHistory>();
  /** What this process has appended and no history holds yet: a short command asks once, and never again. */
  private readonly pending = new Map<string, LedgerLine[]>();
  /** The lines of each table as text, with the segment that holds them. */
  private readonly lines = new Map<string, { readonly text: string; readonly segment: number }[]>();
  private readonly folder: string;
  private current: { readonly since: number; readonly path: string } | undefined;
  private readonly onWarning: (message: string) => void;
  private writable = true;

  /** @param stateFolder the workspace's `.phasegate` folder; made when the first fact is written */
  constructor(stateFolder: string, onWarning: (message: string) => void) {
    this.folder = join(stateFolder, 'facts');
    this.onWarning = onWarning;
    this.load();
  }

  /** What is known of a table of a target. */
  history(target: string, table: string): TableHistory {
    const key = prefixOf(target, table);
    const history = this.histories.get(key) ?? this.replay(key, Infinity);
    this.histories.set(key, history);
    for (const line of this.pending.get(key) ?? []) history.apply(line);
    this.pending.delete(key);
    return history;
  }

  /** What was known of a table of a target at an instant, milliseconds since 1970 UTC. */
  historyAt(target: string, table: string, instant: number): TableHistory {
    return this.replay(prefixOf(target, table), instant);
  }

  /** The lines of a table that were measured before an instant, applied in their order. */
  private replay(key: string, before: number): TableHistory {
    const history = new TableHistory();
    for (const line of this.linesOf(key)) if (line.at < before) history.apply(line);
    return history;
  }

  private linesOf(key: string): readonly (LedgerLine & { readonly segment: number })[] {
    return (this.lines.get(key) ?? [])
      .flatMap(({ text, segment }) => this.parse(text).map(line => ({ ...line, segment })))
      .sort((a, b) => a.at - b.at);
  }

  /**
   * The past of some tables, moment by moment, as it was when this ledger was read: after each measuring that found a change.
   * @param names the names under which facts are kept that are wanted
   * @param of those of them whose changes make a moment
   * @param within the moments that are wanted, out of all of them, ascending
   */
  *past(
    target: string,
    names: readonly string[],
    of: ReadonlySet<string>,
    within: (moments: readonly number[]) => readonly number[],
  ): Generator<PastFacts> {
    const tables = names.map(name => ({
      name,
      lines: this.linesOf(prefixOf(target, name)).filter(({ segment }) => segment !== OWN),
      next: 0,
    }));
    const histories = new Map(names.map(name => [name, new TableHistory()]));
    // What one process measured, it measured together.
    const moments = new Map<number, number>();
    for (const { name, lines } of tables) {
      if (!of.has(name)) continue;
      for (const { days, segment, at } of lines)
        if (days.length > 0) moments.set(segment, Math.max(at, moments.get(segment) ?? at));
    }
    for (const at of within([...moments.values()].sort((a, b) => a - b))) {
      for (const table of tables) {
        for (let line = table.lines[table.next]; line !== undefined && line.at <= at; line = table.lines[++table.next])
          histories.get(table.name)?.apply(line);
      }
      yield { at, histories };
    }
  }

  /** Adds a measurement, to the history and to this process's segment. */
  append(line: LedgerLine): void {
    const key = prefixOf(line.target, line.table);
    const pending = this.pending.get(key);
    if (pending === undefined) this.pending.set(key, [line]);
    else pending.push(line);
    const text = JSON.stringify(line);
    this.know(key, { text, segment: OWN });
    if (!this.writable) return;
    try {
      if (!existsSync(this.folder)) prepareStateFolder(join(this.folder, '..'), 'facts');
      appendFileSync(this.segment(line.at), `${text}\n`);
    } catch (error) {
      this.writable = false;
      this.onWarning(
        `facts could not be kept in ${this.folder}: ${errorWords(error)}. Everything is measured again next time; make the folder writable to keep them`,
      );
    }
  }

  private know(key: string, line: { readonly text: string; readonly segment: number }): void {
    const lines = this.lines.get(key);
    if (lines === undefined) this.lines.set(key, [line]);
    else lines.push(line);
  }

  /** The file for a measurement: a process that measures for hours begins another now and then, so that its past has moments. */
  private segment(at: number): string {
    if (this.current === undefined || at - this.current.since > SEGMENT_MS)
      this.current = {
        since: at,
        path: join(
          this.folder,
          `${new Date().toISOString().replaceAll(/[:.]/g, '')}-${process.pid}-${String(segments++).padStart(6, '0')}-${Math.random().toString(36).slice(2, 8)}.jsonl`,
        ),
      };
    return this.current.path;
  }

  private load(): void {
    let names: string[];
    try {
      names = readdirSync(this.folder)
        .filter(name => name.endsWith('.jsonl'))
        .sort();
    } catch {
      return; // no ledger yet
    }
    for (const [segment, name] of names.entries()) {
      try {
        for (const text of readFileSync(join(this.folder, name), 'utf8').split('\n')) {
          const key = PREFIX.exec(text)?.[0];
          if (key === undefined) {
            if (text.trim() !== '') this.onWarning(`a line of ${join(this.folder, name)} is no fact and was skipped`);
            continue;
          }
          this.know(key, { text, segment });
        }
      } catch (error) {
        this.onWarning(
          `facts in ${join(this.folder, name)} could not be read: ${errorWords(error)}. They are measured again`,
        );
      }
    }
  }

  private parse(text: string): LedgerLine[] {
    try {
      return [JSON.parse(text) as LedgerLine]; // our own file; a line that is whole has this shape
    } catch {
      this.onWarning('a torn line of the ledger was skipped; its facts are measured again');
      return [];
    }
  }
}

/** Every line starts so: target and table can be told without parsing the rest. */
const PREFIX = /^\{"target":"(?:[^"\\]|\\.)*","table":"(?:[^"\\]|\\.)*",/;

function prefixOf(target: string, table: string): string {
  return `{"target":${JSON.stringify(target)},"table":${JSON.stringify(table)},`;
}

/** Makes a folder of the workspace's state, which git, search and watchers are told to leave alone. */
export function prepareStateFolder(stateFolder: string, name: string): void {
  mkdirSync(join(stateFolder, name), { recursive: true });
  const ignore = join(stateFolder, '.gitignore');
  if (!existsSync(ignore)) writeFileSync(ignore, '*\n');
}
