"""What the page of a commitment sends: its sections, and for members one of three answers."""

from wtforms import StringField
from wtforms.validators import Length

from app.records.forms import SheetForm

ANSWERS = (
    ("dang-ky", "Đăng ký một việc làm theo"),
    ("de-sau", "Để sau"),
    ("khong", "Năm nay tôi không đăng ký"),
)


class AnswerForm(SheetForm):
    """None of the answers is chosen beforehand."""

    answer = StringField("Trả lời", [Length(max=20)])

    def choose(self, asked: bool) -> str | None:
        """The answer; where the three are not asked, the text itself is the yes. None for no answer."""
        given: str | None = self.answer.data or None
        return given if asked else given or "dang-ky"
