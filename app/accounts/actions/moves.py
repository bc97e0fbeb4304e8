"""`Chuyển sinh hoạt`: the old unit introduces, the new one receives; the account lives on in between."""

from datetime import date
from uuid import UUID

import sqlalchemy as sa

from app import audit, chance, clock
from app.accounts import queries, rules
from app.accounts.actions.people import join, leave
from app.accounts.actions.places import open_place, reopen, require_no_role, require_nowhere
from app.accounts.actions.sessions import hold
from app.accounts.models import Introduction, Person
from app.db import db
from app.refusal import NotThere, RuleBroken
from app.units import queries as units
from app.units.models import Unit


class NoSuchUnit(RuleBroken):
    kind = "invalid"
    words = (
        "Chưa có công đoàn cơ sở nào mang mã {code}. Anh/chị hỏi lại đơn vị mới, "
        "hoặc để trống ô này: giới thiệu có mã, đơn vị nào được đưa mã cũng tiếp nhận được."
    )


class SameUnit(RuleBroken):
    kind = "invalid"
    words = "Đây là mã của chính đơn vị mình. Nếu chỉ đổi tổ, anh/chị sửa tổ ở trang của người ấy."


class CodeUnknown(RuleBroken):
    kind = "invalid"
    words = (
        "Mã giới thiệu này chưa đúng, đã dùng, đã được rút lại, hoặc giới thiệu đến đơn vị khác. "
        "Anh/chị so lại từng chữ với giấy, hoặc hỏi đơn vị cũ."
    )


class CameBack(RuleBroken):
    kind = "conflict"
    words = "Người này đã trở lại một đơn vị sau khi được giới thiệu. Anh/chị hỏi lại đơn vị cũ."


class ReceivedAlready(RuleBroken):
    kind = "conflict"
    words = "Người này đã được tiếp nhận, nên không rút lại giới thiệu được nữa."


CODE_LENGTH = 8


def addressee(code: str, unit: Unit, day: date) -> int | None:
    """The unit to which somebody is introduced, by its code; None for ''. Raises `NoSuchUnit`, `SameUnit`."""
    if not code:
        return None
    found = units.by_code(code, day)
    if found is None or not found.counts_members:
        raise NoSuchUnit(code=code.upper())
    if found.id == unit.id:
        raise SameUnit()
    return found.id


def introduce(by: UUID, person_id: UUID, unit: Unit, on: date, to_unit: int | None) -> str:
    """The membership ends on the day and the member is on the way, with a code that the new unit receives them by. The
    same introduction given twice is one. Raises `NotThere`, `HoldsRoleHere`, and what `rules.check_leaving` raises."""
    hold(person_id)
    given = queries.open_introduction(person_id)
    if given is not None and given.from_unit == unit.id:
        return given.code
    place = open_place(person_id, unit)
    require_no_role(person_id, unit)
    rules.check_leaving(place.since, on, clock.today())
    leave(by, person_id, unit, on)
    code = chance.code(CODE_LENGTH)
    made = clock.now()
    db.session.add(
        Introduction(
            code=code, person_id=person_id, from_unit=unit.id, to_unit=to_unit, since=on, made=made, made_by=by
        )
    )
    audit.line(by, "introduction.make", "person", person_id, unit=unit.code, to=to_unit)
    return code


def withdraw(by: UUID, person_id: UUID, unit: Unit) -> None:
    """The introduction is taken back and the member stays, as if they had not left. Nothing happens where that is so
    already. Raises `NotThere`, `ReceivedAlready`, `BelongsElsewhere`."""
    hold(person_id)
    given = queries.last_introduction(person_id, unit.id)
    if given is None:
        raise NotThere()
    if given.received_at is not None:
        raise ReceivedAlready()
    if given.withdrawn_at is not None:
        return
    given.withdrawn_at = clock.now()
    db.session.flush()
    require_nowhere(person_id)
    last = queries.last_place(person_id, unit.id)
    if last is not None and last.until is not None:
        reopen(by, person_id, unit, last.since, last.until)
    audit.line(by, "introduction.withdraw", "person", person_id, unit=unit.code)


def receive(by: UUID, code: str, unit: Unit, group: int | None = None, own_code: str = "") -> UUID:
    """Whoever carries the introduction is a member of the unit from today; returns who it is. Received here already is
    as good. Raises `CodeUnknown`, `CameBack`, and what `join` raises."""
    given = db.session.scalars(sa.select(Introduction).where(Introduction.code == code).with_for_update()).first()
    if given is not None and given.received_in == unit.id:
        return given.person_id
    if given is None or not is_for(given, unit.id):
        raise CodeUnknown()
    hold(given.person_id)
    if queries.memberships_of(given.person_id, clock.today()):
        raise CameBack()
    person = db.session.get_one(Person, given.person_id)
    chosen = db.session.get(Unit, group) if group else None
    given.received_at, given.received_in, given.received_by = clock.now(), unit.id, by
    join(by, person, unit, clock.today(), chosen, own_code=own_code)
    audit.line(by, "introduction.receive", "person", person.id, unit=unit.code)
    return person.id


def is_for(given: Introduction, unit_id: int) -> bool:
    """Whether this unit may receive by it today."""
    is_open = given.received_at is None and given.withdrawn_at is None
    return is_open and given.from_unit != unit_id and queries.addressed(given, clock.today()) in (None, unit_id)
