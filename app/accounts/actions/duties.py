"""Duties in a unit, as the level above gives and ends them."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from app import audit, clock
from app.accounts import queries, rules
from app.accounts.actions.people import OwnRole, RoleChange, grant, revoke, standing_changes, tell_role
from app.accounts.actions.sessions import end_sessions, hold
from app.accounts.models import Role
from app.db import db
from app.refusal import NotThere, RuleBroken
from app.units.models import Unit


class DayTooFar(RuleBroken):
    kind = "invalid"
    words = "Ngày cần trong khoảng ba tháng trước hoặc sau hôm nay."


class ChairHeld(RuleBroken):
    kind = "conflict"
    words = (
        "Ngày ấy đơn vị đang có Chủ tịch: {name}. Anh/chị kết thúc nhiệm vụ ấy từ cùng ngày, rồi giao cho người mới."
    )


def appoint(by: UUID, person_id: UUID, unit: Unit, duty: str, on: date) -> None:
    """The person holds this duty in the unit from the day on, in the place of any other that they hold there. Nothing
    happens where it is so already. Raises `DayTooFar`, `ChairHeld`, `OwnRole`, `rules.WrongDuty`."""
    _check_day(on)
    if by == person_id:
        raise OwnRole()
    rules.check_duty("officer", duty)
    _hold_unit(unit)
    hold(person_id)
    held = _lasting(person_id, unit, on)
    if held and held.until is None and held.duty == duty and held.since <= on:
        return
    if duty == "chair":
        _require_no_chair(person_id, unit, on)
    if held:
        _end(by, held, on)
    grant(by, person_id, unit, "officer", on, duty)


def dismiss(by: UUID, person_id: UUID, unit: Unit, on: date) -> None:
    """The person's duty in the unit ends: from the day on they open nothing there. Nothing happens where they hold
    none. Raises `DayTooFar`."""
    _check_day(on)
    _hold_unit(unit)
    revoke(by, person_id, unit, "officer", on)


def reinstate(by: UUID, person_id: UUID, unit: Unit) -> None:
    """A duty that has ended goes on as if it had not. Nothing happens where one is held. Raises `NotThere` where none
    has ended of late, `ChairHeld`, `OwnRole`."""
    if by == person_id:
        raise OwnRole()
    today = clock.today()
    _hold_unit(unit)
    hold(person_id)
    ended = queries.ended_duties(unit.id, today, person_id)
    if not ended:
        if _lasting(person_id, unit, today):
            return
        raise NotThere()
    if ended[0].duty == "chair":
        _require_no_chair(person_id, unit, today)
    row = db.session.get_one(Role, ended[0].role_id)
    since = max(today, row.until or today)
    _change(by, row, "role.reinstate", lambda: setattr(row, "until", None))
    tell_role(RoleChange(person_id, unit.id, row.name, row.duty, since, given=True))


def _end(by: UUID, held: Role, on: date) -> None:
    _change(by, held, "role.revoke", lambda: setattr(held, "until", max(held.since, on)))


def _change(by: UUID, row: Role, verb: str, change: Callable[[], None]) -> None:
    with standing_changes(row.person_id):
        change()
        db.session.flush()
    end_sessions(row.person_id)
    code = db.session.get_one(Unit, row.unit_id).code
    audit.line(by, verb, "person", row.person_id, unit=code, role=row.name, duty=row.duty)


def _check_day(on: date) -> None:
    if not rules.is_near(on, clock.today()):
        raise DayTooFar()


def _hold_unit(unit: Unit) -> None:
    """Who gives a duty in this unit beside us waits: two chairs cannot come about."""
    db.session.execute(sa.select(Unit.id).where(Unit.id == unit.id).with_for_update())


def _lasting(person_id: UUID, unit: Unit, on: date) -> Role | None:
    here = sa.and_(Role.person_id == person_id, Role.unit_id == unit.id, Role.name == "officer")
    return db.session.scalars(sa.select(Role).where(here, queries.lasts(Role, on)).order_by(Role.since.desc())).first()


def _require_no_chair(person_id: UUID, unit: Unit, on: date) -> None:
    others = (one for one in queries.duties_in(unit.id, on) if one.duty == "chair" and one.person_id != person_id)
    if other := next(others, None):
        raise ChairHeld(name=other.name)
