"""Records as their authors and their reviewers reach them.

An author's own texts are opened here (`own_…` and `sheet` take the author); another's only by `actions.open_text`.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app import clock
from app.accounts import queries as accounts
from app.accounts.models import Membership, Person, Role
from app.accounts.queries import Actor, Officer, open_on
from app.db import db
from app.records import rules, texts
from app.records.models import Record, RecordComment, RecordForm, RecordReading, RecordVersion
from app.records.rules import REVIEWED, Body, Opening, Part, Section, Stage
from app.refusal import NotThere
from app.units import queries as units
from app.units.models import UnitPath
from app.units.queries import UnitRow

# --- forms and records, without their texts -----------------------------------------------------------------------


@dataclass(frozen=True)
class FormRow:
    """A form as it is shown."""

    id: int
    kind: str
    year: int
    title: str
    intro: str
    sections: tuple[Section, ...]


def _form(row: RecordForm) -> FormRow:
    sections = rules.read_sections(row.body["sections"])
    return FormRow(row.id, row.kind, row.year, row.title, row.body["intro"], sections)


def form(form_id: int) -> FormRow:
    return _form(db.session.get_one(RecordForm, form_id))


def form_for(kind: str, year: int, unit_id: int, day: date) -> FormRow:
    """The newest form of this kind and year: of the nearest unit upward that has its own, else the common one.
    Raises `NotThere`."""
    above = [unit.id for unit in units.ancestors(unit_id, day)]
    found = db.session.scalars(
        sa.select(RecordForm)
        .where(RecordForm.kind == kind, RecordForm.year == year)
        .where(sa.or_(RecordForm.owner_unit.is_(None), RecordForm.owner_unit.in_(above)))
        .order_by(RecordForm.version.desc())
    ).all()
    if not found:
        raise NotThere()
    return _form(min(found, key=lambda row: above.index(row.owner_unit) if row.owner_unit else len(above)))


@dataclass(frozen=True)
class Head:
    """A record without its texts."""

    id: UUID
    form_id: int
    kind: str
    year: int
    person_id: UUID
    unit_id: int
    reviewing_unit: int | None
    stage: Stage
    draft_seq: int
    draft_at: datetime | None
    lock_version: int
    submitted_at: datetime | None
    decided_by: UUID | None
    decided_at: datetime | None

    @property
    def reviewed(self) -> bool:
        return self.stage in REVIEWED


_HEAD = (
    Record.id,
    Record.form_id,
    RecordForm.kind,
    RecordForm.year,
    Record.person_id,
    Record.unit_id,
    Record.reviewing_unit,
    Record.stage,
    Record.draft_seq,
    Record.draft_at,
    Record.lock_version,
    Record.submitted_at,
    Record.decided_by,
    Record.decided_at,
)


def _heads() -> sa.Select[Any]:
    return sa.select(*_HEAD).join(RecordForm, RecordForm.id == Record.form_id)


def _head(row: Any) -> Head:
    return Head(**dict(row._mapping, stage=Stage(row.stage)))


def head(record_id: UUID) -> Head | None:
    row = db.session.execute(_heads().where(Record.id == record_id)).first()
    return _head(row) if row else None


def head_of(person_id: UUID, kind: str, year: int) -> Head | None:
    """The person's record of this kind and year, on whichever version of the form they began it."""
    row = db.session.execute(
        _heads()
        .where(Record.person_id == person_id, RecordForm.kind == kind, RecordForm.year == year)
        .order_by(Record.started.desc())
        .limit(1)
    ).first()
    return _head(row) if row else None


# --- who reads ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Readers:
    """Who reads what a person sends: the officers of one unit, by name; nobody where no unit can review it."""

    unit: UnitRow | None = None
    officers: tuple[Officer, ...] = ()

    @property
    def names(self) -> list[str]:
        return [named(officer.name, officer.address) for officer in self.officers]


def named(name: str, address: str | None) -> str:
    """`cô Trần Thị Mỹ Hạnh`; the name alone where the form of address is unknown."""
    return f"{address} {name}" if address else name


def home_unit(person_id: UUID, day: date) -> int:
    """The unit in which the person's records begin. Raises `NotThere` for somebody who belongs nowhere."""
    held = accounts.memberships_of(person_id, day)
    if not held:
        raise NotThere()
    return held[0].unit_id


def readers_of(unit: UnitRow, author: UUID, day: date) -> Readers:
    """Who of the unit's officers may read what this author sent there."""
    officers = accounts.officers_of(unit.id, day)
    allowed = set(rules.readers(_reviewers(officers), author))
    return Readers(unit, tuple(officer for officer in officers if officer.person_id in allowed))


