"""Getting in: well-formed or not. Whether a code or password is right is the action's answer."""

from wtforms import BooleanField, PasswordField, StringField
from wtforms.validators import InputRequired, Length

from app.web.forms import Form


class SharedForm(Form):
    """A machine that others use too: never ticked beforehand, but where the last one there has said so."""

    shared = BooleanField("Máy dùng chung")


class SignInForm(SharedForm):
    name = StringField("Số điện thoại hoặc mã đoàn viên", [InputRequired(), Length(max=200)])
    password = PasswordField("Mật khẩu", [InputRequired(), Length(max=1000)])


class CodeForm(Form):
    code = StringField("Mã trên phiếu", [InputRequired(), Length(max=40)])


class CorrectionForm(Form):
    value = StringField("Ghi lại cho đúng", [InputRequired(), Length(max=200)])


class NewPasswordForm(SharedForm):
    password = PasswordField("Mật khẩu mới", [InputRequired(), Length(max=1000)])


class ResetForm(NewPasswordForm):
    name = StringField("Số điện thoại hoặc mã đoàn viên", [InputRequired(), Length(max=200)])
    code = StringField("Mã 6 số BCH đọc cho", [InputRequired(), Length(max=12)])


class ChangePasswordForm(NewPasswordForm):
    present = PasswordField("Mật khẩu đang dùng", [InputRequired(), Length(max=1000)])
