"""Programmes, their steps, and where a person or a unit stands."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.accounts import queries as accounts
from app.accounts.models import Exemption, Membership, Role
from app.accounts.rules import Audience, groups_of
from app.db import db
from app.refusal import NotThere
from app.steps import rules
from app.steps.models import Programme, ProgrammeStep, StepDone, StepTally


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


@dataclass(frozen=True)
class Standing:
    """One step as it stands for one person."""

    step: Step
    asked: bool
    outcome: str | None
    at: datetime | None
    source: str | None

    @property
    def state(self) -> str:
        """`done`, `declined`, `open`, or `unasked` (which pages show as –)."""
        if self.outcome:
            return self.outcome
        return "open" if self.asked else "unasked"

    @property
    def source_words(self) -> str:
        return rules.SOURCE_WORDS[self.source] if self.source else ""


def standing_of(person_id: UUID, programme_id: int, day: date) -> list[Standing]:
    """Each step of the programme as it stands for the person; asked if any of their memberships asks it."""
    held = accounts.memberships_of(person_id, day)
    officer = accounts.is_officer_anywhere(person_id, day)
    asking = [
        groups_of(officer, membership.holds_office)
        for membership in held
        if not accounts.is_exempt(person_id, membership.unit_id, day)
    ]
    done = {row.key: row for row in db.session.scalars(_done(programme_id, person_id))}
    found = []
    for step in steps_of(programme_id):
        row = done.get(step.key)
        asked = any(rules.is_asked(step.audience, groups, False) for groups in asking)
        found.append(_standing(step, asked, row))
    return found


def _standing(step: Step, asked: bool, row: Any) -> Standing:
    """`row` has an outcome, a date and a source, or is None."""
    if row is None:
        return Standing(step, asked, None, None, None)
    return Standing(step, asked, row.outcome, row.done_at, row.source)


def has_done(person_id: UUID, programme_id: int, key: str) -> StepDone | None:
    return db.session.scalars(_done(programme_id, person_id).where(StepDone.key == key)).first()


def _done(programme_id: int, person_id: UUID) -> sa.Select[StepDone]:
    return sa.select(StepDone).where(StepDone.programme_id == programme_id, StepDone.person_id == person_id)


@dataclass(frozen=True)
class Belonging:
    """A membership, as far as it decides what the person is asked for in that unit."""

    person: UUID
    unit: int
    groups: frozenset[Audience]
    exempt: bool


def belongings(which: sa.ColumnElement[bool], day: date) -> list[Belonging]:
    """The memberships of the day that `which`, a condition on `Membership`, admits."""
    rows = db.session.execute(_memberships(which, day))
    return [Belonging(row.person, row.unit, groups_of(row.officer, row.office), row.exempt) for row in rows]


def _memberships(which: sa.ColumnElement[bool], day: date) -> sa.Select[UUID, int, bool, bool, bool]:
    officer = sa.exists().where(
        Role.person_id == Membership.person_id, Role.name == "officer", accounts.open_on(Role, day)
    )
    exempt = sa.exists().where(
        Exemption.person_id == Membership.person_id,
        Exemption.unit_id == Membership.unit_id,
        Exemption.since <= day,
        Exemption.until > day,
    )
    return sa.select(
        Membership.person_id.label("person"),
        Membership.unit_id.label("unit"),
        Membership.holds_office.label("office"),
        officer.label("officer"),
        exempt.label("exempt"),
    ).where(which, accounts.open_on(Membership, day))


@dataclass(frozen=True)
class Alike:
    """So many members of a unit of whom the same is asked; with `answer`, those of them who gave it to a step."""

    unit: int
    groups: frozenset[Audience]
    exempt: bool
    number: int
    programme: int = 0
    key: str = ""
    answer: str | None = None


def asked_alike(which: sa.ColumnElement[bool], day: date) -> list[Alike]:
    """The members whom `which` admits, counted by unit and by what decides what they are asked for."""
    member = _memberships(which, day).subquery()
    alike = (member.c.unit, member.c.officer, member.c.office, member.c.exempt)
    rows = db.session.execute(sa.select(*alike, sa.func.count()).group_by(*alike))
    return [Alike(unit, groups_of(leads, office), free, number) for unit, leads, office, free, number in rows]


def answered_alike(which: sa.ColumnElement[bool], programmes: Collection[int], day: date) -> list[Alike]:
    """Their answers to each step, counted in the same way."""
    member = _memberships(which, day).subquery()
    alike = (member.c.unit, member.c.officer, member.c.office, member.c.exempt)
    answer = (StepDone.programme_id, StepDone.key, StepDone.outcome)
    rows = db.session.execute(
        sa.select(*alike, sa.func.count(), *answer)
        .join(StepDone, StepDone.person_id == member.c.person)
        .where(StepDone.programme_id.in_(programmes))
        .group_by(*alike, *answer)
    )
    return [Alike(unit, groups_of(leads, office), free, *rest) for unit, leads, office, free, *rest in rows]


Answers = dict[tuple[int, UUID], dict[str, Any]]  # (programme, person) → key → its outcome, date and source


def answers(which: sa.ColumnElement[bool], programmes: Collection[int], day: date) -> Answers:
    """What the members whom `which` admits have done, or said no to."""
    belonging = sa.select(Membership.person_id).where(which, accounts.open_on(Membership, day))
    rows = db.session.execute(
        sa.select(
            StepDone.programme_id,
            StepDone.person_id,
            StepDone.key,
            StepDone.outcome,
            StepDone.done_at,
            StepDone.source,
        ).where(StepDone.programme_id.in_(programmes), StepDone.person_id.in_(belonging))
    )
    found: Answers = {}
    for row in rows:
        found.setdefault((row.programme_id, row.person_id), {})[row.key] = row
    return found


def standings(which: sa.ColumnElement[bool], programme_id: int, day: date) -> dict[UUID, list[Standing]]:
    """Each step for the members of one unit whom `which`, a condition on `Membership`, admits."""
    given = answers(which, [programme_id], day)
    steps = steps_of(programme_id)
    return {
        member.person: [
            _standing(
                step,
                rules.is_asked(step.audience, member.groups, member.exempt),
                given.get((programme_id, member.person), {}).get(step.key),
            )
            for step in steps
        ]
        for member in belongings(which, day)
    }


def counted_units(programmes: Collection[int]) -> set[int]:
    """Every unit that has, or ought to have, totals in these programmes."""
    kept = sa.select(StepTally.unit_id).where(StepTally.programme_id.in_(programmes))
    return set(db.session.scalars(kept.union(sa.select(Membership.unit_id))))


def units_dated(day: date) -> set[int]:
    """The units in which a membership, a role of a member, or an exemption begins or ends on this day by its date."""

    def turns(table: Any) -> sa.ColumnElement[bool]:
        return sa.or_(table.since == day, table.until == day)

    holders = sa.select(Role.person_id).where(turns(Role))
    members = sa.select(Membership.unit_id).where(sa.or_(turns(Membership), Membership.person_id.in_(holders)))
    return set(db.session.scalars(members.union(sa.select(Exemption.unit_id).where(turns(Exemption)))))


def tallies(unit_ids: list[int], programme_id: int) -> dict[int, dict[str, rules.Share]]:
    """The kept totals of these units, by unit and key."""
    found: dict[int, dict[str, rules.Share]] = {unit: {} for unit in unit_ids}
    rows = db.session.execute(
        sa.select(StepTally.unit_id, StepTally.key, StepTally.asked, StepTally.done, StepTally.declined).where(
            StepTally.programme_id == programme_id, StepTally.unit_id.in_(unit_ids)
        )
    )
    for unit, key, asked, done, declined in rows:
        found[unit][key] = rules.Share(asked, done, declined)
    return found


def total_below(units: sa.Select[int], programme_id: int) -> dict[str, rules.Share]:
    """The totals of many units summed, by key: what a parent's page shows."""
    rows = db.session.execute(
        sa.select(
            StepTally.key, sa.func.sum(StepTally.asked), sa.func.sum(StepTally.done), sa.func.sum(StepTally.declined)
        )
        .where(StepTally.programme_id == programme_id, StepTally.unit_id.in_(units))
        .group_by(StepTally.key)
    )
    return {key: rules.Share(int(a), int(d), int(n)) for key, a, d, n in rows}
