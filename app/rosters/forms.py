"""What the pages of a list ask for; what is chosen line by line is read by the view."""

from app.web.forms import DayField, Form


class LeavingForm(Form):
    day = DayField("Thôi sinh hoạt từ ngày")
