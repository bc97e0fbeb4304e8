"""Taking a record from stage to stage, and `open_text`, the only door to another's text.

What is written comes sealed (`texts`), because sealing asks the key store; the rest runs inside the caller's
`writing()`. Each step is one conditional UPDATE on stage and `lock_version`: of two hands that take a step at once,
one succeeds and the other hears `ChangedMeanwhile` or `StepNotAllowed`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa

from app import audit, clock
from app.accounts.queries import Actor
from app.db import affected, db, insert, writing
from app.records import queries, rules, texts
from app.records.models import Deed, Record, RecordComment, RecordForm, RecordReading, RecordTyping, RecordVersion
from app.records.queries import Head, Said
from app.records.rules import WRITABLE, Body, Section, Stage, Step
from app.records.texts import SealedComment, Snapshot
from app.refusal import NotThere


@dataclass(frozen=True)
class Change:
    """A record has taken a step. `by` is its author or the reviewer, or None where it follows from something else;
    `source` says how what was written came in."""

    record_id: UUID
    kind: str
    year: int
    person_id: UUID
    step: Step
    stage: Stage
    by: UUID | None
    at: datetime
    source: Literal["online", "typed_in"] = "online"


# Called inside the transaction of each change; upper slices add theirs when they are imported, and look at the kind.
watchers: list[Callable[[Change], None]] = []


@dataclass(frozen=True)
class Reading:
    """Somebody, an officer of this unit, opened a text of this person."""

    record_id: UUID
    kind: str
    year: int
    person_id: UUID
    reader: UUID
    unit_id: int
    at: datetime


# The same for each reading, before the text is opened.
reading_watchers: list[Callable[[Reading], None]] = []


# --- forms --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FormText:
    """What a form says: its title, the words before it, its sections, in what capacity its author signs."""

    title: str
    intro: str
    signed: str
    sections: Sequence[Section]

    def as_data(self) -> dict[str, Any]:
        return {
            "intro": self.intro,
            "signed": self.signed,
            "sections": [section.as_data() for section in self.sections],
        }


def define_form(kind: str, year: int, text: FormText, audience: Sequence[str], owner_unit: int | None = None) -> int:
    """The form that asks this, by id. The same questions again change nothing; other ones make a new version, and
    records begun before stay with theirs."""
    body = text.as_data()
    rules.read_sections(body["sections"])
    newest = db.session.scalars(
        sa.select(RecordForm)
        .where(RecordForm.kind == kind, RecordForm.year == year, RecordForm.owner_unit.is_not_distinct_from(owner_unit))
        .order_by(RecordForm.version.desc())
        .limit(1)
    ).first()
    if newest and (newest.title, newest.body, newest.audience) == (text.title, body, list(audience)):
        return newest.id
    form = RecordForm(
        kind=kind,
        year=year,
        owner_unit=owner_unit,
        version=newest.version + 1 if newest else 1,
        title=text.title,
        body=body,
        audience=list(audience),
    )
    db.session.add(form)
    db.session.flush()
    audit.line(None, "record_form.define", "record_form", form.id, kind=kind, year=year, version=form.version)
    return form.id


# --- the author's steps -------------------------------------------------------------------------------------------


def save_draft(author: UUID, form_id: int, sealed: bytes, seq: int, lock: int) -> datetime:
    """Keep the draft; returns the moment. `seq` is the number of this save, one more than that of the draft it goes on
    from, and `lock` the page's `lock_version`: what an older page, another tab or a late packet brings never
    overwrites. Raises `ChangedMeanwhile`, and `StepNotAllowed` where nothing is to be written any more."""
    record = _begin(author, form_id)
    now = clock.now()
    changed = affected(
        db.session.execute(
            sa.update(Record)
            .where(Record.id == record.id, Record.lock_version == lock, Record.draft_seq == seq - 1)
            .where(Record.stage.in_(WRITABLE))
            .values(sealed_draft=sealed, draft_seq=seq, draft_at=now)
        )
    )
    if not changed and record.stage not in WRITABLE:
        raise rules.StepNotAllowed(stage=rules.STAGE_WORDS[record.stage])
    if not changed:
        raise rules.ChangedMeanwhile()
    return now


def submit(author: UUID, form_id: int, snapshot: Snapshot, lock: int, to: int, seq: int | None = None) -> Change:
    """Send the text to the unit that reviews it; after a request for an addition this is the amended text.

    `seq` is the number of the page's next save: a page that another tab has written past is refused, or it would wipe
    what was saved there with a receipt. `to` is the unit whose readers the author was shown: raises `ReadersChanged`
    where it is another by now, and `NobodyReviews` where there is none. From now on the unit is frozen.
    """
    record = _begin(author, form_id)
    step = rules.sending(record.stage)
    rules.advance(record.stage, step)
    readers = queries.readers_before(author, record, clock.today())
    if readers.unit is None:
        raise rules.NobodyReviews()
    if readers.unit.id != to:
        raise rules.ReadersChanged()
    now = clock.now()
    values = {"reviewing_unit": to, "submitted_at": now, "decided_by": None, "decided_at": None, "sealed_draft": None}
    change = _take(record, step, author, lock, now, values, seq)
    _add_version(record.id, snapshot, to, now)
    return _tell(change)


def keep(author: UUID, form_id: int, sealed: bytes, lock: int, seq: int | None = None) -> Change:
    """Finish it for oneself alone: no unit reviews it, only the author opens it. It may be sent later. `seq` as in
    `submit`."""
    record = _begin(author, form_id)
    now = clock.now()
    values = {"reviewing_unit": None, "sealed_draft": sealed, "draft_at": now, "decided_by": None, "decided_at": None}
    change = _take(record, Step.KEEP, author, lock, now, values, seq)
    _remove_deeds(record.id)
    return _tell(change)


def decline(author: UUID, form_id: int, lock: int) -> Change:
    """Say no for this year. What was drafted stays, and the mind may be changed."""
    record = _begin(author, form_id)
    return _tell(_take(record, Step.DECLINE, author, lock, clock.now(), {"reviewing_unit": None}))


def reopen(author: UUID, form_id: int, lock: int) -> Change:
    """Take back the no, without having said yes."""
    record = _begin(author, form_id)
    return _tell(_take(record, Step.REOPEN, author, lock, clock.now(), {}))


def ask_again(record: Head) -> Change:
    """Take back the no, because something else is asked of its author by now."""
    return _tell(_take(record, Step.REOPEN, None, record.lock_version, clock.now(), {}))


def withdraw(author: UUID, form_id: int, lock: int) -> Change:
    """Take back what was sent: from now on the unit opens it no more."""
    record = _begin(author, form_id)
    values = {"reviewing_unit": None, "decided_by": None, "decided_at": None}
    change = _take(record, Step.WITHDRAW, author, lock, clock.now(), values)
    _remove_deeds(record.id)
    return _tell(change)


# --- typed for somebody -------------------------------------------------------------------------------------------


def type_in(officer: UUID, author: UUID, form_id: int, snapshot: Snapshot, to: int) -> Change:
    """Send what this officer typed for the author, who has not begun it: as if the author had sent it, with who typed
    it. Raises `NotThere` where this officer would not read it, `BegunAlready` where the author has written."""
    record = _begin(author, form_id)
    rules.advance(record.stage, Step.TYPE_IN)
    if record.draft_seq:
        raise rules.BegunAlready()
    queries.typing_reader(officer, author, to, clock.today())
    now = clock.now()
    values = {"reviewing_unit": to, "submitted_at": now, "decided_by": None, "decided_at": None}
    change = _take(record, Step.TYPE_IN, officer, record.lock_version, now, values, seq=1)
    _add_version(record.id, snapshot, to, now)
    db.session.add(RecordTyping(version_id=snapshot.version, by=officer))
    db.session.flush()
    return _tell(replace(change, source="typed_in"))


def keep_typed(author: UUID, record_id: UUID) -> None:
    """The author has seen what was typed for them, and it stays. Said twice, it is said once."""
    if _answer_typed(author, record_id, kept=True):
        audit.line(author, "record.keep_typed", "record", record_id)


def refuse_typed(author: UUID, record_id: UUID, blank: bytes) -> Change | None:
    """It is not theirs: nobody of the unit opens it any more, and the author's page begins empty (`blank`, sealed).
    Also of what was confirmed meanwhile. None where it was answered before."""
    if not _answer_typed(author, record_id, kept=False):
        return None
    record = _there(record_id)
    values = {"reviewing_unit": None, "decided_by": None, "decided_at": None, "sealed_draft": blank, "draft_at": None}
    change = _take(record, Step.REFUSE, author, record.lock_version, clock.now(), values)
    _remove_deeds(record.id)
    return _tell(change)


def _answer_typed(author: UUID, record_id: UUID, kept: bool) -> bool:
    """Whether this answered it. Raises `NotThere` where nothing was typed for this author."""
    version = queries.typed_version(author, record_id)
    return bool(
        affected(
            db.session.execute(
                sa.update(RecordTyping)
                .where(RecordTyping.version_id == version, RecordTyping.answered_at.is_(None))
                .values(answered_at=clock.now(), kept=kept)
            )
        )
    )


def _begin(author: UUID, form_id: int) -> Head:
    """The author's record on this form, begun now if it was not."""
    record_id = rules.record_id(author, form_id)
    db.session.execute(
        insert(Record)
        .values(
            id=record_id,
            form_id=form_id,
            person_id=author,
            unit_id=queries.home_unit(author, clock.today()),
            stage=Stage.DRAFT,
            draft_seq=0,
            lock_version=0,
            started=clock.now(),
        )
        .on_conflict_do_nothing()
    )
    return _there(record_id)


