"""Closed figures: which there are, whose they are to see, and as a page."""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from app import clock
from app.accounts import queries as accounts
from app.accounts.queries import Actor
from app.audit import AuditLine
from app.db import db
from app.progress import rules
from app.progress.models import Snapshot
from app.progress.queries.above import Counts, page_size
from app.progress.queries.shared import Table, Total
from app.progress.rules import Counted
from app.refusal import NotThere, RuleBroken
from app.steps import queries as steps
from app.steps.models import Programme
from app.steps.queries import Step
from app.steps.rules import Share
from app.units import queries as units
from app.units.models import Unit
from app.units.queries import UnitRow
from app.web.pager import Page, within

MANY = 500  # units that one statement names
NOTED = "figures.close"  # the verb on the trail


class Altered(RuleBroken):
    kind = "conflict"
    words = (
        "Số liệu chốt của {code} không còn khớp mã kiểm đã ghi lúc chốt, nên không hiện. Anh/chị báo người quản trị."
    )


# --- for closing --------------------------------------------------------------------------------------------------


def not_closed(programme_id: int, day: date, last: date) -> list[UnitRow]:
    """The units that stood on the `last` day and whose figures of the day are not closed yet."""
    closed = sa.select(Snapshot.unit_id).where(Snapshot.programme_id == programme_id, Snapshot.day == day)
    return units.standing(last, Unit.id.not_in(closed))


def is_closed(programme_id: int, day: date, last: date) -> bool:
    """Whether the federations' figures are closed, which is the last thing done."""
    leading = units.federations(last)
    chosen = (Snapshot.programme_id == programme_id, Snapshot.day == day, Snapshot.unit_id.in_(leading))
    return db.session.scalar(sa.select(Snapshot.unit_id).where(*chosen).limit(1)) is not None


def below(unit_id: int, last: date) -> list[UnitRow]:
    """What stood below, in the order of names: units that count members, and federations."""
    rows = units.standing(last, sa.and_(Unit.id.in_(units.below(unit_id, last)), Unit.id != unit_id))
    return sorted(rows, key=lambda row: (row.sort_key, row.code))


def bodies(unit_ids: Collection[int], programme_id: int, day: date) -> dict[int, str]:
    ids = list(unit_ids)
    found: dict[int, str] = {}
    for at in range(0, len(ids), MANY):
        rows = db.session.execute(
            sa.select(Snapshot.unit_id, Snapshot.body).where(
                Snapshot.programme_id == programme_id, Snapshot.day == day, Snapshot.unit_id.in_(ids[at : at + MANY])
            )
        )
        found |= {row.unit_id: row.body for row in rows}
    return found


def altered() -> tuple[list[tuple[str, date]], int]:
    """(unit, day) of closed figures whose text is not that of the hash, or whose hash is not the one that was noted
    on the trail when they were closed; and how many there are in all."""
    noted: dict[tuple[str, str, str], str] = {}
    for line in db.session.scalars(sa.select(AuditLine).where(AuditLine.verb == NOTED)):
        noted[line.subject, line.facts["year"], line.facts["day"]] = line.facts["digest"]
    columns = (Unit.code, Programme.slug, Snapshot.day, Snapshot.body, Snapshot.digest)
    kept = sa.select(*columns).join(Unit, Unit.id == Snapshot.unit_id)
    found, number = [], 0
    for row in db.session.execute(kept.join(Programme, Programme.id == Snapshot.programme_id).order_by(Unit.code)):
        number += 1
        if not rules.digest(row.body) == row.digest == noted.get((row.code, row.slug, row.day.isoformat())):
            found.append((row.code, row.day))
    return found, number


# --- for looking --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Way:
    """Other figures of the unit that there are to see: today's of a year, or those of a closed day."""

    words: str
    year: int
    day: str | None
    shown: bool


