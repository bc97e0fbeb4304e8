"""The law of a quiz: which questions, which answer counts, what a paper is worth, when an attempt is over."""

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from math import ceil
from typing import Any, Literal
from uuid import UUID, uuid5

from app.quizzes.rules.kinds import Kind, is_right
from app.refusal import RuleBroken

# revision id → the answer, as its kind has it (`kinds.py`). Ids are strings, as in JSON.
Answers = dict[str, list[str]]


class NoTriesLeft(RuleBroken):
    kind = "closed"
    words = "Bài này được làm {tries} lượt, anh/chị đã làm đủ."


class TakenElsewhere(RuleBroken):
    """An older epoch: another device, or another sign-in, has taken the attempt over."""

    kind = "conflict"
    words = "Bài này đang làm trên máy khác, nên câu vừa chọn ở đây chưa được lưu."


class AttemptClosed(RuleBroken):
    """Submitted, or past its deadline."""

    kind = "closed"
    words = "Bài này đã nộp hoặc đã hết giờ, nên câu vừa chọn không được tính."


# --- the paper ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Candidate:
    """A question that may be asked, and how often this person has seen it."""

    revision: int
    seen: int


Shuffle = Callable[[Sequence[Candidate]], list[Candidate]]


def choose(candidates: Sequence[Candidate], how_many: int, shuffle: Shuffle) -> list[Candidate]:
    """The questions of a paper: those least seen, chance deciding among equals. Fewer where there are not enough."""
    return sorted(shuffle(candidates), key=lambda candidate: candidate.seen)[:how_many]


def digest(value: Any) -> str:
    """The SHA-256 of a JSON value, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(value, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


# --- answers ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Save:
    """One append: answers to some questions of the attempt."""

    epoch: int
    seq: int
    body: Mapping[str, list[str]]


def current_answers(saves: Iterable[Save]) -> Answers:
    """For each question the answer saved last. Order is (epoch, seq), never the order of arrival or a clock."""
    answers: Answers = {}
    for save in sorted(saves, key=lambda save: (save.epoch, save.seq)):
        answers.update(save.body)
    return answers


def form_save_id(form: UUID, revision: int, answer: Sequence[str], saves: int) -> UUID:
    """The save id of a form sent without JavaScript. `form` was drawn when the page was made, `saves` is how many
    answers stood when it arrived: a double click is the same save, and going back to choose otherwise is another."""
    return uuid5(form, f"{revision}:{json.dumps(answer)}:{saves}")


# --- marking ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Key:
    """The right answer to a question, in the version that holds now; of a question that is filled in, all accepted."""

    version: int
    right: frozenset[str]
    kind: Kind = "single"


@dataclass(frozen=True)
class Score:
    """Points of `total`, one a question; and of each question whether it was right."""

    points: int
    total: int
    right: dict[str, bool]


def score(answers: Mapping[str, Collection[str]], keys: Mapping[str, Key]) -> Score:
    """One point for a question answered exactly as is right. A question left open is not right; an answer to a question
    that is not on the paper counts for nothing."""
    right = {question: is_right(key.kind, answers.get(question, ()), key.right) for question, key in keys.items()}
    return Score(sum(right.values()), len(right), right)


def key_set(keys: Mapping[str, Key]) -> str:
    """What a mark was made with: every question's revision and version of its key, `7:1 12:2`."""
    return " ".join(f"{question}:{key.version}" for question, key in sorted(keys.items()))


def passed(points: int, pass_mark: int) -> bool:
    return points >= pass_mark


def lessons_to_review(wrong: Iterable[str | None]) -> list[str]:
    """The lessons to look at again, from the lesson of each question that was not right: most often missed first,
    then in the order of the questions."""
    named = Counter(lesson for lesson in wrong if lesson)
    return [lesson for lesson, _ in named.most_common()]


# --- an attempt ---------------------------------------------------------------------------------------------------


class Stage(Enum):
    OPEN = "open"
    SUBMITTED = "submitted"
    EXPIRED = "expired"


Step = Literal["save", "take_over", "submit", "expire"]
ALLOWED: dict[tuple[Stage, Step], Stage] = {
    (Stage.OPEN, "save"): Stage.OPEN,
    (Stage.OPEN, "take_over"): Stage.OPEN,
    (Stage.OPEN, "submit"): Stage.SUBMITTED,
    (Stage.OPEN, "expire"): Stage.EXPIRED,
}


def advance(stage: Stage, step: Step) -> Stage:
    """The stage after a step. Raises `AttemptClosed`: nothing leads out of a closed attempt."""
    if (stage, step) not in ALLOWED:
        raise AttemptClosed()
    return ALLOWED[stage, step]


def stage_of(submitted_at: datetime | None, closed_at: datetime | None, deadline: datetime, now: datetime) -> Stage:
    """A deadline that has passed closes an attempt, whether or not anybody has written it down yet."""
    if submitted_at is not None:
        return Stage.SUBMITTED
    return Stage.EXPIRED if closed_at is not None or now >= deadline else Stage.OPEN


def deadline(began: datetime, minutes: int) -> datetime:
    return began + timedelta(minutes=minutes)


def left_s(deadline: datetime, now: datetime) -> int:
    """Seconds left, a begun one as a whole: a clock that has run them down is past the deadline, never before it."""
    return max(0, ceil((deadline - now).total_seconds()))


def purpose(year: int, module: str) -> str:
    """What an attempt is for: `quiz:2020:neu-guong`."""
    return f"quiz:{year}:{module}"


def module_of(purpose: str) -> str:
    """The module of an attempt's purpose."""
    return purpose.split(":")[2]
