"""The author's own page: the form, what was written and sent, who has read it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from app import clock
from app.accounts.queries import Actor
from app.db import db
from app.records import rules, texts
from app.records.models import Record, RecordVersion
from app.records.queries.heads import FormRow, Head, form, form_for, head, head_of
from app.records.queries.letter import Letter, letter_of
from app.records.queries.readers import Readers, called_of, home_unit, named, readers_before
from app.records.queries.readings import ReadingLine, Said, comments, readers_now, readings_of
from app.records.queries.typed import Typed, typed
from app.records.rules import REVIEWED, Body, Part, Section, Stage


@dataclass(frozen=True)
class Sheet:
    """A person's own record with its form: what its author's page is made of. `body` fills the form (the draft, else
    what was sent last), `parts` is what was sent or kept. `belongs`: the author is a member somewhere today."""

    form: FormRow
    record_id: UUID
    person_id: UUID
    letter: Letter | None
    belongs: bool
    name: str
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
    readings: tuple[ReadingLine, ...]
    typed: Typed | None

    @property
    def reviewed(self) -> bool:
        return self.stage in REVIEWED

    @property
    def unseen(self) -> bool:
        """It waits where nobody can open it any more, as after a move."""
        return self.stage is Stage.SUBMITTED and not self.readers.officers

    @property
    def readers_unit(self) -> int:
        """What the form carries to be told when the readers change before it is sent; 0 for nobody."""
        return self.readers.unit.id if self.readers.unit else 0

    def addressed(self, words: str) -> str:
        """The form's own words, to this person."""
        return words.replace("anh/chị", self.you)

    def said(self, part: str) -> list[Said]:
        return [comment for comment in self.comments if comment.part == part]


def sheet(actor: Actor, kind: str, year: int) -> Sheet:
    """The actor's own record of this kind and year, begun or not; who belongs nowhere any more still opens what they
    wrote. Raises `NotThere` where there is no such form or record."""
    today = clock.today()
    found = head_of(actor.person_id, kind, year)
    asked = form(found.form_id) if found else form_for(kind, year, home_unit(actor.person_id, today), today)
    draft, sent = own_texts(actor.person_id, found.id) if found else (None, None)
    stage = found.stage if found else Stage.DRAFT
    shown = sent if stage in REVIEWED else draft
    return Sheet(
        form=asked,
        record_id=found.id if found else rules.record_id(actor.person_id, asked.id),
        person_id=actor.person_id,
        letter=letter_of(found) if found else None,
        belongs=bool(actor.memberships),
        name=actor.name,
        author=named(actor.name, actor.address),
        you=actor.address or "anh/chị",
        stage=stage,
        seq=found.draft_seq if found else 0,
        lock=found.lock_version if found else 0,
        draft_at=found.draft_at if found and draft is not None else None,
        submitted_at=found.submitted_at if found else None,
        decided_at=found.decided_at if found else None,
        decided_by=called_of(found.decided_by) if found and found.decided_by else "",
        readers=_readers_for(actor.person_id, found, today) if actor.memberships else Readers(),
        body=draft if draft is not None else sent or {},
        parts=tuple(rules.parts(asked.sections, shown or {})),
        comments=tuple(comments(found.id)) if found else (),
        readings=tuple(readings_of(actor.person_id, found.id)) if found else (),
        typed=typed(found.id) if found and stage in REVIEWED else None,
    )


def _readers_for(person_id: UUID, record: Head | None, day: date) -> Readers:
    """Who can read it now, for what was sent and waits or is settled; who will, for what is still to be sent."""
    if record is not None and record.stage in (Stage.SUBMITTED, Stage.CONFIRMED):
        return readers_now(person_id, record.stage, record.reviewing_unit, day)
    return readers_before(person_id, record, day)


def own_texts(person_id: UUID, record_id: UUID) -> tuple[Body | None, Body | None]:
    """(draft, what was sent last) of the person's own record. No reading is recorded of one's own."""
    row = db.session.execute(
        sa.select(Record.sealed_draft, RecordVersion.id.label("version"), RecordVersion.sealed_body)
        .outerjoin(RecordVersion, RecordVersion.record_id == Record.id)
        .where(Record.id == record_id, Record.person_id == person_id)
        .order_by(RecordVersion.n.desc())
        .limit(1)
    ).first()
    if row is None:
        return None, None
    return (
        texts.open_draft(record_id, row.sealed_draft) if row.sealed_draft else None,
        texts.open_version(row.version, row.sealed_body) if row.sealed_body else None,
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
