"""What comes first for a person, and the dates that a union lives by."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from app.steps.rules import cut_offs

# An officer's lines: how many, and which kinds come first.
LINES = 5
Urgency = Literal["begin", "records", "asked", "study", "report", "deeds", "people", "list"]
URGENCY: tuple[Urgency, ...] = ("begin", "records", "asked", "study", "report", "deeds", "people", "list")


def next_report_day(today: date) -> date:
    """The last day on which the next periodic report is in time."""
    for year in (today.year, today.year + 1):
        for day in cut_offs(year):
            last = day - timedelta(days=1)
            if last >= today:
                return last
    raise AssertionError("a year always has a report day")


# Anniversaries that the plan of 2020 names: month, day, first year, what it is.
ANNIVERSARIES = (
    (2, 3, 1930, "Ngày thành lập Đảng Cộng sản Việt Nam"),
    (4, 30, 1975, "Ngày giải phóng miền Nam, thống nhất đất nước"),
    (5, 19, 1890, "Ngày sinh Chủ tịch Hồ Chí Minh"),
    (6, 5, 1911, "Ngày Bác Hồ ra đi tìm đường cứu nước"),
    (7, 28, 1929, "Ngày thành lập Công đoàn Việt Nam"),
    (8, 19, 1945, "Cách mạng tháng Tám"),
    (9, 2, 1945, "Quốc khánh nước Cộng hòa xã hội chủ nghĩa Việt Nam"),
)


@dataclass(frozen=True)
class Anniversary:
    day: date
    years: int
    name: str


def next_anniversary(today: date) -> Anniversary:
    """The next of the plan's anniversaries, today included; the count of years is computed, never written down."""
    coming = [
        Anniversary(date(year, month, day), year - since, name)
        for year in (today.year, today.year + 1)
        for month, day, since, name in ANNIVERSARIES
        if date(year, month, day) >= today
    ]
    return min(coming, key=lambda anniversary: anniversary.day)


@dataclass(frozen=True)
class Task:
    """What a person has before them: `kind` is study, quiz, assessment or commitment; `module` where it has one."""

    key: str
    title: str
    begun: bool = False

    @property
    def kind(self) -> str:
        return self.key.split(":")[0]

    @property
    def module(self) -> str:
        return self.key.partition(":")[2]


def own_tasks(open_keys: Sequence[tuple[str, str]], begun: Collection[str] = ()) -> list[Task]:
    """(key, title) of open steps as tasks of the person, in order; what waits for the committee is none of theirs."""
    return [Task(key, title, key in begun) for key, title in open_keys if key != "commitment:confirmed"]


# --- words for a group -------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Standing:
    """Where a unit, or a tổ of it, stands today: `done` of `asked` members have finished the year's steps, `answered`
    of `invited` have answered about a deed. `site` is where to go on."""

    place: str
    year: int
    asked: int
    done: int
    invited: int
    answered: int
    report_day: date
    today: date
    site: str


@dataclass(frozen=True)
class Message:
    """A text ready for the unit's Zalo group: numbers and a link, never a name. The link is the last line, alone: Zalo
    takes a full stop or a comma behind it for a part of it."""

    title: str
    text: str


def messages(now: Standing) -> list[Message]:
    """What an officer may send to the group today; what is finished is not asked for."""
    found = []
    if now.done < now.asked:
        found.append(Message("Nhắc học và làm bài", _study_words(now)))
    if now.answered < now.invited:
        found.append(Message("Nhắc trả lời về việc làm theo", _deed_words(now)))
    return [*found, Message("Nhân ngày kỷ niệm", _anniversary_words(now))]


def _study_words(now: Standing) -> str:
    return (
        f"{now.place}: học tập và làm theo Bác năm {now.year}. Đến {_day(now.today)} đã có {now.done}/{now.asked} "
        f"anh chị em xong các việc của năm. Ai còn việc, mời anh chị em xem tiếp, mỗi chuyên đề có bản 3 phút. Số liệu "
        f"báo cáo lên cấp trên tính đến hết {_day(now.report_day)}. Vướng gì xin hỏi BCH.\n{now.site}"
    )


def _deed_words(now: Standing) -> str:
    return (
        f"{now.place}: {now.answered}/{now.invited} anh chị em đã trả lời về việc làm theo năm {now.year}. Mời anh chị "
        f"em còn lại trả lời: đăng ký một việc nhỏ, hoặc chọn năm nay không đăng ký cũng được. BCH cảm ơn.\n{now.site}"
    )


def _anniversary_words(now: Standing) -> str:
    day = next_anniversary(now.today)
    who = f"{now.done}/{now.asked} anh chị em đã xong" if now.done else "anh chị em cùng làm"
    return (
        f"{now.place} hướng tới {day.years} năm {day.name} ({_day(day.day)}). BCH cảm ơn {who} các việc học tập và làm "
        f"theo Bác năm {now.year}. Mời anh chị em xem lại bài học.\n{now.site}"
    )


def _day(day: date) -> str:
    return f"{day.day}/{day.month}"
