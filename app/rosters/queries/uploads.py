"""Whose an upload is, its lines, and what loading it would do."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from app import clock
from app.accounts import queries as accounts
from app.accounts.models import Membership, Person, Role
from app.accounts.queries import Actor
from app.db import db
from app.refusal import NotThere
from app.rosters.models import Upload, UploadLeaving, UploadRow
from app.rosters.rules import stages
from app.rosters.rules.columns import Kind, kind_of
from app.rosters.rules.stages import Deed, Plan
from app.units.queries import UnitRow


@dataclass(frozen=True)
class Place:
    """A unit for which the actor may load lists of this kind."""

    unit: UnitRow
    kind: Kind


def place(actor: Actor, code: str, kind: Kind) -> Place:
    """Members: by an officer of exactly this unit, where it counts any, or by an officer or administrator of exactly
    this federation for the units below it; units, and changes of them: by the latter. Raises `NotThere`."""
    unit = accounts.own_unit(actor, code, "officer", "admin")
    if not unit.federation and (kind != "members" or not unit.counts_members):
        raise NotThere()
    if kind == "members" and unit.counts_members:
        accounts.own_unit(actor, code, "officer")
    return Place(unit, kind)


def upload_of(actor: Actor, code: str, upload_id: UUID) -> tuple[Place, Upload]:
    """An upload of the actor's own, while they still hold what they loaded it as. Raises `NotThere`."""
    found = db.session.get(Upload, upload_id)
    if found is None or found.by != actor.person_id:
        raise NotThere()
    at = place(actor, code, kind_of(found.kind))
    if at.unit.id != found.unit_id:
        raise NotThere()
    return at, found


def latest(unit_id: int, kind: str) -> Upload | None:
    """The last upload of this kind that came to anything."""
    return db.session.scalars(
        sa.select(Upload)
        .where(Upload.unit_id == unit_id, Upload.kind == kind, Upload.state.not_in(("refused", "dropped")))
        .order_by(Upload.made.desc(), Upload.id)
        .limit(1)
    ).first()


@dataclass(frozen=True)
class OpenList:
    """A list that somebody has begun to load."""

    kind: str
    made: datetime

    @property
    def words(self) -> str:
        return "đoàn viên" if self.kind == "members" else "đơn vị"


def open_lists(person_id: UUID, unit_id: int) -> list[OpenList]:
    """The lists that this person has begun to load for exactly this unit."""
    found = db.session.execute(
        sa.select(Upload.kind, Upload.made)
        .where(Upload.by == person_id, Upload.unit_id == unit_id, Upload.state.in_(("reading", "ready", "applying")))
        .order_by(Upload.made)
    )
    return [OpenList(*row) for row in found]


def rows_of(upload_id: UUID, *outcomes: str) -> list[UploadRow]:
    chosen = sa.select(UploadRow).where(UploadRow.upload_id == upload_id).order_by(UploadRow.n)
    return list(db.session.scalars(chosen.where(UploadRow.outcome.in_(outcomes)) if outcomes else chosen))


def settled(row: UploadRow) -> tuple[Deed, UUID | None, dict[str, list[object]]]:
    """(what is done, to whom, what changes) once the line's question, if it has one, is answered."""
    person, changes = row.person_id, row.changes
    if row.outcome == "similar" and row.answer.startswith("same:"):
        candidate = row.question[int(row.answer.removeprefix("same:"))]
        person, changes = UUID(candidate["person"]), candidate["changes"]
    return stages.deed(row.outcome, row.answer, bool(changes)), person, changes


def deeds(upload_id: UUID) -> Iterator[Deed]:
    """What is done with each line: counted by the database but for those that ask."""
    counted = db.session.execute(
        sa.select(UploadRow.outcome, sa.func.count())
        .where(UploadRow.upload_id == upload_id, UploadRow.outcome != "similar")
        .group_by(UploadRow.outcome)
    )
    for outcome, number in counted:
        yield from [stages.DEEDS[outcome]] * number
    yield from (settled(row)[0] for row in rows_of(upload_id, "similar"))


def leaving_ids(upload_id: UUID) -> set[UUID]:
    return set(db.session.scalars(sa.select(UploadLeaving.person_id).where(UploadLeaving.upload_id == upload_id)))


def leaving_names(upload_id: UUID) -> list[str]:
    found = sa.select(Person.name).join(UploadLeaving, UploadLeaving.person_id == Person.id)
    return list(db.session.scalars(found.where(UploadLeaving.upload_id == upload_id).order_by(Person.sort_key)))


def plan_of(upload: Upload) -> Plan:
    """What loading would do now."""
    groups = len(upload.facts.get("new_groups", ())) if upload.open_groups else 0
    return stages.plan(deeds(upload.id), len(leaving_ids(upload.id)), groups)


def is_kept(upload: Upload) -> bool:
    """Whether the lines are still there."""
    return stages.is_kept(upload.at, clock.now())


@dataclass(frozen=True)
class Leaver:
    """A member of the unit whom the newer list does not name. `holds_role`: first their duty is handed over."""

    person_id: UUID
    name: str
    membership: Membership
    holds_role: bool


def leavers(upload: Upload) -> list[Leaver]:
    """The members of the unit that loads its own list whom no line names, nor may name."""
    rows = rows_of(upload.id)
    if not any(row.unit_id == upload.unit_id for row in rows):
        return []
    named = {person for row in rows for person in _persons_of(row)}
    found = db.session.execute(
        sa.select(
            Person.id,
            Person.name,
            Membership,
            sa.exists().where(Role.person_id == Person.id, accounts.open_on(Role, clock.today())),
        )
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.unit_id == upload.unit_id, Membership.until.is_(None))
        .order_by(Membership.sort_key, Person.id)
    )
    return [Leaver(*row) for row in found if row[0] not in named]


def _persons_of(row: UploadRow) -> set[UUID | None]:
    if row.outcome == "similar" and not row.answer:
        return {UUID(candidate["person"]) for candidate in row.question if candidate["person"]}
    return {settled(row)[1]}
