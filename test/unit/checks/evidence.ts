// Evidence for judging, written down by hand: a value for each figure and date.
import type { CheckPart, Evidence, Judgement } from '../../../src/checks/check';
import { CHECK_TYPES } from '../../../src/checks/registry';
import { type Day, formatDay, parseDay } from '../../../src/model/day';
import { DaySet } from '../../../src/model/day-set';
import { NO_STRAYS, type TableFacts, type TableReading, factsWithin } from '../../../src/model/facts';
import type { QueryReading } from '../../../src/model/queries';
import { type Figure, type FigureId, figureId } from '../../../src/model/figures';

export function day(text: string): Day {
  const parsed = parseDay(text);
  if (parsed === undefined) throw new Error(`${text} is no day`);
  return parsed;
}

/** The parts of a declaration, parsed as the manifest reader would. */
export function partsOf(type: string, declared: unknown): readonly CheckPart[] {
  const check = CHECK_TYPES.get(type);
  if (check === undefined) throw new Error(`no check type ${type}`);
  return check.build(check.declaration.parse(declared), { name: 'd.t', dated: true, key: [], written: 'processed_at' })
    .parts;
}

export interface GivenDay {
  readonly date: string;
  readonly figures: readonly number[];
  readonly games?: number;
  readonly expected?: boolean;
}

/** Evidence in which a part's figures, in their order, have the values given for each date. */
export function evidenceFor(
  figures: readonly Figure[],
  given: readonly GivenDay[],
  options: { dated?: boolean; other?: TableReading; from?: string; query?: QueryReading } = {},
): Evidence {
  const values = new Map<FigureId, number[]>();
  figures.forEach((figure, f) =>
    values.set(
      figureId(figure),
      given.map(each => each.figures[f] ?? 0),
    ),
  );
  const days = given.map(each => day(each.date));
  const facts: TableFacts = {
    table: 'd.t',
    dated: options.dated ?? true,
    range: { from: days[0] ?? day('2024-01-01'), to: days.at(-1) ?? day('2024-01-01') },
    days,
    rows: given.map(each => each.figures[0] ?? 0),
    values,
    unmeasured: new Map(),
    unread: new Map(),
    strays: NO_STRAYS,
    measuredAt: 0,
  };
  const expected = DaySet.of(given.filter(each => each.expected !== false).map(each => day(each.date)));
  const range = { from: options.from === undefined ? facts.range.from : day(options.from), to: facts.range.to };
  return {
    facts: factsWithin(facts, range),
    expected: expected.within(range),
    other: () => options.other,
    query: () => options.query,
    history: { facts, expected },
    seasons: [
      { id: '2023-24', range: { from: day('2023-10-24'), to: day('2024-06-17') } },
      { id: '2024-25', range: { from: day('2024-10-22'), to: day('2025-06-22') } },
    ],
    units: at => given.find(each => each.date === formatDay(at))?.games,
    due: at => (at + 1) * 86_400_000 + 6 * 3_600_000, // six in the morning after
  };
}

/** The judgement of a declaration's first (or given) part over given values of its figures. */
export function judge(type: string, declared: unknown, given: readonly GivenDay[], part = 0): Judgement {
  const chosen = partsOf(type, declared)[part];
  if (chosen === undefined) throw new Error(`no part ${part}`);
  return chosen.judge(evidenceFor(chosen.figures, given));
}

/** Findings as `date state` words. */
export function dates(judgement: Judgement): readonly string[] {
  return judgement.findings.map(finding => `${formatDay(finding.day)} ${finding.state ?? '–'}`);
}
