"""The base of every form: Vietnamese messages, text cleaned on entry, Vietnamese dates, CSRF bound to the session."""

import re
from datetime import date
from typing import Any

from flask import has_request_context, request
from flask_wtf import FlaskForm
from flask_wtf.csrf import CSRFProtect
from flask_wtf.form import _Auto
from wtforms import Field, PasswordField, StringField
from wtforms.validators import ValidationError

from app import clock, text
from app.web.messages_vi import MESSAGES

csrf = CSRFProtect()


class _Vietnamese:
    """WTForms' translations object."""

    def gettext(self, string: str) -> str:
        return MESSAGES.get(string, string)

    def ngettext(self, singular: str, plural: str, n: int) -> str:
        return self.gettext(singular if n == 1 else plural)


class Form(FlaskForm):  # type: ignore[misc]
    """GET shows it, POST fills it; it makes values, never models."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Fields come from forms only: JSON would bring lists and numbers past every check of text."""
            if formdata is not _Auto:
                return formdata
            if not has_request_context():
                return None
            return request.form if request.method in ("POST", "PUT", "PATCH", "DELETE") else None

        def get_translations(self, form: Any) -> _Vietnamese:
            return _Vietnamese()

        def bind_field(self, form: Any, unbound_field: Any, options: dict[str, Any]) -> Any:
            """Every text that comes in is NFC and free of control characters, before any validator sees it."""
            kind = unbound_field.field_class
            if issubclass(kind, StringField) and not issubclass(kind, PasswordField):
                filters = unbound_field.kwargs.get("filters", ())
                unbound_field.kwargs["filters"] = [_clean, *(f for f in filters if f is not _clean)]
            return unbound_field.bind(form=form, **options)

    @property
    def troubles(self) -> list[tuple[str, str, str]]:
        """(id, label, first message) of each field to be mended, in the order of the page."""
        return [(field.id, field.label.text, str(field.errors[0])) for field in self if field.errors]


def _clean(value: str | None) -> str | None:
    return text.nfc(value).strip() if isinstance(value, str) else value


def form_id() -> str:
    """Which form was sent: each carries its own id, and the second of two clicks sends the same. Empty where it has
    none."""
    return request.form.get("form_id", "")[:64]


DAY = re.compile(r"([0-9]{1,2})[-/. ]+([0-9]{1,2})(?:[-/. ]+([0-9]{4}))?|([0-9]{2})([0-9]{2})([0-9]{4})")
ISO_DAY = re.compile(r"([0-9]{4})[-/. ]+([0-9]{1,2})[-/. ]+([0-9]{1,2})")


def parse_date(written: str, year: int | None = None) -> date | None:
    """A day as people write it, with separators or without: 19/5/2020, 19-5-2020, 19.5.2020, 19 5 2020, 19052020,
    2020-05-19; 19/5 is of `year`, where one is given. None for anything else."""
    written = " ".join(written.split())
    if found := ISO_DAY.fullmatch(written):
        named, month, day = found.groups()
    elif found := DAY.fullmatch(written):
        day, month, named = found.groups()[:3] if found[1] else found.groups()[3:]
    else:
        return None
    try:
        return date(int(named or year or 0), int(month), int(day))
    except ValueError:
        return None


class DayField(StringField):
    """A day, typed as 19/5/2020; what was typed is shown again if it is none."""

    data: Any

    def process_formdata(self, valuelist: list[str]) -> None:
        self.typed = valuelist[0].strip() if valuelist else ""
        self.data = parse_date(self.typed)
        if self.typed and self.data is None:
            raise ValueError(self.gettext("Not a valid date value."))

    def _value(self) -> str:
        return getattr(self, "typed", None) or (clock.short_date(self.data) if self.data else "")


class Safe:
    """A name without characters that would show it as another."""

    def __call__(self, form: Any, field: Field) -> None:
        if field.data and not text.safe_name(field.data):
            raise ValidationError(text.NameUnsafe.words)
