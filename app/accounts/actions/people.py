"""Persons, memberships and roles."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from app import audit, chance, clock, text
from app.accounts import queries, rules
from app.accounts.actions.codes import end_codes
from app.accounts.actions.sessions import end_sessions, hold
from app.accounts.models import (
    Account,
    Membership,
    Person,
    Role,
    SignInName,
)
from app.db import affected, db
from app.refusal import NotThere, RuleBroken
from app.units import queries as units
from app.units.actions import next_member_code
from app.units.models import Unit

# Context managers that go around every change of membership, role or exemption; upper floors add theirs at start
# (`app.create_app`), so that this slice need not know them.
watchers: list[Callable[[list[UUID]], AbstractContextManager[None]]] = []


@contextmanager
def standing_changes(*persons: UUID) -> Iterator[None]:
    with ExitStack() as stack:
        for watcher in watchers:
            stack.enter_context(watcher(list(persons)))
        yield


@dataclass(frozen=True)
class RoleChange:
    """Somebody holds a role from a day on, or no longer does."""

    person_id: UUID
    unit_id: int
    role: str
    duty: str | None
    on: date
    given: bool


# Called inside the transaction of each role that is given or ended; upper floors add theirs at start.
role_watchers: list[Callable[[RoleChange], None]] = []


def tell_role(change: RoleChange) -> None:
    for watcher in role_watchers:
        watcher(change)


class AlreadyMember(RuleBroken):
    kind = "conflict"
    words = "Người này đang là đoàn viên của đơn vị."


class CountsNoMembers(RuleBroken):
    kind = "invalid"
    words = "Đoàn viên sinh hoạt ở công đoàn cơ sở. Anh/chị chọn CĐCS, rồi chọn tổ trong đó."


class NameMalformed(RuleBroken):
    kind = "invalid"
    words = "Số điện thoại hoặc địa chỉ thư điện tử chưa đúng. Số điện thoại gồm 10 số, ví dụ 0900000118."


class GroupElsewhere(RuleBroken):
    kind = "invalid"
    words = "Tổ ấy không thuộc đơn vị này. Anh/chị chọn một tổ của đơn vị."


class StillPeopled(RuleBroken):
    kind = "conflict"
    words = (
        "Đơn vị {code} còn {members} đoàn viên và {roles} nhiệm vụ chưa kết thúc. "
        "Anh/chị chuyển sinh hoạt và kết thúc nhiệm vụ trước, rồi đóng đơn vị."
    )


class AnotherName(RuleBroken):
    kind = "invalid"
    words = "Ở đây chỉ thêm dấu cho tên {name}. Nếu tên ghi sai chữ, anh/chị báo BCH công đoàn nơi mình làm việc."


class OwnRole(RuleBroken):
    kind = "refused"
    words = "Không ai tự giao nhiệm vụ cho mình. Anh/chị nhờ công đoàn cấp trên."


def add_person(
    by: UUID | None,
    name: str,
    address: str | None = None,
    phone: str | None = None,
    email: str | None = None,
    person_id: UUID | None = None,
) -> Person:
    """A person who can be given a membership or a role. `name` is stored NFC, on one line; phone and e-mail address
    as they are looked up. Raises `NameMalformed`, `text.NameUnsafe`."""
    name = text.kept_name(name)
    ways_in = [
        ("phone", rules.read_phone(phone) if phone else ""),
        ("email", rules.read_email(email) if email else ""),
    ]
    if any(folded is None for _, folded in ways_in):
        raise NameMalformed()
    person = Person(
        id=person_id or chance.row_id(),
        name=name,
        address=address,
        sort_key=text.name_key(name),
        search_key=text.fold(name),
        state="active",
    )
    db.session.add(person)
    db.session.flush()
    db.session.add(Account(person_id=person.id, password_hash=None, changed_at=clock.now()))
    for kind, folded in ways_in:
        if folded:
            db.session.add(SignInName(kind=kind, folded=folded, person_id=person.id))
    db.session.flush()
    audit.line(by, "person.add", "person", person.id)
    return person


def join(
    by: UUID | None,
    person: Person,
    unit: Unit,
    on: date,
    group: Unit | None = None,
    holds_office: bool = False,
    own_code: str = "",
) -> str:
    """The person becomes a member of the unit; returns their member code, given out at the first membership.
    Raises `AlreadyMember`, `CountsNoMembers` for a unit such as a tổ or a federation, and `GroupElsewhere`."""
    here = units.find(unit.id, on)
    if here is None or not here.counts_members:
        raise CountsNoMembers()
    if group:
        require_group(group.id, unit.id, on)
    hold(person.id)
    if unit.id in {held.unit_id for held in queries.memberships_of(person.id, on)}:
        raise AlreadyMember()
    with standing_changes(person.id):
        db.session.add(
            Membership(
                person_id=person.id,
                unit_id=unit.id,
                group_id=group.id if group else None,
                holds_office=holds_office,
                own_code=own_code or None,
                sort_key=person.sort_key,
                since=on,
            )
        )
    code = give_code(person.id, unit)
    audit.line(by, "membership.open", "person", person.id, unit=unit.code)
    return code


def require_group(group_id: int, unit_id: int, on: date) -> None:
    """Raises `GroupElsewhere` where this is no tổ of the unit."""
    if group_id == unit_id or not units.is_below(group_id, unit_id, on):
        raise GroupElsewhere()


def give_code(person_id: UUID, unit: Unit) -> str:
    """The person's code, drawn from this unit where they have none yet; it stays theirs wherever they move."""
    hold(person_id)
    code = queries.member_code_of(person_id)
    if code is None:
        code = next_member_code(unit)
        db.session.add(SignInName(kind="code", folded=code, person_id=person_id))
        db.session.flush()
    return code