def _there(record_id: UUID) -> Head:
    found = queries.head(record_id)
    if found is None:
        raise NotThere()
    return found


def _take(
    record: Head,
    step: Step,
    by: UUID | None,
    lock: int,
    at: datetime,
    values: Mapping[str, Any],
    seq: int | None = None,
) -> Change:
    """The step, in one statement that rests on what is true when it runs. Raises `ChangedMeanwhile`, also where the
    draft numbered `seq` has been saved from elsewhere since the page was shown: the step would wipe it."""
    stage = rules.advance(record.stage, step)
    unwritten = sa.true() if seq is None else Record.draft_seq < seq
    changed = affected(
        db.session.execute(
            sa.update(Record)
            .where(Record.id == record.id, Record.lock_version == lock, Record.stage == record.stage, unwritten)
            .values(stage=stage, lock_version=lock + 1, **values)
        )
    )
    if not changed:
        raise rules.ChangedMeanwhile()
    audit.line(by, f"record.{step}", "record", record.id, kind=record.kind, stage=str(stage))
    return Change(record.id, record.kind, record.year, record.person_id, step, stage, by, at)


def _tell(change: Change) -> Change:
    for watcher in watchers:
        watcher(change)
    return change


def _add_version(record_id: UUID, snapshot: Snapshot, unit_id: int, at: datetime) -> None:
    newest = db.session.scalar(sa.select(sa.func.max(RecordVersion.n)).where(RecordVersion.record_id == record_id))
    db.session.add(
        RecordVersion(
            id=snapshot.version,
            record_id=record_id,
            n=(newest or 0) + 1,
            reviewing_unit=unit_id,
            sealed_body=snapshot.body,
            digest=snapshot.digest,
            at=at,
        )
    )
    _remove_deeds(record_id)
    db.session.add_all(
        Deed(id=deed.id, record_id=record_id, n=deed.n, sealed_text=deed.text, due=deed.due) for deed in snapshot.deeds
    )
    db.session.flush()


