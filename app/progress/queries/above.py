"""What is seen above the unit: numbers and officers, no member's name, and no number that would name one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from app import clock
from app.accounts import queries as accounts
from app.db import db
from app.progress import rules
from app.progress.queries.shared import Table, Total, programme_of, share_of, totals
from app.steps import queries as steps
from app.steps.models import Programme
from app.steps.rules import Share
from app.units import queries as units
from app.units.queries import UnitRow
from app.web.pager import Page, within

UNITS = 50
PRINTED = 500
EVERY_UNIT = 20_000


@dataclass(frozen=True)
class Counts:
    """What stands in one column of a unit's row."""

    parts: list[tuple[rules.Part, Share]]

    @property
    def asked(self) -> bool:
        return any(share.asked for _, share in self.parts)


@dataclass(frozen=True)
class UnitLine:
    """One unit and each step's totals, column by column; no person."""

    unit: UnitRow
    boxes: list[Counts]


@dataclass(frozen=True)
class FederationPage:
    """`prints`: all units in one list, for paper."""

    unit: UnitRow
    programme: Programme
    table: Table
    lines: Page[UnitLine]
    totals: list[Total]
    prints: bool
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


def counts_page(unit: UnitRow, year: int | None = None) -> CountsPage:
    """A unit below the actor's own: counts and officers, no members' names."""
    programme = programme_of(year)
    today = clock.today()
    shares = steps.tallies([unit.id], programme.id)[unit.id]
    return CountsPage(
        unit=unit,
        programme=programme,
        totals=totals(steps.steps_of(programme.id), told(shares)),
        officers=accounts.officers_of(unit.id, today),
        members=accounts.headcount_of(unit.id, today),
        at=clock.now(),
    )


def told(shares: Mapping[str, Share]) -> dict[str, Share]:
    return {key: rules.from_above(share) for key, share in shares.items()}


def federation_page(
    unit: UnitRow, number: int, prints: bool = False, whole: bool = False, year: int | None = None
) -> FederationPage:
    """Every unit below that counts members × every step; and the sums of all of them, whatever page is shown. `whole`:
    all units, for a spreadsheet."""
    today = clock.today()
    programme = programme_of(year)
    asked = steps.steps_of(programme.id)
    sums = steps.total_below(units.below(unit.id, today), programme.id)
    table = Table.of(asked)
    return FederationPage(
        unit=unit,
        programme=programme,
        table=table,
        lines=_lines(unit, programme.id, table, 1 if prints or whole else number, page_size(prints, whole)),
        totals=totals(asked, told(sums)),
        prints=prints,
        at=clock.now(),
    )


def page_size(prints: bool, whole: bool) -> int:
    return EVERY_UNIT if whole else PRINTED if prints else UNITS


def _lines(unit: UnitRow, programme: int, table: Table, number: int, size: int) -> Page[UnitLine]:
    query = units.counting_below(unit.id, clock.today())
    total = db.session.scalar(sa.select(sa.func.count()).select_from(query.order_by(None).subquery())) or 0
    number = within(number, size, total)
    found = db.session.execute(query.offset((number - 1) * size).limit(size))
    rows = [UnitRow(**row._mapping) for row in found]
    shares = steps.tallies([row.id for row in rows], programme)
    lines = [UnitLine(row, _boxes(table, told(shares[row.id]))) for row in rows]
    return Page(lines, number, size, total)


def _boxes(table: Table, shares: Mapping[str, Share]) -> list[Counts]:
    return [Counts([(part, share_of(part.key, shares)) for part in column.parts]) for column in table.columns]
