"""A unit's list, one person at a time: somebody comes, is corrected, leaves, comes back, is exempt for a while."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app import audit, clock, text
from app.accounts import queries, rules
from app.accounts.actions import lists
from app.accounts.actions.lists import Correction, Place
from app.accounts.actions.people import (
    NameMalformed,
    add_person,
    join,
    leave,
    require_group,
    standing_changes,
)
from app.accounts.actions.sessions import hold
from app.accounts.models import Exemption, Introduction, Membership, Person, Role
from app.db import db
from app.refusal import NotThere, RuleBroken
from app.units import queries as units
from app.units.models import Unit


class HoldsRoleHere(RuleBroken):
    kind = "refused"
    words = (
        "Người này còn giữ nhiệm vụ công đoàn ở đơn vị. "
        "Công đoàn cấp trên kết thúc nhiệm vụ trước, rồi anh/chị ghi thôi sinh hoạt hoặc giới thiệu chuyển."
    )


class BelongsElsewhere(RuleBroken):
    kind = "conflict"
    words = (
        "Người này đang có tên ở một đơn vị khác. Nếu về lại đơn vị mình, đơn vị ấy viết giới thiệu chuyển sinh hoạt, "
        "anh/chị tiếp nhận."
    )


class OnTheWay(RuleBroken):
    kind = "conflict"
    words = "Người này đang có giới thiệu chuyển sinh hoạt chưa được tiếp nhận. Anh/chị rút lại giới thiệu ấy trước."


class UndoOver(RuleBroken):
    kind = "closed"
    words = "Chỉ hoàn tác được trong một ngày. Nếu người ấy về lại, anh/chị bấm “Trở lại sinh hoạt”."


class AddedIsUsed(RuleBroken):
    kind = "conflict"
    words = (
        "Người này đã vào phần mềm hoặc đã có việc ghi tên, nên không bỏ hẳn được. "
        "Anh/chị ghi thôi sinh hoạt; việc đã làm vẫn là của người ấy."
    )


@dataclass(frozen=True)
class Entered:
    """Somebody as an officer writes them down; '' for what is not known."""

    name: str
    address: str = ""
    phone: str = ""
    email: str = ""
    group: int | None = None
    own: str = ""
    office: bool = False


def add_member(by: UUID, person_id: UUID, unit: Unit, on: date, entered: Entered) -> str:
    """The person is a member from the day on; returns their code. The id comes from the form, so that a form sent twice
    adds one. Raises what `add_person` and `join` raise."""
    there = db.session.get(Person, person_id)
    if there is not None:
        return queries.member_code_of(person_id) or ""
    person = add_person(
        by, entered.name, entered.address or None, entered.phone or None, entered.email or None, person_id
    )
    group = db.session.get(Unit, entered.group) if entered.group else None
    return join(by, person, unit, on, group, entered.office, entered.own)


def unadd_member(by: UUID, person_id: UUID, unit: Unit) -> None:
    """Somebody added by mistake within the last day is gone, as if they had never been. Raises `NotThere`, `UndoOver`,
    `AddedIsUsed`; where anything else hangs on them the database refuses (`IntegrityError`) and all stays."""
    hold(person_id)
    place = open_place(person_id, unit)
    if not queries.added_lately(person_id, clock.now()):
        raise UndoOver()
    if queries.has_been_in(person_id):
        raise AddedIsUsed()
    with standing_changes(person_id):
        lists.take_out(by, [person_id], place.since)


def open_place(person_id: UUID, unit: Unit) -> Membership:
    """The open membership in the unit. Raises `NotThere`."""
    mine = (Membership.person_id == person_id, Membership.unit_id == unit.id, Membership.until.is_(None))
    found = db.session.scalars(sa.select(Membership).where(*mine)).first()
    if found is None:
        raise NotThere()
    return found


def correct(by: UUID | None, person_id: UUID, unit_id: int, wanted: Mapping[str, Any]) -> tuple[str, ...]:
    """What is written otherwise of a member of the unit becomes so; returns which fields changed. `wanted`: any of
    `name`, `address`, `phone`, `email`, `own` ('' takes away), `group` (a tổ's id or None), `office` (holds office at
    work); what is not named stays. Raises `NotThere`, `NameMalformed`, `GroupElsewhere`, `text.NameUnsafe`."""
    hold(person_id)
    now = queries.entry_of(person_id, unit_id)
    if now is None:
        raise NotThere()
    changes = _changes(now, wanted)
    if "group" in changes and changes["group"][1]:
        require_group(changes["group"][1], unit_id, clock.today())
    if changes:
        with standing_changes(person_id):
            lists.correct(by, [Correction(person_id, unit_id, changes)])
    return tuple(sorted(changes))


def _changes(now: queries.Entry, wanted: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Field → (before, after). Of several numbers the one that the page shows gives way to the new one."""
    found = {}
    for field, value in wanted.items():
        before, after = getattr(now, field), _kept(field, value)
        others = {"phone": now.phones, "email": now.emails}.get(field, ())
        if after != before and after not in others:
            found[field] = (before, after)
    return found


