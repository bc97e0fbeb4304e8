"""What the pages show: frozen, in words, one page of a long list at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from app import clock
from app.accounts.models import SignInName
from app.accounts.queries import Actor, person_names
from app.db import db
from app.rosters.models import Upload, UploadRow
from app.rosters.queries.compare import known
from app.rosters.queries.uploads import Leaver, Place, is_kept, latest, leavers, leaving_ids, plan_of, settled
from app.rosters.rules.columns import LABELS
from app.rosters.rules.matching import Known
from app.rosters.rules.stages import KEPT, Plan, plan_words
from app.text import phone
from app.units import queries as units
from app.web.pager import Page, within

SIZE = 50
QUESTIONS = 20


# --- the beginning ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class StartPage:
    """Where a file is chosen. `last`: the list before, whoever loaded it; `mine`: whether the reader may look at it."""

    place: Place
    last: Upload | None
    mine: bool
    by: str

    @property
    def is_open(self) -> bool:
        return self.last is not None and self.last.state in ("reading", "ready", "applying")


def start_page(actor: Actor, place: Place) -> StartPage:
    last = latest(place.unit.id, place.kind)
    by = person_names({last.by}).get(last.by, "") if last else ""
    return StartPage(place, last, last is not None and last.by == actor.person_id, by)


# --- what was read ------------------------------------------------------------------------------------------------

LISTS = {
    "hoi": ("Cần trả lời", ("similar",)),
    "loi": ("Dòng lỗi", ("faulty", "foreign", "elsewhere")),
    "them": ("Thêm mới", ("new", "back")),
    "sua": ("Sửa", ("changed",)),
    "thoi": ("Không còn trong danh sách mới", ()),
    "giu": ("Giữ nguyên", ("same",)),
    "bo": ("Không nạp", ("repeated", "aside")),
}
CHANGED = {
    "name": "Họ tên",
    "phone": "Điện thoại",
    "email": "Thư điện tử",
    "group": "Tổ",
    "own": "Mã của đơn vị",
    "address": "Danh xưng",
}


@dataclass(frozen=True)
class Line:
    """A line of the list in words. `changes` are (what, before, after)."""

    n: int
    name: str
    place: str
    code: str
    phone: str
    why: str
    notes: Sequence[str]
    changes: Sequence[tuple[str, str, str]] = ()
    day: str = ""


@dataclass(frozen=True)
class Choice:
    value: str
    words: str
    detail: str = ""


@dataclass(frozen=True)
class Question:
    line: Line
    choices: Sequence[Choice]
    answer: str


@dataclass(frozen=True)
class PreviewPage:
    """An upload that is looked at. `lists` are (slug, words, how many, shown now); of `lines`, `questions` and
    `leavers` the one that the list shown is made of holds something."""

    place: Place
    upload: Upload
    plan: Plan
    lists: Sequence[tuple[str, str, int, bool]]
    shown: str
    lines: Page[Line]
    questions: Page[Question]
    leavers: Page[Leaver]
    ticked: frozenset[UUID] = frozenset()
    open_bulk: int = 0
    groups: Sequence[Mapping[str, Any]] = ()
    columns: Sequence[tuple[str, str, int | None]] = ()
    undo_until: datetime | None = None
    leave_on: date = field(default_factory=clock.today)

    @property
    def button(self) -> str:
        return plan_words(self.plan, self.place.kind)

    @property
    def undecided_groups(self) -> bool:
        return bool(self.groups) and self.upload.open_groups is None


def preview(place: Place, upload: Upload, asked: str, number: int) -> PreviewPage:
    """One page of one of the lists; without a wish the first that has something."""
    counts = _counts(upload)
    away = leavers(upload) if place.kind == "members" and upload.state == "ready" else []
    numbers = {slug: sum(counts.get(one, 0) for one in outcomes) for slug, (_, outcomes) in LISTS.items()}
    numbers["thoi"] = len(away)
    plan = plan_of(upload)
    asking = bool(plan.ask) and upload.state == "ready"
    first = [slug for slug, many in numbers.items() if many and (asking or slug != "hoi")]
    shown = asked if numbers.get(asked) else next(iter(first), "hoi" if numbers["hoi"] else "giu")
    words = _Words(place, upload)
    size = QUESTIONS if shown == "hoi" else SIZE
    page = within(number, size, numbers[shown])
    rows = _page_of(upload.id, LISTS[shown][1], page, size) if shown != "thoi" else []
    asks = shown == "hoi" and upload.state == "ready"
    questions = [words.question(row) for row in rows] if asks else []
    lines = [] if asks else [words.line(row) for row in rows]
    return PreviewPage(
        place=place,
        upload=upload,
        plan=plan,
        lists=[
            (slug, _list_words(slug, asking, place.kind), many, slug == shown) for slug, many in numbers.items() if many
        ],
        shown=shown,
        lines=Page(lines, page, size, numbers[shown]),
        questions=Page(questions, page, size, numbers[shown]),
        leavers=Page(away[(page - 1) * SIZE : page * SIZE] if shown == "thoi" else [], page, SIZE, len(away)),
        ticked=frozenset(leaving_ids(upload.id)),
        open_bulk=_open_bulk(upload.id),
        groups=upload.facts.get("new_groups", ()),
        columns=_columns(place, upload),
        undo_until=upload.at + KEPT if upload.state == "done" and is_kept(upload) and upload.facts else None,
        leave_on=upload.leave_on or clock.today(),
    )


def _list_words(slug: str, asking: bool, kind: str) -> str:
    if kind == "changes" and slug == "sua":
        return "Thay đổi"
    return LISTS[slug][0] if asking or slug != "hoi" else "Đã trả lời"


def _counts(upload: Upload) -> dict[str, int]:
    rows = db.session.execute(
        sa.select(UploadRow.outcome, sa.func.count())
        .where(UploadRow.upload_id == upload.id)
        .group_by(UploadRow.outcome)
    )
    return {row[0]: row[1] for row in rows}


def _page_of(upload_id: UUID, outcomes: Sequence[str], page: int, size: int) -> list[UploadRow]:
    return list(
        db.session.scalars(
            sa.select(UploadRow)
            .where(UploadRow.upload_id == upload_id, UploadRow.outcome.in_(outcomes))
            .order_by(UploadRow.n)
            .offset((page - 1) * size)
            .limit(size)
        )
    )


def _open_bulk(upload_id: UUID) -> int:
    """How many open questions are only about two lines of one name."""
    rows = db.session.scalars(
        sa.select(UploadRow.question).where(
            UploadRow.upload_id == upload_id, UploadRow.outcome == "similar", UploadRow.answer == ""
        )
    )
    return sum(all(candidate["person"] is None for candidate in question) for question in rows)


def _columns(place: Place, upload: Upload) -> list[tuple[str, str, int | None]]:
    """(field, what it is called, which column): what may be set otherwise."""
    fields: Mapping[str, int] = upload.facts.get("fields", {})
    split = "family" in fields
    return [
        (name, words, fields.get(name))
        for name, words in LABELS[place.kind].items()
        if split or name not in ("family", "given")
    ]


class _Words:
    """Lines in words: whose ids they hold, and what tổ these are, is asked once for all."""

    def __init__(self, place: Place, upload: Upload) -> None:
        self.place = place
        self.upload = upload
        self.members: dict[UUID, Known] = {}
        self.unit_rows: dict[int, units.UnitRow] = {}

    def line(self, row: UploadRow) -> Line:
        cells = row.cells
        _, _, changes = settled(row)
        return Line(
            n=row.n,
            name=cells.get("unit_name", cells.get("name", "")),
            place=self._place(row),
            code=cells.get("code", ""),
            phone=phone(cells.get("phone", "")),
            why=row.why,
            notes=row.notes,
            changes=self.changes(changes),
            day=clock.short_date(date.fromisoformat(cells["day"])) if cells.get("day") else "",
        )

    def _place(self, row: UploadRow) -> str:
        if self.place.kind == "units":
            return str(row.cells.get("chair", ""))
        if self.place.kind == "changes":
            return str(row.cells.get("said", ""))
        group = str(row.cells.get("group", ""))
        if row.unit_id is None or row.unit_id == self.place.unit.id:
            return group
        return ", ".join(words for words in (group, self._unit(row.unit_id)) if words)

    def _unit(self, unit_id: int | None) -> str:
        if unit_id is None:
            return ""
        if unit_id not in self.unit_rows:
            found = units.find(unit_id, clock.today())
            if found is None:
                return ""
            self.unit_rows[unit_id] = found
        return self.unit_rows[unit_id].short

    def changes(self, changes: Mapping[str, Sequence[Any]]) -> list[tuple[str, str, str]]:
        return [
            (CHANGED[name], self._said(name, before), self._said(name, after))
            for name, (before, after) in changes.items()
        ]

    def _said(self, name: str, value: Any) -> str:
        if name == "group" and isinstance(value, int):
            return self._unit(value)
        return phone(str(value)) if name == "phone" and value else str(value or "")

    def question(self, row: UploadRow) -> Question:
        choices = []
        for k, candidate in enumerate(row.question):
            if candidate["person"] is None:
                choices.append(Choice("out", f"Cùng một người với dòng {candidate['row']}", "Bỏ dòng này."))
            else:
                choices.append(self._person(k, candidate))
        choices.append(Choice("new", "Hai người khác nhau", "Thêm dòng này thành người mới."))
        if not any(choice.value == "out" for choice in choices):
            choices.append(Choice("out", "Chưa rõ", "Lần này bỏ qua dòng này."))
        return Question(self.line(row), choices, row.answer)

    def _person(self, k: int, candidate: Mapping[str, Any]) -> Choice:
        one = self._member(UUID(candidate["person"]))
        if one is None:
            return Choice(f"same:{k}", "Cùng một người với đoàn viên đã có")
        about = ", ".join(words for words in (one.name, self._unit(one.group), one.code) if words)
        told = "; ".join(
            f"{what}: {before} → {after}" if before else f"{what}: thêm {after}"
            for what, before, after in self.changes(candidate["changes"])
        )
        return Choice(f"same:{k}", f"Cùng một người với {about}", f"Sửa {told}." if told else "Không sửa gì.")

    def _member(self, person: UUID) -> Known | None:
        if not self.members:
            self.members = {one.person: one for one in known(self.upload.facts.get("units", ()))}
        return self.members.get(person)


# --- the result ---------------------------------------------------------------------------------------------------

WHAT = {
    "add": ("Sẽ thêm", "Đã thêm"),
    "back": ("Sẽ trở lại", "Đã trở lại"),
    "change": ("Sẽ sửa", "Đã sửa"),
    "keep": ("Giữ nguyên", "Giữ nguyên"),
    "out": ("Không nạp", "Không nạp"),
    "ask": ("Cần trả lời", "Không nạp"),
    "fault": ("Lỗi, không nạp", "Lỗi, không nạp"),
    "aside": ("Không phải đoàn viên", "Không phải đoàn viên"),
}


@dataclass(frozen=True)
class ResultLine:
    n: int
    name: str
    place: str
    code: str
    phone: str
    outcome: str
    notes: str
    day: str = ""


def result_lines(place: Place, upload: Upload) -> list[ResultLine]:
    """Every line in the order of the file, with its outcome, the reason, and the member code that it has or got."""
    rows = list(db.session.scalars(sa.select(UploadRow).where(UploadRow.upload_id == upload.id).order_by(UploadRow.n)))
    codes = _codes_of(rows) if upload.state == "done" and place.kind == "members" else {}
    words, done = _Words(place, upload), upload.state == "done"
    return [_result(row, words, codes, done, place.kind) for row in rows]


def _result(row: UploadRow, words: _Words, codes: Mapping[UUID, str], done: bool, kind: str) -> ResultLine:
    what, person, _ = settled(row)
    line = words.line(row)
    told = [f"{name}: {before} → {after}." if before else f"{name}: {after}." for name, before, after in line.changes]
    said = [line.why] if what != "change" else []
    code = codes.get(person, "") if person else ""
    outcome = WHAT[what][done]
    if kind == "changes" and what == "change":
        outcome = "Đã làm" if done else "Sẽ làm"
    return ResultLine(
        n=line.n,
        name=line.name,
        place=line.place,
        code=code or (line.code if kind != "members" else ""),
        phone=row.cells.get("phone", ""),
        outcome="Không phải đơn vị" if kind != "members" and what == "aside" else outcome,
        notes=" ".join([*said, *told, *line.notes]).strip(),
        day=line.day,
    )


def _codes_of(rows: Sequence[UploadRow]) -> dict[UUID, str]:
    people = [person for row in rows if (person := settled(row)[1])]
    found = db.session.execute(
        sa.select(SignInName.person_id, SignInName.folded).where(
            SignInName.kind == "code", SignInName.person_id.in_(people)
        )
    )
    return {row[0]: row[1] for row in found}
