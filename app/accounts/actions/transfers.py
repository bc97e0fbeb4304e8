"""Members who change unit, or tổ, from a day on: their memberships end and begin, nothing else of theirs changes."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app import audit
from app.accounts.actions.people import standing_changes
from app.accounts.actions.sessions import end_sessions
from app.accounts.models import Exemption, Membership, Role
from app.accounts.queries import lasts
from app.db import Rows, db
from app.units.models import Unit

PART = 500
Row = Any  # a row of `membership`


def transfer(
    by: UUID | None, which: sa.ColumnElement[bool], to: Unit, on: date, group: int | None = None
) -> list[UUID]:
    """The memberships that `which` admits, and that last on the day or later, are in the unit `to` from the day on: in
    the tổ `group`, where one is named, else in the one they have. Exemptions go along; member codes and what has been
    done stay. Returns whose they are."""
    table = Membership.__table__
    rows = db.session.execute(sa.select(table).where(which, lasts(Membership, on)).order_by(Membership.id)).all()
    people = sorted({row.person_id for row in rows})
    if not people:
        return []
    with standing_changes(*people):
        _end_or_take(rows, on)
        Rows(Membership, _beginning(rows, to.id, on, group)).insert()
        for unit in {row.unit_id for row in rows if row.unit_id != to.id}:
            _move_exemptions(people, unit, to.id, on)
    audit.lines(by, "membership.transfer", "person", people, to=to.code)
    return people


def _end_or_take(rows: Sequence[Row], on: date) -> None:
    """Those that began before the day end on it; those that begin later have nothing left in the old place."""
    begun = [row.id for row in rows if row.since < on]
    later = [row.id for row in rows if row.since >= on]
    for start in range(0, len(begun), PART):
        part = Membership.id.in_(begun[start : start + PART])
        db.session.execute(sa.update(Membership).where(part).values(until=on))
    for start in range(0, len(later), PART):
        db.session.execute(sa.delete(Membership).where(Membership.id.in_(later[start : start + PART])))


def _beginning(rows: Sequence[Row], to: int, on: date, group: int | None) -> list[dict[str, Any]]:
    """The new memberships. Who belongs to the other unit already is there once."""
    there = _members_of(to, on)
    return [
        {
            "person_id": row.person_id,
            "unit_id": to,
            "group_id": group or row.group_id,
            "holds_office": row.holds_office,
            "own_code": row.own_code,
            "sort_key": row.sort_key,
            "since": max(row.since, on),
            "until": row.until,
        }
        for row in rows
        if row.person_id not in there
    ]


def _members_of(unit: int, on: date) -> set[UUID]:
    mine = sa.select(Membership.person_id).where(Membership.unit_id == unit, lasts(Membership, on))
    return set(db.session.scalars(mine))


def _move_exemptions(people: Sequence[UUID], unit: int, to: int, on: date) -> None:
    mine = Exemption.unit_id == unit, Exemption.until > on
    rows = db.session.execute(sa.select(Exemption.__table__).where(*mine)).all()
    rows = [row for row in rows if row.person_id in set(people)]
    begun = [row.id for row in rows if row.since < on]
    db.session.execute(sa.update(Exemption).where(Exemption.id.in_(begun)).values(until=on))
    later = [row.id for row in rows if row.since >= on]
    db.session.execute(sa.update(Exemption).where(Exemption.id.in_(later)).values(unit_id=to))
    db.session.add_all(
        Exemption(person_id=row.person_id, unit_id=to, since=on, until=row.until, by=row.by)
        for row in rows
        if row.since < on
    )
    db.session.flush()


def end_roles(by: UUID | None, unit: Unit, on: date) -> list[UUID]:
    """Every role in the unit ends on the day; one that would have begun later never does. Their holders' sessions end.
    Returns who held them."""
    mine = (Role.unit_id == unit.id, lasts(Role, on))
    people = list(db.session.scalars(sa.select(Role.person_id).where(*mine).order_by(Role.person_id).distinct()))
    if not people:
        return []
    never_late = sa.case((Role.since > on, Role.since), else_=on)
    with standing_changes(*people):
        db.session.execute(sa.update(Role).where(*mine).values(until=never_late))
    for person in people:
        end_sessions(person)
    audit.lines(by, "role.revoke", "person", people, unit=unit.code)
    return people


def rows_of(units: Sequence[int]) -> list[tuple[Any, Any]]:
    """Which rows of this slice a change of these units touches: for `units.actions.snapshot`."""
    return [
        (Membership, Membership.unit_id.in_(units)),
        (Role, Role.unit_id.in_(units)),
        (Exemption, Exemption.unit_id.in_(units)),
    ]
