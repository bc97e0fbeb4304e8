"""A person's own sheet of the year."""

from dataclasses import dataclass
from uuid import UUID

from app.accounts.queries import Actor
from app.assessments.rules import KIND
from app.records import queries as records
from app.records.queries import Sheet
from app.records.rules import Stage
from app.steps import queries as steps
from app.steps.models import Programme


@dataclass(frozen=True)
class SheetPage:
    """`writes`: the form is shown; else what was kept or sent."""

    sheet: Sheet
    writes: bool


def sheet_page(actor: Actor, year: int, writes: bool = False) -> SheetPage:
    """What was kept is shown as it is; `writes` asks for the form to go on with it. Raises `NotThere`."""
    steps.programme_of_year(year)
    sheet = records.sheet(actor, KIND, year)
    open_now = sheet.stage in (Stage.DRAFT, Stage.RETURNED, Stage.WITHDRAWN)
    return SheetPage(sheet, open_now or (writes and sheet.stage is Stage.KEPT))


@dataclass(frozen=True)
class Line:
    """Where the sheet stands for a first page: what to do next, if anything remains."""

    stage: Stage
    words: str
    action: str | None


LINES = {
    Stage.DRAFT: ("Khoảng 10 phút, giữ riêng cho mình cũng được", "Viết"),
    Stage.SUBMITTED: ("BCH đang xem", None),
    Stage.RETURNED: ("BCH có góp ý", "Xem góp ý"),
    Stage.CONFIRMED: ("BCH đã xác nhận", None),
    Stage.KEPT: ("Đã giữ riêng", None),
    Stage.WITHDRAWN: ("Đã rút lại, có thể viết tiếp", "Viết tiếp"),
}


def line_for(person_id: UUID, programme: Programme) -> Line:
    found = records.head_of(person_id, KIND, programme.year)
    if found is None:
        return Line(Stage.DRAFT, *LINES[Stage.DRAFT])
    if found.stage is Stage.DRAFT and found.draft_at:
        return Line(Stage.DRAFT, "Bản nháp đang giữ", "Viết tiếp")
    return Line(found.stage, *LINES[found.stage])
