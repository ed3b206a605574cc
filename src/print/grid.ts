// A season as one line of characters, one a date, with its months named; off-days are left out so that the season's shape is seen.
import { daysOfLetters } from '../model/coverage';
import { addDays, civilParts, parseDay } from '../model/day';
import { formatShare } from '../model/percent';
import type { SeasonGrid } from '../model/report';
import { STATE_SIGNS } from './words';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The lines of the seasons' grids: seasons side by side in rows of months, wrapped at the width. */
export function gridLines(seasons: readonly SeasonGrid[], width: number): readonly string[] {
  return seasons.flatMap(season => {
    const title = `${season.season}  ${formatShare(season.covered, season.expected).padStart(7)}  `;
    const months = monthsOf(season).map(({ month, cells }) => `${MONTHS[month - 1] ?? ''} ${cells}`);
    const rows: string[] = [];
    let row = title;
    for (const month of months) {
      if (row.trim() !== '' && row.length + month.length + 1 > width - 6 && row !== title) {
        rows.push(row);
        row = ' '.repeat(title.length);
      }
      row += `${month} `;
    }
    return [...rows, row].map(line => line.trimEnd());
  });
}

/** The signs of a season's days by month, off-days left out. */
function monthsOf({ from, days }: SeasonGrid): readonly { readonly month: number; readonly cells: string }[] {
  const first = parseDay(from);
  if (first === undefined) return [];
  const months: { month: number; cells: string }[] = [];
  for (const [i, state] of daysOfLetters(days).entries()) {
    const { month } = civilParts(addDays(first, i));
    if (months.at(-1)?.month !== month) months.push({ month, cells: '' });
    const last = months.at(-1);
    if (last !== undefined && state !== 'off-day') last.cells += STATE_SIGNS[state];
  }
  return months;
}
