"""The work that a list asks for in the background, and what is not kept."""

from uuid import UUID

from app import clock
from app.db import writing
from app.jobs.actions import every, work
from app.jobs.models import Job
from app.rosters import actions, files
from app.rosters.rules.stages import KEPT


@work("rosters.read")
def read(job: Job) -> None:
    actions.read(UUID(job.subject), int(job.args["turn"]))


@work("rosters.apply")
def apply(job: Job) -> None:
    actions.apply(UUID(job.subject), int(job.args["turn"]))


@every(60, "rosters.tidy")
def tidy() -> None:
    """Lines and files of lists are kept for a day."""
    with writing():
        gone = actions.tidy()
    old = [upload for upload, at in files.kept() if at < clock.now() - 2 * KEPT]
    for upload in {*gone, *old}:
        files.remove(upload)
