"""Programmes and what they ask for."""

from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date

import sqlalchemy as sa

from app.db import db
from app.refusal import NotThere
from app.steps.models import Programme, ProgrammeStep


def programmes() -> list[Programme]:
    return list(db.session.scalars(sa.select(Programme).order_by(Programme.year.desc(), Programme.slug)))


def programme_of_year(year: int) -> Programme:
    """The programme of this year; raises `NotThere`, also for a number in an address that is no year."""
    if not MINYEAR <= year <= MAXYEAR:
        raise NotThere()
    found = db.session.scalars(sa.select(Programme).where(Programme.year == year).order_by(Programme.id)).first()
    if found is None:
        raise NotThere()
    return found


def current_programme(day: date) -> Programme | None:
    """The open programme of the day's year, else the latest open one."""
    return db.session.scalars(
        sa.select(Programme)
        .where(Programme.state == "open")
        .order_by(sa.case((Programme.year == day.year, 0), else_=1), Programme.year.desc(), Programme.id)
        .limit(1)
    ).first()


def open_programmes() -> list[int]:
    return list(db.session.scalars(sa.select(Programme.id).where(Programme.state == "open")))


@dataclass(frozen=True)
class Step:
    """`heading` is the short name that stands over its column in a table; the title where it has none."""

    key: str
    title: str
    audience: frozenset[str]
    heading: str = ""


def steps_of(programme_id: int) -> list[Step]:
    """What the programme asks for, in its order; steps that nobody is asked for are left out."""
    found = db.session.scalars(
        sa.select(ProgrammeStep)
        .where(ProgrammeStep.programme_id == programme_id)
        .order_by(ProgrammeStep.position, ProgrammeStep.key)
    )
    return [Step(step.key, step.title, frozenset(step.audience), step.heading) for step in found if step.audience]
