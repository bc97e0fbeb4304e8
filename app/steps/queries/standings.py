"""Where a person stands, and the members of a unit."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.accounts import queries as accounts
from app.accounts.models import Membership
from app.accounts.rules import Audience, groups_of
from app.db import db
from app.steps import rules
from app.steps.models import StepDone
from app.steps.queries.memberships import leads, memberships
from app.steps.queries.programmes import Step, steps_of
from app.steps.rules import CONFIRMED, REGISTERED


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
    rows = db.session.execute(memberships(which, day))
    return [Belonging(row.person, row.unit, groups_of(row.officer, row.office), row.exempt) for row in rows]


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


def how_far(
    which: sa.ColumnElement[bool], programme_id: int, steps: Collection[Step], day: date
) -> sa.Select[UUID, int, bool, bool, bool, int]:
    """The memberships of the day that `which` admits, and how far each member has come with those of `steps` that are
    asked of them: `given`, to be read by `Given.of`. One number, because a unit of thousands is summed from it."""
    members = memberships(which, day)
    own = sa.or_(
        _asks(steps, "all"),
        sa.and_(_asks(steps, "office"), Membership.holds_office),
        sa.and_(_asks(steps, "officers"), leads(day)),
    )
    done = StepDone.outcome == "done"
    worth = sa.case(
        (sa.and_(StepDone.key == REGISTERED, done), sa.case((own, 4 + 1), else_=1)),
        (sa.and_(StepDone.key == CONFIRMED, done), 2),
        (own, 4),
        else_=0,
    )
    given = sa.select(sa.func.coalesce(sa.func.sum(worth), 0)).where(
        StepDone.person_id == Membership.person_id, StepDone.programme_id == programme_id
    )
    return members.add_columns(given.scalar_subquery().label("given"))


def _asks(steps: Collection[Step], group: Audience) -> sa.ColumnElement[bool]:
    """Whether a done step is one of those that are asked of this group; the confirmation is the committee's."""
    keys = [step.key for step in steps if rules.is_asked(step.audience, {group}, False) and step.key != CONFIRMED]
    return StepDone.key.in_(keys) if keys else sa.false()


@dataclass(frozen=True)
class Given:
    """How many answers a member gave, whether a deed is registered, and whether it is confirmed."""

    answered: int
    registered: bool
    confirmed: bool

    @classmethod
    def of(cls, given: int) -> "Given":
        return cls(given // 4, bool(given & 1), bool(given & 2))
