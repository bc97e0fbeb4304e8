"""Opening, naming, moving and merging units. Each keeps `unit_path`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from app import audit, text
from app.db import db
from app.refusal import RuleBroken
from app.units import queries, rules
from app.units.models import Unit, UnitKind, UnitName, UnitPath, UnitPlace

KINDS = (
    ("city", "Liên đoàn Lao động tỉnh, thành phố", True, False, False, True),
    ("district", "Liên đoàn Lao động quận, huyện", True, False, False, True),
    ("ward", "Công đoàn phường, xã, đặc khu", True, True, False, True),
    ("grassroots", "Công đoàn cơ sở", True, True, True, False),
    ("section", "Công đoàn bộ phận", False, False, False, False),
    ("group", "Tổ công đoàn", False, False, False, False),
)

# What must have ended before a unit closes: each raises a `RuleBroken` of its own. Upper floors add theirs at start
# (`app.create_app`), so that this slice need not know them.
before_closing: list[Callable[[Unit, date], None]] = []


class CodeTaken(RuleBroken):
    kind = "conflict"
    words = "Mã đơn vị {code} đã có. Mã không dùng lại: anh/chị chọn mã khác."


class CodeMalformed(RuleBroken):
    kind = "invalid"
    words = "Mã đơn vị {code} chưa đúng: bắt đầu bằng chữ, chỉ gồm chữ in hoa không dấu và số, tối đa 12 ký tự."


class BelowItself(RuleBroken):
    kind = "invalid"
    words = "Đơn vị không thể đứng dưới chính nó."


class NotStanding(RuleBroken):
    kind = "conflict"
    words = "Đơn vị {code} không hoạt động vào ngày {day}."


class StillAbove(RuleBroken):
    kind = "conflict"
    words = "Đơn vị {code} còn đơn vị trực thuộc. Anh/chị chuyển các đơn vị ấy đi trước."


class TooEarly(RuleBroken):
    kind = "conflict"
    words = "Đơn vị {code} đã có thay đổi sau ngày {day}. Anh/chị chọn ngày muộn hơn."


def install_kinds() -> None:
    """The kinds of union bodies; what is there already is left as it is."""
    present = set(db.session.scalars(sa.select(UnitKind.slug)))
    for slug, name, reviews, reports, counts, federation in KINDS:
        if slug not in present:
            db.session.add(
                UnitKind(
                    slug=slug,
                    name=name,
                    reviews=reviews,
                    reports=reports,
                    counts_members=counts,
                    federation=federation,
                )
            )
    db.session.flush()


def open_unit(
    by: UUID | None,
    code: str,
    name: str,
    kind: str,
    parent: int | None,
    on: date,
    short: str = "",
    phone: str | None = None,
) -> Unit:
    """A new unit under `parent` from the day `on`. Raises `CodeTaken`, `CodeMalformed`, `NotStanding`, `TooEarly`."""
    if not rules.is_unit_code(code):
        raise CodeMalformed(code=code)
    if db.session.scalar(sa.select(Unit.id).where(Unit.code == code)):
        raise CodeTaken(code=code)
    if parent is not None:
        _require_lasting(parent, on)
    unit = Unit(code=code, opened=on, phone=phone)
    db.session.add(unit)
    db.session.flush()
    _name(unit.id, name, short, on)
    db.session.add(UnitPlace(unit_id=unit.id, parent_id=parent, kind=kind, since=on))
    db.session.add(UnitPath(ancestor_id=unit.id, descendant_id=unit.id, depth=0, since=on))
    if parent is not None:
        db.session.add_all(_below_all(_above_from(parent, on), unit.id, on))
    db.session.flush()
    audit.line(by, "unit.open", "unit", code, kind=kind)
    return unit


@dataclass(frozen=True)
class Opening:
    """A unit to be opened, as one of many."""

    code: str
    name: str
    kind: str
    phone: str | None = None


def open_below(by: UUID | None, parent: int, openings: Sequence[Opening], on: date) -> list[int]:
    """Many new units under one parent from the day on; returns their ids, in order. Raises as `open_unit` does."""
    for one in openings:
        if not rules.is_unit_code(one.code):
            raise CodeMalformed(code=one.code)
    taken = db.session.scalar(sa.select(Unit.code).where(Unit.code.in_([one.code for one in openings])).limit(1))
    if taken:
        raise CodeTaken(code=taken)
    _require_lasting(parent, on)
    opened = [Unit(code=one.code, opened=on, phone=one.phone) for one in openings]
    db.session.add_all(opened)
    db.session.flush()
    above = _above_from(parent, on)
    for unit, one in zip(opened, openings, strict=True):
        _name(unit.id, one.name, "", on)
        db.session.add(UnitPlace(unit_id=unit.id, parent_id=parent, kind=one.kind, since=on))
        db.session.add(UnitPath(ancestor_id=unit.id, descendant_id=unit.id, depth=0, since=on))
        db.session.add_all(_below_all(above, unit.id, on))
    db.session.flush()
    for kind in {one.kind for one in openings}:
        audit.lines(by, "unit.open", "unit", [one.code for one in openings if one.kind == kind], kind=kind)
    return [unit.id for unit in opened]


def _require_parent(parent: int, on: date) -> None:
    """Raises `NotStanding`, or `TooEarly` where what stands above the parent changes after the day."""
    _require_standing(parent, on)
    _require_last(parent, on, UnitPath.descendant_id == parent)


def _require_lasting(parent: int, on: date) -> None:
    """Raises `NotStanding`, or `TooEarly` where the parent is to end: what opens below it would stand below nothing."""
    _require_standing(parent, on)
    if db.session.get_one(Unit, parent).closed is not None:
        raise TooEarly(**_named(parent, on))


def _above_from(parent: int, on: date) -> Sequence[UnitPath]:
    """What stands above the parent, itself included, on the day and later, each for as long as it does: a move that is
    already decided for later takes along what opens before it."""
    lasting = sa.or_(UnitPath.until.is_(None), UnitPath.until > on)
    return db.session.scalars(sa.select(UnitPath).where(UnitPath.descendant_id == parent, lasting)).all()


def _below_all(above: Sequence[UnitPath], unit: int, on: date) -> list[UnitPath]:
    return [
        UnitPath(
            ancestor_id=path.ancestor_id,
            descendant_id=unit,
            depth=path.depth + 1,
            since=max(path.since, on),
            until=path.until,
        )
        for path in above
    ]


def _require_standing(unit_id: int, on: date) -> None:
    if queries.find(unit_id, on) is None:
        raise NotStanding(**_named(unit_id, on))


def _require_last(unit_id: int, on: date, paths: sa.ColumnElement[bool]) -> None:
    """Raises `TooEarly` where one of these paths begins or ends after the day: a change before it would rewrite what
    stood on the days in between."""
    later = sa.or_(UnitPath.since > on, UnitPath.until > on)
    if db.session.scalar(sa.select(UnitPath.id).where(paths, later).limit(1)):
        raise TooEarly(**_named(unit_id, on))


def _named(unit_id: int, on: date) -> dict[str, str]:
    return {"code": db.session.get_one(Unit, unit_id).code, "day": f"{on:%d/%m/%Y}"}


def _any_path_of(unit_id: int) -> sa.ColumnElement[bool]:
    return sa.or_(UnitPath.descendant_id == unit_id, UnitPath.ancestor_id == unit_id)


def _name(unit_id: int, name: str, short: str, on: date) -> None:
    """Lists show the short name, and are in its order. Raises `text.NameUnsafe`."""
    name = text.kept_name(name)
    short = text.kept_name(short) or name
    db.session.add(UnitName(unit_id=unit_id, name=name, short=short, sort_key=text.sort_key(short), since=on))


def _connect(parent: int, unit: int, on: date) -> None:
    """Every unit above `parent` becomes an ancestor of `unit` and of all below it, from `on`."""
    above = db.session.execute(
        sa.select(UnitPath.ancestor_id, UnitPath.depth).where(
            UnitPath.descendant_id == parent, queries.on(UnitPath, on)
        )
    ).all()
    under = db.session.execute(
        sa.select(UnitPath.descendant_id, UnitPath.depth).where(UnitPath.ancestor_id == unit, queries.on(UnitPath, on))
    ).all()
    db.session.add_all(
        UnitPath(ancestor_id=ancestor, descendant_id=descendant, depth=up + down + 1, since=on)
        for ancestor, up in above
        for descendant, down in under
    )


def rename(by: UUID | None, unit: Unit, name: str, on: date, short: str = "") -> None:
    """The unit has another name from `on`. Raises `NotStanding`, `TooEarly`."""
    _require_standing(unit.id, on)
    _end(_last_name(unit, on), on)
    db.session.flush()
    _name(unit.id, name, short, on)
    audit.line(by, "unit.rename", "unit", unit.code)


def _last_name(unit: Unit, on: date) -> UnitName:
    """The name that has no end yet. Raises `TooEarly` where it begins after the day, or where the unit is to end."""
    last = db.session.scalars(sa.select(UnitName).where(UnitName.unit_id == unit.id, UnitName.until.is_(None))).first()
    if last is None or last.since > on:
        raise TooEarly(**_named(unit.id, on))
    return last


def _end(row: UnitName | UnitPlace | UnitPath, on: date) -> None:
    """Close a dated row; one that would have held for no day at all goes."""
    if row.since >= on:
        db.session.delete(row)
    else:
        row.until = on


def move(by: UUID | None, unit: Unit, parent: int, on: date) -> None:
    """From `on` the unit, with all below it, stands under another parent. Raises `BelowItself`, `NotStanding`,
    `TooEarly`."""
    if db.engine.dialect.name == "postgresql":  # two moves at once could make a circle that neither sees
        db.session.execute(sa.text("LOCK TABLE unit_place IN SHARE ROW EXCLUSIVE MODE"))
    _require_standing(unit.id, on)
    _require_last(unit.id, on, _any_path_of(unit.id))
    _require_parent(parent, on)
    if queries.is_below(parent, unit.id, on):
        raise BelowItself()
    place = db.session.scalars(
        sa.select(UnitPlace).where(UnitPlace.unit_id == unit.id, UnitPlace.until.is_(None))
    ).one()
    kind = place.kind
    _end(place, on)
    under = sa.select(UnitPath.descendant_id).where(UnitPath.ancestor_id == unit.id, queries.on(UnitPath, on))
    stale = db.session.scalars(
        sa.select(UnitPath).where(
            UnitPath.descendant_id.in_(under), UnitPath.ancestor_id.not_in(under), UnitPath.until.is_(None)
        )
    ).all()
    for row in stale:
        _end(row, on)
    db.session.flush()
    db.session.add(UnitPlace(unit_id=unit.id, parent_id=parent, kind=kind, since=on))
    _connect(parent, unit.id, on)
    db.session.flush()
    audit.line(by, "unit.move", "unit", unit.code, parent=parent)


def close(by: UUID | None, unit: Unit, on: date, successor: Unit | None = None) -> None:
    """The unit ends; its code answers with its successor from then on. Its members are moved by the caller, and so
    are the units below it. Raises `NotStanding`, `StillAbove`, `TooEarly`, and what `before_closing` raises."""
    if unit.closed is not None:
        raise NotStanding(**_named(unit.id, on))
    if db.session.scalar(sa.select(UnitPlace.id).where(UnitPlace.parent_id == unit.id, UnitPlace.until.is_(None))):
        raise StillAbove(code=unit.code)
    _require_last(unit.id, on, _any_path_of(unit.id))
    _last_name(unit, on)
    if unit.opened >= on:
        raise TooEarly(**_named(unit.id, on))
    for require in before_closing:
        require(unit, on)
    unit.closed = on
    unit.successor_id = successor.id if successor else None
    for name in db.session.scalars(sa.select(UnitName).where(UnitName.unit_id == unit.id, UnitName.until.is_(None))):
        _end(name, on)
    for place in db.session.scalars(
        sa.select(UnitPlace).where(UnitPlace.unit_id == unit.id, UnitPlace.until.is_(None))
    ):
        _end(place, on)
    for path in db.session.scalars(sa.select(UnitPath).where(_any_path_of(unit.id), UnitPath.until.is_(None))):
        _end(path, on)
    db.session.flush()
    audit.line(by, "unit.close", "unit", unit.code, successor=successor.code if successor else None)


def unopen(by: UUID | None, unit_ids: Sequence[int]) -> None:
    """Units that were opened by mistake are gone, as if they had never been; whoever calls has seen that nothing hangs
    on them. Their codes may be given out again: nobody has used them yet."""
    codes = list(db.session.scalars(sa.select(Unit.code).where(Unit.id.in_(unit_ids))))
    for column in (UnitName.unit_id, UnitPlace.unit_id, UnitPath.descendant_id, Unit.id):
        db.session.execute(sa.delete(column.class_).where(column.in_(unit_ids)))
    audit.lines(by, "unit.unopen", "unit", codes)