def _reviewers(officers: Iterable[Officer]) -> tuple[rules.Reviewer, ...]:
    return tuple(rules.Reviewer(o.person_id, o.duty == "chair", o.conflict) for o in officers)


def readers_before(person_id: UUID, record: Head | None, day: date) -> Readers:
    """Who will read this when it is sent: named before a word is written, and decided anew in the sending itself.

    An addition goes to the unit that asked for it, as long as the author still belongs below it.
    """
    home = home_unit(person_id, day)
    if record is not None and record.stage is Stage.RETURNED and record.reviewing_unit is not None:
        asked_by = units.find(record.reviewing_unit, day)
        if asked_by is not None and _belongs_below(person_id, asked_by.id, day):
            return readers_of(asked_by, person_id, day)
    upward = {unit.id: unit for unit in units.reviewing_above(home, day)}
    chosen = rules.choose_reviewing_unit(
        [rules.Reviewing(unit, _reviewers(accounts.officers_of(unit, day))) for unit in upward], person_id
    )
    return Readers() if chosen is None else readers_of(upward[chosen], person_id, day)


def _below(person: Any, unit: Any, day: date) -> sa.Exists:
    """Whether the person belongs to this unit or one below it on this day; both may be columns."""
    return (
        sa.exists()
        .where(Membership.person_id == person, open_on(Membership, day))
        .where(UnitPath.descendant_id == Membership.unit_id, UnitPath.ancestor_id == unit, units.on(UnitPath, day))
    )


def _belongs_below(person_id: UUID, unit_id: int, day: date) -> bool:
    return bool(db.session.scalar(sa.select(_below(person_id, unit_id, day))))


def open_to(reader: UUID, day: date) -> sa.ColumnElement[bool]:
    """The records whose text this reader may open today: sent to a unit in which exactly they hold `officer` and have
    declared no conflict, by somebody else, who still belongs there. The one statement of it."""
    holds = sa.exists().where(
        Role.person_id == reader,
        Role.unit_id == Record.reviewing_unit,
        Role.name == "officer",
        Role.conflict.is_(False),
        open_on(Role, day),
    )
    belongs = _below(Record.person_id, Record.reviewing_unit, day)
    return sa.and_(Record.stage.in_(REVIEWED), Record.person_id != reader, holds, belongs)


@dataclass(frozen=True)
class Sent:
    """A version that a reader may open, still sealed."""

    version_id: UUID
    record_id: UUID
    reviewing_unit: int
    sealed_body: bytes = field(repr=False)
    at: datetime


def sent_version(reader: UUID, version_id: UUID, day: date) -> Sent:
    """The version, if this reader may open it today; raises `NotThere`. What went to another unit before stays shut."""
    row = db.session.execute(
        sa.select(
            RecordVersion.id, RecordVersion.record_id, Record.reviewing_unit, RecordVersion.sealed_body, RecordVersion.at
        )
        .join(Record, Record.id == RecordVersion.record_id)
        .where(RecordVersion.id == version_id, RecordVersion.reviewing_unit == Record.reviewing_unit)
        .where(open_to(reader, day))
    ).first()
    if row is None:
        raise NotThere()
    return Sent(*row)


# --- comments and readings ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    """What a reviewer said about one part."""

    part: str
    by_id: UUID
    by: str
    text: str = field(repr=False)
    at: datetime


def comments(record_id: UUID, unit_id: int | None = None) -> list[Said]:
    """Every comment on a record, oldest first; for `unit_id` only those made there. For the author, and for a reviewer
    whom `open_text` has let in."""
    query = (
        sa.select(RecordComment, Person.name, Person.address)
        .join(RecordVersion, RecordVersion.id == RecordComment.version_id)
        .join(Person, Person.id == RecordComment.by)
        .where(RecordVersion.record_id == record_id)
        .order_by(RecordComment.at, RecordComment.section)
    )
    if unit_id is not None:
        query = query.where(RecordVersion.reviewing_unit == unit_id)
    return [
        Said(row.section, row.by, accounts.called(name, address), texts.open_comment(row.id, row.sealed_text), row.at)
        for row, name, address in db.session.execute(query)
    ]


@dataclass(frozen=True)
class ReadingRow:
    """Somebody opened a text of mine. `title` is the form's."""

    title: str
    kind: str
    year: int
    reader: str
    at: datetime
    why: str


