// Writes the sample pipeline: a workspace that tells the whole story, ready for `phasegate coverage`.
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { errorWords } from '../model/error-words';
import { type Day, formatDay } from '../model/day';
import { createDatabase } from '../warehouse/duckdb/create-database';
import { writeClaims } from './claims';
import { FileWriter } from './files';
import { writeHistory } from './history';
import { ALL_STAR_DATES, AS_OF, type Game, KNOWN_GAPS, type Player, SEASONS, players, schedule } from './league';
import { writeDate, writeExhibition } from './partitions';
import { play } from './rows';
import { storyOf } from './story';

export interface SampleOptions {
  /** The folder with the templates that are copied: manifest, jobs, SQL. */
  readonly templates: string;
  /** `start`: with everything that went wrong. `healthy`: as if nothing had. */
  readonly state: 'start' | 'healthy';
  /** Only so many of the last dates held; absent: all five seasons. */
  readonly dates?: number;
  readonly onProgress: (message: string) => void;
}

export type SampleResult =
  | {
      readonly ok: true;
      readonly files: number;
      readonly playerRows: number;
      /** What was left out, and why; `undefined` where nothing was. */
      readonly warning: string | undefined;
    }
  | { readonly ok: false; readonly message: string };

const STATUS = { scheduled: 1, final: 3, postponed: 4 } as const;
/** Names that a package cannot carry as they are. */
const RENAMED: Readonly<Record<string, string>> = { gitignore: '.gitignore' };

/** Writes the sample into a folder that is new or empty. */
export async function writeSample(folder: string, options: SampleOptions): Promise<SampleResult> {
  const { templates, state, onProgress } = options;
  try {
    if (existsSync(folder) && readdirSync(folder).length > 0) {
      return { ok: false, message: `${folder} is not empty: name a new folder for the sample, or empty this one` };
    }
    const writer = new FileWriter(folder);
    const all = schedule();
    const everyDay = heldDays(all);
    const held = options.dates === undefined ? everyDay : everyDay.slice(-options.dates);
    const first = held[0] ?? AS_OF;
    const games = all.filter(game => game.day >= first || held.length === everyDay.length);

    const code = templateFiles(templates, first);
    for (const [path, text] of code) writer.text(path, text);
    writer.csv(
      'data/raw/schedule.csv',
      'game_date,game_id,away_team,home_team,game_status',
      games.map(game => [formatDay(game.day), game.id, game.away, game.home, STATUS[game.status]]),
    );
    const playerRows = writeDates(
      writer,
      games,
      held,
      state === 'healthy' ? undefined : storyOf(held, everyDay),
      onProgress,
    );
    for (const day of ALL_STAR_DATES.filter(date => date >= first)) writeExhibition(writer, day);
    if (state === 'start') writeClaims(writer, held);

    const database = await createDatabase(join(folder, 'warehouse.duckdb'), ['league_predictions']);
    if (!database.ok) return { ok: false, message: database.failure.message };
    const history = writeHistory(folder, code);
    return { ok: true, files: writer.files + 1, playerRows, warning: history.ok ? undefined : history.message };
  } catch (error) {
    return {
      ok: false,
      message: `the sample could not be written to ${folder}: ${errorWords(error)}`,
    };
  }
}

/** The dates that have been held and published, ascending. */
function heldDays(games: readonly Game[]): readonly Day[] {
  const days = games.filter(game => game.status === 'final' && game.day < AS_OF && !KNOWN_GAPS.includes(game.day));
  return [...new Set(days.map(game => game.day))];
}

function writeDates(
  writer: FileWriter,
  games: readonly Game[],
  held: readonly Day[],
  story: Parameters<typeof writeDate>[2],
  onProgress: (message: string) => void,
): number {
  const squads = Map.groupBy(players(), player => player.team) as ReadonlyMap<string, Player[]>;
  const byDay = Map.groupBy(
    games.filter(game => game.status === 'final'),
    game => game.day,
  );
  let rows = 0;
  for (const [i, day] of held.entries()) {
    if (i % 200 === 0) onProgress(`playing the games of ${formatDay(day)}`);
    const lines = play(day, byDay.get(day) ?? [], squads);
    rows += lines.players.length;
    writeDate(writer, lines, story);
  }
  return rows;
}

/** The files that are copied, by their paths in the workspace. Seasons that a small sample leaves out are no longer declared. */
function templateFiles(templates: string, first: Day): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  const entries = readdirSync(templates, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (!entry.isFile() || entry.name.endsWith('.pyc')) continue;
    const folder = relative(templates, entry.parentPath);
    const path = join(folder, RENAMED[entry.name] ?? entry.name)
      .split(sep)
      .join('/');
    const text = readFileSync(join(entry.parentPath, entry.name), 'utf8');
    files.set(path, path === 'phasegate.yaml' ? withSeasonsFrom(text, first) : text);
  }
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The manifest of a small sample: seasons that are gone are not declared, and the one that is cut begins where its dates do. */
function withSeasonsFrom(manifest: string, first: Day): string {
  const seasons = new Map(SEASONS.map(season => [season.id, season]));
  return manifest
    .split('\n')
    .flatMap(line => {
      const season = seasons.get(/\{ id: ([\w-]+),/.exec(line)?.[1] ?? '');
      if (season === undefined || season.start >= first) return [line];
      return season.end < first ? [] : [line.replace(/start: [\d-]+/, `start: ${formatDay(first)}`)];
    })
    .join('\n');
}
