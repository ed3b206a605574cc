"""What each team did with the ball: a row a team and game, from the team box scores."""

from shared.partitions import now, read_rows

JOB_NAME = "team_offense_game_summary"
TABLE = "analytics/team_offense_game_summary"
UNIT = "teams"
COLUMNS = [
    "game_id",
    "game_date",
    "team_abbr",
    "opponent_team_abbr",
    "points_scored",
    "possessions",
    "processed_at",
]


def process(day):
    """The rows of a date."""
    written = now()
    rows = []
    for box in read_rows("raw/team_boxscore", day):
        _, away, home = box["game_id"].split("_")
        rows.append(
            {
                "game_id": box["game_id"],
                "game_date": day.isoformat(),
                "team_abbr": box["team_abbr"],
                "opponent_team_abbr": home if box["team_abbr"] == away else away,
                "points_scored": int(box["points"]),
                "possessions": int(box["field_goal_attempts"]) + int(box["turnovers"]),
                "processed_at": written,
            }
        )
    return rows
