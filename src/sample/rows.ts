// The rows of the sample's tables as they would be if nothing had ever gone wrong. All figures are whole numbers.
import { type Day, addDays, formatDay } from '../model/day';
import { type Game, type Player, TEAMS } from './league';
import { between, randomFrom } from './random';

/** A player in a game, as the box score has it. `undefined` seconds: did not play. */
export interface PlayerLine {
  readonly game: Game;
  readonly player: Player;
  /** Time on the floor, seconds. */
  readonly seconds: number | undefined;
  readonly points: number;
  readonly attempts: number;
  readonly made: number;
  readonly turnovers: number;
}

export interface TeamLine {
  readonly game: Game;
  readonly team: string;
  readonly opponent: string;
  readonly points: number;
  readonly attempts: number;
  readonly turnovers: number;
}

/** What happened on one date. */
export interface DateLines {
  readonly day: Day;
  readonly players: readonly PlayerLine[];
  readonly teams: readonly TeamLine[];
}

/** How many points fewer or more each team's opponents make, by its defence: what a model of phase 4 can learn. Percent. */
const DEFENCE: ReadonlyMap<string, number> = new Map(TEAMS.map((team, i) => [team, 85 + ((i * 7) % 31)]));

/** Plays the games of one date. */
export function play(day: Day, games: readonly Game[], squads: ReadonlyMap<string, readonly Player[]>): DateLines {
  const random = randomFrom(day * 31 + 5);
  const players: PlayerLine[] = [];
  const teams: TeamLine[] = [];
  for (const game of games) {
    for (const [team, opponent] of [
      [game.away, game.home],
      [game.home, game.away],
    ] as const) {
      const lines = (squads.get(team) ?? [])
        .slice(0, between(random, 10, 11))
        .map(player => playerLine(random, game, player, opponent));
      players.push(...lines);
      const sum = (of: (line: PlayerLine) => number): number => lines.reduce((total, line) => total + of(line), 0);
      teams.push({
        game,
        team,
        opponent,
        points: sum(line => line.points),
        attempts: sum(line => line.attempts),
        turnovers: sum(line => line.turnovers),
      });
    }
  }
  return { day, players, teams };
}

function playerLine(random: () => number, game: Game, player: Player, opponent: string): PlayerLine {
  if (random() < 0.1) return { game, player, seconds: undefined, points: 0, attempts: 0, made: 0, turnovers: 0 };
  const minutes = between(random, 6, 38);
  const seconds = minutes * 60 + between(random, -30, 29); // as whole minutes, half up: `minutes` again
  const attempts = Math.max(1, Math.round((player.skill * minutes) / 36) + between(random, -2, 3));
  const rate = ((DEFENCE.get(opponent) ?? 100) * between(random, 35, 60)) / 100;
  const made = Math.min(attempts, Math.round((attempts * rate) / 100));
  return {
    game,
    player,
    seconds,
    points: made * 2 + between(random, 0, 4),
    attempts,
    made,
    turnovers: between(random, 0, 4),
  };
}

/** `usage_rate` in tenths of a percent of the team's possessions used while on the floor, half up, from whole numbers. */
export function usageTenths(line: PlayerLine, team: TeamLine): number {
  const used = (line.attempts + line.turnovers) * 240 * 1000;
  const had = wholeMinutes(line.seconds ?? 60) * 5 * (team.attempts + team.turnovers);
  return had === 0 ? 0 : Math.floor((2 * used + had) / (2 * had));
}

/** Time on the floor as the box score writes it: MM:SS. */
export function clock(seconds: number): string {
  return `${String(Math.floor(seconds / 60)).padStart(2, '0')}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Seconds as whole minutes, half up. */
export function wholeMinutes(seconds: number): number {
  return Math.floor((seconds + 30) / 60);
}

/** When a date's rows are written unless the story says otherwise: the next morning, UTC. */
export function writtenAt(day: Day): string {
  return `${formatDay(addDays(day, 1))}T09:00:00Z`;
}
