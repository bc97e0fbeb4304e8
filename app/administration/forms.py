"""What the page of a beginning sends."""

from typing import Any

from wtforms import IntegerField, SelectField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length, ValidationError

from app.administration import rules
from app.web.forms import Form, Safe

KINDS = [
    ("district", "Liên đoàn Lao động quận, huyện"),
    ("ward", "Công đoàn phường, xã, đặc khu"),
    ("city", "Liên đoàn Lao động tỉnh, thành phố"),
]


class BeginForm(Form):
    start_code = StringField("Mã bắt đầu", [InputRequired(), Length(max=40)])
    name = StringField("Tên công đoàn", [InputRequired(), Length(max=200), Safe()])
    short = StringField("Tên gọi ngắn", [Length(max=80), Safe()])
    kind = SelectField("Cấp công đoàn", choices=[SelectChoice(*kind) for kind in KINDS], default="district")
    code = StringField("Mã đơn vị", [InputRequired(), Length(max=12)])
    year: Any = IntegerField("Năm của chương trình", [InputRequired()])
    administrator = StringField("Người quản trị đầu tiên", [InputRequired(), Length(max=120), Safe()])

    def validate_year(self, field: IntegerField) -> None:
        if field.data is not None and not rules.is_year(field.data):
            raise ValidationError(f"Anh/chị ghi một năm từ {rules.EARLIEST} đến {rules.LATEST}.")
