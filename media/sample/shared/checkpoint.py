"""How far a range has come, kept between runs. It says what was tried, not what is there."""

import fcntl
import json
import os
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

FOLDER = Path(".checkpoints")


class Checkpoint:
    """The checkpoint of one job over one exact range: another end date is another checkpoint."""

    def __init__(self, job_name, start, end):
        self.path = FOLDER / f"{job_name}_{start.isoformat()}_{end.isoformat()}.json"
        self.end = end
        FOLDER.mkdir(parents=True, exist_ok=True)
        self.state = self._read() or {
            "job_name": job_name,
            "start_date": start.isoformat(),
            "end_date": end.isoformat(),
            "created_at": _timestamp(),
            "last_updated": _timestamp(),
            "last_successful_date": None,
            "successful_dates": [],
            "failed_dates": [],
            "skipped_dates": [],
            "stats": {"total_days": (end - start).days + 1, "processed": 0, "successful": 0, "failed": 0, "skipped": 0},
        }

    def clear(self):
        """Forgets the range."""
        self.path.unlink(missing_ok=True)
        self.state.update(last_successful_date=None, successful_dates=[], failed_dates=[], skipped_dates=[])
        self.state["stats"].update(processed=0, successful=0, failed=0, skipped=0)

    def resume_date(self):
        """The day after the last success; None where there is none, or where nothing is left."""
        done = self.state["successful_dates"]
        if not done:
            return None
        following = date.fromisoformat(max(done)) + timedelta(days=1)
        return following if following <= self.end else None

    def mark(self, day, outcome):
        """Notes a date as `successful`, `failed` or `skipped`."""
        text = day.isoformat()
        dates = self.state[f"{outcome}_dates"]
        if text not in dates:
            dates.append(text)
            dates.sort()
        if outcome == "successful":
            self.state["last_successful_date"] = max(self.state["successful_dates"])
        self.state["stats"]["processed"] += 1
        self.state["stats"][outcome] += 1
        self.state["last_updated"] = _timestamp()
        self._write()

    def _read(self):
        with open(self.path.with_suffix(".lock"), "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH)
            try:
                state = json.loads(self.path.read_text(encoding="utf-8"))
            except (FileNotFoundError, json.JSONDecodeError):
                return None
        # A date in both lists: the file is not believed, and the range starts over.
        return None if set(state["successful_dates"]) & set(state["failed_dates"]) else state

    def _write(self):
        with open(self.path.with_suffix(".lock"), "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            aside = self.path.with_suffix(".tmp")
            with open(aside, "w", encoding="utf-8") as file:
                json.dump(self.state, file, indent=2)
                file.write("\n")
                file.flush()
                os.fsync(file.fileno())
            os.replace(aside, self.path)


def _timestamp():
    return datetime.now(timezone.utc).isoformat()
