"""The members of a unit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from app.accounts.models import Account, Exemption, Membership, Person, Role, SignInName
from app.accounts.queries.actors import open_on
from app.accounts.queries.officers import RoleInUnit, roles_in
from app.db import db
from app.refusal import NotThere
from app.text import fold
from app.units import queries as units
from app.units.queries import UnitRow
from app.web.pager import Page, within


def is_exempt(person_id: UUID, unit_id: int, day: date) -> bool:
    return (
        db.session.scalar(
            sa.select(Exemption.id)
            .where(
                Exemption.person_id == person_id,
                Exemption.unit_id == unit_id,
                Exemption.since <= day,
                Exemption.until > day,
            )
            .limit(1)
        )
        is not None
    )


@dataclass(frozen=True)
class MemberRow:
    """A member in the list of their own unit."""

    person_id: UUID
    name: str
    address: str | None
    code: str
    group_id: int | None
    holds_role: bool
    has_password: bool


SIZE = 100


@dataclass(frozen=True)
class MembersChoice:
    """Whom the list is asked for: those whose name or code answers to `search`, those who have not been in yet."""

    search: str = ""
    waiting: bool = False


EVERYBODY = MembersChoice()


@dataclass(frozen=True)
class MembersPage:
    """The list of a unit's members as an officer sees it; `members` and `waiting` count the whole unit."""

    unit: UnitRow
    choice: MembersChoice
    rows: Page[MemberRow]
    members: int
    waiting: int
    roles: list[RoleInUnit]


def members_page(unit: UnitRow, day: date, choice: MembersChoice, number: int) -> MembersPage:
    """For `own_unit` pages only."""
    return MembersPage(
        unit=unit,
        choice=choice,
        rows=members(unit.id, day, choice, number),
        members=headcount_of(unit.id, day),
        waiting=waiting_of(unit.id, day),
        roles=roles_in(unit.id, day),
    )


def members(unit_id: int, day: date, choice: MembersChoice = EVERYBODY, number: int = 1) -> Page[MemberRow]:
    """A page of the members of exactly this unit, by Vietnamese name. For `own_unit` pages only."""
    chosen = _of_unit(unit_id, day).where(*_conditions(choice))
    total = _count(chosen)
    number = within(number, SIZE, total)
    return Page(_rows(chosen.offset((number - 1) * SIZE).limit(SIZE), day), number, SIZE, total)


def members_coded(unit_id: int, codes: Iterable[str], day: date) -> dict[str, MemberRow]:
    """Those with these codes who are members of exactly this unit. For `own_unit` pages only."""
    return {row.code: row for row in _rows(_of_unit(unit_id, day).where(SignInName.folded.in_(set(codes))), day)}


def _rows(chosen: sa.Select[UUID], day: date) -> list[MemberRow]:
    found = db.session.execute(
        chosen.with_only_columns(
            Person.id,
            Person.name,
            Person.address,
            sa.func.coalesce(SignInName.folded, ""),
            Membership.group_id,
            sa.exists().where(Role.person_id == Person.id, open_on(Role, day)),
            HAS_PASSWORD,
        ).order_by(Membership.sort_key, Membership.person_id)
    )
    return [MemberRow(*row) for row in found]


HAS_PASSWORD = sa.exists().where(Account.person_id == Person.id, Account.password_hash.is_not(None))


def _of_unit(unit_id: int, day: date) -> sa.Select[UUID]:
    return (
        sa.select(Person.id)
        .join(Membership, Membership.person_id == Person.id)
        .outerjoin(SignInName, sa.and_(SignInName.person_id == Person.id, SignInName.kind == "code"))
        .where(Membership.unit_id == unit_id, open_on(Membership, day))
    )


def _conditions(choice: MembersChoice) -> list[sa.ColumnElement[bool]]:
    waiting = [~HAS_PASSWORD] if choice.waiting else []
    return [*waiting, answers_to(choice.search)] if fold(choice.search) else waiting


def answers_to(search: str) -> sa.ColumnElement[bool]:
    """Each word typed begins a word of the name, in any order and without marks; or the code holds what was typed."""
    name = sa.literal(" ") + Person.search_key
    by_name = sa.and_(*(name.contains(f" {word}", autoescape=True) for word in fold(search).split()))
    code = "".join(c for c in fold(search).upper() if c.isalnum())
    if not any(c.isdigit() for c in code):
        return by_name
    return sa.or_(by_name, sa.func.replace(SignInName.folded, "-", "").contains(code, autoescape=True))


def _count(rows: sa.Select[UUID]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(rows.subquery())) or 0


def waiting_of(unit_id: int, day: date) -> int:
    """How many members of exactly this unit have not been in yet."""
    return _count(_of_unit(unit_id, day).where(~HAS_PASSWORD))


@dataclass(frozen=True)
class Outside:
    """Those of one tổ, or of none (`group` is then None), who have not been in yet. Whoever holds a role is let in from
    one level above: they are listed, and get no slip here."""

    group: UnitRow | None
    members: list[MemberRow]

    @property
    def printable(self) -> list[MemberRow]:
        return [member for member in self.members if not member.holds_role]


def outside_by_group(unit_id: int, day: date) -> list[Outside]:
    """Who has not been in yet, by tổ in the order of their names. For `own_unit` pages only."""
    rows = everybody_outside(unit_id, day)
    groups = units.names({row.group_id for row in rows if row.group_id}, day)
    chosen = sorted(groups.values(), key=lambda group: (group.sort_key, group.code))
    found = [Outside(group, [row for row in rows if row.group_id == group.id]) for group in chosen]
    without = [row for row in rows if row.group_id not in groups]
    return [*found, Outside(None, without)] if without else found


def everybody_outside(unit_id: int, day: date) -> list[MemberRow]:
    """Every member of exactly this unit who has not been in yet, by name."""
    first = members(unit_id, day, MembersChoice(waiting=True))
    more = (members(unit_id, day, MembersChoice(waiting=True), number).items for number in range(2, first.pages + 1))
    return [*first.items, *(row for page in more for row in page)]


def member_of_unit(unit_id: int, member_code: str, day: date) -> Person:
    """The member of exactly this unit with this code. Raises `NotThere`."""
    found = db.session.scalars(
        sa.select(Person)
        .join(Membership, Membership.person_id == Person.id)
        .join(SignInName, sa.and_(SignInName.person_id == Person.id, SignInName.kind == "code"))
        .where(Membership.unit_id == unit_id, SignInName.folded == member_code, open_on(Membership, day))
    ).first()
    if found is None:
        raise NotThere()
    return found


def headcount_of(unit_id: int, day: date) -> int:
    return (
        db.session.scalar(
            sa.select(sa.func.count())
            .select_from(Membership)
            .where(Membership.unit_id == unit_id, open_on(Membership, day))
        )
        or 0
    )
