"""What the pages of changes send: well-formed or not; whether it may be is the rules' and the action's answer."""

from typing import Any

from wtforms import SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, Optional

from app.web.forms import DayField, Form, Safe

NAME = [InputRequired(), Length(max=200), Safe()]


class ChangeForm(Form):
    day: Any = DayField("Từ ngày", [InputRequired()])


class RenameForm(ChangeForm):
    name = StringField("Tên mới", NAME)
    short = StringField("Tên gọi ngắn", [Length(max=80), Safe()])


class NewUnitForm(ChangeForm):
    name = StringField("Tên đơn vị mới", NAME)
    short = StringField("Tên gọi ngắn", [Length(max=80), Safe()])
    code = StringField("Mã đơn vị mới", [InputRequired(), Length(max=12)])
    phone = StringField("Điện thoại của đơn vị", [Length(max=20)])


class OpenForm(NewUnitForm):
    kind = SelectField("Loại đơn vị", choices=[])


class SplitForm(NewUnitForm):
    groups = SelectMultipleField("Tổ sang đơn vị mới", choices=[], validators=[Optional()])
    people = TextAreaField("Mã đoàn viên của từng người sang đơn vị mới", [Length(max=8000)])


class TargetForm(ChangeForm):
    other = StringField("Mã đơn vị", [InputRequired(), Length(max=12)])


class CloseForm(ChangeForm):
    other = StringField("Mã đơn vị thay thế", [Length(max=12)])


FORMS: dict[str, type[ChangeForm]] = {
    "open": OpenForm,
    "rename": RenameForm,
    "move": TargetForm,
    "merge": TargetForm,
    "split": SplitForm,
    "close": CloseForm,
}
