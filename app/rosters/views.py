"""`…/nap-danh-sach` takes a list in; `/don-vi/<mã>/danh-sach/<số>` shows what was read, asks, loads, takes back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.exc import IntegrityError
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response as Wsgi

from app import chance, clock
from app.accounts import policies
from app.accounts.current import me
from app.db import db, writing
from app.refusal import RuleBroken
from app.rosters import actions, child, files, queries, spreadsheets
from app.rosters.forms import LeavingForm
from app.rosters.models import Upload
from app.rosters.queries import Place
from app.rosters.rules.columns import LABELS, Kind, suffices
from app.rosters.rules.stages import StageNotAllowed
from app.rosters.rules.words import REFUSED
from app.text import one_line, safe_name
from app.web.errors import STATUS
from app.web.guard import Blueprint
from app.web.pager import asked_number

pages = Blueprint("rosters", __name__)
Answer = str | Wsgi | tuple[str, int]
TAKEN = 12_000_000  # bytes that are listened to, so that a large file is refused in words and not by a cut line
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
START = {
    "members": "rosters.start_members",
    "units": "rosters.start_units",
    "changes": "rosters.start_changes",
}


@pages.url_value_preprocessor
def _take_more(endpoint: str | None, values: dict[str, Any] | None) -> None:
    """Only where a file is taken in may a request be large."""
    if endpoint in ("rosters.take_members", "rosters.take_units", "rosters.take_changes"):
        request.max_content_length = TAKEN


@pages.errorhandler(RequestEntityTooLarge)
def _too_large(error: RequestEntityTooLarge) -> Answer:
    return render_template("errors/trouble.html", trouble=_Large()), 413


class _Large:
    code, title, words = 413, "Tệp lớn quá", REFUSED["large"]


# --- taking a file in ---------------------------------------------------------------------------------------------


@pages.get("/don-vi/<code>/doan-vien/nap-danh-sach", policy=policies.officer_or_admin)
def start_members(code: str) -> Answer:
    return _start(code, "members")


@pages.get("/don-vi/<code>/don-vi/nap-danh-sach", policy=policies.officer_or_admin)
def start_units(code: str) -> Answer:
    return _start(code, "units")


@pages.get("/don-vi/<code>/thay-doi/nap-danh-sach", policy=policies.officer_or_admin)
def start_changes(code: str) -> Answer:
    return _start(code, "changes")


def _start(code: str, kind: Kind, refusal: str = "", status: int = 200) -> Answer:
    at = queries.place(me(), code, kind)
    page = queries.start_page(me(), at)
    html = render_template("rosters/start.html", page=page, turn=chance.row_id(), refusal=refusal, kept=_kept(page))
    return html, status


def _kept(page: queries.StartPage) -> bool:
    return page.mine and page.last is not None and (page.is_open or queries.is_kept(page.last))


@pages.post("/don-vi/<code>/doan-vien/nap-danh-sach", policy=policies.officer_or_admin)
def take_members(code: str) -> Answer:
    return _take(code, "members")


@pages.post("/don-vi/<code>/don-vi/nap-danh-sach", policy=policies.officer_or_admin)
def take_units(code: str) -> Answer:
    return _take(code, "units")


@pages.post("/don-vi/<code>/thay-doi/nap-danh-sach", policy=policies.officer_or_admin)
def take_changes(code: str) -> Answer:
    return _take(code, "changes")


def _take(code: str, kind: Kind) -> Answer:
    actor = me()
    at = queries.place(actor, code, kind)
    upload_id = _asked_id()
    before = db.session.get(Upload, upload_id)
    if before is not None and before.by == actor.person_id:
        return _to(code, upload_id)  # the same file once more: a double click
    if before is not None:
        upload_id = chance.row_id()
    data, name = _file()
    if len(data) > child.FILE:
        return _start(code, kind, REFUSED["large"], 400)
    if not data:
        return _start(code, kind, "Anh/chị chọn tệp trước, rồi bấm Đọc tệp." if not name else REFUSED["empty"], 400)
    unit_id = at.unit.id
    files.keep(upload_id, data)
    try:
        with writing():
            actions.start(actor.person_id, upload_id, unit_id, kind, name)
    except RuleBroken as refusal:
        files.remove(upload_id)
        return _start(code, kind, str(refusal), STATUS[refusal.kind])
    return _to(code, upload_id)


def _asked_id() -> UUID:
    try:
        return UUID(request.form.get("lan", ""))
    except ValueError:
        return chance.row_id()


def _file() -> tuple[bytes, str]:
    """The file's bytes, no more than can be refused for being too many, and its name."""
    taken = request.files.get("tep")
    if taken is None:
        return b"", ""
    name = one_line(taken.filename or "")[:120]
    with taken.stream as stream:
        return stream.read(child.FILE + 1), name if safe_name(name) else ""


