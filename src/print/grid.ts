// A season as one line of characters, one a date, with its months named; off-days are left out so that the season's shape is seen.
import { formatShare } from '../model/percent';
import type { SeasonGrid } from '../model/report';
import { STATE_SIGNS } from './words';

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The lines of the seasons' grids: seasons side by side in rows of months, wrapped at the width. */
export function gridLines(seasons: readonly SeasonGrid[], width: number): readonly string[] {
  return seasons.flatMap(season => {
    const title = `${season.season}  ${formatShare(season.covered, season.expected).padStart(7)}  `;
    const months = season.months.map(({ month, days }) => {
      const cells = days
        .filter(day => day !== 'off-day')
        .map(day => STATE_SIGNS[day])
        .join('');
      return `${MONTHS[Number(month.slice(5)) - 1] ?? month} ${cells}`;
    });
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
