"""What a quiz sends: forms, and what attempt.js sends as JSON."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from wtforms import HiddenField, IntegerField, StringField
from wtforms.validators import InputRequired, Length, NumberRange, Optional, ValidationError

from app.web.forms import Form


class StartForm(Form):
    """The number that the attempt will have, so that a start sent twice starts one."""

    luot: Any = IntegerField("Lượt", [InputRequired(), NumberRange(1, 100_000)])


class EpochForm(Form):
    epoch: Any = IntegerField("Máy đang làm", [InputRequired(), NumberRange(1, 100_000)])


class AnswerForm(EpochForm):
    """`chon`: the option, if any was chosen; `sang`: the question to go to, or `nop`."""

    chon = StringField("Lựa chọn", [Optional(), Length(max=40)])
    save_id = HiddenField("Lần lưu", [InputRequired()])
    sang = StringField("Sang câu", [Optional(), Length(max=4)])

    def validate_save_id(self, field: HiddenField) -> None:
        if _uuid(field.data or "") is None:
            raise ValidationError("Anh/chị tải lại trang rồi chọn lại.")


@dataclass(frozen=True)
class Choices:
    """Answers kept by a browser, sent in one save: question number → option."""

    epoch: int
    save_id: UUID
    options: dict[int, str]


def choices_in(sent: Any) -> Choices | None:
    """The JSON {epoch, save_id, chon: {question number: option}} as it is meant, or None where it is not of that shape.
    Which questions and options there are, the paper knows."""
    match sent:
        case {"epoch": int(epoch), "save_id": str(written), "chon": dict(chosen)} if 0 < epoch <= 100_000:
            save_id = _uuid(written)
            numbered = {int(k): option for k, option in chosen.items() if k.isascii() and k.isdigit() and len(k) < 6}
            sound = len(numbered) == len(chosen) > 0 and all(isinstance(option, str) for option in numbered.values())
            return Choices(epoch, save_id, numbered) if save_id and sound else None
        case _:
            return None


def _uuid(written: str) -> UUID | None:
    try:
        return UUID(written)
    except ValueError:
        return None
