"""Getting in: well-formed or not. Whether a code or password is right is the action's answer."""

from collections.abc import Iterable
from datetime import date, timedelta

from wtforms import BooleanField, PasswordField, RadioField, SelectField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]  # newer than its stubs
from wtforms.validators import InputRequired, Length, Optional

from app.accounts import rules
from app.accounts.actions import Entered
from app.units.queries import UnitRow
from app.web.forms import DayField, Form, Safe


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


class SecondStepForm(Form):
    typed = StringField("Mã 6 số trong ứng dụng, hoặc một mã dự phòng", [InputRequired(), Length(max=40)])


class FirstCodeForm(SecondStepForm):
    typed = StringField("Mã 6 số ứng dụng đang hiện", [InputRequired(), Length(max=40)])


class PresentPasswordForm(Form):
    present = PasswordField("Mật khẩu đang dùng", [InputRequired(), Length(max=1000)])


class WithGroup(Form):
    """A form that offers the tổ of a unit."""

    group = SelectField("Tổ công đoàn", coerce=lambda value: int(value or 0))

    def offer(self, groups: Iterable[UnitRow]) -> None:
        self.group.choices = [SelectChoice(0, "Chưa xếp tổ"), *(SelectChoice(one.id, one.short) for one in groups)]
        if self.group.data is None:
            self.group.data = 0


class MemberForm(WithGroup):
    """Somebody as an officer writes them down."""

    name = StringField("Họ và tên", [InputRequired(), Length(max=120), Safe()])
    address = SelectField(
        "Xưng hô",
        choices=[SelectChoice(*one) for one in (("", "Chưa rõ"), ("anh", "Anh"), ("chị", "Chị"), ("cô", "Cô"))],
        default="",
    )
    own = StringField("Mã của đơn vị", [Length(max=20), Safe()])
    phone = StringField("Điện thoại", [Length(max=30)])
    email = StringField("Thư điện tử", [Length(max=200)])
    office = BooleanField("Giữ chức vụ ở cơ quan, doanh nghiệp")

    def validate_phone(self, field: StringField) -> None:
        if field.data and rules.read_phone(field.data) is None:
            raise ValidationError("Số điện thoại gồm 10 số, ví dụ 0900000118.")

    def validate_email(self, field: StringField) -> None:
        if field.data and rules.read_email(field.data) is None:
            raise ValidationError("Địa chỉ thư điện tử có dạng ten@noi.vn.")

    def entered(self) -> Entered:
        return Entered(
            name=self.name.data or "",
            address=self.address.data or "",
            phone=self.phone.data or "",
            email=self.email.data or "",
            group=self.group.data or None,
            own=self.own.data or "",
            office=bool(self.office.data),
        )


class LeaveForm(Form):
    on = DayField("Thôi sinh hoạt từ ngày", [InputRequired()])


class IntroduceForm(Form):
    on = DayField("Chuyển từ ngày", [InputRequired()])
    to = StringField("Mã đơn vị nhận", [Length(max=12)])


class ReceiveForm(WithGroup):
    code = StringField("Mã trên giấy giới thiệu", [InputRequired(), Length(max=20)])
    own = StringField("Mã của đơn vị", [Length(max=20), Safe(), Optional()])


class ExemptForm(Form):
    since = DayField("Từ ngày", [InputRequired()])
    last = DayField("Đến hết ngày", [InputRequired()])

    def span(self) -> tuple[date, date]:
        """From the first day to before the day after the last."""
        return self.since.data, self.last.data + timedelta(days=1)


class DutyForm(Form):
    """Who is given which duty from when. The person is named as on paper, by name and code."""

    name = StringField("Họ và tên", [InputRequired(), Length(max=200)])
    member = StringField("Mã đoàn viên", [InputRequired(), Length(max=40)])
    duty = RadioField("Nhiệm vụ", [InputRequired()], choices=[SelectChoice(*one) for one in rules.DUTY_WORDS.items()])
    since = DayField("Từ ngày", [InputRequired()])


class EndForm(Form):
    until = DayField("Từ ngày", [InputRequired()])
