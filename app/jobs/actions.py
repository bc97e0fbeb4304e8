"""Asking for work, doing it, finding what was lost."""

import traceback
from collections.abc import Callable
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from flask import current_app

from app import clock
from app.db import affected, after_commit, db, insert, writing
from app.jobs import rules
from app.jobs.models import Job

T = TypeVar("T")
Work = Callable[[Job], None]
works: dict[str, Work] = {}
periodic: list[tuple[str, int, Callable[[], object]]] = []


def work(kind: str) -> Callable[[Work], Work]:
    """Names the function that does jobs of this kind; it opens its own `writing()` blocks and may run twice."""

    def register(function: Work) -> Work:
        works[kind] = function
        return function

    return register


def every(minutes: int, name: str) -> Callable[[Callable[[], T]], Callable[[], T]]:
    """Has the runner call the function every so many minutes; it opens its own `writing()` and may run late."""

    def register(function: Callable[[], T]) -> Callable[[], T]:
        periodic.append((name, minutes, function))
        return function

    return register


def add(kind: str, subject: str, uq_key: str | None = None, owner: UUID | None = None, **args: Any) -> None:
    """Ask for work in the current `writing()` block; it is delivered once that is committed. A second request with
    the same `uq_key` is the same job."""
    made = db.session.scalar(
        insert(Job)
        .values(
            kind=kind,
            uq_key=uq_key,
            subject=subject,
            args=args,
            state="waiting",
            progress=0,
            tries=0,
            owner=owner,
            made=clock.now(),
        )
        .on_conflict_do_nothing()
        .returning(Job.id)
    )
    if made is not None:
        after_commit(lambda: deliver(made))


def deliver(job_id: int) -> None:
    """Hand the job to the transport. Where that fails the deed is done all the same, and the sweep tries again."""
    try:
        current_app.extensions["job_transport"].enqueue_job(job_id)
    except Exception as error:
        current_app.logger.error("job %s not delivered: %s", job_id, type(error).__name__)


def run(job_id: int) -> bool:
    """Do the job if nobody else has taken it; returns whether it was done here."""
    if not _take(job_id):
        return False
    job = db.session.get_one(Job, job_id)
    db.session.expunge(job)
    try:
        works[job.kind](job)
    except Exception as error:
        db.session.rollback()
        _settle(job_id, rules.after_fault(job.tries), type(error).__name__)
        current_app.logger.error("job %s %s: %s at %s", job.id, job.kind, type(error).__name__, _places(error))
        return False
    _settle(job_id, "done", None)
    return True


def _places(error: Exception) -> str:
    """Where it happened, without the error's own words: they may hold what a person wrote."""
    frames = traceback.extract_tb(error.__traceback__)
    return " < ".join(f"{frame.filename}:{frame.lineno} {frame.name}" for frame in reversed(frames))


def _take(job_id: int) -> bool:
    with writing() as session:
        taken = session.execute(
            sa.update(Job)
            .where(Job.id == job_id, Job.state == "waiting")
            .values(state="running", started=clock.now(), tries=Job.tries + 1)
        )
    return bool(affected(taken))


def _settle(job_id: int, state: str, fault: str | None) -> None:
    with writing() as session:
        session.execute(sa.update(Job).where(Job.id == job_id).values(state=state, fault=fault, ended=clock.now()))


def sweep() -> int:
    """Deliver again what was never delivered, and free what a dead runner held; returns how many."""
    now = clock.now()
    left = sa.case((Job.tries < rules.TRIES, "waiting"), else_="failed")
    with writing() as session:
        session.execute(
            sa.update(Job).where(Job.state == "running", Job.started < now - rules.SILENT).values(state=left)
        )
    lost = db.session.scalars(
        sa.select(Job.id).where(Job.state == "waiting", Job.made < now - rules.UNDELIVERED).order_by(Job.id).limit(500)
    ).all()
    for job_id in lost:
        deliver(job_id)
    return len(lost)
