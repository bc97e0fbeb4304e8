"""What a person says is wrong about their name, phone or e-mail address: asked, decided by the unit, told.

A phone or an address signs in: what two persons give signs in neither. So the unit confirms before it counts.
"""

from typing import Literal
from uuid import UUID

import sqlalchemy as sa

from app import audit, chance, clock, text
from app.accounts import queries, rules
from app.accounts.actions import lists
from app.accounts.actions.people import NameMalformed, mend_name
from app.accounts.models import CorrectionAsked, Person, SignInName
from app.db import affected, db
from app.refusal import NotThere, RuleBroken
from app.units import queries as units

Field = Literal["name", "phone", "email"]


class NothingNew(RuleBroken):
    kind = "invalid"
    words = "Điều anh/chị ghi đang đúng như danh sách rồi, không cần sửa."


class NobodyConfirms(RuleBroken):
    kind = "conflict"
    words = "Hiện chưa có đơn vị nào nhận đề nghị này. Anh/chị hỏi công đoàn cấp trên."


class CorrectionDecided(RuleBroken):
    kind = "conflict"
    words = "Đề nghị này vừa được trả lời, hoặc người đề nghị đã ghi lại. Anh/chị tải lại trang rồi xem tiếp."


def ask_correction(person_id: UUID, field: Field, typed: str) -> bool:
    """Keep what the person says, for their unit to decide, in place of what they said before. Returns whether it counts
    at once: so does a name that only gets back the tone marks that a list had left out. Raises `NameMalformed`,
    `text.NameUnsafe`, `NothingNew`, `NobodyConfirms`."""
    value = _read(field, typed)
    held = db.session.get_one(Person, person_id)
    if field == "name" and held.name_unmarked and text.fold(value) == text.fold(held.name):
        take_back_correction(person_id, field)
        mend_name(person_id, person_id, value)
        return True
    if value in _present(held, field):
        raise NothingNew()
    unit = queries.confirming_unit(person_id, clock.today())
    if unit is None:
        raise NobodyConfirms()
    _keep(person_id, unit, field, value)
    return False


def _read(field: Field, typed: str) -> str:
    if field == "name":
        value: str | None = text.kept_name(typed)
    else:
        value = rules.read_phone(typed) if field == "phone" else rules.read_email(typed)
    if not value:
        raise NameMalformed()
    return value


def _present(held: Person, field: Field) -> list[str]:
    return [held.name] if field == "name" else [name for kind, name in queries.names_of(held.id) if kind == field]


def _keep(person_id: UUID, unit_id: int, field: Field, value: str) -> None:
    same = sa.and_(CorrectionAsked.person_id == person_id, CorrectionAsked.field == field)
    open_ = db.session.scalars(sa.select(CorrectionAsked).where(same, CorrectionAsked.decided_at.is_(None))).first()
    if open_ and (open_.value, open_.unit_id) == (value, unit_id):
        return
    db.session.execute(sa.delete(CorrectionAsked).where(same))
    db.session.add(
        CorrectionAsked(
            id=chance.row_id(),
            person_id=person_id,
            unit_id=unit_id,
            field=field,
            value=value,
            asked_at=clock.now(),
        )
    )
    audit.line(person_id, "correction.ask", "person", person_id, field=field)


def take_back_correction(person_id: UUID, field: Field) -> None:
    """The person leaves it as it is. Nothing happens where nothing was asked."""
    gone = db.session.execute(
        sa.delete(CorrectionAsked).where(
            CorrectionAsked.person_id == person_id,
            CorrectionAsked.field == field,
            CorrectionAsked.decided_at.is_(None),
        )
    )
    if affected(gone):
        audit.line(person_id, "correction.take_back", "person", person_id, field=field)


def decide_correction(by: UUID, unit_id: int, correction_id: UUID, agreed: bool) -> None:
    """An officer of the unit agrees, and it is so from now on, or leaves it as it is. The same decision twice is one.
    Raises `NotThere` for what this unit was not asked, and for one's own; `CorrectionDecided`."""
    asked = db.session.get(CorrectionAsked, correction_id)
    if asked is None or asked.person_id == by or not _is_asked(asked, unit_id):
        raise NotThere()
    decided = db.session.execute(
        sa.update(CorrectionAsked)
        .where(CorrectionAsked.id == correction_id, CorrectionAsked.decided_at.is_(None))
        .values(decided_at=clock.now(), decided_by=by, agreed=agreed)
    )
    if not affected(decided):
        if asked.agreed != agreed:
            raise CorrectionDecided()
        return
    if agreed:
        _apply(by, asked)
    else:
        audit.line(by, "correction.decline", "person", asked.person_id, field=asked.field)


def _is_asked(asked: CorrectionAsked, unit_id: int) -> bool:
    """Whether it was this unit that was asked, or one that has become it."""
    return asked.unit_id in units.stands_for(unit_id, clock.today())


def _apply(by: UUID, asked: CorrectionAsked) -> None:
    held = db.session.get_one(Person, asked.person_id)
    ways = db.session.scalars(
        sa.select(SignInName.folded).where(SignInName.person_id == held.id, SignInName.kind == asked.field)
    )
    before = held.name if asked.field == "name" else "".join(list(ways)[:1])
    changes = {asked.field: (before, asked.value)}
    lists.correct(by, [lists.Correction(asked.person_id, asked.unit_id, changes)])
    db.session.expire(held)


def acknowledge_corrections(person_id: UUID) -> None:
    """The person has seen the answers: they are kept no longer."""
    db.session.execute(
        sa.delete(CorrectionAsked).where(
            CorrectionAsked.person_id == person_id, CorrectionAsked.decided_at.is_not(None)
        )
    )
