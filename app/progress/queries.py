"""Two pages: a unit's members × steps, by name; a federation's units × steps, counts only."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from app import clock
from app.accounts import queries as accounts
from app.accounts.models import Exemption, Membership, Person
from app.accounts.queries import Actor, open_on
from app.db import db
from app.progress import rules
from app.refusal import NotThere
from app.steps import queries as steps
from app.steps.models import Programme
from app.steps.rules import NOTHING, Share, remaining
from app.units import queries as units
from app.units.queries import UnitRow
from app.web.pager import Page, within

MEMBERS = 100
UNITS = 50


@dataclass(frozen=True)
class MemberLine:
    """One member and each step as it stands. `exempt_until`: the last day of an exemption."""

    name: str
    exempt_until: date | None
    standings: list[steps.Standing]


@dataclass(frozen=True)
class Total:
    """A step's totals under the table: of `asked`, how many have done it, said no, still have it before them."""

    step: steps.Step
    share: Share

    @property
    def left(self) -> int:
        return remaining(self.share)


@dataclass(frozen=True)
class Choice:
    """What the filter form was set to."""

    group: str
    step: str
    state: str


@dataclass(frozen=True)
class UnitPage:
    unit: UnitRow
    above: str
    programme: Programme
    steps: list[steps.Step]
    groups: list[UnitRow]
    lines: Page[MemberLine]
    totals: list[Total]
    members: int
    choice: Choice
    at: datetime


@dataclass(frozen=True)
class UnitLine:
    """One unit and each step's totals; no person."""

    unit: UnitRow
    shares: list[Share]


@dataclass(frozen=True)
class FederationPage:
    unit: UnitRow
    programme: Programme
    steps: list[steps.Step]
    lines: Page[UnitLine]
    totals: list[Total]
    at: datetime


@dataclass(frozen=True)
class CountsPage:
    """A unit seen from above: totals, and its officers, who may be called."""

    unit: UnitRow
    programme: Programme
    totals: list[Total]
    officers: list[accounts.Officer]
    members: int
    at: datetime


def programme_now() -> Programme:
    found = steps.current_programme(clock.today())
    if found is None:
        raise NotThere()
    return found


def unit_page(actor: Actor, unit: UnitRow, choice: Choice, number: int) -> UnitPage:
    """The members of the actor's own unit; the caller has established that it is."""
    today = clock.today()
    programme = programme_now()
    asked_steps = steps.steps_of(programme.id)
    if choice.step not in {step.key for step in asked_steps}:
        choice = replace(choice, step="")
    groups = [child for child in units.children(unit.id, today) if not child.counts_members]
    lines = _lines(unit, programme.id, choice, groups, number)
    shares = steps.tallies([unit.id], programme.id)[unit.id]
    above = units.ancestors(unit.id, today)
    return UnitPage(
        unit=unit,
        above=above[1].name if len(above) > 1 else "",
        programme=programme,
        steps=[step for step in asked_steps if choice.step in ("", step.key)],
        groups=groups,
        lines=lines,
        totals=[Total(step, shares.get(step.key, NOTHING)) for step in asked_steps],
        members=accounts.headcount_of(unit.id, today),
        choice=choice,
        at=clock.now(),
    )


def _lines(unit: UnitRow, programme: int, choice: Choice, groups: list[UnitRow], number: int) -> Page[MemberLine]:
    """A page of members in the order of their names. Without a state filter it is read off an index; with one, every
    member of the unit has to be looked at."""
    today = clock.today()
    which = Membership.unit_id == unit.id
    chosen = {group.code: group.id for group in groups}
    if choice.group in chosen:
        which = sa.and_(which, Membership.group_id == chosen[choice.group])
    query = (
        sa.select(Membership.person_id, Person.name)
        .join(Person, Person.id == Membership.person_id)
        .where(which, open_on(Membership, today))
        .order_by(Membership.sort_key, Membership.person_id)
    )
    state = rules.FILTERS.get(choice.state, "all")
    if state == "all":
        total = db.session.scalar(sa.select(sa.func.count()).select_from(query.order_by(None).subquery())) or 0
        number = within(number, MEMBERS, total)
        people = [(row[0], row[1]) for row in db.session.execute(query.offset((number - 1) * MEMBERS).limit(MEMBERS))]
        which = sa.and_(which, Membership.person_id.in_([person for person, _ in people]))
        return Page(_standings(people, which, unit.id, programme, choice), number, MEMBERS, total)
    people = [(row[0], row[1]) for row in db.session.execute(query)]
    kept = [
        line
        for line in _standings(people, which, unit.id, programme, choice)
        if rules.keeps(state, rules.row_state(standing.state for standing in line.standings))
    ]
    number = within(number, MEMBERS, len(kept))
    return Page(kept[(number - 1) * MEMBERS : number * MEMBERS], number, MEMBERS, len(kept))


def _standings(
    people: list[tuple[UUID, str]], which: sa.ColumnElement[bool], unit_id: int, programme: int, choice: Choice
) -> list[MemberLine]:
    """The lines of these people (id, name), who are those whom `which` admits."""
    today = clock.today()
    found = steps.standings(which, programme, today)
    rows = db.session.execute(
        sa.select(Exemption.person_id, Exemption.until).where(
            Exemption.unit_id == unit_id, Exemption.since <= today, Exemption.until > today
        )
    )
    exempt = {row.person_id: row.until for row in rows}
    return [
        MemberLine(
            name,
            exempt[person] - timedelta(days=1) if person in exempt else None,
            [standing for standing in found[person] if choice.step in ("", standing.step.key)],
        )
        for person, name in people
    ]


def counts_page(unit: UnitRow) -> CountsPage:
    """A unit below the actor's own: counts and officers, no members' names."""
    programme = programme_now()
    today = clock.today()
    shares = steps.tallies([unit.id], programme.id)[unit.id]
    return CountsPage(
        unit=unit,
        programme=programme,
        totals=[Total(step, shares.get(step.key, NOTHING)) for step in steps.steps_of(programme.id)],
        officers=accounts.officers_of(unit.id, today),
        members=accounts.headcount_of(unit.id, today),
        at=clock.now(),
    )


def federation_page(unit: UnitRow, number: int) -> FederationPage:
    """Every unit below that counts members × every step; and the sums of all of them, whatever page is shown."""
    today = clock.today()
    programme = programme_now()
    asked_steps = steps.steps_of(programme.id)
    query = units.counting_below(unit.id, today)
    total = db.session.scalar(sa.select(sa.func.count()).select_from(query.order_by(None).subquery())) or 0
    number = within(number, UNITS, total)
    found = db.session.execute(query.offset((number - 1) * UNITS).limit(UNITS))
    rows = [UnitRow(**row._mapping) for row in found]
    shares = steps.tallies([row.id for row in rows], programme.id)
    sums = steps.total_below(units.below(unit.id, today), programme.id)
    return FederationPage(
        unit=unit,
        programme=programme,
        steps=asked_steps,
        lines=Page(
            [UnitLine(row, [shares[row.id].get(step.key, NOTHING) for step in asked_steps]) for row in rows],
            number,
            UNITS,
            total,
        ),
        totals=[Total(step, sums.get(step.key, NOTHING)) for step in asked_steps],
        at=clock.now(),
    )
