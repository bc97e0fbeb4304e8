"""Those who left a unit, and those whom somebody to be added may already be."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from app.accounts import rules
from app.accounts.models import Introduction, Membership, Person, SignInName
from app.accounts.queries.actors import open_on
from app.accounts.queries.member import OPEN
from app.accounts.queries.members import SIZE, answers_to
from app.db import db
from app.text import fold
from app.web.pager import Page, within

_Row = sa.Row[UUID, str, str, date | None, str | None]


@dataclass(frozen=True)
class Leaver:
    """Somebody who left the unit: `moving` with an introduction, `received` elsewhere since, or `free` to come back."""

    name: str
    code: str
    until: date
    moving: bool
    received: bool
    free: bool


def leavers(unit_id: int, day: date, search: str, number: int) -> Page[Leaver]:
    """Those who once were members of exactly this unit and are not, the last first. For `own_unit` pages only."""
    other = aliased(Membership)
    open_here = sa.exists().where(other.person_id == Person.id, other.unit_id == unit_id, other.until.is_(None))
    anywhere = sa.exists().where(other.person_id == Person.id, open_on(other, day))
    given = (Introduction.person_id == Person.id, Introduction.from_unit == unit_id)
    moving = sa.exists().where(*given, OPEN)
    received = sa.exists().where(*given, Introduction.received_at.is_not(None))
    left = sa.func.max(Membership.until)
    chosen = (
        sa.select(Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .outerjoin(SignInName, sa.and_(SignInName.person_id == Person.id, SignInName.kind == "code"))
        .where(Membership.unit_id == unit_id, ~open_here, Person.state == "active")
        .where(*([answers_to(search)] if fold(search) else []))
        .group_by(Person.id, Person.name, Person.sort_key, SignInName.folded)
    )
    total = db.session.scalar(sa.select(sa.func.count()).select_from(chosen.subquery())) or 0
    number = within(number, SIZE, total)
    rows = db.session.execute(
        chosen.with_only_columns(Person.name, SignInName.folded, left, moving, received, anywhere)
        .order_by(left.desc(), Person.sort_key)
        .offset((number - 1) * SIZE)
        .limit(SIZE)
    )
    found = [
        Leaver(name, code or "", until, bool(moves), bool(came), not moves and not there)
        for name, code, until, moves, came, there in rows
        if until
    ]
    return Page(found, number, SIZE, total)


@dataclass(frozen=True)
class Similar:
    """Somebody of the unit who may be the one to be added; `until`: they left on this day."""

    person_id: UUID
    name: str
    code: str
    until: date | None
    why: str


def similar(unit_id: int, name: str, phone: str, own: str) -> list[Similar]:
    """Members and former members of exactly this unit with the same name but for marks or a letter, the same phone
    number, or the same number of the union's own."""
    near = rules.neighbours(name) if name else set()
    rows = list(_everybody(unit_id))
    phones = _holders("phone", phone)
    found = {}
    for row in rows:
        why = _why(row, near, row.id in phones, own)
        if why and (row.id not in found or row.until is None):
            found[row.id] = Similar(row.id, row.name, row.folded or "", row.until, why)
    return sorted(found.values(), key=lambda one: (one.until is not None, fold(one.name)))


def _everybody(unit_id: int) -> Iterable[_Row]:
    return db.session.execute(
        sa.select(Person.id, Person.name, SignInName.folded, Membership.until, Membership.own_code)
        .join(Membership, Membership.person_id == Person.id)
        .outerjoin(SignInName, sa.and_(SignInName.person_id == Person.id, SignInName.kind == "code"))
        .where(Membership.unit_id == unit_id, Person.state == "active")
        .order_by(Membership.until.is_(None), Membership.until)
    )


def _why(row: _Row, near: set[str], called: bool, own: str) -> str:
    if called:
        return "cùng số điện thoại"
    if own and row.own_code == own and row.until is None:
        return "cùng mã của đơn vị"
    return "tên giống hoặc gần giống" if near & rules.neighbours(row.name) else ""


def _holders(kind: str, folded: str) -> set[UUID]:
    if not folded:
        return set()
    return set(
        db.session.scalars(sa.select(SignInName.person_id).where(SignInName.kind == kind, SignInName.folded == folded))
    )


def given_by_another(kind: str, folded: str, person_id: UUID | None = None) -> bool:
    """Whether somebody else, anywhere, signs in by this number or address: no name is told."""
    if not folded:
        return False
    others = (
        sa.select(SignInName.id)
        .join(Person, Person.id == SignInName.person_id)
        .where(SignInName.kind == kind, SignInName.folded == folded, Person.state == "active")
    )
    if person_id is not None:
        others = others.where(SignInName.person_id != person_id)
    return db.session.scalar(others.limit(1)) is not None