def _kept(field: str, value: Any) -> Any:
    """A value as it is kept. Raises `NameMalformed`, `text.NameUnsafe`."""
    if field in ("phone", "email"):
        read = rules.read_phone if field == "phone" else rules.read_email
        folded = read(value) if value else ""
        if folded is None:
            raise NameMalformed()
        return folded
    if field == "name":
        return text.kept_name(value)
    return text.one_line(value) if isinstance(value, str) else value


# --- leaving and coming back --------------------------------------------------------------------------------------


def let_leave(by: UUID, person_id: UUID, unit: Unit, on: date) -> None:
    """The membership ends on the day, which is today or earlier. Raises `NotThere`, `HoldsRoleHere`, and what
    `rules.check_leaving` raises."""
    hold(person_id)
    place = open_place(person_id, unit)
    require_no_role(person_id, unit)
    rules.check_leaving(place.since, on, clock.today())
    leave(by, person_id, unit, on)


def require_no_role(person_id: UUID, unit: Unit) -> None:
    today = clock.today()
    here = Role.unit_id.in_(units.below(unit.id, today))
    held = sa.select(Role.id).where(Role.person_id == person_id, here, queries.lasts(Role, today))
    if db.session.scalar(held.limit(1)):
        raise HoldsRoleHere()


def undo_leave(by: UUID, person_id: UUID, unit: Unit) -> None:
    """Who left within the last day is a member as if they had not. Nothing happens where they are one. Raises
    `NotThere`, `UndoOver`, `BelongsElsewhere`, `OnTheWay`."""
    hold(person_id)
    last = queries.last_place(person_id, unit.id)
    if last is None or last.until is None:
        return
    require_nowhere(person_id)
    if not queries.left_lately(person_id, clock.now()):
        raise UndoOver()
    reopen(by, person_id, unit, last.since, last.until)


def reopen(by: UUID, person_id: UUID, unit: Unit, since: date, until: date) -> None:
    """The membership that ended on `until` goes on as if it had not."""
    with standing_changes(person_id):
        lists.take_back(by, [Place(person_id, unit.id, since)], until)


def require_nowhere(person_id: UUID) -> None:
    """Raises `BelongsElsewhere` for a member of some unit, `OnTheWay` for somebody between two."""
    if queries.memberships_of(person_id, clock.today()):
        raise BelongsElsewhere()
    on_the_way = sa.select(Introduction.id).where(
        Introduction.person_id == person_id, Introduction.received_at.is_(None), Introduction.withdrawn_at.is_(None)
    )
    if db.session.scalar(on_the_way):
        raise OnTheWay()


def come_back(by: UUID, person_id: UUID, unit: Unit, group: int | None = None) -> None:
    """A former member of the unit is one again from today: the same person, code and account. Nothing happens where
    they are one. Raises `NotThere`, `BelongsElsewhere`, `OnTheWay`, `GroupElsewhere`."""
    hold(person_id)
    last = queries.last_place(person_id, unit.id)
    person = db.session.get(Person, person_id)
    if last is None or person is None or person.state != "active":
        raise NotThere()
    if last.until is None:
        return
    require_nowhere(person_id)
    chosen = db.session.get(Unit, group) if group else None
    join(by, person, unit, clock.today(), chosen, last.holds_office, last.own_code or "")


# --- exempt for a while -------------------------------------------------------------------------------------------


def exempt(by: UUID, people: Iterable[UUID], unit: Unit, since: date, until: date) -> None:
    """These members are exempt from `since` to before `until`; what they have already and touches it becomes one span
    with it. No reason is asked for. Raises what `rules.check_exemption` raises."""
    rules.check_exemption(since, until, clock.today())
    chosen = sorted(set(people))
    for person in chosen:
        hold(person)
    with standing_changes(*chosen):
        for person in chosen:
            _span(by, person, unit, since, until)
    audit.lines(by, "exemption.set", "person", chosen, unit=unit.code, since=str(since), until=str(until))


def _span(by: UUID, person_id: UUID, unit: Unit, since: date, until: date) -> None:
    held = list(db.session.scalars(sa.select(Exemption).where(*_of(person_id, unit))))
    since, until = rules.joined_spans(((one.since, one.until) for one in held), since, until)
    for one in held:
        if one.since <= until and since <= one.until:
            db.session.delete(one)
    db.session.add(Exemption(person_id=person_id, unit_id=unit.id, since=since, until=until, by=by))


def _of(person_id: UUID, unit: Unit) -> tuple[sa.ColumnElement[bool], ...]:
    return Exemption.person_id == person_id, Exemption.unit_id == unit.id


def end_exemptions(by: UUID, person_id: UUID, unit: Unit) -> None:
    """From today on the member is exempt no more, nor will be. Nothing happens where they are not."""
    today = clock.today()
    hold(person_id)
    lasting = db.session.scalars(sa.select(Exemption).where(*_of(person_id, unit), Exemption.until > today)).all()
    if not lasting:
        return
    with standing_changes(person_id):
        for one in lasting:
            if one.since >= today:
                db.session.delete(one)
            else:
                one.until = today
    audit.line(by, "exemption.end", "person", person_id, unit=unit.code)
