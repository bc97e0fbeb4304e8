"""Taking a list in, answering what it asks, asking for it to be loaded, giving it up. Each inside the caller's
`writing()`."""

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app import audit, clock
from app.accounts.models import Membership
from app.db import affected, after_commit, db
from app.jobs import actions as jobs
from app.refusal import RuleBroken
from app.rosters import files, queries
from app.rosters.actions.reading import forget_rows
from app.rosters.models import Upload, UploadLeaving, UploadRow
from app.rosters.rules.stages import KEPT, Stage, StageNotAllowed, may


class StillLoading(RuleBroken):
    kind = "conflict"
    words = "Danh sách trước đang được nạp. Anh/chị chờ nạp xong rồi nạp danh sách mới."


class NotAnswered(RuleBroken):
    kind = "conflict"
    words = "Còn {left} chỗ cần trả lời trước khi nạp. Anh/chị trả lời rồi bấm nạp."


class PlanChanged(RuleBroken):
    kind = "conflict"
    words = "Có thay đổi từ nơi khác, con số trên nút không còn đúng. Anh/chị xem lại rồi bấm nạp."


class DayOutside(RuleBroken):
    kind = "invalid"
    words = "Ngày thôi sinh hoạt phải trong một năm trở lại đây, chậm nhất là hôm nay."


def start(by: UUID, upload_id: UUID, unit_id: int, kind: str, file_name: str) -> None:
    """A file was taken in, and is to be read. An earlier one, only looked at, gives way. Raises `StillLoading`."""
    for before in db.session.scalars(
        sa.select(Upload).where(
            Upload.unit_id == unit_id, Upload.kind == kind, Upload.state.in_(("reading", "ready", "applying"))
        )
    ):
        if before.state == "applying":
            raise StillLoading()
        drop(by, before)
    now = clock.now()
    db.session.add(
        Upload(
            id=upload_id,
            unit_id=unit_id,
            kind=kind,
            by=by,
            state="reading",
            made=now,
            at=now,
            file_name=file_name,
            facts={},
            counts={},
        )
    )
    db.session.flush()
    audit.line(by, "roster.upload", "upload", upload_id, unit_id=unit_id, kind=kind)
    _ask_to_read(upload_id, 1)


def _ask_to_read(upload_id: UUID, turn: int) -> None:
    jobs.add("rosters.read", str(upload_id), f"rosters.read:{upload_id}:{turn}", turn=turn)


def drop(by: UUID, upload: Upload) -> None:
    """The list is given up: its lines and its file are gone. Raises `StageNotAllowed`."""
    _step(upload, Stage.DROPPED, facts={}, file_name="")
    forget_rows(upload.id)
    audit.line(by, "roster.drop", "upload", upload.id)
    gone = upload.id
    after_commit(lambda: files.remove(gone))


def _step(upload: Upload, then: Stage, **values: Any) -> None:
    """One conditional statement: whoever comes second is refused."""
    now = Stage(upload.state)
    if not may(now, then):
        raise StageNotAllowed()
    moved = db.session.execute(
        sa.update(Upload)
        .where(Upload.id == upload.id, Upload.state == now, Upload.turn == upload.turn)
        .values(state=then, at=clock.now(), **values)
        .execution_options(synchronize_session=False)
    )
    if not affected(moved):
        raise StageNotAllowed()
    db.session.expire(upload)


def choose_columns(by: UUID, upload: Upload, columns: Mapping[str, int | None]) -> None:
    """The columns mean something else than was recognised: the file is read again."""
    turn = upload.turn + 1
    _step(upload, Stage.READING, columns=dict(columns), turn=turn, progress=0)
    audit.line(by, "roster.read_again", "upload", upload.id)
    _ask_to_read(upload.id, turn)


def _hold(upload: Upload) -> None:
    """Nothing changes under somebody who answers. Raises `StageNotAllowed` once the list is not looked at any more."""
    db.session.refresh(upload, with_for_update=True)
    if upload.state != "ready":
        raise StageNotAllowed()


