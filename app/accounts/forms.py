"""Getting in: well-formed or not. Whether a code or password is right is the action's answer."""

from wtforms import PasswordField, RadioField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length

from app.accounts.rules import DUTY_WORDS
from app.web.forms import DayField, Form


class SignInForm(Form):
    name = StringField("Số điện thoại hoặc mã đoàn viên", [InputRequired(), Length(max=200)])
    password = PasswordField("Mật khẩu", [InputRequired(), Length(max=1000)])


class CodeForm(Form):
    code = StringField("Mã trên phiếu", [InputRequired(), Length(max=40)])


class NewPasswordForm(Form):
    password = PasswordField("Mật khẩu mới", [InputRequired(), Length(max=1000)])


class ResetForm(NewPasswordForm):
    name = StringField("Số điện thoại hoặc mã đoàn viên", [InputRequired(), Length(max=200)])
    code = StringField("Mã 6 số BCH đọc cho", [InputRequired(), Length(max=12)])


class ChangePasswordForm(NewPasswordForm):
    present = PasswordField("Mật khẩu đang dùng", [InputRequired(), Length(max=1000)])


class DutyForm(Form):
    """Who is given which duty from when. The person is named as on paper, by name and code."""

    name = StringField("Họ và tên", [InputRequired(), Length(max=200)])
    member = StringField("Mã đoàn viên", [InputRequired(), Length(max=40)])
    duty = RadioField("Nhiệm vụ", [InputRequired()], choices=[SelectChoice(*one) for one in DUTY_WORDS.items()])
    since = DayField("Từ ngày", [InputRequired()])


class EndForm(Form):
    until = DayField("Từ ngày", [InputRequired()])