def _to(code: str, upload_id: UUID, **where: Any) -> Wsgi:
    return redirect(url_for("rosters.show", code=code, upload_id=upload_id, **where), 303)


# --- looking at it ------------------------------------------------------------------------------------------------


@pages.get("/don-vi/<code>/danh-sach/<uuid:upload_id>", policy=policies.officer_or_admin)
def show(code: str, upload_id: UUID) -> Answer:
    at, upload = queries.upload_of(me(), code, upload_id)
    return _show(at, upload)


def _show(at: Place, upload: Upload, refusal: RuleBroken | None = None, form: LeavingForm | None = None) -> Answer:
    if upload.state in ("reading", "applying"):
        answer = make_response(render_template("rosters/progress.html", at=at, upload=upload))
        answer.headers["Refresh"] = "2"
        return answer
    asked = request.values.get("muc", "")
    page = queries.preview(at, upload, asked, asked_number(request.values.get("trang")))
    form = form or LeavingForm(formdata=None, data={"day": page.leave_on})
    template = "preview" if upload.state == "ready" else "outcome"
    html = render_template(f"rosters/{template}.html", page=page, refusal=refusal, form=form)
    return html, STATUS[refusal.kind] if refusal else 400 if form.errors else 200


@pages.get("/don-vi/<code>/danh-sach/<uuid:upload_id>/ket-qua.xlsx", policy=policies.officer_or_admin)
def result(code: str, upload_id: UUID) -> Answer:
    at, upload = queries.upload_of(me(), code, upload_id)
    if upload.state not in ("ready", "done") or not upload.facts:
        return redirect(url_for("rosters.show", code=code, upload_id=upload_id), 303)
    lines = queries.result_lines(at, upload)
    leaving = queries.leaving_names(upload.id)
    day = clock.local(upload.at)
    title = f"{'Kết quả nạp' if upload.state == 'done' else 'Xem trước'} danh sách, {at.unit.short}, {clock.stamp(day)}"
    skipped = int(upload.counts.get("skipped", 0)) if upload.state == "done" else 0
    return _xlsx(spreadsheets.result(at, lines, leaving, title, skipped), f"ket-qua-{at.unit.code}-{day:%Y-%m-%d}")


def _xlsx(data: bytes, name: str) -> Response:
    answer = make_response(data)
    answer.mimetype = XLSX
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.xlsx"'
    return answer


@pages.get("/mau/doan-vien.xlsx", policy=policies.officer_or_admin)
def members_template() -> Answer:
    return _xlsx(spreadsheets.members_template(several=False), "mau-doan-vien")


@pages.get("/mau/doan-vien-nhieu-don-vi.xlsx", policy=policies.officer_or_admin)
def members_of_several_template() -> Answer:
    return _xlsx(spreadsheets.members_template(several=True), "mau-doan-vien-nhieu-don-vi")


@pages.get("/mau/don-vi.xlsx", policy=policies.officer_or_admin)
def units_template() -> Answer:
    return _xlsx(spreadsheets.units_template(), "mau-don-vi")


@pages.get("/mau/thay-doi-don-vi.xlsx", policy=policies.officer_or_admin)
def changes_template() -> Answer:
    return _xlsx(spreadsheets.changes_template(), "mau-thay-doi-don-vi")


# --- answering ----------------------------------------------------------------------------------------------------


@pages.post("/don-vi/<code>/danh-sach/<uuid:upload_id>/cot", policy=policies.officer_or_admin)
def choose_columns(code: str, upload_id: UUID) -> Answer:
    at, upload = queries.upload_of(me(), code, upload_id)
    columns = {field: _column(f"cot-{field}") for field in LABELS[at.kind]}
    named = {field for field, column in columns.items() if column is not None}
    if not suffices(at.kind, named) or _doubled(columns):
        return _show(at, upload, WrongChanges() if at.kind == "changes" else WrongColumns())
    by = me().person_id
    with writing():
        actions.choose_columns(by, upload, columns)
    return _to(code, upload_id)


class WrongColumns(RuleBroken):
    kind = "invalid"
    words = "Mỗi mục là một cột khác nhau, và phải có cột tên. Anh/chị chọn lại các cột."


class WrongChanges(WrongColumns):
    words = "Mỗi mục là một cột khác nhau, và phải có cột mã đơn vị và cột việc. Anh/chị chọn lại các cột."