def answer(upload: Upload, answers: Mapping[int, str]) -> None:
    """What was said to the questions of these lines; what is no answer to them is left out."""
    _hold(upload)
    for row in db.session.scalars(
        sa.select(UploadRow).where(
            UploadRow.upload_id == upload.id, UploadRow.n.in_(list(answers)), UploadRow.outcome == "similar"
        )
    ):
        said = answers[row.n]
        people = {f"same:{k}" for k, candidate in enumerate(row.question) if candidate["person"]}
        if said in people | {"new", "out"}:
            row.answer = said
    db.session.flush()


def answer_all(upload: Upload) -> None:
    """Whoever has the name of another line is somebody else: all such questions at once."""
    _hold(upload)
    for row in queries.rows_of(upload.id, "similar"):
        if not row.answer and all(candidate["person"] is None for candidate in row.question):
            row.answer = "new"
    db.session.flush()


def decide_groups(upload: Upload, open_them: bool) -> None:
    _hold(upload)
    upload.open_groups = open_them
    db.session.flush()


def tick(upload: Upload, shown: Collection[UUID], leaving: Collection[UUID], on: date) -> None:
    """Of the members shown, these leave the union from the day on. Raises `DayOutside`."""
    _hold(upload)
    today = clock.today()
    if not today - timedelta(days=366) <= on <= today:
        raise DayOutside()
    upload.leave_on = on
    there = {one.person_id: one for one in queries.leavers(upload) if not one.holds_role}
    db.session.execute(
        sa.delete(UploadLeaving).where(UploadLeaving.upload_id == upload.id, UploadLeaving.person_id.in_(list(shown)))
    )
    db.session.add_all(
        UploadLeaving(upload_id=upload.id, person_id=person, before=_before(there[person].membership))
        for person in leaving
        if person in there and person in shown
    )
    db.session.flush()


def _before(membership: Membership) -> dict[str, Any]:
    return {
        "since": membership.since.isoformat(),
        "group": membership.group_id,
        "own_code": membership.own_code,
        "holds_office": membership.holds_office,
    }


def ask_to_apply(by: UUID, upload: Upload, mark: str, skip_faulty: bool) -> None:
    """Have the list loaded, as it was shown: `mark` is the plan that the button promised. Lines with a fault are left
    out only where that was said. Raises `NotAnswered`, `PlanChanged`, `StageNotAllowed`."""
    _hold(upload)
    plan = queries.plan_of(upload)
    left = (
        plan.ask
        + (0 if skip_faulty else plan.fault)
        + (upload.open_groups is None and bool(upload.facts["new_groups"]))
    )
    if left:
        raise NotAnswered(left=left)
    if plan.mark != mark or not plan.does_something:
        raise PlanChanged()
    counts = {**upload.counts, "skipped": plan.fault}
    _step(upload, Stage.APPLYING, counts=counts, progress=0)
    audit.line(by, "roster.ask", "upload", upload.id, plan=mark)
    jobs.add("rosters.apply", str(upload.id), f"rosters.apply:{upload.id}:{upload.turn}", turn=upload.turn)


def tidy() -> list[UUID]:
    """Lines are kept for a day, whatever came of the list; returns whose files may go. What stays is who loaded how
    much and when."""
    before = clock.now() - KEPT
    old = db.session.scalars(
        sa.select(Upload).where(
            Upload.at < before,
            Upload.state != "applying",
            sa.or_(sa.exists().where(UploadRow.upload_id == Upload.id), Upload.state.in_(("reading", "ready"))),
        )
    ).all()
    for upload in old:
        forget_rows(upload.id)
        upload.facts, upload.file_name = {}, ""
        if upload.state in ("reading", "ready"):
            upload.state, upload.at = "dropped", clock.now()
    db.session.flush()
    return [upload.id for upload in old]
