"""What a quiz sends: forms, and what attempt.js sends as JSON."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from app.quizzes.rules.kinds import pair
from app.web.forms import Form


class StartForm(Form):
    """The number that the attempt will have, so that a start sent twice starts one."""

    luot: Any = IntegerField("Lượt", [InputRequired(), NumberRange(1, 100_000)])


class EpochForm(Form):
    epoch: Any = IntegerField("Máy đang làm", [InputRequired(), NumberRange(1, 100_000)])


class AnswerForm(EpochForm):
    """`sang`: the question to go to, or `nop`. What was answered is read by `answer_in`."""

    save_id = HiddenField("Lần lưu", [InputRequired()])
    sang = StringField("Sang câu", [Optional(), Length(max=4)])

    def validate_save_id(self, field: HiddenField) -> None:
        if _uuid(field.data or "") is None:
            raise ValidationError("Anh/chị tải lại trang rồi chọn lại.")


def answer_in(sent: MultiDict[str, str]) -> list[str]:
    """The answer on a form: `chon` is an option or the words typed, `o-<slot>` the option in a slot."""
    slotted = [(name[2:], option) for name, option in sent.items(multi=True) if name.startswith("o-")]
    return [chosen for chosen in sent.getlist("chon") if chosen] + [
        pair(slot, option) for slot, option in slotted if option
    ]


@dataclass(frozen=True)
class Choices:
    """Answers kept by a browser, sent in one save: question number → answer."""

    epoch: int
    save_id: UUID
    answers: dict[int, list[str]]


def choices_in(sent: Any) -> Choices | None:
    """The JSON {epoch, save_id, chon: {question number: answer}} as it is meant, or None where it is not of that shape.
    Which questions and options there are, the paper knows."""
    match sent:
        case {"epoch": int(epoch), "save_id": str(written), "chon": dict(chosen)} if 0 < epoch <= 100_000:
            save_id = _uuid(written)
            numbered = {int(k): _as_answer(said) for k, said in chosen.items() if _is_number(k)}
            sound = len(numbered) == len(chosen) > 0 and all(_is_answer(said) for said in numbered.values())
            return Choices(epoch, save_id, numbered) if save_id and sound else None
        case _:
            return None


def _is_number(k: str) -> bool:
    return k.isascii() and k.isdigit() and len(k) < 6


def _as_answer(sent: Any) -> Any:
    """A page of an earlier version sends an option alone."""
    return [sent] if isinstance(sent, str) else sent


def _is_answer(sent: Any) -> bool:
    return isinstance(sent, list) and len(sent) <= 20 and all(isinstance(chosen, str) for chosen in sent)


def _uuid(written: str) -> UUID | None:
    try:
        return UUID(written)
    except ValueError:
        return None
