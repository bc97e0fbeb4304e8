"""What a quiz sends."""

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
        try:
            UUID(field.data)
        except ValueError:
            raise ValidationError("Anh/chị tải lại trang rồi chọn lại.") from None
