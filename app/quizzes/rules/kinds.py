"""The kinds of question: what an answer to each may be, when it is whole, and when it is right.

An answer is a list of strings, whatever the kind:

    single     the option chosen
    several    the options chosen, in any order
    fill       what was typed
    matching   `slot:option` for each slot that was given one
    ordering   the same; its slots are the places, 1 to n
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from app.refusal import RuleBroken
from app.text import nfc, sort_key

Kind = Literal["single", "several", "fill", "matching", "ordering"]
KINDS: tuple[Kind, ...] = get_args(Kind)
SLOTTED: tuple[Kind, ...] = ("matching", "ordering")
MOST_LETTERS = 100  # of an answer that is typed


class UnknownOption(RuleBroken):
    kind = "invalid"
    words = "Lựa chọn này không thuộc câu đang làm. Anh/chị tải lại trang rồi chọn lại."


class TooLong(RuleBroken):
    kind = "invalid"
    words = "Câu trả lời dài quá {most} ký tự. Anh/chị ghi ngắn lại."


@dataclass(frozen=True)
class Asked:
    """What may be chosen in a question: the ids of its options, and of the slots that take one each."""

    kind: Kind
    options: Collection[str]
    slots: Collection[str] = ()


def pair(slot: str, option: str) -> str:
    """An option in its slot, as answers and keys hold it."""
    return f"{slot}:{option}"


def known(asked: Asked, answer: Sequence[str]) -> list[str]:
    """The answer as it is kept: typed words on one line, an empty one empty. Raises `UnknownOption`, `TooLong`."""
    if asked.kind == "fill":
        return _typed(answer)
    parts = [_slot_and_option(asked, chosen) for chosen in answer]
    once = {slot for slot, _ in parts} if asked.kind in SLOTTED else set(parts)
    if len(once) < len(parts) or (asked.kind == "single" and len(parts) > 1):
        raise UnknownOption()
    return list(answer)


def _typed(answer: Sequence[str]) -> list[str]:
    if len(answer) > 1:
        raise UnknownOption()
    words = " ".join(nfc("".join(answer)).split())
    if len(words) > MOST_LETTERS:
        raise TooLong(most=MOST_LETTERS)
    return [words] if words else []


def _slot_and_option(asked: Asked, chosen: str) -> tuple[str, str]:
    slot, _, option = chosen.rpartition(":")
    if option not in asked.options or (slot not in asked.slots if asked.kind in SLOTTED else slot):
        raise UnknownOption()
    return slot, option


def is_whole(asked: Asked, answer: Sequence[str]) -> bool:
    """Whether nothing of the answer is still open: every slot has its option."""
    return len(answer) == len(asked.slots) if asked.kind in SLOTTED else bool(answer)


def is_right(kind: Kind, answer: Collection[str], right: Collection[str]) -> bool:
    """Exactly what is right, the order aside; of typed words, one of those accepted. A question without a key is right
    for nobody."""
    if kind == "fill":
        return len(answer) == 1 and {same_words(words) for words in answer} <= {same_words(words) for words in right}
    return bool(right) and set(answer) == set(right)


def same_words(typed: str) -> str:
    """Typed words as they are compared: case, punctuation, spaces, leading zeros and the place of a tone mark (`hoà`,
    `hòa`) do not count; the marks themselves do. `35-NQ/TW` is `35 nq tw`, and `03/02/1930` is `3.2.1930`."""
    return sort_key(" ".join(re.findall(r"[^\W_]+", nfc(typed))))


def in_words(kind: str, body: Mapping[str, Any], answer: Sequence[str]) -> str:
    """An answer as it is read: the options in the order of the question, each after its slot; or what was typed."""
    if kind == "fill":
        return "".join(answer)
    texts = {option["id"]: option["text"] for option in body["options"]}
    slots = {slot["id"]: slot["text"] for slot in body.get("slots", ())}
    if not slots:
        return "; ".join(text for option, text in texts.items() if option in answer)
    placed = dict(chosen.split(":") for chosen in answer)
    between = ". " if kind == "ordering" else ": "
    return "; ".join(f"{words}{between}{texts[placed[slot]]}" for slot, words in slots.items() if slot in placed)