def readings_of(person_id: UUID, record_id: UUID | None = None) -> list[ReadingRow]:
    """Who has opened this person's texts and when, newest first; opening again within ten minutes is told once."""
    query = (
        sa.select(RecordReading, Person.name, Person.address, RecordForm.title, RecordForm.kind, RecordForm.year)
        .join(RecordVersion, RecordVersion.id == RecordReading.version_id)
        .join(Record, Record.id == RecordVersion.record_id)
        .join(RecordForm, RecordForm.id == Record.form_id)
        .join(Person, Person.id == RecordReading.reader)
        .where(Record.person_id == person_id)
    )
    if record_id is not None:
        query = query.where(Record.id == record_id)
    rows = {
        Opening(row.reader, row.version_id, row.at): ReadingRow(
            title, kind, year, named(name, address), row.at, row.why
        )
        for row, name, address, title, kind, year in db.session.execute(query)
    }
    return [rows[opening] for opening in reversed(rules.collapsed(rows))]


@dataclass(frozen=True)
class OpenToday:
    """One of a person's records and who can open it today; nobody but the author where `readers` has no officers."""

    title: str
    kind: str
    year: int
    stage: Stage
    readers: Readers

    @property
    def stage_words(self) -> str:
        return rules.STAGE_WORDS[self.stage]


def may_read_today(person_id: UUID) -> list[OpenToday]:
    """For "Ai xem được gì": each of the person's records and, by name, who can open its text today."""
    today = clock.today()
    rows = db.session.execute(
        sa.select(RecordForm.title, RecordForm.kind, RecordForm.year, Record.stage, Record.reviewing_unit)
        .join(RecordForm, RecordForm.id == Record.form_id)
        .where(Record.person_id == person_id)
        .order_by(RecordForm.year.desc(), RecordForm.kind)
    ).all()
    return [
        OpenToday(title, kind, year, Stage(stage), _readers_now(person_id, Stage(stage), unit, today))
        for title, kind, year, stage, unit in rows
    ]


def _readers_now(person_id: UUID, stage: Stage, unit_id: int | None, day: date) -> Readers:
    unit = units.find(unit_id, day) if unit_id and stage in REVIEWED else None
    if unit is None or not _belongs_below(person_id, unit.id, day):
        return Readers()
    return readers_of(unit, person_id, day)


# --- the author's own page ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sheet:
    """A person's own record with its form: what its author's page is made of. `body` fills the form (the draft, else
    what was sent last), `parts` is what was sent or kept."""

    form: FormRow
    record_id: UUID
    person_id: UUID
    unit: UnitRow
    above: str
    author: str
    you: str
    stage: Stage
    seq: int
    lock: int
    draft_at: datetime | None
    submitted_at: datetime | None
    decided_at: datetime | None
    decided_by: str
    readers: Readers
    body: Body = field(repr=False)
    parts: tuple[Part, ...] = field(repr=False)
    comments: tuple[Said, ...] = field(repr=False)
    readings: tuple[ReadingRow, ...]

    @property
    def reviewed(self) -> bool:
        return self.stage in REVIEWED

    @property
    def readers_unit(self) -> int:
        """What the form carries to be told when the readers change before it is sent; 0 for nobody."""
        return self.readers.unit.id if self.readers.unit else 0

    def said(self, part: str) -> list[Said]:
        return [comment for comment in self.comments if comment.part == part]


def sheet(actor: Actor, kind: str, year: int) -> Sheet:
    """The actor's own record of this kind and year, begun or not. Raises `NotThere` where there is no such form."""
    today = clock.today()
    home = units.get(home_unit(actor.person_id, today), today)
    found = head_of(actor.person_id, kind, year)
    asked = form(found.form_id) if found else form_for(kind, year, home.id, today)
    draft, sent = own_texts(actor.person_id, found.id) if found else (None, None)
    stage = found.stage if found else Stage.DRAFT
    shown = sent if stage in REVIEWED else draft
    above = units.ancestors(home.id, today)
    return Sheet(
        form=asked,
        record_id=found.id if found else rules.record_id(actor.person_id, asked.id),
        person_id=actor.person_id,
        unit=home,
        above=above[1].name if len(above) > 1 else "",
        author=named(actor.name, actor.address),
        you=actor.address or "anh/chị",
        stage=stage,
        seq=found.draft_seq if found else 0,
        lock=found.lock_version if found else 0,
        draft_at=found.draft_at if found and draft is not None else None,
        submitted_at=found.submitted_at if found else None,
        decided_at=found.decided_at if found else None,
        decided_by=_called(found.decided_by) if found and found.decided_by else "",
        readers=_readers_for(actor.person_id, found, today),
        body=draft if draft is not None else sent or {},
        parts=tuple(rules.parts(asked.sections, shown or {})),
        comments=tuple(comments(found.id)) if found else (),
        readings=tuple(readings_of(actor.person_id, found.id)) if found else (),
    )