def mend_name(by: UUID | None, person_id: UUID, name: str) -> None:
    """The name of a person whom a list brought without tone marks gets them; nothing else of it changes. Raises
    `AnotherName`."""
    mended = text.one_line(name)
    held = db.session.get_one(Person, person_id)
    if not text.safe_name(name) or text.fold(mended) != text.fold(held.name):
        raise AnotherName(name=held.name)
    held.name, held.name_unmarked = mended, False
    held.sort_key, held.search_key = text.name_key(mended), text.fold(mended)
    db.session.execute(sa.update(Membership).where(Membership.person_id == person_id).values(sort_key=held.sort_key))
    audit.line(by, "person.mend_name", "person", person_id)


def leave(by: UUID | None, person_id: UUID, unit: Unit, on: date) -> None:
    """The membership ends; the account and what the person wrote stay theirs."""
    open_ = db.session.scalars(
        sa.select(Membership).where(
            Membership.person_id == person_id, Membership.unit_id == unit.id, Membership.until.is_(None)
        )
    ).first()
    if open_ is None:
        raise NotThere()
    with standing_changes(person_id):
        if open_.since >= on:
            db.session.delete(open_)
        else:
            open_.until = on
    audit.line(by, "membership.close", "person", person_id, unit=unit.code, until=str(on))


def grant(
    by: UUID | None,
    person_id: UUID,
    unit: Unit,
    name: rules.RoleName,
    on: date,
    duty: str | None = None,
) -> None:
    """The person holds the role in the unit from the day on; all their sessions end. Nothing happens where it is so
    already. Raises `OwnRole`, `rules.WrongDuty`."""
    if by == person_id:
        raise OwnRole()
    rules.check_duty(name, duty)
    hold(person_id)
    held = db.session.scalars(sa.select(Role).where(_open_role(person_id, unit, name))).first()
    if held and held.duty == duty and held.since <= on:
        return
    with standing_changes(person_id):
        if held is None:
            db.session.add(Role(person_id=person_id, unit_id=unit.id, name=name, duty=duty, since=on, granted_by=by))
        else:
            held.duty, held.since = duty, min(held.since, on)
    end_sessions(person_id)
    end_codes(person_id)
    audit.line(by, "role.grant", "person", person_id, unit=unit.code, role=name, duty=duty)
    tell_role(RoleChange(person_id, unit.id, name, duty, on, given=True))


def revoke(by: UUID | None, person_id: UUID, unit: Unit, name: rules.RoleName, on: date) -> None:
    """The role ends, and never holds where it would have begun later; the person's sessions are dead at once. Nothing
    happens where there is no such role."""
    never_late = sa.case((Role.since > on, Role.since), else_=on)
    duty = db.session.scalar(sa.select(Role.duty).where(_open_role(person_id, unit, name)))
    with standing_changes(person_id):
        ended = db.session.execute(sa.update(Role).where(_open_role(person_id, unit, name)).values(until=never_late))
    if affected(ended):
        end_sessions(person_id)
        audit.line(by, "role.revoke", "person", person_id, unit=unit.code, role=name)
        tell_role(RoleChange(person_id, unit.id, name, duty, on, given=False))


def _open_role(person_id: UUID, unit: Unit, name: rules.RoleName) -> sa.ColumnElement[bool]:
    return sa.and_(Role.person_id == person_id, Role.unit_id == unit.id, Role.name == name, Role.until.is_(None))


def require_nobody(unit: Unit, on: date) -> None:
    """Raises `StillPeopled` where somebody belongs to the unit, or to the tổ that it is, or holds a role in it on the
    day or later."""
    here = sa.or_(Membership.unit_id == unit.id, Membership.group_id == unit.id)
    members = _count(sa.select(Membership.id).where(here, queries.lasts(Membership, on)))
    roles = _count(sa.select(Role.id).where(Role.unit_id == unit.id, queries.lasts(Role, on)))
    if members or roles:
        raise StillPeopled(code=unit.code, members=members, roles=roles)


def _count(rows: sa.Select[int]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(rows.subquery())) or 0
