"""The reviewers' lists, and what stands around a text on the review page: whose, which form, when; never a word of
it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app import clock
from app.accounts import queries as accounts
from app.accounts.models import Membership, Person
from app.accounts.queries import Actor, open_on
from app.db import db
from app.records import texts
from app.records.models import Record, RecordComment, RecordForm, RecordVersion
from app.records.queries.heads import FormRow, form, head
from app.records.queries.letter import Letter, letter_of
from app.records.queries.readers import called_of, named, open_to
from app.records.queries.readings import Said
from app.records.queries.typed import Typed, typed
from app.records.rules import Part, Stage
from app.refusal import NotThere
from app.units import queries as units
from app.units.queries import UnitRow
from app.web.pager import Page


@dataclass(frozen=True)
class Waiting:
    """How many records an officer has before them in a unit: `number` wait, since `oldest`, the last
    came at `newest`; of the others an addition
    was asked for, or they are confirmed. Their own are not among them."""

    number: int = 0
    oldest: datetime | None = None
    newest: datetime | None = None
    returned: int = 0
    confirmed: int = 0


def waiting_for(actor: Actor, unit_id: int) -> Waiting:
    rows = db.session.execute(
        sa.select(Record.stage, sa.func.count(), sa.func.min(Record.submitted_at), sa.func.max(Record.submitted_at))
        .where(Record.reviewing_unit == unit_id, open_to(actor.person_id, clock.today()))
        .group_by(Record.stage)
    ).all()
    number = {stage: n for stage, n, *_ in rows}
    between = ((first, last) for stage, _, first, last in rows if stage == Stage.SUBMITTED)
    oldest, newest = next(between, (None, None))
    return Waiting(
        number=number.get(Stage.SUBMITTED, 0),
        oldest=oldest,
        newest=newest,
        returned=number.get(Stage.RETURNED, 0),
        confirmed=number.get(Stage.CONFIRMED, 0),
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


def _rows(officer: UUID, unit_id: int) -> sa.Select[*tuple[Any, ...]]:
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
    order = (Record.submitted_at, Record.id) if stage is Stage.SUBMITTED else (Record.decided_at.desc(), Record.id)
    query = _rows(officer, unit_id).where(Record.stage == stage).order_by(*order).offset(offset).limit(limit)
    return _queue_rows(db.session.execute(query).all(), unit_id)


@dataclass(frozen=True)
class QueuePage:
    """One of a unit's three lists. `settled` is what the officer has just decided on; `conflict`: they have declared
    one, and read nobody's records here."""

    unit: UnitRow
    stage: Stage
    waiting: Waiting
    rows: Page[QueueRow]
    settled: QueueRow | None
    conflict: bool


PAGE = 50


def queue_page(actor: Actor, unit: UnitRow, stage: Stage, number: int, settled_id: UUID | None) -> QueuePage:
    """The unit is the actor's own; the caller has established it."""
    waiting = waiting_for(actor, unit.id)
    total = {Stage.SUBMITTED: waiting.number, Stage.RETURNED: waiting.returned}.get(stage, waiting.confirmed)
    number = min(number, max(1, -(-total // PAGE)))
    rows = queue(actor.person_id, unit.id, stage, (number - 1) * PAGE, PAGE)
    return QueuePage(
        unit=unit,
        stage=stage,
        waiting=waiting,
        rows=Page(rows, number, PAGE, total),
        settled=settled(actor.person_id, unit.id, settled_id) if settled_id else None,
        conflict=has_conflict(actor.person_id, unit.id),
    )


@dataclass(frozen=True)
class Review:
    """A record before its text is opened: what the review page says around it. `place` counts among those waiting,
    from 1; `next_id` is the one after it."""

    row: QueueRow
    unit: UnitRow
    letter: Letter | None
    form: FormRow
    author_id: UUID
    author_name: str
    version_id: UUID
    lock: int
    waiting: int
    place: int
    next_id: UUID | None
    decided_by: str
    typed: Typed | None

    @property
    def may_decide(self) -> bool:
        return self.row.stage is Stage.SUBMITTED


@dataclass(frozen=True)
class ReviewPage:
    """A record with its text open before a reviewer, since `opened_at`."""

    about: Review
    parts: tuple[Part, ...] = field(repr=False)
    comments: tuple[Said, ...] = field(repr=False)
    reader: str
    reader_id: UUID
    opened_at: datetime

    def said(self, part: str) -> list[Said]:
        return [comment for comment in self.comments if comment.part == part]

    @property
    def received(self) -> list[Said]:
        """What this reader said in the decision that stands: it has arrived."""
        row = self.about.row
        return [said for said in self.comments if said.by_id == self.reader_id and said.at == row.decided_at]

    @property
    def elsewhere(self) -> list[Said]:
        """What was said about parts that the text no longer has."""
        present = {part.key for part in self.parts}
        return [comment for comment in self.comments if comment.part not in present]


def review(actor: Actor, unit: UnitRow, record_id: UUID) -> Review:
    """The record, if the actor may open it as an officer of this unit today; raises `NotThere`."""
    found = db.session.execute(_rows(actor.person_id, unit.id).where(Record.id == record_id)).first()
    if found is None:
        raise NotThere()
    about = head(record_id)
    assert about is not None
    waiting = _waiting(actor.person_id, unit.id)
    return Review(
        row=_queue_rows([found], unit.id)[0],
        unit=unit,
        letter=letter_of(about),
        form=form(about.form_id),
        author_id=about.person_id,
        author_name=found.name,
        version_id=_last_version(record_id),
        lock=about.lock_version,
        waiting=len(waiting),
        place=waiting.index(record_id) + 1 if record_id in waiting else 0,
        next_id=_after(waiting, record_id),
        decided_by=called_of(about.decided_by) if about.decided_by else "",
        typed=typed(record_id),
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
    versions = sa.select(RecordVersion.id).where(RecordVersion.record_id == record_id)
    return db.session.scalars(versions.order_by(RecordVersion.n.desc()).limit(1)).one()


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
