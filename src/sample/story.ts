// What went wrong in the sample: the dates that are short, and the five bugs, planted after 2024-10-21 (§4).
import { type Day } from '../model/day';
import { type DayRange, DaySet } from '../model/day-set';
import { SEASONS, sampleDay } from './league';

const range = (from: string, to: string): DayRange => ({ from: sampleDay(from), to: sampleDay(to) });

/** Bug 1: `minutes_played` is empty for weeks. */
export const NO_MINUTES: DayRange = range('2024-11-11', '2024-12-01');
/** Bug 2: writes that stopped half way: teams written. */
export const PARTIAL_WRITES: ReadonlyMap<Day, number> = new Map([
  [sampleDay('2025-12-26'), 2],
  [sampleDay('2025-12-31'), 7],
  [sampleDay('2026-01-03'), 2],
]);
/** Bug 3: every row of the optional raw source twice, under a second, numeric game id. */
export const DOUBLE_GAMES: DayRange = range('2024-12-08', '2024-12-28');
/** Bug 5: `usage_rate` is empty from the start of this season on. */
export const NO_USAGE_SEASON = '2025-26';

/** How much of team_offense is there, season by season: complete dates and partial ones. 184 and 61 in all, of 918. */
const OFFENSE: Readonly<Record<string, { readonly complete: number; readonly partial: number }>> = {
  '2021-22': { complete: 50, partial: 15 },
  '2022-23': { complete: 40, partial: 15 },
  '2023-24': { complete: 34, partial: 14 },
  '2024-25': { complete: 30, partial: 14 },
  '2025-26': { complete: 30, partial: 3 },
};

/** In what share of each season's dates `usage_rate` is filled: the player rows date from when more of team_offense was there. */
const USAGE_SHARE: Readonly<Record<string, number>> = {
  '2021-22': 0.56,
  '2022-23': 0.56,
  '2023-24': 0.55,
  '2024-25': 0.25,
  '2025-26': 0,
};

export interface Story {
  readonly offenseComplete: DaySet;
  readonly offensePartial: DaySet;
  readonly usageFilled: DaySet;
}

/** The story over the dates that are written, all or the last of those that were held: a shorter season has fewer of each. */
export function storyOf(written: readonly Day[], held: readonly Day[]): Story {
  const complete: Day[] = [];
  const partial: Day[] = [];
  const filled: Day[] = [];
  for (const season of SEASONS) {
    const inSeason = (day: Day): boolean => day >= season.start && day <= season.end;
    const dates = written.filter(inSeason);
    const share = dates.length / held.filter(inSeason).length;
    const rest = dates.filter(day => !PARTIAL_WRITES.has(day));
    const plan = OFFENSE[season.id] ?? { complete: 0, partial: 0 };
    const completed = Math.round(plan.complete * share);
    complete.push(...rest.slice(0, completed));
    const planted = dates.filter(day => PARTIAL_WRITES.has(day));
    // The partial ones lie two apart, as a job leaves them that falls over and is started again.
    const after = rest.slice(completed + 10).filter((_, i) => i % 2 === 0);
    partial.push(...planted, ...after.slice(0, Math.max(0, Math.round(plan.partial * share) - planted.length)));
    const usage = USAGE_SHARE[season.id] ?? 0;
    filled.push(...dates.filter((_, i) => Math.floor((i + 1) * usage) > Math.floor(i * usage)));
  }
  return { offenseComplete: DaySet.of(complete), offensePartial: DaySet.of(partial), usageFilled: DaySet.of(filled) };
}