def _remove_deeds(record_id: UUID) -> None:
    db.session.execute(sa.delete(Deed).where(Deed.record_id == record_id))


# --- the reviewers' steps -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Decision:
    """What a reviewer has decided about the version that was open before them, and what they said."""

    record_id: UUID
    version_id: UUID
    lock: int
    comments: tuple[SealedComment, ...]


def confirm(reviewer: UUID, decision: Decision) -> Change:
    return _decide(reviewer, Step.CONFIRM, decision)


def return_(reviewer: UUID, decision: Decision) -> Change:
    """Ask for an addition. Raises `CommentMissing` where nothing says which."""
    if not decision.comments:
        raise rules.CommentMissing()
    return _decide(reviewer, Step.RETURN, decision)


def _decide(reviewer: UUID, step: Step, decision: Decision) -> Change:
    """Raises `NotThere` where this reviewer may not open the text today: nobody reviews their own."""
    sent = queries.sent_version(reviewer, decision.version_id, clock.today())
    if sent.record_id != decision.record_id:
        raise NotThere()
    if step is Step.CONFIRM and queries.typed_unseen(decision.version_id, by=reviewer):
        raise rules.OwnTyping()
    now = clock.now()
    values = {"decided_by": reviewer, "decided_at": now}
    change = _take(_there(decision.record_id), step, reviewer, decision.lock, now, values)
    db.session.add_all(
        RecordComment(
            id=comment.id,
            version_id=decision.version_id,
            section=comment.part,
            by=reviewer,
            sealed_text=comment.text,
            at=now,
        )
        for comment in decision.comments
    )
    db.session.flush()
    return _tell(change)


# --- reading ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Opened:
    """A text that was opened, what was said about it in this unit, and the moment that was recorded."""

    body: Body = field(repr=False)
    comments: tuple[Said, ...] = field(repr=False)
    at: datetime


def open_text(actor: Actor, version_id: UUID) -> Opened:
    """Another's text. The only door to it.

    Opens to whoever holds `officer` in exactly the unit it was sent to, today, and is not its author; raises `NotThere`
    for everybody else. The reading is recorded in a `writing()` of its own before anything is decrypted: where it
    cannot be recorded, nothing is shown. It says why: the record came for review, from the reader's own unit or from
    one below it. Never call it for a HEAD or a prefetch, nor for a list.
    """
    today = clock.today()
    queries.sent_version(actor.person_id, version_id, today)
    with writing():
        sent = queries.sent_version(actor.person_id, version_id, today)
        at, why = clock.now(), "review:above" if sent.from_below else "review"
        db.session.add(RecordReading(version_id=version_id, reader=actor.person_id, at=at, why=why))
        db.session.flush()
        audit.line(actor.person_id, "record.read", "record", sent.record_id, version=str(version_id), why=why)
        _tell_reading(sent, actor.person_id, at)
    body = texts.open_version(version_id, sent.sealed_body)
    return Opened(body, tuple(queries.comments(sent.record_id, sent.reviewing_unit)), at)


def _tell_reading(sent: queries.Sent, reader: UUID, at: datetime) -> None:
    about = _there(sent.record_id)
    reading = Reading(about.id, about.kind, about.year, about.person_id, reader, sent.reviewing_unit, at)
    for watcher in reading_watchers:
        watcher(reading)
