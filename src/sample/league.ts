// An invented league: thirty teams, their players, and the dates on which they play, five seasons of them.
import { type Day, addDays, formatDay, parseDay } from '../model/day';
import { between, randomFrom, shuffled } from './random';

/** Dates of the sample are written down here; one that does not exist would be a mistake of ours. */
export function sampleDay(text: string): Day {
  const day = parseDay(text);
  if (day === undefined) throw new Error(`the sample names ${text}, which is no date`);
  return day;
}

export interface SampleSeason {
  readonly id: string;
  readonly start: Day;
  readonly end: Day;
  /** How many dates are scheduled up to `end`, or to the date as of which the sample is frozen. */
  readonly dates: number;
}

/** The date as of which the sample is frozen; not yet due itself. */
export const AS_OF: Day = sampleDay('2026-01-04');

/** 921 dates up to `AS_OF`; the fifth season goes on after it. */
export const SEASONS: readonly SampleSeason[] = [
  { id: '2021-22', start: sampleDay('2021-10-19'), end: sampleDay('2022-06-16'), dates: 215 },
  { id: '2022-23', start: sampleDay('2022-10-18'), end: sampleDay('2023-06-12'), dates: 214 },
  { id: '2023-24', start: sampleDay('2023-10-24'), end: sampleDay('2024-06-17'), dates: 209 },
  { id: '2024-25', start: sampleDay('2024-10-22'), end: sampleDay('2025-06-22'), dates: 215 },
  { id: '2025-26', start: sampleDay('2025-10-21'), end: sampleDay('2026-04-12'), dates: 68 },
];

/** Dates whose box scores were never published (`knownGaps` of the manifest). */
export const KNOWN_GAPS: readonly Day[] = [sampleDay('2025-04-15'), sampleDay('2025-04-16')];

/** Exhibition games between invented squads: no dates of the schedule. */
export const ALL_STAR_DATES: readonly Day[] = ['2022-02-20', '2023-02-19', '2024-02-18', '2025-02-16'].map(sampleDay);

/** Games on dates of which the story tells how many teams there are. */
const FIXED_GAMES: ReadonlyMap<Day, number> = new Map([
  [sampleDay('2025-12-26'), 9],
  [sampleDay('2025-12-31'), 7],
  [sampleDay('2026-01-03'), 8],
]);

export interface Game {
  readonly id: string;
  readonly day: Day;
  readonly away: string;
  readonly home: string;
  readonly status: 'scheduled' | 'final' | 'postponed';
}

export interface Player {
  readonly lookup: string;
  readonly team: string;
  /** How many points a game the player is good for. */
  readonly skill: number;
}

const PLACES =
  'Alder Birch Cedar Delta Ember Fjord Grove Haven Inlet Jetty Knoll Lagoon Mesa Nook Oasis Pine Quarry Ridge Shoal Tarn Upland Vale Weir Yarrow Zephyr Brook Cliff Dune Field Glen';

/** Three-letter names of the thirty teams. */
export const TEAMS: readonly string[] = PLACES.split(' ').map(place => place.slice(0, 3).toUpperCase());

const FIRST =
  'ari bo cal dee eli fay gil hal ira joy kit lou mac ned oz pat quin rex sam tam uri val wes xan yul zed'.split(' ');
const LAST =
  'ashby brill coyle drane estes frome gault hobbs irvin jessop kells lowry marsh noble orton pryor quill rudd stokes tully upton vance wharf yates'.split(
    ' ',
  );

/** How many players a team has under contract, and how many of them are in a game. */
const SQUAD = 13;

/** The players, the same in all seasons. */
export function players(): readonly Player[] {
  const random = randomFrom(7);
  return TEAMS.flatMap((team, t) =>
    Array.from({ length: SQUAD }, (_, i) => {
      const number = t * SQUAD + i;
      return {
        lookup: `${FIRST[number % FIRST.length] ?? ''}${LAST[Math.floor(number / FIRST.length) % LAST.length] ?? ''}${team.toLowerCase()}`,
        team,
        skill: between(random, 3, 24),
      };
    }),
  );
}

/** Every game of the five seasons, also those that are still to come, in order of their dates. */
export function schedule(): readonly Game[] {
  const random = randomFrom(11);
  const games: Game[] = [];
  for (const season of SEASONS) {
    for (const day of scheduledDates(season)) {
      const count = FIXED_GAMES.get(day) ?? between(random, 2, 10) + (random() < 0.12 ? between(random, 1, 5) : 0);
      const teams = shuffled(random, TEAMS);
      for (let g = 0; g < Math.min(count, 15); g++) {
        const [away, home] = [teams[2 * g] ?? '', teams[2 * g + 1] ?? ''];
        games.push({
          id: `${formatDay(day).replaceAll('-', '')}_${away}_${home}`,
          day,
          away,
          home,
          status: day > addDays(AS_OF, -1) ? 'scheduled' : 'final',
        });
      }
      // Now and then a game is put off: it is never held on this date.
      if (random() < 0.03 && day < AS_OF && 2 * count + 1 < teams.length) {
        const [away, home] = [teams[2 * count] ?? '', teams[2 * count + 1] ?? ''];
        games.push({
          id: `${formatDay(day).replaceAll('-', '')}_${away}_${home}`,
          day,
          away,
          home,
          status: 'postponed',
        });
      }
    }
  }
  return games;
}

/** The dates of a season: the first two weeks and the last day without a pause, all-star week without games, else as they fall. */
function scheduledDates({ start, end, dates }: SampleSeason): readonly Day[] {
  const random = randomFrom(start);
  const last = end < AS_OF ? end : AS_OF;
  const all = Array.from({ length: last - start + 1 }, (_, i) => addDays(start, i));
  const fixed = new Set<Day>([...all.slice(0, 14), last, ...KNOWN_GAPS, ...FIXED_GAMES.keys()]);
  const exhibition = new Set(ALL_STAR_DATES.flatMap(day => [-2, -1, 0, 1, 2].map(offset => addDays(day, offset))));
  const free = all.filter(day => !fixed.has(day) && !exhibition.has(day));
  const offDays = new Set(
    shuffled(random, free).slice(0, free.length - (dates - all.filter(day => fixed.has(day)).length)),
  );
  const played = all.filter(day => fixed.has(day) || (!exhibition.has(day) && !offDays.has(day)));
  const future = Array.from({ length: Math.max(0, end - last) }, (_, i) => addDays(last, i + 1)).filter(
    day => day === end || random() < 0.9,
  );
  return [...played, ...future];
}
