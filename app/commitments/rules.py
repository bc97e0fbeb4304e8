"""Which form somebody is asked for, and what an answer means for the steps of the year."""

from collections.abc import Mapping
from dataclasses import dataclass

from app.records.rules import Stage, Step
from app.refusal import RuleBroken
from app.steps.rules import CONFIRMED, REGISTERED, Outcome

COMMITMENT = "commitment"  # a member's deeds
PLEDGE = "pledge"  # an officer's Bản cam kết
KINDS = (COMMITMENT, PLEDGE)

UNANSWERED = frozenset({Stage.DRAFT, Stage.WITHDRAWN, Stage.DECLINED})


class NotAsked(RuleBroken):
    """A commitment has no answer but itself: it is written, or not yet."""

    kind = "conflict"
    words = "Bản cam kết không hỏi có đăng ký hay không. Anh/chị viết dần rồi lưu nháp, khi xong thì gửi."


def kind_of(stages: Mapping[str, Stage], officer: bool) -> str:
    """The kind asked of a person whose records stand like this (kind → stage): of an officer the commitment, of others
    a deed; but what was sent before becoming one, or ceasing to be, stands for the year."""
    for kind in KINDS:
        if stages.get(kind, Stage.DRAFT) not in UNANSWERED:
            return kind
    return PLEDGE if officer else COMMITMENT


def asks(kind: str, stage: Stage) -> bool:
    """Whether the page asks yes, later or no. Of officers it does not: the commitment is written or not yet."""
    return kind == COMMITMENT and stage in UNANSWERED


@dataclass(frozen=True)
class Effect:
    """What becomes of a step of the year; no `outcome`: it is open again."""

    key: str
    outcome: Outcome | None


# Always in one order: two people of a unit who change both totals at once would wait for each other otherwise.
EFFECTS: dict[Step, tuple[Effect, ...]] = {
    Step.SUBMIT: (Effect(CONFIRMED, None), Effect(REGISTERED, "done")),
    Step.TYPE_IN: (Effect(CONFIRMED, None), Effect(REGISTERED, "done")),
    Step.CONFIRM: (Effect(CONFIRMED, "done"),),
    Step.DECLINE: (Effect(CONFIRMED, "declined"), Effect(REGISTERED, "declined")),
    Step.WITHDRAW: (Effect(CONFIRMED, None), Effect(REGISTERED, None)),
    Step.REFUSE: (Effect(CONFIRMED, None), Effect(REGISTERED, None)),
    Step.REOPEN: (Effect(CONFIRMED, None), Effect(REGISTERED, None)),
}


def effects(step: Step) -> tuple[Effect, ...]:
    """Sent is registered, confirmed is confirmed. A no closes both for the year and leaves the denominator. What is
    taken back, a yes or a no, opens both again; and asking for an addition, or giving it, changes neither."""
    return EFFECTS.get(step, ())
