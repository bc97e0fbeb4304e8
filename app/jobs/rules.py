"""When a job is tried again, and when a silent one is taken for dead."""

from datetime import datetime, timedelta

TRIES = 3
SILENT = timedelta(minutes=10)
UNDELIVERED = timedelta(seconds=30)


def after_fault(tries: int) -> str:
    """The state of a job whose `tries`-th run failed."""
    return "waiting" if tries < TRIES else "failed"


def is_dead(started: datetime, now: datetime) -> bool:
    """Whether a running job has been silent so long that its runner must have died."""
    return now - started > SILENT
