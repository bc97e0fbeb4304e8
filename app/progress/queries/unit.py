"""The members of one unit and each step as it stands: for its own officers."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app import clock
from app.accounts.models import Exemption, Membership, Person
from app.accounts.queries import open_on
from app.accounts.rules import groups_of
from app.db import db
from app.progress import rules
from app.progress.queries.shared import Table, Total, programme_of, totals
from app.steps import queries as steps
from app.steps.models import Programme
from app.steps.queries import Given, Standing, Step
from app.steps.rules import CONFIRMED, REGISTERED, is_asked
from app.units import queries as units
from app.units.queries import UnitRow
from app.web.pager import Page, within

MEMBERS = 50  # with seven steps a page of under 100 KB
PRINTED = 1000
EVERYBODY = 100_000


@dataclass(frozen=True)
class Choice:
    """What the filter form was set to, and whether the list is for paper: all of it in one page. `whole`: everybody,
    however many, for a spreadsheet."""

    group: str
    step: str
    state: str
    prints: bool = False
    whole: bool = False


@dataclass(frozen=True)
class Cell:
    """One step of one member. `state` is one of `rules.State`."""

    part: rules.Part
    state: str
    at: datetime | None
    source_words: str


@dataclass(frozen=True)
class Box:
    """What stands in one column of a member's row."""

    cells: list[Cell]

    @property
    def asked(self) -> bool:
        return any(cell.state != "unasked" for cell in self.cells)


@dataclass(frozen=True)
class MemberLine:
    """One member and each step, column by column. `exempt_until`: the last day of an exemption. `group`: the tổ."""

    name: str
    exempt_until: date | None
    boxes: list[Box]
    group: str = ""


@dataclass(frozen=True)
class Summary:
    """How many of the members are done, still have something before them, wait for the committee, are exempt; and
    how many there are, those among them of whom nothing is asked."""

    members: int
    done: int
    open: int
    waiting: int
    exempt: int

    @property
    def asked(self) -> int:
        return self.done + self.open + self.waiting


@dataclass(frozen=True)
class UnitPage:
    """`steps` are all that the programme asks for; `table` holds those that were chosen. `place` is the unit or the
    chosen tổ, `filter_words` say what the list was narrowed to, `states` what it may be."""

    unit: UnitRow
    above: str
    place: str
    programme: Programme
    steps: list[Step]
    table: Table
    groups: list[UnitRow]
    summary: Summary
    lines: Page[MemberLine]
    totals: list[Total]
    choice: Choice
    filter_words: list[str]
    states: dict[str, str]
    at: datetime


@dataclass(frozen=True)
class _List:
    """Which members, and which steps, the page is about."""

    unit: UnitRow
    which: sa.ColumnElement[bool]
    programme: int
    steps: list[Step]
    table: Table
    groups: dict[int, str]
    day: date


def unit_page(unit: UnitRow, choice: Choice, number: int, year: int | None = None) -> UnitPage:
    """The members of the actor's own unit; the caller has established that it is."""
    today = clock.today()
    programme = programme_of(year)
    asked = steps.steps_of(programme.id)
    groups = {child.code: child for child in units.children(unit.id, today) if not child.counts_members}
    choice = replace(
        choice,
        step=choice.step if choice.step in {step.key for step in asked} else "",
        group=choice.group if choice.group in groups else "",
        state=choice.state if choice.state in rules.FILTERS else "",
    )
    chosen = [step for step in asked if choice.step in ("", step.key)]
    which = Membership.unit_id == unit.id
    if choice.group:
        which = sa.and_(which, Membership.group_id == groups[choice.group].id)
    members = _List(unit, which, programme.id, chosen, Table.of(chosen), _shorts(groups), today)
    summary = _summary(members)
    above = units.ancestors(unit.id, today)
    return UnitPage(
        unit=unit,
        above=above[1].name if len(above) > 1 else "",
        place=groups[choice.group].short if choice.group else unit.short,
        programme=programme,
        steps=asked,
        table=members.table,
        groups=list(groups.values()),
        summary=summary,
        lines=_lines(members, choice, number, summary.members),
        totals=totals(asked, steps.tallies([unit.id], programme.id)[unit.id]),
        choice=choice,
        filter_words=_filter_words(choice, groups, chosen),
        states=rules.FILTER_WORDS,
        at=clock.now(),
    )


def _shorts(groups: dict[str, UnitRow]) -> dict[int, str]:
    return {group.id: group.short for group in groups.values()}


def _filter_words(choice: Choice, groups: dict[str, UnitRow], chosen: Sequence[Step]) -> list[str]:
    words = [groups[choice.group].short] if choice.group else []
    words += [chosen[0].title] if choice.step else []
    return [*words, rules.FILTER_WORDS[choice.state]] if choice.state else words