def _readers_for(person_id: UUID, record: Head | None, day: date) -> Readers:
    """Who can read it now, for what was sent and waits or is settled; who will, for what is still to be sent."""
    if record is not None and record.stage in (Stage.SUBMITTED, Stage.CONFIRMED):
        return _readers_now(person_id, record.stage, record.reviewing_unit, day)
    return readers_before(person_id, record, day)


def _called(person_id: UUID) -> str:
    row = db.session.execute(sa.select(Person.name, Person.address).where(Person.id == person_id)).one()
    return accounts.called(*row)


def own_texts(person_id: UUID, record_id: UUID) -> tuple[Body | None, Body | None]:
    """(draft, what was sent last) of the person's own record. No reading is recorded of one's own."""
    row = db.session.execute(
        sa.select(Record.sealed_draft, RecordVersion.id, RecordVersion.sealed_body)
        .outerjoin(RecordVersion, RecordVersion.record_id == Record.id)
        .where(Record.id == record_id, Record.person_id == person_id)
        .order_by(RecordVersion.n.desc())
        .limit(1)
    ).first()
    if row is None:
        return None, None
    draft, version, sent = row
    return (
        texts.open_draft(record_id, draft) if draft is not None else None,
        texts.open_version(version, sent) if version is not None else None,
    )


def was_sent(person_id: UUID, record_id: UUID, sections: Sequence[Section], body: Body) -> bool:
    """Whether this very text is what waits at the reviewers': a double click, not two answers."""
    found = head(record_id)
    if found is None or found.stage is not Stage.SUBMITTED:
        return False
    return own_texts(person_id, record_id)[1] == rules.written(sections, body)


def was_drafted(person_id: UUID, record_id: UUID, body: Body) -> datetime | None:
    """When this very draft was saved, if it is what is kept: the same save sent twice."""
    found = head(record_id)
    draft, _ = own_texts(person_id, record_id)
    return found.draft_at if found and draft is not None and draft == body else None


# --- the reviewers' queue -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Counts:
    """How many records one officer has before them in a unit; their own are not among them."""

    waiting: int = 0
    returned: int = 0
    confirmed: int = 0
    oldest: datetime | None = None


def counts(officer: UUID, unit_id: int) -> Counts:
    rows = db.session.execute(
        sa.select(Record.stage, sa.func.count(), sa.func.min(Record.submitted_at))
        .where(Record.reviewing_unit == unit_id, open_to(officer, clock.today()))
        .group_by(Record.stage)
    ).all()
    number = {stage: n for stage, n, _ in rows}
    oldest = next((since for stage, _, since in rows if stage == Stage.SUBMITTED), None)
    return Counts(
        number.get(Stage.SUBMITTED, 0), number.get(Stage.RETURNED, 0), number.get(Stage.CONFIRMED, 0), oldest
    )


@dataclass(frozen=True)
class QueueRow:
    """A record in the reviewers' list: whose, which form, when sent. Never a word of the text."""

    record_id: UUID
    title: str
    author: str
    author_called: str
    place: str
    stage: Stage
    submitted_at: datetime
    decided_at: datetime | None


def _rows(officer: UUID, unit_id: int) -> sa.Select[Any]:
    return (
        sa.select(
            Record.id,
            RecordForm.title,
            Record.person_id,
            Person.name,
            Person.address,
            Record.stage,
            Record.submitted_at,
            Record.decided_at,
        )
        .join(RecordForm, RecordForm.id == Record.form_id)
        .join(Person, Person.id == Record.person_id)
        .where(Record.reviewing_unit == unit_id, open_to(officer, clock.today()))
    )


def _queue_rows(found: Sequence[Any], unit_id: int) -> list[QueueRow]:
    places = _places({row.person_id for row in found}, unit_id)
    return [
        QueueRow(
            row.id,
            row.title,
            named(row.name, row.address),
            accounts.called(row.name, row.address),
            places.get(row.person_id, ""),
            Stage(row.stage),
            row.submitted_at,
            row.decided_at,
        )
        for row in found
    ]


def _places(people: set[UUID], unit_id: int) -> dict[UUID, str]:
    """Where each of them is found: the tổ within this unit, the unit where they belong to another."""
    today = clock.today()
    rows = db.session.execute(
        sa.select(Membership.person_id, Membership.unit_id, Membership.group_id).where(
            Membership.person_id.in_(people), open_on(Membership, today)
        )
    ).all()
    where = {person: group if unit == unit_id else unit for person, unit, group in rows}
    names = units.names({unit for unit in where.values() if unit}, today)
    return {person: names[unit].short for person, unit in where.items() if unit in names}


