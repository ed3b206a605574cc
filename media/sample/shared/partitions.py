"""One CSV file a date: read whole, written aside and renamed, so that nobody ever reads half of one."""

import csv
import os
import threading
from datetime import datetime, timezone
from pathlib import Path


def path_of(table, day):
    """Where the rows of a date are, from the workspace."""
    return Path("data") / table / f"{day.isoformat()}.csv"


def read_rows(table, day):
    """The rows of a date as dictionaries of text; none where there is no file."""
    try:
        with open(path_of(table, day), newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file))
    except FileNotFoundError:
        return []


def write_rows(table, day, columns, rows):
    """Replaces the rows of a date."""
    path = path_of(table, day)
    path.parent.mkdir(parents=True, exist_ok=True)
    aside = path.with_name(f".{path.name}.{os.getpid()}.{threading.get_ident()}.tmp")
    with open(aside, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow(["" if row[column] is None else row[column] for column in columns])
        file.flush()
        os.fsync(file.fileno())
    os.replace(aside, path)


def now():
    """The time of writing, UTC. SAMPLE_NOW sets it, so that a rebuilt partition can be compared byte for byte."""
    return os.environ.get("SAMPLE_NOW") or datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def half_up(part, whole):
    """A quotient of whole numbers as the nearest whole number, halves up."""
    return (2 * part + whole) // (2 * whole)
