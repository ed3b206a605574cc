// What the Python jobs of the small pipelines have in common, and what each begins with.

/** Stands before what a test lets a job do. Its flags are here and not in the module: scripts are read for them. */
export const headOf = (flag?: string): string => `#!/usr/bin/env python3
import argparse
import os
import signal
import subprocess
import sys
import time

from league import TABLE, append, first_time, hears, replace_file, rows, say, skewed, write

parser = argparse.ArgumentParser()
parser.add_argument("--dates", required=True)
${flag === undefined ? '' : `parser.add_argument("${flag}")\n`}arguments = parser.parse_args()
dates = arguments.dates.split(",")
`;

export const LEAGUE = `"""What the jobs have in common: the rows of a date, and ways to write them."""

import csv
import os
import sys
import time
from datetime import datetime, timedelta, timezone

COLUMNS = ["game_date", "game_id", "team", "points", "processed_at"]
sys.stdout.reconfigure(line_buffering=True)


class TABLE:
    name = ""


class skewed:
    """How far this machine's clock is off. Hours."""

    hours = 0


def rows(day):
    with open(f"data/raw/{day}.csv", newline="", encoding="utf-8") as file:
        return [dict(row) for row in csv.DictReader(file)]


def path_of(day):
    os.makedirs(f"data/{TABLE.name}", exist_ok=True)
    return f"data/{TABLE.name}/{day}.csv"


def stamped(wanted):
    at = datetime.now(timezone.utc) + timedelta(hours=skewed.hours)
    return [{**row, "processed_at": at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")} for row in wanted]


def replace_file(day, wanted, columns=COLUMNS):
    """Writes rows as they are, aside and renamed: nobody ever reads half of a file."""
    aside = f"{path_of(day)}.tmp"
    with open(aside, "w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, lineterminator="\\n", extrasaction="ignore")
        writer.writeheader()
        writer.writerows(wanted)
        file.flush()
        os.fsync(file.fileno())
    os.replace(aside, path_of(day))


def write(day, wanted):
    """Replaces the rows of a date."""
    replace_file(day, stamped(wanted))


def append(day, wanted):
    """Adds rows to a date, one by one, as a streaming insert does."""
    path = path_of(day)
    begun = os.path.exists(path)
    with open(path, "a", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\\n")
        if not begun:
            writer.writeheader()
        for row in stamped(wanted):
            writer.writerow(row)
            file.flush()


def say(word):
    os.makedirs("words", exist_ok=True)
    open(f"words/{word}", "w").close()


def hears(word):
    """Waits for the test to say a word; not for ever, so that nothing outlives a test for long."""
    deadline = time.monotonic() + 60
    while not os.path.exists(f"words/{word}"):
        if time.monotonic() > deadline:
            sys.exit("nobody said " + word)
        time.sleep(0.01)


def first_time(what):
    """Whether this is the first time that anybody asks."""
    os.makedirs("words", exist_ok=True)
    try:
        os.close(os.open(f"words/first {what}", os.O_CREAT | os.O_EXCL))
        return True
    except FileExistsError:
        return False
`;