def _summary(members: _List) -> Summary:
    far = steps.how_far(members.which, members.programme, members.steps, members.day).subquery()
    alike = (far.c.officer, far.c.office, far.c.exempt, far.c.given)
    rows = db.session.execute(sa.select(*alike, sa.func.count()).group_by(*alike)).all()
    count = dict.fromkeys(("open", "waiting", "done", "unasked"), 0)
    for officer, office, exempt, given, number in rows:
        count[_row_state(members.steps, officer, office, exempt, given)] += number
    return Summary(
        members=sum(row[-1] for row in rows),
        done=count["done"],
        open=count["open"],
        waiting=count["waiting"],
        exempt=sum(row[-1] for row in rows if row.exempt),
    )


def _row_state(chosen: Sequence[Step], officer: bool, office: bool, exempt: bool, given: int) -> rules.RowState:
    asked = {step.key for step in chosen if is_asked(step.audience, groups_of(officer, office), exempt)}
    if not asked:
        return "unasked"
    far = Given.of(given)
    confirmed = far.confirmed if CONFIRMED in asked else None
    return rules.row_state(len(asked - {CONFIRMED}), far.answered, far.registered, confirmed)


def _lines(members: _List, choice: Choice, number: int, total: int) -> Page[MemberLine]:
    """A page of members in the order of their names, read off an index; where a state is looked for, how far each of
    them has come is looked at first."""
    if choice.whole or choice.prints:
        size, number = EVERYBODY if choice.whole else PRINTED, 1
    else:
        size = MEMBERS
    if choice.state:
        found = _in_state(members, rules.FILTERS[choice.state])
        number = within(number, size, len(found))
        people = found[(number - 1) * size : number * size]
        return Page(_filled(members, people), number, size, len(found))
    number = within(number, size, total)
    listed = sa.select(Membership.person_id, Person.name).where(members.which, open_on(Membership, members.day))
    rows = db.session.execute(_by_name(listed).offset((number - 1) * size).limit(size))
    return Page(_filled(members, [(person, name) for person, name in rows]), number, size, total)


def _by_name(query: Any) -> Any:
    joined = query.join(Person, Person.id == Membership.person_id)
    return joined.order_by(Membership.sort_key, Membership.person_id)


def _in_state(members: _List, state: rules.RowState) -> list[tuple[UUID, str]]:
    far = steps.how_far(members.which, members.programme, members.steps, members.day).add_columns(Person.name)
    return [
        (row.person, row.name)
        for row in db.session.execute(_by_name(far))
        if _row_state(members.steps, row.officer, row.office, row.exempt, row.given) == state
    ]


def _filled(members: _List, people: Sequence[tuple[UUID, str]]) -> list[MemberLine]:
    """The lines of these people (id, name), so many at a time as one statement may name."""
    parts = (people[at : at + PRINTED] for at in range(0, len(people), PRINTED))
    return [line for part in parts for line in _some(members, part)]


def _some(members: _List, people: Sequence[tuple[UUID, str]]) -> list[MemberLine]:
    which = sa.and_(members.which, Membership.person_id.in_([person for person, _ in people]))
    found = steps.standings(which, members.programme, members.day)
    exempt, groups = _exempt(members), _groups(members, which)
    return [
        MemberLine(name, exempt.get(person), _boxes(members.table, found[person]), groups.get(person, ""))
        for person, name in people
    ]


def _exempt(members: _List) -> dict[UUID, date]:
    """Who is exempt today, and the last day of it."""
    rows = db.session.execute(
        sa.select(Exemption.person_id, Exemption.until).where(
            Exemption.unit_id == members.unit.id, Exemption.since <= members.day, Exemption.until > members.day
        )
    )
    return {row.person_id: row.until - timedelta(days=1) for row in rows}


def _groups(members: _List, which: sa.ColumnElement[bool]) -> dict[UUID, str]:
    """The tổ of each of these members."""
    placed = sa.select(Membership.person_id, Membership.group_id).where(which, open_on(Membership, members.day))
    return {row.person_id: members.groups.get(row.group_id, "") for row in db.session.execute(placed)}


def _boxes(table: Table, standings: Sequence[Standing]) -> list[Box]:
    found = {standing.step.key: standing for standing in standings}
    registered = REGISTERED in found and found[REGISTERED].outcome == "done"
    return [Box([_cell(part, found[part.key], registered) for part in column.parts]) for column in table.columns]


def _cell(part: rules.Part, standing: Standing, registered: bool) -> Cell:
    state = rules.cell_state(part.key, standing.asked, standing.outcome, registered)
    return Cell(part, state, standing.at, standing.source_words)
