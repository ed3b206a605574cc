"""What each team let its opponent do: a row a defending team and game, from the team box scores."""

from shared.partitions import now, read_rows

JOB_NAME = "team_defense_game_summary"
TABLE = "analytics/team_defense_game_summary"
UNIT = "teams"
COLUMNS = ["game_id", "game_date", "defending_team_abbr", "opponent_team_abbr", "points_allowed", "processed_at"]


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
                "defending_team_abbr": home if box["team_abbr"] == away else away,
                "opponent_team_abbr": box["team_abbr"],
                "points_allowed": int(box["points"]),
                "processed_at": written,
            }
        )
    return rows
