"""The stages of an upload, and what becomes of a line once its question is answered."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from app.refusal import RuleBroken


class Stage(StrEnum):
    READING = "reading"
    READY = "ready"
    APPLYING = "applying"
    DONE = "done"
    UNDONE = "undone"
    REFUSED = "refused"
    DROPPED = "dropped"


STEPS: dict[Stage, frozenset[Stage]] = {
    Stage.READING: frozenset({Stage.READY, Stage.REFUSED, Stage.DROPPED}),
    Stage.READY: frozenset({Stage.READING, Stage.APPLYING, Stage.DROPPED}),
    Stage.APPLYING: frozenset({Stage.DONE, Stage.READY}),
    Stage.DONE: frozenset({Stage.UNDONE}),
    Stage.UNDONE: frozenset(),
    Stage.REFUSED: frozenset(),
    Stage.DROPPED: frozenset(),
}
OPEN = frozenset({Stage.READING, Stage.READY, Stage.APPLYING})
KEPT = timedelta(days=1)  # how long rows are kept, and a list can be taken back


class StageNotAllowed(RuleBroken):
    kind = "conflict"
    words = "Danh sách này vừa có thay đổi. Anh/chị tải lại trang rồi xem tiếp."


def may(now: Stage, then: Stage) -> bool:
    return then in STEPS[now]


def is_kept(since: datetime, now: datetime) -> bool:
    """Whether the rows of an upload that came to its stage at `since` are still there."""
    return now - since < KEPT


Deed = Literal["add", "back", "change", "keep", "out", "ask", "fault", "aside"]
DEEDS: dict[str, Deed] = {
    "new": "add",
    "back": "back",
    "same": "keep",
    "changed": "change",
    "similar": "ask",
    "repeated": "out",
    "elsewhere": "fault",
    "foreign": "fault",
    "faulty": "fault",
    "aside": "aside",
}


def deed(outcome: str, answer: str, changes: bool = True) -> Deed:
    """What loading does with a line. `answer` is `new`, `out`, `same:<k>` (the k-th candidate) or nothing yet;
    `changes`: whether the person chosen differs from the line."""
    if outcome != "similar" or not answer:
        return DEEDS[outcome]
    if answer.startswith("same:"):
        return "change" if changes else "keep"
    return "add" if answer == "new" else "out"


@dataclass(frozen=True)
class Plan:
    """How many lines loading will add, change and so on: what the button says, and must still be when pressed."""

    add: int = 0
    back: int = 0
    change: int = 0
    keep: int = 0
    out: int = 0
    ask: int = 0
    fault: int = 0
    aside: int = 0
    leave: int = 0
    groups: int = 0

    @property
    def does_something(self) -> bool:
        return bool(self.add or self.back or self.change or self.leave)

    @property
    def mark(self) -> str:
        """The plan in a word, for a form that must come back to the same one."""
        parts = (self.add, self.back, self.change, self.out, self.ask, self.fault, self.leave, self.groups)
        return "-".join(map(str, parts))


def plan(deeds: Iterable[Deed], leave: int = 0, groups: int = 0) -> Plan:
    counted: dict[str, int] = dict(Counter(deeds))
    return Plan(**counted, leave=leave, groups=groups)


def plan_words(found: Plan, kind: str = "members") -> str:
    """`Thêm 12, sửa 3, thôi sinh hoạt 1`: exactly what will happen."""
    words = (
        (found.add, f"thêm {found.add}" + (" đơn vị" if kind == "units" else "")),
        (found.back, f"trở lại {found.back}"),
        (found.change, f"làm {found.change} thay đổi" if kind == "changes" else f"sửa {found.change}"),
        (found.leave, f"thôi sinh hoạt {found.leave}"),
        (found.groups, f"mở {found.groups} tổ"),
        (kind != "changes" and found.fault, f"bỏ qua {found.fault} dòng lỗi"),
    )
    said = ", ".join(text for number, text in words if number)
    return said[:1].upper() + said[1:]
