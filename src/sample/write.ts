// Writes the sample pipeline: a workspace that tells the whole story, ready for `phasegate coverage`.
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Day, formatDay } from '../model/day';
import { ALL_STAR_DATES, AS_OF, type Game, KNOWN_GAPS, type Player, players, schedule } from './league';
import { type DateLines, type TeamLine, play, usageTenths, writtenAt } from './rows';
import { DOUBLE_GAMES, NO_MINUTES, PARTIAL_WRITES, type Story, storyOf } from './story';

export interface SampleOptions {
  /** The folder with the templates that are copied: the manifest and its like. */
  readonly templates: string;
  /** `healthy`: as if nothing had gone wrong. */
  readonly state: 'start' | 'healthy';
  readonly onProgress: (message: string) => void;
}

export type SampleResult =
  | { readonly ok: true; readonly files: number; readonly playerRows: number }
  | { readonly ok: false; readonly message: string };

const STATUS = { scheduled: 1, final: 3, postponed: 4 } as const;

/** Writes the sample into a folder that is new or empty. */
export function writeSample(folder: string, { templates, state, onProgress }: SampleOptions): SampleResult {
  try {
    if (existsSync(folder) && readdirSync(folder).length > 0) {
      return { ok: false, message: `${folder} is not empty: name a new folder for the sample, or empty this one` };
    }
    const writer = new Writer(folder);
    for (const name of readdirSync(templates)) {
      mkdirSync(folder, { recursive: true });
      copyFileSync(join(templates, name), join(folder, name));
    }
    const games = schedule();
    writer.csv(
      'data/raw/schedule.csv',
      'game_date,game_id,away_team,home_team,game_status',
      games.map(game => [formatDay(game.day), game.id, game.away, game.home, STATUS[game.status]]),
    );
    const squads = new Map<string, Player[]>();
    for (const player of players()) squads.set(player.team, [...(squads.get(player.team) ?? []), player]);
    const byDay = new Map<Day, Game[]>();
    for (const game of games) {
      if (game.status === 'final' && !KNOWN_GAPS.includes(game.day))
        byDay.set(game.day, [...(byDay.get(game.day) ?? []), game]);
    }
    const held = [...byDay.keys()].filter(day => day < AS_OF);
    const story = state === 'healthy' ? undefined : storyOf(held);
    let playerRows = 0;
    for (const [i, day] of held.entries()) {
      if (i % 200 === 0) onProgress(`playing the games of ${formatDay(day)}`);
      const lines = play(day, byDay.get(day) ?? [], squads);
      playerRows += lines.players.length;
      writeDate(writer, lines, story);
    }
    for (const day of ALL_STAR_DATES)
      writeDefense(writer, day, [exhibition(day, 'EAST', 'WEST'), exhibition(day, 'WEST', 'EAST')]);
    if (story !== undefined) writeClaims(writer, held);
    return { ok: true, files: writer.files, playerRows };
  } catch (error) {
    return {
      ok: false,
      message: `the sample could not be written to ${folder}: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

type Cell = string | number | undefined;

/** Writes CSV files and makes the folders that they need. */
class Writer {
  files = 0;
  private readonly folder: string;
  private readonly made = new Set<string>();

  constructor(folder: string) {
    this.folder = folder;
  }

  csv(path: string, header: string, rows: readonly (readonly Cell[])[]): void {
    this.text(path, `${[header, ...rows.map(row => row.map(cell => cell ?? '').join(','))].join('\n')}\n`);
  }

  text(path: string, text: string): void {
    const parent = join(this.folder, path, '..');
    if (!this.made.has(parent)) mkdirSync(parent, { recursive: true });
    this.made.add(parent);
    writeFileSync(join(this.folder, path), text);
    this.files++;
  }
}

function writeDate(writer: Writer, lines: DateLines, story: Story | undefined): void {
  const { day, players: playerLines, teams } = lines;
  const date = formatDay(day);
  const written = writtenAt(day);
  const inside = (range: { readonly from: Day; readonly to: Day }): boolean =>
    story !== undefined && day >= range.from && day <= range.to;

  writer.csv(
    `data/raw/team_boxscore/${date}.csv`,
    'game_id,game_date,team_abbr,points,field_goal_attempts,turnovers,processed_at',
    teams.map(team => [team.game.id, date, team.team, team.points, team.attempts, team.turnovers, written]),
  );
  const box = playerLines.map(line => [
    line.game.id,
    date,
    line.player.lookup,
    line.player.team,
    line.minutes,
    line.minutes === undefined ? undefined : line.points,
    written,
  ]);
  writer.csv(
    `data/raw/gamebook_player_stats/${date}.csv`,
    'game_id,game_date,player_lookup,team_abbr,minutes,points,processed_at',
    box,
  );
  const numeric = new Map(teams.map((team, i) => [team.game.id, String(18_000_000 + day * 20 + i)]));
  writer.csv(
    `data/raw/bdl_player_boxscores/${date}.csv`,
    'game_id,game_date,player_lookup,team_abbr,minutes,points,processed_at',
    inside(DOUBLE_GAMES) ? [...box, ...box.map(([id, ...rest]) => [numeric.get(String(id)), ...rest])] : box,
  );

  const offense =
    story === undefined || story.offenseComplete.has(day)
      ? teams
      : story.offensePartial.has(day)
        ? teams.slice(0, PARTIAL_WRITES.get(day) ?? 2)
        : [];
  if (offense.length > 0) {
    writer.csv(
      `data/analytics/team_offense_game_summary/${date}.csv`,
      'game_id,game_date,team_abbr,opponent_team_abbr,points_scored,possessions,processed_at',
      offense.map(team => [
        team.game.id,
        date,
        team.team,
        team.opponent,
        team.points,
        team.attempts + team.turnovers,
        written,
      ]),
    );
  }
  writeDefense(writer, day, teams);

  const teamLines = new Map(teams.map(team => [`${team.game.id} ${team.team}`, team]));
  const usage = story === undefined || story.usageFilled.has(day);
  writer.csv(
    `data/analytics/player_game_summary/${date}.csv`,
    'game_id,game_date,player_lookup,team_abbr,minutes_played,points,fg_attempts,fg_made,usage_rate,processed_at',
    playerLines.map(line => {
      const team = teamLines.get(`${line.game.id} ${line.player.team}`);
      const played = line.minutes !== undefined;
      const tenths = played && usage && team !== undefined ? usageTenths(line, team) : undefined;
      return [
        line.game.id,
        date,
        line.player.lookup,
        line.player.team,
        inside(NO_MINUTES) ? undefined : line.minutes,
        played ? line.points : undefined,
        played ? line.attempts : undefined,
        played ? line.made : undefined,
        tenths === undefined ? undefined : `${Math.floor(tenths / 10)}.${tenths % 10}`,
        written,
      ];
    }),
  );
}

function writeDefense(
  writer: Writer,
  day: Day,
  teams: readonly Pick<TeamLine, 'game' | 'team' | 'opponent' | 'points'>[],
): void {
  const date = formatDay(day);
  writer.csv(
    `data/analytics/team_defense_game_summary/${date}.csv`,
    'game_id,game_date,defending_team_abbr,opponent_team_abbr,points_allowed,processed_at',
    teams.map(team => [team.game.id, date, team.opponent, team.team, team.points, writtenAt(day)]),
  );
}

function exhibition(day: Day, team: string, opponent: string): Pick<TeamLine, 'game' | 'team' | 'opponent' | 'points'> {
  const id = `${formatDay(day).replaceAll('-', '')}_EAST_WEST`;
  return { game: { id, day, away: 'EAST', home: 'WEST', status: 'final' }, team, opponent, points: 160 };
}

/** Bug 4: a checkpoint and a log that claim every date, whatever was written. */
function writeClaims(writer: Writer, held: readonly Day[]): void {
  const dates = held.map(formatDay);
  const [first = ''] = dates;
  const last = dates.at(-1) ?? '';
  const checkpoint = {
    job_name: 'team_offense_game_summary',
    start_date: first,
    end_date: last,
    last_successful_date: last,
    successful_dates: dates,
    failed_dates: [],
    skipped_dates: [],
    stats: { total_days: held.length, processed: held.length, successful: held.length, failed: 0, skipped: 0 },
  };
  writer.text(
    `.checkpoints/team_offense_game_summary_${first}_${last}.json`,
    `${JSON.stringify(checkpoint, undefined, 2)}\n`,
  );
  writer.text(
    'logs/team_offense_backfill.log',
    `${dates.map((date, i) => `Processing day ${i + 1}/${dates.length}: ${date}\n  Success`).join('\n')}\nDAY-BY-DAY BACKFILL SUMMARY:\n  Successful days: ${dates.length}\n`,
  );
}
