"""Figures are closed when their day has come."""

from app.jobs.actions import every
from app.progress import actions


@every(30, "progress.close")
def close() -> None:
    actions.close_due()
