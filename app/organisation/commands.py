"""What follows a change of units by itself."""

from app import clock
from app.db import writing
from app.jobs.actions import every
from app.organisation.actions import changes
from app.units.actions import forget_journals


@every(30, "organisation.follow")
def follow() -> None:
    """Whoever joined a unit after its merger was decided goes along on its day; what can no longer be taken back is
    forgotten."""
    with writing():
        changes.follow(clock.today())
        forget_journals()
