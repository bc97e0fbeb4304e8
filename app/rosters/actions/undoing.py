"""Taking a list back, within a day, all of it or nothing: not where somebody has used what it brought."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app import audit, clock
from app.accounts.actions import lists, standing_changes
from app.accounts.actions.lists import Correction, Place
from app.accounts.models import Account, Activation, Membership, Person, Role
from app.audit import AuditLine
from app.db import Model, affected, db
from app.refusal import RuleBroken
from app.rosters import queries
from app.rosters.actions.meanings import meanings
from app.rosters.actions.reading import forget_rows
from app.rosters.models import Upload, UploadLeaving
from app.rosters.rules.marks import lacks_marks
from app.rosters.rules.matching import Known
from app.steps.models import StepTally
from app.units import actions as units
from app.units.models import Unit
from app.units.queries import names as units_at


class UndoTooLate(RuleBroken):
    kind = "closed"
    words = "Chỉ hoàn tác được trong một ngày sau khi nạp. Anh/chị sửa từng người trong danh sách đoàn viên."


class UndoWouldLose(RuleBroken):
    """`who` are names that this list brought or changed, shown to whoever loaded it."""

    kind = "conflict"
    words = (
        "Chưa hoàn tác được, vì sau khi nạp đã có thay đổi ở: {who}. "
        "Anh/chị sửa từng người trong danh sách đoàn viên; những người khác vẫn giữ như đã nạp."
    )


@dataclass
class Undone:
    """What taking back does, made ready."""

    added: list[UUID] = field(default_factory=list)
    back: dict[UUID, int] = field(default_factory=dict)
    corrections: list[Correction] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    opened: list[int] = field(default_factory=list)
    since: date = date.min
    left_on: date = date.min

    @property
    def people(self) -> set[UUID]:
        corrected = {one.person_id for one in self.corrections}
        return {*self.added, *self.back, *corrected, *(one.person_id for one in self.places)}


def look_before_undo(upload: Upload) -> Undone:
    """What is to be taken back. Raises `UndoTooLate`, and `UndoWouldLose` with who stands in the way."""
    if upload.state != "done" or not queries.is_kept(upload) or not upload.facts:
        raise UndoTooLate()
    undone = Undone() if upload.kind in meanings else _collected(upload)
    _refuse(_in_the_way(undone))
    return undone


def _collected(upload: Upload) -> Undone:
    opened = upload.facts.get("opened", {"units": [], "groups": []})
    undone = Undone(
        opened=[*opened["units"], *(group for _, _, group in opened["groups"])],
        since=clock.local(upload.at).date(),
        left_on=upload.leave_on or clock.local(upload.at).date(),
    )
    groups = {(unit, name): group for unit, name, group in opened["groups"]}
    for row in queries.rows_of(upload.id):
        what, person, changes = queries.settled(row)
        if what == "add" and person and (upload.kind == "members" or row.cells.get("chair")):
            undone.added.append(person)
        elif what == "back" and person and row.unit_id:
            undone.back[person] = row.unit_id
        elif what == "change" and person and row.unit_id and changes:
            undone.corrections.append(_reversed(person, row.unit_id, changes, groups))
    for left in db.session.scalars(sa.select(UploadLeaving).where(UploadLeaving.upload_id == upload.id)):
        before = left.before
        undone.places.append(
            Place(
                left.person_id,
                upload.unit_id,
                date.fromisoformat(before["since"]),
                before["group"],
                before["own_code"],
                before["holds_office"],
            )
        )
    return undone


def _reversed(person: UUID, unit: int, changes: Any, groups: dict[tuple[int, str], int]) -> Correction:
    kept = {}
    for name, (before, after) in changes.items():
        if name == "group" and isinstance(after, str):
            after = groups.get((unit, after))
            if after is None:  # the tổ was not opened, so nobody came into it
                continue
        kept[name] = (after, before)
    return Correction(person, unit, kept, unmarked="name" in kept and lacks_marks(kept["name"][1]))


# --- what stands in the way ---------------------------------------------------------------------------------------

OURS = frozenset(("account", "sign_in_name", "membership", "activation", "role"))
OF_UNITS = frozenset(("unit_name", "unit_path", "membership", "role", "step_tally"))


def _refuse(who: Sequence[str]) -> None:
    if who:
        more = f" và {len(who) - 5} chỗ khác" if len(who) > 5 else ""
        raise UndoWouldLose(who=", ".join(who[:5]) + more)


def _in_the_way(undone: Undone) -> list[str]:
    """The names of people and units that something has happened to since."""
    persons = _used(undone) | _moved(undone) | _corrected_since(undone) | _gone_elsewhere(undone)
    return [*_names(persons), *_units_in_use(undone)]


def _names(persons: Collection[UUID]) -> list[str]:
    found = sa.select(Person.name).where(Person.id.in_(list(persons))).order_by(Person.sort_key)
    return list(db.session.scalars(found)) if persons else []


def _used(undone: Undone) -> set[UUID]:
    """Those of the people added who have signed in or done something, or for whom something was done."""
    ids = undone.added
    found = set(
        db.session.scalars(sa.select(Account.person_id).where(_is(Account, ids), Account.password_hash.is_not(None)))
    )
    found |= set(
        db.session.scalars(sa.select(Activation.person_id).where(_is(Activation, ids), Activation.used_at.is_not(None)))
    )
    found |= {who for who in db.session.scalars(sa.select(AuditLine.actor).where(AuditLine.actor.in_(ids))) if who}
    for column in _pointing_at(Person.__table__.c.id):
        if column.table.name not in OURS:
            found |= set(db.session.scalars(sa.select(column).where(column.in_(ids))))
    given = sa.select(Role.person_id).where(_is(Role, ids), sa.or_(Role.since != undone.since, Role.duty != "chair"))
    return found | set(db.session.scalars(given))


def _is(model: Any, ids: Collection[UUID]) -> sa.ColumnElement[bool]:
    found: sa.ColumnElement[bool] = model.person_id.in_(ids)
    return found


def _pointing_at(target: Any) -> Iterable[sa.Column[Any]]:
    """Every column of any slice that refers to this one."""
    return (key.parent for table in Model.metadata.sorted_tables for key in table.foreign_keys if key.column is target)


def _moved(undone: Undone) -> set[UUID]:
    """Those of the people added or come back who do not stand where the list put them."""
    ids = [*undone.added, *undone.back]
    other = sa.or_(Membership.since != undone.since, Membership.until.is_not(None))
    history = Membership.person_id.in_(list(undone.back)) & Membership.until.is_not(None)
    return set(
        db.session.scalars(sa.select(Membership.person_id).where(Membership.person_id.in_(ids), other, ~history))
    )


def _corrected_since(undone: Undone) -> set[UUID]:
    """Those whose name, number or tổ is not any more what the list made of it."""
    units_ = {one.unit for one in undone.corrections}
    now = {(one.person, one.unit): one for one in queries.known(units_)} if units_ else {}
    return {one.person_id for one in undone.corrections if not _stands(one, now.get((one.person_id, one.unit)))}


def _stands(one: Correction, now: Known | None) -> bool:
    if now is None:
        return False
    said = {"name": now.name, "group": now.group, "own": now.own, "address": now.address}
    return all(said.get(field, after) == after for field, (after, _) in one.changes.items()) and all(
        one.changes[field][0] in ways
        for field, ways in (("phone", now.phones), ("email", now.emails))
        if field in one.changes
    )


def _gone_elsewhere(undone: Undone) -> set[UUID]:
    """Those who left by the list and belong to some unit again."""
    ids = [one.person_id for one in undone.places]
    return set(
        db.session.scalars(sa.select(Membership.person_id).where(_is(Membership, ids), Membership.until.is_(None)))
    )


def _units_in_use(undone: Undone) -> list[str]:
    """The units opened by the list on which something hangs that goes not with it."""
    used: set[int] = set()
    for column in _pointing_at(Unit.__table__.c.id):
        chosen = sa.select(column).where(column.in_(undone.opened))
        if column.table.name == "unit_place":
            chosen = chosen.where(column.table.c.unit_id.not_in(undone.opened))
        if column.table.name in ("membership", "role"):
            chosen = chosen.where(column.table.c.person_id.not_in(list(undone.people)))
        if column.table.name not in OF_UNITS or column.table.name in ("membership", "role"):
            used |= set(db.session.scalars(chosen))
    found = units_at(used, clock.today()).values()
    return sorted(one.short for one in found)


# --- done ---------------------------------------------------------------------------------------------------------


def undo(by: UUID, upload_id: UUID, undone: Undone) -> None:
    """Take the list back, in the caller's `writing()`. What somebody did since it was looked at is not lost: only what
    the list brought is removed, and the database refuses (`IntegrityError`) where more hangs on it. Raises
    `UndoTooLate`, `UndoWouldLose`."""
    _refuse(_names(_corrected_since(undone) | _gone_elsewhere(undone)))
    if not note_undone(upload_id):
        raise UndoTooLate()
    kind = db.session.get_one(Upload, upload_id).kind
    if kind in meanings:
        meanings[kind].undo(by, upload_id)
    with standing_changes(*sorted(undone.people)):
        lists.correct(by, undone.corrections)
        lists.end_places(by, undone.back, undone.since)
        lists.take_back(by, undone.places, undone.left_on)
        lists.take_out(by, undone.added, undone.since)
    db.session.execute(sa.delete(StepTally).where(StepTally.unit_id.in_(undone.opened)))
    units.unopen(by, undone.opened)
    audit.line(by, "roster.undo", "upload", upload_id, persons=len(undone.people), units=len(undone.opened))


def note_undone(upload_id: UUID) -> bool:
    """The list counts as taken back, and its lines are gone; whether it was loaded until now."""
    taken = db.session.execute(
        sa.update(Upload)
        .where(Upload.id == upload_id, Upload.state == "done")
        .values(state="undone", at=clock.now(), facts={}, file_name="")
        .execution_options(synchronize_session=False)
    )
    if affected(taken):
        forget_rows(upload_id)
    return bool(affected(taken))
