"""Changes of units: which there are, from which day they may hold, and what they mean for people, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from app.refusal import RuleBroken

Verb = Literal["open", "rename", "move", "merge", "split", "close"]
SLUGS: dict[str, Verb] = {
    "mo": "open",
    "doi-ten": "rename",
    "chuyen": "move",
    "sap-nhap": "merge",
    "tach": "split",
    "dong": "close",
}
WORDS: dict[Verb, str] = {
    "open": "Mở đơn vị mới",
    "rename": "Đổi tên",
    "move": "Chuyển sang cấp trên khác",
    "merge": "Sáp nhập vào đơn vị khác",
    "split": "Tách thành đơn vị mới",
    "close": "Kết thúc hoạt động",
}
LISTED = "list"  # many changes from one file, made and taken back as one
MADE = {str(verb): words for verb, words in WORDS.items()} | {LISTED: "Nhiều thay đổi từ một tệp"}
EARLIEST, LATEST = timedelta(days=31), timedelta(days=366)


class DayOutOfRange(RuleBroken):
    kind = "invalid"
    words = (
        "Ngày có hiệu lực ghi được từ {first} đến {last}: lùi xa hơn thì số liệu đã báo cáo không còn đúng, "
        "xa hơn nữa thì anh/chị chờ đến gần ngày."
    )


class NoSuchUnit(RuleBroken):
    kind = "invalid"
    words = "Không có đơn vị mang mã {code} vào ngày {day} trong phần việc của anh/chị. Anh/chị xem lại mã."


class NotAlike(RuleBroken):
    kind = "invalid"
    words = (
        "{code} và {other} không cùng loại: CĐCS sáp nhập vào CĐCS, tổ vào tổ của cùng CĐCS, liên đoàn vào liên đoàn."
    )


class CannotLead(RuleBroken):
    kind = "invalid"
    words = "{code} không nhận đơn vị loại này: CĐCS đứng dưới công đoàn cấp trên, tổ đứng trong CĐCS."


class NobodyChosen(RuleBroken):
    kind = "invalid"
    words = "Anh/chị chọn tổ, hoặc ghi mã đoàn viên của những người sang đơn vị mới."


class UnknownMembers(RuleBroken):
    kind = "invalid"
    words = "Các mã này không phải của đoàn viên đang sinh hoạt trong đơn vị: {codes}. Anh/chị xem lại."


def check_day(on: date, today: date) -> None:
    """Back as far as a month, ahead as far as a year. Raises `DayOutOfRange`."""
    first, last = today - EARLIEST, today + LATEST
    if not first <= on <= last:
        raise DayOutOfRange(first=f"{first:%d/%m/%Y}", last=f"{last:%d/%m/%Y}")


@dataclass(frozen=True)
class Sort:
    """What decides what may stand where."""

    federation: bool
    counts_members: bool

    @property
    def is_part(self) -> bool:
        """A tổ or a section: a part of the unit that its members belong to."""
        return not self.federation and not self.counts_members


def may_lead(above: Sort, below: Sort) -> bool:
    """Whether a unit of one sort may stand under one of the other: parts in units that count members, the others under
    a federation."""
    return above.federation if not below.is_part else not above.federation


def are_alike(one: Sort, other: Sort) -> bool:
    return one.is_part == other.is_part and (one.is_part or one.counts_members == other.counts_members)


# --- balance ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sum:
    """Units that count members, and members, at and below a unit."""

    units: int
    members: int

    def __add__(self, other: "Sum") -> "Sum":
        return Sum(self.units + other.units, self.members + other.members)


NONE = Sum(0, 0)


def balanced(own: Sum, children: Sequence[Sum], total: Sum) -> bool:
    """Whether what stands in the unit itself and under each of its children sums to what stands below it."""
    return sum(children, own) == total


# --- what it means ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Concerned:
    """What a change meets in the unit: numbers, and the unit's officers, whose names may be seen from above.
    `waiting`: records sent and not decided that will find no reader any more; `lists`: lists that are being loaded."""

    unit: str
    old_parent: str = ""
    new_parent: str = ""
    successor: str = ""
    fresh: str = ""
    members: int = 0
    parts: int = 0
    officers: tuple[str, ...] = ()
    others: int = 0
    waiting: int = 0
    drafts: int = 0
    lists: int = 0
    in_future: bool = False


def told(verb: Verb, about: Concerned) -> list[str]:
    """What will happen, a sentence each."""
    return [*_TOLD[verb](about), *_when(about)]


def _when(about: Concerned) -> list[str]:
    if not about.in_future:
        return []
    return ["Đến ngày ấy mới có hiệu lực; từ nay đến đó mọi việc như cũ, và tự chuyển vào 0 giờ ngày ấy."]


def _open(about: Concerned) -> list[str]:
    return [
        f"{about.fresh} bắt đầu trống, dưới {about.unit}.",
        "Sau khi mở, anh/chị giao nhiệm vụ Chủ tịch rồi in phiếu để người ấy vào và nạp đoàn viên.",
    ]


def _rename(about: Concerned) -> list[str]:
    return [
        "Mã đơn vị, đoàn viên, cán bộ, phiếu và số liệu giữ nguyên.",
        "Giấy tờ và số liệu của những ngày trước vẫn mang tên cũ.",
    ]


def _move(about: Concerned) -> list[str]:
    return [
        f"Đoàn viên ({about.members}), đơn vị bên trong ({about.parts}), cán bộ và mã của {about.unit} giữ nguyên.",
        f"Cán bộ {about.old_parent} không còn thấy số liệu của {about.unit}; cán bộ {about.new_parent} thấy, "
        "và những gì đến hạn từ ngày ấy gửi cho nơi mới.",
        *waiting(about.waiting, about.new_parent),
    ]


def waiting(records: int, to: str) -> list[str]:
    if not records:
        return []
    return [
        f"{records} phiếu đang chờ nơi cũ xem không mở được nữa: trang đầu của người viết nhắc gửi lại"
        + (f" cho {to}." if to else ".")
    ]


def _merge(about: Concerned) -> list[str]:
    return [
        f"{about.members} đoàn viên chuyển sinh hoạt sang {about.successor}: giữ mã đoàn viên, tổ, việc đã làm, "
        "thời gian tạm miễn.",
        *([f"{about.parts} đơn vị bên trong chuyển theo."] if about.parts else []),
        *_roles(about, " Ai làm tiếp thì nơi mới giao nhiệm vụ."),
        *waiting(about.waiting, about.successor),
        *_drafts(about),
        *_lists(about),
        f"Mã cũ, giấy và ô quét đã in của {about.unit} dẫn tới {about.successor}.",
    ]


def _roles(about: Concerned, then: str = "") -> list[str]:
    named = [f"Nhiệm vụ kết thúc: {', '.join(about.officers)}.{then}"] if about.officers else []
    return [*named, *([f"{about.others} nhiệm vụ khác trong đơn vị kết thúc."] if about.others else [])]


def _drafts(about: Concerned) -> list[str]:
    return [f"{about.drafts} bản nháp ở lại với người viết, viết tiếp được."] if about.drafts else []


def _lists(about: Concerned) -> list[str]:
    if not about.lists:
        return []
    return [f"{about.lists} danh sách đang xem dở trong đơn vị sẽ không nạp được: nạp xong trước, hoặc bỏ."]


def _split(about: Concerned) -> list[str]:
    return [
        f"{about.members} đoàn viên chuyển sinh hoạt từ {about.unit} sang {about.fresh}: giữ mã đoàn viên, tổ, "
        "việc đã làm, thời gian tạm miễn.",
        *([f"{about.parts} tổ chuyển theo."] if about.parts else []),
        f"Cán bộ {about.unit} giữ nguyên nhiệm vụ ở đó; {about.fresh} chưa có ai, anh/chị giao nhiệm vụ sau khi tách.",
        *waiting(about.waiting, ""),
        *_drafts(about),
    ]


def _close(about: Concerned) -> list[str]:
    answers = f"dẫn tới {about.successor}" if about.successor else "không còn dẫn tới đâu"
    return [
        *_roles(about),
        *_lists(about),
        f"Mã, giấy và ô quét đã in của {about.unit} {answers}. Số liệu của những ngày trước giữ nguyên.",
    ]


_TOLD = {"open": _open, "rename": _rename, "move": _move, "merge": _merge, "split": _split, "close": _close}
