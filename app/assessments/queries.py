"""A person's own sheet of the year."""

from dataclasses import dataclass

from app.accounts.queries import Actor
from app.assessments.rules import KIND
from app.records import queries as records
from app.records.queries import Sheet
from app.records.rules import Stage
from app.steps import queries as steps


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
