"""The stages of a record, and who takes it further."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal
from uuid import UUID, uuid5

from app.refusal import RuleBroken


class Stage(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"  # an addition was asked for
    CONFIRMED = "confirmed"
    KEPT = "kept"  # finished, and nobody but its author opens it
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class Step(StrEnum):
    SUBMIT = "submit"
    AMEND = "amend"
    RETURN = "return"
    CONFIRM = "confirm"
    KEEP = "keep"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    REOPEN = "reopen"
    TYPE_IN = "type_in"  # a reviewer typed it for somebody who does not do so themselves
    REFUSE = "refuse"  # who it was typed for says that it is not theirs


Hand = Literal["author", "reviewer"]


@dataclass(frozen=True)
class Move:
    """Who takes the step, from which stages, and where it leads."""

    by: Hand
    start: frozenset[Stage]
    end: Stage


def _move(by: Hand, end: Stage, *start: Stage) -> Move:
    return Move(by, frozenset(start), end)


STEPS: dict[Step, Move] = {
    Step.SUBMIT: _move("author", Stage.SUBMITTED, Stage.DRAFT, Stage.KEPT, Stage.DECLINED, Stage.WITHDRAWN),
    Step.AMEND: _move("author", Stage.SUBMITTED, Stage.RETURNED),
    Step.RETURN: _move("reviewer", Stage.RETURNED, Stage.SUBMITTED),
    Step.CONFIRM: _move("reviewer", Stage.CONFIRMED, Stage.SUBMITTED),
    Step.KEEP: _move("author", Stage.KEPT, Stage.DRAFT, Stage.SUBMITTED, Stage.RETURNED, Stage.WITHDRAWN),
    Step.DECLINE: _move("author", Stage.DECLINED, Stage.DRAFT, Stage.WITHDRAWN),
    Step.WITHDRAW: _move("author", Stage.WITHDRAWN, Stage.SUBMITTED, Stage.RETURNED),
    Step.REOPEN: _move("author", Stage.DRAFT, Stage.DECLINED),
    Step.TYPE_IN: _move("reviewer", Stage.SUBMITTED, Stage.DRAFT),
    Step.REFUSE: _move("author", Stage.WITHDRAWN, *(Stage.SUBMITTED, Stage.RETURNED, Stage.CONFIRMED)),
}
WRITABLE = frozenset({Stage.DRAFT, Stage.RETURNED, Stage.KEPT, Stage.DECLINED, Stage.WITHDRAWN})
REVIEWED = frozenset({Stage.SUBMITTED, Stage.RETURNED, Stage.CONFIRMED})
STAGE_WORDS = {
    Stage.DRAFT: "bản nháp",
    Stage.SUBMITTED: "BCH đang xem",
    Stage.RETURNED: "BCH đề nghị bổ sung",
    Stage.CONFIRMED: "BCH đã xác nhận",
    Stage.KEPT: "giữ riêng",
    Stage.DECLINED: "năm nay không đăng ký",
    Stage.WITHDRAWN: "đã rút lại",
}


class StepNotAllowed(RuleBroken):
    kind = "conflict"
    words = "Phiếu này đang ở bước “{stage}”, nên chưa làm được việc ấy."


class ChangedMeanwhile(RuleBroken):
    kind = "conflict"
    words = "Phiếu này vừa được viết tiếp hoặc đổi bước ở một trang khác, nên ở đây chưa làm được."


class ReadersChanged(RuleBroken):
    kind = "conflict"
    words = "Người đọc phiếu này vừa thay đổi. Anh/chị xem lại ai sẽ đọc, rồi gửi."


class NobodyReviews(RuleBroken):
    kind = "conflict"
    words = "Hiện chưa có ai trong BCH đọc được phiếu này. Bản nháp vẫn còn, anh/chị gửi sau."


class CommentMissing(RuleBroken):
    kind = "invalid"
    words = "Đề nghị bổ sung cần ít nhất một góp ý, để anh chị em biết bổ sung điều gì."


class BegunAlready(RuleBroken):
    kind = "conflict"
    words = "Người này đã mở phiếu trên máy của mình, nên không nhập hộ được nữa."


class OwnTyping(RuleBroken):
    """Whoever typed it for somebody is not the only one who says that it is theirs."""

    kind = "conflict"
    words = (
        "Phiếu này do chính anh/chị nhập hộ. Một người khác trong BCH xác nhận, hoặc đợi người ấy vào xem và giữ lại."
    )


class TextGone(RuleBroken):
    kind = "closed"
    words = "Nội dung phiếu này không còn đọc được."


def advance(stage: Stage, step: Step) -> Stage:
    """Where the step leads from this stage. Raises `StepNotAllowed`."""
    move = STEPS[step]
    if stage not in move.start:
        raise StepNotAllowed(stage=STAGE_WORDS[stage])
    return move.end


def sending(stage: Stage) -> Step:
    """What sending is from this stage: answering a request for an addition, or a first submission."""
    return Step.AMEND if stage is Stage.RETURNED else Step.SUBMIT


def record_id(person: UUID, form: int) -> UUID:
    """The one record of a person on a form: two tabs that begin it at once begin the same."""
    return uuid5(person, f"record-form:{form}")