def queue(officer: UUID, unit_id: int, stage: Stage, offset: int = 0, limit: int = 50) -> list[QueueRow]:
    """The records of this stage that the officer may open: what waits by age, what is settled newest first."""
    order = (
        (Record.submitted_at, Record.id) if stage is Stage.SUBMITTED else (Record.decided_at.desc(), Record.id)
    )
    query = _rows(officer, unit_id).where(Record.stage == stage).order_by(*order).offset(offset).limit(limit)
    return _queue_rows(db.session.execute(query).all(), unit_id)


@dataclass(frozen=True)
class Review:
    """A record before its text is opened: what the review page says around it. `place` counts among those waiting,
    from 1; `next_id` is the one after it."""

    row: QueueRow
    unit: UnitRow
    above: str
    form: FormRow
    author_id: UUID
    version_id: UUID
    lock: int
    waiting: int
    place: int
    next_id: UUID | None
    decided_by: str

    @property
    def may_decide(self) -> bool:
        return self.row.stage is Stage.SUBMITTED


def review(actor: Actor, unit: UnitRow, record_id: UUID) -> Review:
    """The record, if the actor may open it as an officer of this unit today; raises `NotThere`."""
    today = clock.today()
    found = db.session.execute(_rows(actor.person_id, unit.id).where(Record.id == record_id)).first()
    if found is None:
        raise NotThere()
    about = head(record_id)
    assert about is not None
    above = units.ancestors(unit.id, today)
    waiting = _waiting(actor.person_id, unit.id)
    return Review(
        row=_queue_rows([found], unit.id)[0],
        unit=unit,
        above=above[1].name if len(above) > 1 else "",
        form=form(about.form_id),
        author_id=about.person_id,
        version_id=_last_version(record_id),
        lock=about.lock_version,
        waiting=len(waiting),
        place=waiting.index(record_id) + 1 if record_id in waiting else 0,
        next_id=_after(waiting, record_id),
        decided_by=_called(about.decided_by) if about.decided_by else "",
    )


def _waiting(officer: UUID, unit_id: int) -> list[UUID]:
    return list(
        db.session.scalars(
            sa.select(Record.id)
            .where(Record.reviewing_unit == unit_id, Record.stage == Stage.SUBMITTED)
            .where(open_to(officer, clock.today()))
            .order_by(Record.submitted_at, Record.id)
        )
    )


def _after(waiting: Sequence[UUID], record_id: UUID) -> UUID | None:
    """The next one to look at: after this one, then from the front again."""
    at = waiting.index(record_id) + 1 if record_id in waiting else 0
    others = [*waiting[at:], *waiting[:at]]
    return next((other for other in others if other != record_id), None)


def _last_version(record_id: UUID) -> UUID:
    return db.session.execute(
        sa.select(RecordVersion.id).where(RecordVersion.record_id == record_id).order_by(RecordVersion.n.desc()).limit(1)
    ).scalar_one()


def settled(officer: UUID, unit_id: int, record_id: UUID) -> QueueRow | None:
    """What this officer has just decided on, for the line that says so."""
    query = _rows(officer, unit_id).where(Record.id == record_id, Record.decided_by == officer)
    found = db.session.execute(query).all()
    return _queue_rows(found, unit_id)[0] if found else None


def has_conflict(officer: UUID, unit_id: int) -> bool:
    """Whether the officer has declared a conflict here, and so reads nobody's records."""
    held = accounts.officers_of(unit_id, clock.today())
    return any(each.person_id == officer and each.conflict for each in held)


def same_decision(officer: UUID, record_id: UUID, stage: Stage, said: dict[str, str]) -> bool:
    """Whether this officer has already decided so, with the same words: a double click."""
    about = head(record_id)
    if about is None or about.stage is not stage or about.decided_by != officer:
        return False
    version = _last_version(record_id)
    kept = db.session.execute(
        sa.select(RecordComment.section, RecordComment.id, RecordComment.sealed_text).where(
            RecordComment.version_id == version, RecordComment.by == officer
        )
    )
    return {part: texts.open_comment(row, text) for part, row, text in kept} == {k: v for k, v in said.items() if v}


def heads_of(people: Collection[UUID], kind: str, year: int) -> dict[UUID, Head]:
    rows = db.session.execute(
        _heads().where(Record.person_id.in_(people), RecordForm.kind == kind, RecordForm.year == year)
    )
    return {row.person_id: _head(row) for row in rows}
