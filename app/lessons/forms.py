"""What reading sends."""

from typing import Any

from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from app.web.forms import Form


class PlaceForm(Form):
    """The number of the section that is being read."""

    place: Any = IntegerField("Mục", [InputRequired(), NumberRange(0, 999)])
