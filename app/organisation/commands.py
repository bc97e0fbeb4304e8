"""What follows a change of units by itself; what a list of changes means."""

from app import clock
from app.db import writing
from app.jobs.actions import every
from app.organisation import desk
from app.organisation.actions import changes
from app.rosters.actions import Meaning, meanings
from app.units.actions import forget_journals

meanings["changes"] = Meaning(desk.clean, desk.judge, desk.apply, changes.undo)


@every(30, "organisation.follow")
def follow() -> None:
    """Whoever joined a unit after its merger was decided goes along on its day; what can no longer be taken back is
    forgotten."""
    with writing():
        changes.follow(clock.today())
        forget_journals()
