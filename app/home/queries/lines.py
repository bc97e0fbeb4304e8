"""What waits for an officer: at most five lines of a number, a verb, one button."""

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from flask import url_for

from app import clock
from app.accounts import queries as accounts
from app.accounts.queries import Actor
from app.db import db
from app.home import rules
from app.progress.rules import from_above
from app.records import queries as records
from app.steps import queries as steps
from app.steps.models import Programme
from app.steps.rules import NOTHING, REGISTERED, Share, remaining
from app.units import queries as units
from app.units.queries import UnitRow


@dataclass(frozen=True)
class Line:
    """An officer's line: number, verb, one button; `unit` is named where the officer works in more than one."""

    urgency: rules.Urgency
    number: int
    words: str
    note: str
    button: str
    url: str
    unit: str = ""


def officer_lines(actor: Actor, held: Sequence[UnitRow]) -> list[Line]:
    """Those of all the units in which the actor works, the most urgent first; what has nothing to do is left out."""
    found = [line for unit in held for line in _lines(actor, unit, unit.short if len(held) > 1 else "")]
    return sorted(found, key=lambda line: rules.URGENCY.index(line.urgency))[: rules.LINES]


def _lines(actor: Actor, unit: UnitRow, named: str) -> list[Line]:
    programme = steps.current_programme(clock.today())
    officer = unit.id in actor.units_as("officer")
    lines: list[Line] = []
    if officer and unit.reviews:
        lines += _records(actor, unit, named)
    lines += _asked(actor, unit, named)
    if officer and programme:
        lines += _completion(unit, programme, named)
    if unit.counts_members:
        return [*lines, _people(unit, named)]
    return [*lines, *([_report(unit, named)] if officer else []), _units(unit, named)]


def _records(actor: Actor, unit: UnitRow, named: str) -> list[Line]:
    waiting = records.waiting_for(actor, unit.id)
    if not waiting.number:
        return []
    note = f"Phiếu gửi sớm nhất: {clock.long_date(waiting.oldest)}" if waiting.oldest else ""
    url = url_for("records.queue", code=unit.code)
    return [Line("records", waiting.number, "phiếu chờ BCH xem", note, "Xem phiếu", url, named)]


def _asked(actor: Actor, unit: UnitRow, named: str) -> list[Line]:
    """What people ask to have corrected about themselves."""
    asked = accounts.corrections_for(unit.id, actor.person_id)
    if not asked:
        return []
    note = "Tên, số điện thoại hoặc thư điện tử; người đề nghị đang chờ"
    url = url_for("accounts.members", code=unit.code) + "#de-nghi"
    return [Line("asked", len(asked), "đề nghị sửa thông tin", note, "Xem đề nghị", url, named)]


BEGINNING = "Bắt đầu từ tệp Excel đang có"
STUDY_WORDS = "anh chị em chưa xem chuyên đề"
DEED_WORDS = "anh chị em chưa trả lời về việc làm theo"
DEED_WORDS_ABOVE = "anh chị em chưa đăng ký việc làm theo"  # who said no among them: see `from_above`


def _completion(unit: UnitRow, programme: Programme, named: str) -> list[Line]:
    """The study step with most people left, and the deeds not yet answered."""
    own = unit.counts_members
    shares = (
        steps.tallies([unit.id], programme.id)[unit.id]
        if own
        else steps.total_below(units.below(unit.id, clock.today()), programme.id)
    )
    asked = [(step, shares.get(step.key, NOTHING)) for step in steps.steps_of(programme.id)]
    left = [(step, share if own else from_above(share)) for step, share in asked]
    studies = [(step, share) for step, share in left if step.key.startswith("study:") and remaining(share)]
    most = sorted(studies, key=lambda one: -remaining(one[1]))[:1]
    deeds = [(step, share) for step, share in left if step.key == REGISTERED and remaining(share)]
    return [_left("study", unit, STUDY_WORDS, *one, named) for one in most] + [
        _left("deeds", unit, DEED_WORDS if own else DEED_WORDS_ABOVE, *one, named) for one in deeds
    ]


def _left(urgency: rules.Urgency, unit: UnitRow, words: str, step: steps.Step, share: Share, named: str) -> Line:
    note = f"{step.title}. Đã xong {share.done} trong {share.asked - share.declined} người"
    url = url_for("progress.completion", code=unit.code)
    button, target = ("Danh sách", f"{url}?viec={step.key}&con=con") if unit.counts_members else ("Xem đơn vị", url)
    return Line(urgency, remaining(share), words, note, button, target, named)


def _people(unit: UnitRow, named: str) -> Line:
    today = clock.today()
    members, outside = accounts.headcount_of(unit.id, today), accounts.waiting_of(unit.id, today)
    if members <= 1:  # nobody yet but, at most, whoever begins
        start = url_for("rosters.start_members", code=unit.code)
        return Line("begin", members, "đoàn viên trong danh sách", BEGINNING, "Nạp danh sách", start, named)
    url = url_for("accounts.members", code=unit.code)
    if outside:
        note = f"Trong {members} đoàn viên"
        return Line("people", outside, "người chưa vào lần nào", note, "Cấp mã", f"{url}?con=chua-vao", named)
    return Line("list", members, "đoàn viên trong danh sách", "Ai cũng đã vào", "Xem danh sách", url, named)


def _report(unit: UnitRow, named: str) -> Line:
    due = rules.next_report_day(clock.today())
    days, note = (due - clock.today()).days, f"Hạn cuối: hết {clock.long_date(due)}"
    url = url_for("progress.completion", code=unit.code)
    return Line("report", days, "ngày nữa đến hạn CĐCS báo cáo", note, "Xem số liệu", url, named)


def _units(unit: UnitRow, named: str) -> Line:
    below = units.counting_below(unit.id, clock.today()).order_by(None).subquery()
    number = db.session.scalar(sa.select(sa.func.count()).select_from(below)) or 0
    if not number and unit.federation:
        start = url_for("rosters.start_units", code=unit.code)
        return Line("begin", number, "đơn vị trực thuộc", BEGINNING, "Nạp danh sách đơn vị", start, named)
    note, url = "Cán bộ và điện thoại của từng đơn vị", url_for("home.units_below", code=unit.code)
    return Line("list", number, "đơn vị trực thuộc", note, "Xem đơn vị", url, named)
