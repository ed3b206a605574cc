"""What each player did: a row a player and game, from the game book, with the share of the team's play that was his."""

from shared.partitions import half_up, now, read_rows

JOB_NAME = "player_game_summary"
TABLE = "analytics/player_game_summary"
UNIT = "records"
COLUMNS = [
    "game_id",
    "game_date",
    "player_lookup",
    "team_abbr",
    "minutes_played",
    "points",
    "fg_attempts",
    "fg_made",
    "usage_rate",
    "processed_at",
]

# A game has 48 minutes and five players on the floor.
TEAM_MINUTES = 240
PLAYERS_ON_FLOOR = 5


def minutes_of(text):
    """MM:SS as whole minutes, half up; None for a player who did not play."""
    if not text:
        return None
    minutes, seconds = text.split(":")
    return half_up(int(minutes) * 60 + int(seconds), 60)


def usage_of(box, minutes, possessions):
    """Percent of the team's possessions that the player used while on the floor, with one decimal; None if unknown."""
    if not minutes or not possessions:
        return None
    used = (int(box["field_goal_attempts"]) + int(box["turnovers"])) * TEAM_MINUTES * 1000
    tenths = half_up(used, minutes * PLAYERS_ON_FLOOR * possessions)
    return f"{tenths // 10}.{tenths % 10}"


def process(day):
    """The rows of a date. Without the team's possessions there is no usage_rate: team_offense comes first."""
    written = now()
    possessions = {
        (row["game_id"], row["team_abbr"]): int(row["possessions"])
        for row in read_rows("analytics/team_offense_game_summary", day)
    }
    rows = []
    for box in read_rows("raw/gamebook_player_stats", day):
        minutes = minutes_of(box["minutes"])
        team = possessions.get((box["game_id"], box["team_abbr"]))
        rows.append(
            {
                "game_id": box["game_id"],
                "game_date": day.isoformat(),
                "player_lookup": box["player_lookup"],
                "team_abbr": box["team_abbr"],
                "minutes_played": minutes,
                "points": box["points"],
                "fg_attempts": box["field_goal_attempts"],
                "fg_made": box["field_goals_made"],
                "usage_rate": usage_of(box, minutes, team),
                "processed_at": written,
            }
        )
    return rows
