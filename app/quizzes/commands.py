"""Closing attempts whose time is over."""

from app.db import writing
from app.jobs.actions import every
from app.quizzes import actions


@every(1, "quizzes.close_expired")
def close_expired() -> None:
    """Attempts end at their deadline, whether or not a browser comes back; each in a transaction of its own, so that
    the runner never holds several people at once."""
    while True:
        with writing():
            closed = actions.close_expired(most=1)
        if not closed:
            return
