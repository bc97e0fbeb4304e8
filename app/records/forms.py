"""What a page of a record sends: the sections of its form as fields, and a reviewer's comments. Well-formed or not;
what must be written to be sent is the rules' answer."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar, cast

from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import Length

from app import clock
from app.records import rules
from app.records.queries import FormRow, Sheet, TypingPage
from app.records.rules import DEED_FIELDS, DEEDS, Body, Part, Section
from app.web.forms import Form, parse_date

PART = "muc_"
COMMENT = "gop_y_"


class NumberField(HiddenField):
    """A count that the page carries; what is no number is 0, which no page of ours carries back."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = str(valuelist[0]) if valuelist else ""
        self.data: Any = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0


class StepForm(Form):
    """A button that takes a record a step further: `lock` is the state of the record that the page showed."""

    lock = NumberField()


class SheetForm(StepForm):
    """The sections of one form. `seq` is the number of the next draft, `to` the unit whose readers were shown; `year`
    is that of a day written without one. `kept` is what the record holds, as its fields show it. `late`: another page
    has changed the record since this one was shown; `overtaken` is what it wrote there, where that is something else.
    """

    sections: Sequence[Section] = ()
    year = 0
    kept: Mapping[str, str] = {}
    late = False
    overtaken: Sequence[Part] = ()
    seq = NumberField()
    to = NumberField()

    def part(self, key: str) -> Any:
        """The field of a part: a section's text, or `deeds_1_what`."""
        return self[PART + key]

    def deed_begun(self, section: str, n: int) -> bool:
        """Whether the n-th deed has anything typed, or to be mended: it is shown open then."""
        fields = [self.part(rules.part_key(section, n, field)) for field in DEED_FIELDS]
        return any(field.data or field.errors for field in fields)

    def body(self) -> Body:
        """What was typed, as records keep it: days as ISO days where they are days."""
        found: Body = {}
        for section in self.sections:
            if section.type == "deeds":
                found[section.key] = [self._deed(section.key, n) for n in range(1, DEEDS + 1)]
            else:
                found[section.key] = self.part(section.key).data or ""
        return found

    def _deed(self, key: str, n: int) -> dict[str, str]:
        typed = {field: self.part(rules.part_key(key, n, field)).data or "" for field in DEED_FIELDS}
        day = parse_date(typed["until"], self.year)
        return typed | ({"until": day.isoformat()} if day else {})

    def mend(self, faults: Mapping[str, str]) -> None:
        """Say at each field what is to be mended."""
        for key, words in faults.items():
            field = self.part(key)
            field.errors = [*field.errors, words]

    def renew(self, sheet: Sheet) -> None:
        """Go on from the record as it is now, with what was typed."""
        self.late = (self.seq.data, self.lock.data) != (sheet.seq + 1, sheet.lock)
        if self.late and sheet.body != self.body():
            self.overtaken = rules.parts(sheet.form.sections, sheet.body)
        self.kept = _shown(sheet.form, sheet.body)
        self.seq.data, self.lock.data, self.to.data = sheet.seq + 1, sheet.lock, sheet.readers_unit


Sheets = TypeVar("Sheets", bound=SheetForm)


def sheet_form(sheet: Sheet, base: type[Sheets]) -> Sheets:
    """The form of this page: what was posted, else what was drafted or sent last."""
    kept = _shown(sheet.form, sheet.body)
    carried = {"seq": sheet.seq + 1, "lock": sheet.lock, "to": sheet.readers_unit}
    return _class(sheet.form, base, kept)(data=kept | carried)


def typing_form(page: TypingPage) -> SheetForm:
    """The empty form that a reviewer fills in for somebody."""
    to = page.readers.unit.id if page.readers.unit else 0
    return _class(page.form, SheetForm, {})(data={"to": to})


def _class(form: FormRow, base: type[Sheets], kept: Mapping[str, str]) -> type[Sheets]:
    fields: dict[str, Any] = {"sections": form.sections, "year": form.year, "kept": kept}
    for section in form.sections:
        if section.type == "deeds":
            fields |= _deed_fields(section)
        else:
            fields[PART + section.key] = TextAreaField(section.title, [Length(max=rules.MAXIMUM)])
    return cast("type[Sheets]", cast(Any, type(base))("FilledSheet", (base,), fields))


def _deed_fields(section: Section) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for n in range(1, DEEDS + 1):
        for field in DEED_FIELDS:
            kind = StringField if field == "until" else TextAreaField
            label = rules.DEED_TITLES[field] if n == 1 else f"{rules.DEED_TITLES[field]} (việc {n})"
            found[PART + rules.part_key(section.key, n, field)] = kind(label, [Length(max=rules.MAXIMUM)])
    return found


def _shown(form: FormRow, body: Body) -> dict[str, str]:
    found: dict[str, str] = {}
    for section in form.sections:
        if section.type == "text":
            found[PART + section.key] = body.get(section.key, "")
            continue
        for n, deed in enumerate(body.get(section.key) or [], start=1):
            day = rules.read_day(deed["until"])
            texts = deed | ({"until": clock.short_date(day)} if day else {})
            found |= {PART + rules.part_key(section.key, n, field): texts[field] for field in DEED_FIELDS}
    return found


class CommentsForm(StepForm):
    """A reviewer's comments, one a part."""

    keys: Sequence[str] = ()

    def part(self, key: str) -> Any:
        return self[COMMENT + key]

    def comments(self) -> dict[str, str]:
        return {key: self.part(key).data for key in self.keys if self.part(key).data}


def comments_form(sections: Iterable[Section], lock: int) -> CommentsForm:
    keys = rules.part_keys(sections)
    fields: dict[str, Any] = {COMMENT + key: TextAreaField("Góp ý", [Length(max=rules.MAXIMUM)]) for key in keys}
    made = cast(Any, type(CommentsForm))("FilledComments", (CommentsForm,), {"keys": keys, **fields})
    return cast("type[CommentsForm]", made)(data={"lock": lock})


def typed_comments(posted: Mapping[str, str]) -> dict[str, str]:
    """Field → what was typed in it, where no form tells any more which fields there are."""
    return {name: text for name, text in posted.items() if name.startswith(COMMENT) and text.strip()}
