"""Members counted together, and the kept totals of units."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from app.accounts.models import Exemption, Membership, Role
from app.accounts.rules import Audience, groups_of
from app.db import db
from app.steps import rules
from app.steps.models import StepDone, StepTally
from app.steps.queries.memberships import memberships
from app.steps.queries.programmes import steps_of


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
    member = memberships(which, day).subquery()
    alike = (member.c.unit, member.c.officer, member.c.office, member.c.exempt)
    rows = db.session.execute(sa.select(*alike, sa.func.count()).group_by(*alike))
    return [Alike(unit, groups_of(leads, office), free, number) for unit, leads, office, free, number in rows]


def answered_alike(
    which: sa.ColumnElement[bool], programmes: Collection[int], day: date, before: datetime | None = None
) -> list[Alike]:
    """Their answers to each step, counted in the same way; those given `before` a moment, where one is named."""
    member = memberships(which, day).subquery()
    alike = (member.c.unit, member.c.officer, member.c.office, member.c.exempt)
    answer = (StepDone.programme_id, StepDone.key, StepDone.outcome)
    rows = db.session.execute(
        sa.select(*alike, sa.func.count(), *answer)
        .join(StepDone, StepDone.person_id == member.c.person)
        .where(StepDone.programme_id.in_(programmes), StepDone.done_at < before if before else sa.true())
        .group_by(*alike, *answer)
    )
    return [Alike(unit, groups_of(leads, office), free, *rest) for unit, leads, office, free, *rest in rows]


@dataclass(frozen=True)
class Stood:
    """How many members a unit had on a day, and its totals then, by key."""

    members: int
    shares: dict[str, rules.Share]


def stood(unit_ids: Collection[int], programme_id: int, day: date, before: datetime) -> dict[int, Stood]:
    """The totals of these units as they stood on the day, from what was done before the moment: counted, not kept."""
    which = Membership.unit_id.in_(unit_ids)
    audiences = {step.key: step.audience for step in steps_of(programme_id)}
    counts: dict[int, Counter[str]] = {unit: Counter() for unit in unit_ids}
    for crowd in asked_alike(which, day):
        counts[crowd.unit]["members"] += crowd.number
        for key, audience in audiences.items():
            counts[crowd.unit][f"{key} asked"] += crowd.number * rules.is_asked(audience, crowd.groups, crowd.exempt)
    for crowd in answered_alike(which, [programme_id], day, before):
        asked = rules.is_asked(audiences.get(crowd.key, ()), crowd.groups, crowd.exempt)
        counts[crowd.unit][f"{crowd.key} {crowd.answer}"] += crowd.number * asked
    words = ("asked", "done", "declined")
    return {
        unit: Stood(
            many["members"], {key: rules.Share(*(many[f"{key} {word}"] for word in words)) for key in audiences}
        )
        for unit, many in counts.items()
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
