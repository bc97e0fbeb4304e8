"""Which units there are on a day, and which stand below which."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from app.db import db
from app.refusal import NotThere
from app.units.models import Unit, UnitKind, UnitName, UnitPath, UnitPlace


@dataclass(frozen=True)
class UnitRow:
    """A unit as it stands on a day."""

    id: int
    code: str
    name: str
    short: str
    kind: str
    kind_name: str
    parent_id: int | None
    reviews: bool
    counts_members: bool
    federation: bool
    phone: str | None
    sort_key: str


def on(table: Any, day: date) -> sa.ColumnElement[bool]:
    """Whether a dated row holds on this day."""
    return sa.and_(table.since <= day, sa.or_(table.until.is_(None), table.until > day))


@lru_cache(64)
def _rows(day: date) -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            Unit.id,
            Unit.code,
            UnitName.name,
            UnitName.short,
            UnitPlace.kind,
            UnitKind.name.label("kind_name"),
            UnitPlace.parent_id,
            UnitKind.reviews,
            UnitKind.counts_members,
            UnitKind.federation,
            Unit.phone,
            UnitName.sort_key,
        )
        .join(UnitName, sa.and_(UnitName.unit_id == Unit.id, on(UnitName, day)))
        .join(UnitPlace, sa.and_(UnitPlace.unit_id == Unit.id, on(UnitPlace, day)))
        .join(UnitKind, UnitKind.slug == UnitPlace.kind)
    )


def find(unit_id: int, day: date) -> UnitRow | None:
    row = db.session.execute(_rows(day).where(Unit.id == unit_id)).first()
    return UnitRow(**row._mapping) if row else None


def get(unit_id: int, day: date) -> UnitRow:
    """The unit; raises `NotThere` where it does not stand on this day."""
    found = find(unit_id, day)
    if found is None:
        raise NotThere()
    return found


def by_code(code: str, day: date) -> UnitRow | None:
    """The unit that answers to this code today: the one that carries it, or what that one became."""
    return _answering(db.session.scalars(sa.select(Unit).where(Unit.code == code.upper())).first(), day)


def became(unit_id: int, day: date) -> UnitRow | None:
    """The unit as it stands on the day, or what it has become; None where it ended without a successor."""
    return _answering(db.session.get(Unit, unit_id), day)


def _answering(unit: Unit | None, day: date) -> UnitRow | None:
    steps = 0
    while unit is not None and unit.closed is not None and unit.closed <= day and unit.successor_id and steps < 50:
        unit = db.session.get(Unit, unit.successor_id)
        steps += 1
    return find(unit.id, day) if unit else None


def stands_for(unit_id: int, day: date) -> set[int]:
    """The unit itself, and every one that has become it by the day: what was addressed to those is its to answer."""
    found, fresh = {unit_id}, {unit_id}
    while fresh:
        ended = sa.select(Unit.id).where(Unit.successor_id.in_(fresh), Unit.closed <= day)
        fresh = set(db.session.scalars(ended)) - found
        found |= fresh
    return found


def below(ancestor_id: int, day: date) -> sa.Select[int]:
    """The ids of a unit and all units below it on this day, for use inside another query."""
    return sa.select(UnitPath.descendant_id).where(UnitPath.ancestor_id == ancestor_id, on(UnitPath, day))


def is_below(unit_id: int, ancestor_id: int, day: date) -> bool:
    return db.session.scalar(below(ancestor_id, day).where(UnitPath.descendant_id == unit_id)) is not None


def ancestors(unit_id: int, day: date) -> list[UnitRow]:
    """The unit itself and everything above it, nearest first."""
    path = (
        _rows(day)
        .join(UnitPath, sa.and_(UnitPath.ancestor_id == Unit.id, on(UnitPath, day)))
        .where(UnitPath.descendant_id == unit_id)
        .order_by(UnitPath.depth)
    )
    return [UnitRow(**row._mapping) for row in db.session.execute(path)]


def reviewing_above(unit_id: int, day: date) -> list[UnitRow]:
    """The units upward, the unit itself first, whose kind reviews records: nearest first."""
    return [unit for unit in ancestors(unit_id, day) if unit.reviews]


def children(unit_id: int, day: date) -> list[UnitRow]:
    found = db.session.execute(_rows(day).where(UnitPlace.parent_id == unit_id).order_by(UnitName.sort_key, Unit.code))
    return [UnitRow(**row._mapping) for row in found]


def counting_below(ancestor_id: int, day: date) -> sa.Select[*tuple[Any, ...]]:
    """The units below whose kind counts members, in the order of their names."""
    return (
        _rows(day)
        .join(UnitPath, sa.and_(UnitPath.descendant_id == Unit.id, on(UnitPath, day)))
        .where(UnitPath.ancestor_id == ancestor_id, UnitKind.counts_members)
        .order_by(UnitName.sort_key, Unit.code)
    )


def standing(day: date, which: sa.ColumnElement[bool]) -> list[UnitRow]:
    """The units of the day that `which`, a condition on `Unit`, admits and that are no parts of another."""
    query = _rows(day).where(which, sa.or_(UnitKind.counts_members, UnitKind.federation)).order_by(Unit.id)
    return [UnitRow(**row._mapping) for row in db.session.execute(query)]


def federations(day: date) -> sa.Select[int]:
    """The ids of the federations of the day, for use inside another query."""
    placed = sa.select(UnitPlace.unit_id).join(UnitKind, UnitKind.slug == UnitPlace.kind)
    return placed.where(UnitKind.federation, on(UnitPlace, day))


def kind(slug: str) -> UnitKind:
    """The kind of this name; raises `NotThere`."""
    found = db.session.get(UnitKind, slug)
    if found is None:
        raise NotThere()
    return found


def kinds() -> list[UnitKind]:
    return list(db.session.scalars(sa.select(UnitKind).order_by(UnitKind.slug)))


def roots(day: date) -> list[UnitRow]:
    found = db.session.execute(_rows(day).where(UnitPlace.parent_id.is_(None)).order_by(Unit.code))
    return [UnitRow(**row._mapping) for row in found]


def names(unit_ids: set[int], day: date) -> dict[int, UnitRow]:
    if not unit_ids:
        return {}
    found = db.session.execute(_rows(day).where(Unit.id.in_(unit_ids)))
    return {row.id: UnitRow(**row._mapping) for row in found}


@dataclass(frozen=True)
class LastName:
    """What a unit is called, or was when it ended, or will be: for units of any day."""

    id: int
    code: str
    short: str
    sort_key: str


def last_names(unit_ids: set[int]) -> list[LastName]:
    rows = db.session.execute(
        sa.select(Unit.id, Unit.code, UnitName.short, UnitName.sort_key)
        .join(UnitName, UnitName.unit_id == Unit.id)
        .where(Unit.id.in_(unit_ids))
        .order_by(UnitName.since)
    )
    return list({row.id: LastName(*row) for row in rows}.values())


def groups_of(unit_id: int, day: date) -> list[UnitRow]:
    """The tổ and sections of a unit: what stands below it and counts no members of its own."""
    ids = list(db.session.scalars(below(unit_id, day).where(UnitPath.depth > 0)))
    found = names(set(ids), day).values()
    return sorted((one for one in found if not one.counts_members and not one.federation), key=lambda one: one.sort_key)


def full_last_names(unit_ids: Iterable[int | None]) -> dict[int, str]:
    """What each of these units is called, or was called last: also those that are closed."""
    named = sa.select(UnitName.unit_id, UnitName.name).where(UnitName.unit_id.in_({id for id in unit_ids if id}))
    return {row.unit_id: row.name for row in db.session.execute(named.order_by(UnitName.since))}