def _column(field: str) -> int | None:
    typed = request.form.get(field, "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 3 else None


def _doubled(columns: Mapping[str, int | None]) -> bool:
    chosen = [column for column in columns.values() if column is not None]
    return len(set(chosen)) < len(chosen)


@pages.post("/don-vi/<code>/danh-sach/<uuid:upload_id>/tra-loi", policy=policies.officer_or_admin)
def answer(code: str, upload_id: UUID) -> Answer:
    _, upload = queries.upload_of(me(), code, upload_id)
    said = {
        int(name.removeprefix("dong-")): value
        for name, value in request.form.items()
        if name.startswith("dong-") and name.removeprefix("dong-").isdigit() and len(name) < 14
    }
    with writing():
        actions.answer(upload, said)
    return _to(code, upload_id, muc="hoi", trang=asked_number(request.form.get("tiep")))


@pages.post("/don-vi/<code>/danh-sach/<uuid:upload_id>/nguoi-khac", policy=policies.officer_or_admin)
def answer_all(code: str, upload_id: UUID) -> Answer:
    _, upload = queries.upload_of(me(), code, upload_id)
    with writing():
        actions.answer_all(upload)
    return _to(code, upload_id)


@pages.post("/don-vi/<code>/danh-sach/<uuid:upload_id>/to", policy=policies.officer_or_admin)
def decide_groups(code: str, upload_id: UUID) -> Answer:
    _, upload = queries.upload_of(me(), code, upload_id)
    said = request.form.get("to")
    if said in ("mo", "khong"):
        with writing():
            actions.decide_groups(upload, said == "mo")
    return _to(code, upload_id, _anchor="to")


@pages.post("/don-vi/<code>/danh-sach/<uuid:upload_id>/thoi-sinh-hoat", policy=policies.officer_or_admin)
def tick(code: str, upload_id: UUID) -> Answer:
    at, upload = queries.upload_of(me(), code, upload_id)
    form = LeavingForm()
    if not form.validate() or form.day.data is None:
        return _show(at, upload, form=form)
    shown, leaving = _ids("co"), _ids("thoi")
    try:
        with writing():
            actions.tick(upload, shown, leaving, form.day.data)
    except StageNotAllowed:
        raise
    except RuleBroken as refusal:
        return _show(at, upload, refusal)
    return _to(code, upload_id, muc="thoi", trang=asked_number(request.form.get("trang")))


def _ids(name: str) -> set[UUID]:
    found = set()
    for value in request.form.getlist(name):
        try:
            found.add(UUID(value))
        except ValueError:
            continue
    return found


# --- loading, giving up, taking back ------------------------------------------------------------------------------


@pages.post("/don-vi/<code>/danh-sach/<uuid:upload_id>/nap", policy=policies.officer_or_admin)
def apply(code: str, upload_id: UUID) -> Answer:
    at, upload = queries.upload_of(me(), code, upload_id)
    if upload.state in ("applying", "done"):
        return _to(code, upload_id)
    by, mark = me().person_id, request.form.get("se-lam", "")
    try:
        with writing():
            actions.ask_to_apply(by, upload, mark, request.form.get("bo-qua") == "1" and at.kind != "changes")
    except (actions.NotAnswered, actions.PlanChanged) as refusal:
        return _show(at, upload, refusal)
    return _to(code, upload_id)


@pages.post("/don-vi/<code>/danh-sach/<uuid:upload_id>/bo", policy=policies.officer_or_admin)
def drop(code: str, upload_id: UUID) -> Answer:
    at, upload = queries.upload_of(me(), code, upload_id)
    by = me().person_id
    if upload.state != "dropped":
        with writing():
            actions.drop(by, upload)
        flash("Đã bỏ danh sách này. Chưa có gì thay đổi.")
    return redirect(url_for(START[at.kind], code=code), 303)


@pages.post("/don-vi/<code>/danh-sach/<uuid:upload_id>/hoan-tac", policy=policies.officer_or_admin)
def undo(code: str, upload_id: UUID) -> Answer:
    at, upload = queries.upload_of(me(), code, upload_id)
    if upload.state == "undone":
        return _to(code, upload_id)
    by = me().person_id
    try:
        undone = actions.look_before_undo(upload)
        with writing():
            actions.undo(by, upload_id, undone)
    except RuleBroken as refusal:
        return _show(at, upload, refusal)
    except IntegrityError:  # somebody came in just now
        return _show(at, upload, actions.UndoWouldLose(who="một người trong danh sách"))
    return _to(code, upload_id)
