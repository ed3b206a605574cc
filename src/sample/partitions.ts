// A date of the sample in its CSV partitions: as it should be, or as the story has it.
import { type Day, formatDay } from '../model/day';
import type { FileWriter } from './files';
import { type DateLines, type PlayerLine, type TeamLine, clock, usageTenths, wholeMinutes, writtenAt } from './rows';
import { DOUBLE_GAMES, NO_MINUTES, PARTIAL_WRITES, type Story } from './story';

const BOX_SCORE = 'game_id,game_date,player_lookup,team_abbr,minutes,points';

/** Writes what the raw and the analytics tables hold of a date; `story` absent: nothing has gone wrong. */
export function writeDate(writer: FileWriter, lines: DateLines, story: Story | undefined): void {
  const { day, players, teams } = lines;
  const date = formatDay(day);
  const written = writtenAt(day);
  const inside = (range: { readonly from: Day; readonly to: Day }): boolean =>
    story !== undefined && day >= range.from && day <= range.to;

  writer.csv(
    `data/raw/team_boxscore/${date}.csv`,
    'game_id,game_date,team_abbr,points,field_goal_attempts,turnovers,processed_at',
    teams.map(team => [team.game.id, date, team.team, team.points, team.attempts, team.turnovers, written]),
  );
  const box = ({ game, player, seconds, points }: PlayerLine): (string | number | undefined)[] => [
    game.id,
    date,
    player.lookup,
    player.team,
    seconds === undefined ? undefined : clock(seconds),
    seconds === undefined ? undefined : points,
  ];
  writer.csv(
    `data/raw/gamebook_player_stats/${date}.csv`,
    `${BOX_SCORE},field_goal_attempts,field_goals_made,turnovers,processed_at`,
    players.map(line =>
      line.seconds === undefined
        ? [...box(line), undefined, undefined, undefined, written]
        : [...box(line), line.attempts, line.made, line.turnovers, written],
    ),
  );
  const once = players.map(line => [...box(line), written]);
  const numeric = new Map(teams.map((team, i) => [team.game.id, String(18_000_000 + day * 20 + i)]));
  writer.csv(
    `data/raw/bdl_player_boxscores/${date}.csv`,
    `${BOX_SCORE},processed_at`,
    inside(DOUBLE_GAMES) ? [...once, ...once.map(([id, ...rest]) => [numeric.get(String(id)), ...rest])] : once,
  );

  const offense = teams.slice(0, story === undefined ? undefined : teamsWritten(day, story));
  if (offense.length > 0) {
    writer.csv(
      `data/analytics/team_offense_game_summary/${date}.csv`,
      'game_id,game_date,team_abbr,opponent_team_abbr,points_scored,possessions,processed_at',
      offense.map(({ game, team, opponent, points, attempts, turnovers }) => [
        game.id,
        date,
        team,
        opponent,
        points,
        attempts + turnovers,
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
    players.map(line => {
      const team = teamLines.get(`${line.game.id} ${line.player.team}`);
      const played = line.seconds !== undefined;
      const tenths = played && usage && team !== undefined ? usageTenths(line, team) : undefined;
      return [
        line.game.id,
        date,
        line.player.lookup,
        line.player.team,
        played && !inside(NO_MINUTES) ? wholeMinutes(line.seconds) : undefined,
        played ? line.points : undefined,
        played ? line.attempts : undefined,
        played ? line.made : undefined,
        tenths === undefined ? undefined : `${Math.floor(tenths / 10)}.${tenths % 10}`,
        written,
      ];
    }),
  );
}

/** Exhibition games that nobody scheduled: two rows in the defence table. */
export function writeExhibition(writer: FileWriter, day: Day): void {
  const id = `${formatDay(day).replaceAll('-', '')}_EAST_WEST`;
  const game = { id, day, away: 'EAST', home: 'WEST', status: 'final' } as const;
  writeDefense(writer, day, [
    { game, team: 'EAST', opponent: 'WEST', points: 160 },
    { game, team: 'WEST', opponent: 'EAST', points: 160 },
  ]);
}

function teamsWritten(day: Day, story: Story): number | undefined {
  if (story.offenseComplete.has(day)) return undefined;
  return story.offensePartial.has(day) ? (PARTIAL_WRITES.get(day) ?? 2) : 0;
}

function writeDefense(
  writer: FileWriter,
  day: Day,
  teams: readonly Pick<TeamLine, 'game' | 'team' | 'opponent' | 'points'>[],
): void {
  const date = formatDay(day);
  writer.csv(
    `data/analytics/team_defense_game_summary/${date}.csv`,
    'game_id,game_date,defending_team_abbr,opponent_team_abbr,points_allowed,processed_at',
    teams.map(({ game, team, opponent, points }) => [game.id, date, opponent, team, points, writtenAt(day)]),
  );
}
