"""Which notices there are: what each says, why it comes, where it leads."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

RECORD_WORDS = {"assessment": "phiếu liên hệ bản thân", "commitment": "việc làm theo", "pledge": "bản cam kết"}
RECORD_PAGES = {"assessment": "assessments.sheet", "commitment": "commitments.sheet", "pledge": "commitments.sheet"}


@dataclass(frozen=True)
class Kind:
    """A kind of notice. `words` is filled from the facts, `{reader}` and `{unit}` from the ids in them; `mailed` is
    said by mail instead, where no other person is named. `page` is an endpoint; without one it is the record's."""

    words: str
    why: str
    page: str = ""
    anchor: str | None = None
    mailed: str = ""


KINDS = {
    "record.confirm": Kind("BCH đã xác nhận {record} năm {year}", "anh/chị đã gửi phiếu này cho BCH"),
    "record.return": Kind("BCH đề nghị bổ sung {record} năm {year}", "anh/chị đã gửi phiếu này cho BCH"),
    "record.reopen": Kind(
        "Năm {year} còn một việc mời anh/chị trả lời lại: {record}",
        "nhiệm vụ của anh/chị thay đổi, nên điều được mời cũng khác",
    ),
    "record.read": Kind(
        "{reader} đã mở {record} năm {year} của anh/chị",
        "lần nào có người mở điều anh/chị viết, Công đoàn cũng báo",
        page="home.mine",
        anchor="da-doc",
        mailed="Cán bộ của {unit} đã mở {record} năm {year} của anh/chị",
    ),
    "record.type_in": Kind(
        "{reader} đã nhập hộ anh/chị {record} năm {year}",
        "không đúng lời anh/chị thì anh/chị không nhận, phiếu được rút",
        mailed="Cán bộ công đoàn đã nhập hộ anh/chị {record} năm {year}",
    ),
    "record.refuse": Kind(
        "{reader} không nhận {record} năm {year} do anh/chị nhập hộ",
        "anh/chị đã nhập hộ phiếu ấy; phiếu đã được rút",
        page="home.first_page",
        mailed="Có người không nhận {record} năm {year} do anh/chị nhập hộ",
    ),
    "role.given": Kind(
        "Anh/chị được giao nhiệm vụ {role} tại {unit} từ {since}",
        "ai được giao nhiệm vụ cũng được báo",
        page="home.first_page",
    ),
    "role.ended": Kind(
        "Nhiệm vụ {role} tại {unit} đã kết thúc từ {since}",
        "anh/chị đã giữ nhiệm vụ này",
        page="home.first_page",
    ),
    "reader.given": Kind(
        "Từ {since}, {reader} đọc được phiếu anh/chị gửi BCH {unit}",
        "thêm ai đọc được điều anh/chị viết thì anh/chị được báo",
        page="home.seen_of_mine",
        mailed="Từ {since}, thêm một cán bộ của {unit} đọc được phiếu anh/chị gửi BCH",
    ),
    "reader.ended": Kind(
        "Từ {since}, {reader} không đọc phiếu gửi BCH {unit} nữa",
        "bớt ai đọc được điều anh/chị viết thì anh/chị được báo",
        page="home.seen_of_mine",
        mailed="Từ {since}, bớt một cán bộ của {unit} đọc được phiếu anh/chị gửi BCH",
    ),
    "reset.made": Kind(
        "Công đoàn vừa cấp mã đặt lại mật khẩu cho tài khoản của anh/chị",
        "để anh/chị biết; nếu không phải anh/chị nhờ, xin báo BCH rồi đổi mật khẩu",
        page="accounts.password",
    ),
}


@dataclass(frozen=True)
class Place:
    """Where a line leads: an endpoint with its values."""

    endpoint: str
    values: Mapping[str, Any]
    anchor: str | None = None


def place(kind: str, facts: Mapping[str, Any]) -> Place:
    said = KINDS[kind]
    if said.page:
        return Place(said.page, {}, said.anchor)
    return Place(RECORD_PAGES[facts["record"]], {"year": facts["year"]})


def words(kind: str, facts: Mapping[str, Any], mailed: bool = False) -> str:
    """The line. In `facts`: what the kind's words ask for, as it is to be read."""
    said = KINDS[kind]
    record = RECORD_WORDS.get(facts.get("record", ""), "phiếu")
    return ((mailed and said.mailed) or said.words).format_map({**facts, "record": record})


# --- the mail of a day --------------------------------------------------------------------------------------------

MORNING = 7  # o'clock in Vietnam: no mail before
SILENT = timedelta(minutes=15)  # a mail that has been `sending` for longer: its runner is dead
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (5, 15, 60, 180))


def pause(tries: int) -> timedelta:
    """How long to wait after so many tries in vain: longer each time, three hours at most."""
    return PAUSES[min(tries, len(PAUSES)) - 1]