def ways(code: str, year: int, day: date | None = None) -> list[Way]:
    """Today's figures and the closed ones of the year, then today's of other years; none where there is no choice."""
    rows = db.session.execute(
        sa.select(Snapshot.day)
        .join(Unit, Unit.id == Snapshot.unit_id)
        .join(Programme, Programme.id == Snapshot.programme_id)
        .where(Unit.code == code, Programme.year == year)
        .order_by(Snapshot.day)
    )
    closed = [Way(f"Chốt ngày {clock.short_date(one)}", year, one.isoformat(), one == day) for (one,) in rows]
    others = sorted({one.year for one in steps.programmes()} - {year}, reverse=True)
    found = [
        Way("Hiện nay", year, None, day is None),
        *closed,
        *(Way(f"Năm {one}", one, None, False) for one in others),
    ]
    return found if len(found) > 1 else []


@dataclass(frozen=True)
class ClosedLine:
    code: str
    short: str
    members: int
    boxes: list[Counts]


@dataclass(frozen=True)
class ClosedPage:
    """`own`: before officers of exactly the unit, who see how many said no. `lines` hold the units of a federation, in
    the order and by the names of that day; `above` is what stood directly above."""

    code: str
    name: str
    short: str
    above: str
    federation: bool
    own: bool
    year: int
    day: date
    at: datetime
    digest: str
    members: int
    table: Table
    lines: Page[ClosedLine]
    totals: list[Total]
    prints: bool


def closed_page(
    actor: Actor, code: str, day: date, number: int, prints: bool = False, whole: bool = False
) -> ClosedPage:
    """The unit's figures as they were closed. Raises `NotThere`, the same for a day that is not closed and for a unit
    that is not the actor's; `Altered`."""
    unit, own = _unit(actor, code)
    found = db.session.scalars(
        sa.select(Snapshot).where(Snapshot.unit_id == unit.id, Snapshot.day == day).order_by(Snapshot.programme_id)
    ).first()
    if found is None:
        raise NotThere()
    if rules.digest(found.body) != found.digest:
        raise Altered(code=unit.code)
    return _page(json.loads(found.body), found, own, number, prints, whole)


def _unit(actor: Actor, code: str) -> tuple[Unit, bool]:
    """The unit that carries this code, whether it still stands or not; and whether the actor is its officer. One that
    has ended is seen by those above its last place, and where it counted members by whoever sees its successor."""
    unit = db.session.scalars(sa.select(Unit).where(Unit.code == code.upper())).first()
    if unit is None:
        raise NotThere()
    if unit.closed is None or unit.closed > clock.today():
        return unit, accounts.reach(actor, code, "officer").names
    last = unit.closed - timedelta(days=1)
    if accounts.reaches(actor, unit.id, "officer", on=last):
        return unit, False
    if not units.get(unit.id, last).counts_members:
        raise NotThere()
    accounts.reach(actor, code, "officer")
    return unit, False


def _page(said: dict[str, Any], kept: Snapshot, own: bool, number: int, prints: bool, whole: bool) -> ClosedPage:
    asked = [Step(key, title, frozenset(), heading) for key, heading, title, *_ in said["steps"]]
    table = Table.of(asked)
    shares = [Share(*step[3:], *[0] * (6 - len(step))) for step in said["steps"]]
    return ClosedPage(
        code=said["code"],
        name=said["name"],
        short=said["short"],
        above=said["above"][0][1] if said["above"] else "",
        federation="units" in said,
        own=own,
        year=said["year"],
        day=kept.day,
        at=kept.at,
        digest=kept.digest,
        members=said["members"],
        table=table,
        lines=_lines(said.get("units", []), asked, table, number, page_size(prints, whole)),
        totals=[Total(step, one if own else rules.from_above(one)) for step, one in zip(asked, shares, strict=True)],
        prints=prints,
    )


def _lines(rows: list[Any], asked: list[Step], table: Table, number: int, size: int) -> Page[ClosedLine]:
    number = within(number, size, len(rows))
    shown = [Counted.of(row) for row in rows[(number - 1) * size : number * size]]
    return Page([_line(one, asked, table) for one in shown], number, size, len(rows))


def _line(one: Counted, asked: list[Step], table: Table) -> ClosedLine:
    shares = dict(zip((step.key for step in asked), one.shares, strict=True))
    boxes = [Counts([(part, shares[part.key]) for part in column.parts]) for column in table.columns]
    return ClosedLine(one.code, one.short, one.members, boxes)
