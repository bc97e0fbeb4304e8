"""What this slice holds about a person: for the author alone, who reads their own texts."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app.accounts import queries as accounts
from app.db import db
from app.holdings import Holding, Row
from app.records import rules, texts
from app.records.models import Deed, Record, RecordComment, RecordForm, RecordReading, RecordTyping, RecordVersion
from app.records.rules import Body, Section, Stage, TextGone
from app.units import queries as units

GONE = "(không mở được nữa)"
DEED_STATES = {"open": "đang làm", "done": "đã xong", "dropped": "đã thôi"}


def _of(person: UUID, what: sa.Select[*tuple[Any, ...]], *order: Any) -> sa.Result[*tuple[Any, ...]]:
    """`what`, joined to the records of this person and their forms."""
    joined = what.join(RecordForm, RecordForm.id == Record.form_id).where(Record.person_id == person)
    return db.session.execute(joined.order_by(RecordForm.year.desc(), RecordForm.kind, *order))


def _records(person: UUID) -> Iterator[Row]:
    rows = _of(person, sa.select(Record, RecordForm)).all()
    named = units.full_last_names(unit for row, _ in rows for unit in (row.unit_id, row.reviewing_unit))
    names = accounts.person_names({row.decided_by for row, _ in rows if row.decided_by})
    for row, form in rows:
        stage, places = rules.STAGE_WORDS[Stage(row.stage)], (named[row.unit_id], named.get(row.reviewing_unit))
        decided = (row.decided_at, names.get(row.decided_by))
        yield form.year, form.title, stage, *places, row.started, row.submitted_at, *decided


def _texts(person: UUID) -> Iterator[Row]:
    for record, form in _of(person, sa.select(Record, RecordForm)).all():
        sections = rules.read_sections(form.body["sections"])
        if record.sealed_draft is not None:
            for title, text in _written(sections, lambda r=record: texts.open_draft(r.id, r.sealed_draft)):
                yield form.year, form.title, "bản nháp", record.draft_at, title, text
        sent = sa.select(RecordVersion).where(RecordVersion.record_id == record.id).order_by(RecordVersion.n.desc())
        for version in db.session.scalars(sent):
            for title, text in _written(sections, lambda v=version: texts.open_version(v.id, v.sealed_body)):
                yield form.year, form.title, f"bản gửi {version.n}", version.at, title, text


def _written(sections: tuple[Section, ...], opened: Any) -> Iterator[tuple[str, str]]:
    """(part, its text) of a body; one line where the text cannot be opened any more."""
    try:
        body: Body = opened()
    except TextGone:
        yield "", GONE
        return
    for part in rules.parts(sections, body):
        yield ": ".join(filter(None, (part.heading, part.title))), part.text


def _comments(person: UUID) -> Iterator[Row]:
    asked = sa.select(RecordComment, RecordForm, RecordVersion.n).select_from(Record)
    asked = asked.join(RecordVersion, RecordVersion.record_id == Record.id)
    asked = asked.join(RecordComment, RecordComment.version_id == RecordVersion.id)
    rows = _of(person, asked, RecordComment.at.desc()).all()
    names = accounts.person_names({row.by for row, _, _ in rows})
    for row, form, n in rows:
        yield form.year, form.title, n, row.section, names[row.by], row.at, _comment(row)


def _comment(row: RecordComment) -> str:
    try:
        return texts.open_comment(row.id, row.sealed_text)
    except TextGone:
        return GONE


def _readings(person: UUID) -> Iterator[Row]:
    asked = sa.select(RecordReading, RecordForm, RecordVersion.n).select_from(Record)
    asked = asked.join(RecordVersion, RecordVersion.record_id == Record.id)
    asked = asked.join(RecordReading, RecordReading.version_id == RecordVersion.id)
    rows = _of(person, asked, RecordReading.at.desc()).all()
    names = accounts.person_names({row.reader for row, _, _ in rows})
    for row, form, n in rows:
        yield form.year, form.title, n, names[row.reader], row.at, WHY.get(row.why, row.why)


def _typings(person: UUID) -> Iterator[Row]:
    asked = sa.select(RecordTyping, RecordForm, RecordVersion.n, RecordVersion.at).select_from(Record)
    asked = asked.join(RecordVersion, RecordVersion.record_id == Record.id)
    asked = asked.join(RecordTyping, RecordTyping.version_id == RecordVersion.id)
    rows = _of(person, asked, RecordVersion.at.desc()).all()
    names = accounts.person_names({row.by for row, *_ in rows})
    for row, form, n, at in rows:
        yield form.year, form.title, n, names[row.by], at, row.answered_at, row.kept


WHY = {"review": "xem phiếu", "review:above": "xem phiếu, ở cấp trên"}


def _deeds(person: UUID) -> Iterator[Row]:
    asked = sa.select(Deed, RecordForm).select_from(Record).join(Deed, Deed.record_id == Record.id)
    for row, form in _of(person, asked, Deed.n):
        said = _deed(row)
        yield form.year, form.title, row.n, said["what"], said["how"], row.due, DEED_STATES[row.state]


def _deed(row: Deed) -> dict[str, str]:
    try:
        return texts.open_deed(row.id, row.sealed_text)
    except TextGone:
        return {"what": GONE, "how": ""}


FORM = {"year": "Năm", "title": "Phiếu"}
HOLDINGS = (
    Holding(
        "records",
        "Phiếu đã viết",
        FORM
        | {
            "stage": "Hiện là",
            "unit": "Đơn vị khi viết",
            "reviewing_unit": "Nơi xem",
            "started": "Bắt đầu",
            "submitted_at": "Gửi lúc",
            "decided_at": "Trả lời lúc",
            "decided_by": "Người trả lời",
        },
        ("record.person_id",),
        _records,
    ),
    Holding(
        "record_texts",
        "Điều đã viết trong phiếu",
        FORM | {"version": "Bản", "at": "Lúc", "part": "Mục", "text": "Đã viết"},
        ("record_version.record_id",),
        _texts,
        wide="text",
    ),
    Holding(
        "record_comments",
        "Góp ý của BCH cho phiếu",
        FORM | {"version": "Bản gửi", "part": "Mục (mã)", "by": "Người góp ý", "at": "Lúc", "text": "Góp ý"},
        ("record_comment.version_id",),
        _comments,
        wide="text",
    ),
    Holding(
        "record_readings",
        "Ai đã đọc điều đã viết",
        FORM | {"version": "Bản gửi", "reader": "Người đọc", "at": "Lúc", "why": "Để làm gì"},
        ("record_reading.version_id",),
        _readings,
    ),
    Holding(
        "record_typings",
        "Phiếu do người khác nhập hộ",
        FORM | {"version": "Bản gửi", "by": "Người nhập", "at": "Lúc", "answered_at": "Trả lời lúc", "kept": "Giữ lại"},
        ("record_typing.version_id",),
        _typings,
    ),
    Holding(
        "deeds",
        "Việc làm theo đã gửi",
        FORM | {"n": "Việc", "what": "Việc gì", "how": "Làm thế nào", "due": "Đến khi nào", "state": "Hiện là"},
        ("deed.record_id",),
        _deeds,
        wide="how",
    ),
)
