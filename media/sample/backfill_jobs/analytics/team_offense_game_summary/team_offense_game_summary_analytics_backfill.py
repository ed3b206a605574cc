#!/usr/bin/env python3
"""Backfills team_offense_game_summary, day by day.

    PYTHONPATH=. python3 backfill_jobs/analytics/team_offense_game_summary/team_offense_game_summary_analytics_backfill.py --dates 2024-11-11,2024-11-12
"""

import argparse
import sys

from data_processors.analytics.team_offense_game_summary import team_offense_game_summary_processor
from shared.day_runner import run


def parse_args():
    parser = argparse.ArgumentParser(description="Backfill team_offense_game_summary")
    parser.add_argument("--start-date", help="first date")
    parser.add_argument("--end-date", help="last date; yesterday unless said")
    parser.add_argument("--dates", help="these dates only, comma-separated")
    parser.add_argument("--dry-run", action="store_true", help="say what would be done")
    parser.add_argument("--no-resume", action="store_true", help="forget the checkpoint and start over")
    parser.add_argument("--parallel", action="store_true", help="several days at once")
    parser.add_argument("--workers", type=int, default=15, help="how many at once")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(run(team_offense_game_summary_processor, parse_args()))
