"""Runs a job day by day, as the jobs of the pipeline have always run: with their habits, good and bad.

The habits that have cost nights: a run with failed dates still exits 0; a range that ends in the future is refused
and exits 0; `--dry-run --parallel` writes, for the workers never look at the flag; `--dry-run --no-resume` forgets the
real checkpoint; `--dates` runs one after another and leaves no checkpoint; resuming begins after the last success, so
that a date that failed before it is never tried again; and a range that is done is done all over again.
"""

import logging
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from datetime import date, timedelta

from shared.checkpoint import Checkpoint
from shared.partitions import now, write_rows

logger = logging.getLogger(__name__)

RULE = "=" * 80


def run(job, args, default_days=None):
    """Runs `job` (TABLE, JOB_NAME, COLUMNS, UNIT, process) as the flags ask. Gives the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s - %(levelname)s - %(message)s")
    try:
        if args.dates:
            return _run_dates(job, [date.fromisoformat(text.strip()) for text in args.dates.split(",")], args.dry_run)
        today = date.fromisoformat(now()[:10])
        end = date.fromisoformat(args.end_date) if args.end_date else today - timedelta(days=1)
        if args.start_date:
            start = date.fromisoformat(args.start_date)
        elif default_days is not None:
            start = end - timedelta(days=default_days)
        else:
            logger.error("--start-date is required (or --dates)")
            return 1
    except ValueError as error:
        logger.error("Not a date: %s", error)
        return 1
    if end >= today:
        logger.error("End date %s is in the future: nothing to process", end)
        return 0
    if start > end:
        logger.error("Start date %s is after end date %s: nothing to process", start, end)
        return 0
    return _run_range(job, start, end, args)


def _run_range(job, start, end, args):
    checkpoint = Checkpoint(job.JOB_NAME, start, end)
    logger.info("Checkpoint: %s", checkpoint.path)
    if args.no_resume:
        checkpoint.clear()
    else:
        resume = checkpoint.resume_date()
        if resume is not None:
            logger.info("📂 RESUMING from checkpoint: %s", resume)
            start = resume
    days = [start + timedelta(days=offset) for offset in range((end - start).days + 1)]
    if args.parallel:
        done, failed = _parallel(job, days, args.workers, checkpoint)
        title = "PARALLEL BACKFILL COMPLETE"
    else:
        done, failed = _one_by_one(job, days, args.dry_run, checkpoint, "Processing day %d/%d: %s")
        title = "DAY-BY-DAY BACKFILL SUMMARY:"
    _summary(title, len(days), done, failed)
    return 0


def _run_dates(job, days, dry_run):
    done, failed = _one_by_one(job, days, dry_run, None, "Processing date %d/%d: %s")
    _summary("SPECIFIC DATES PROCESSING SUMMARY:", len(days), done, failed)
    return 0


def _one_by_one(job, days, dry_run, checkpoint, heading):
    done, failed = [], []
    for number, day in enumerate(days, 1):
        logger.info(heading, number, len(days), day)
        if dry_run:
            logger.info("  DRY RUN: would process %s", day)
            done.append(day)
            continue
        began = time.monotonic()
        try:
            count = _process(job, day)
        except Exception as error:  # a bad date never stops the range
            logger.error("  ✗ Failed: %s", error)
            failed.append(day)
            if checkpoint is not None:
                checkpoint.mark(day, "failed")
        else:
            logger.info("  ✓ Success: %d %s in %.1fs", count, job.UNIT, time.monotonic() - began)
            done.append(day)
            if checkpoint is not None:
                checkpoint.mark(day, "successful")
        if number % 10 == 0:
            logger.info("Progress: %d/%d days (%.1f%% success)", number, len(days), 100 * len(done) / number)
    return done, failed


def _parallel(job, days, workers, checkpoint):
    done, failed = [], []
    logger.info("Processing %d days with %d workers", len(days), workers)
    with ThreadPoolExecutor(max_workers=workers) as pool:
        futures = {pool.submit(_process, job, day): day for day in days}
        for number, future in enumerate(as_completed(futures), 1):
            day = futures[future]
            error = future.exception()
            if error is None:
                logger.info("  ✓ %s: %d %s", day, future.result(), job.UNIT)
                done.append(day)
                checkpoint.mark(day, "successful")
            else:
                logger.error("  ✗ %s: %s", day, error)
                failed.append(day)
                checkpoint.mark(day, "failed")
            if number % 10 == 0:
                logger.info("PROGRESS: %d/%d days (%.1f%%)", number, len(days), 100 * number / len(days))
    return done, failed


def _process(job, day):
    """Writes one date. A day without games is a success of nothing."""
    rows = job.process(day)
    if rows:
        write_rows(job.TABLE, day, job.COLUMNS, rows)
    return len(rows)


def _summary(title, total, done, failed):
    logger.info(RULE)
    logger.info(title)
    logger.info("  Total days: %d", total)
    logger.info("  Successful days: %d", len(done))
    logger.info("  Failed days: %d", len(failed))
    if failed:
        logger.info("  Failed dates: %s", ", ".join(day.isoformat() for day in sorted(failed)))
    logger.info(RULE)
