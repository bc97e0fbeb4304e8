"""A person's own registration or commitment of the year."""

from dataclasses import dataclass
from uuid import UUID

from app.accounts.queries import Actor
from app.commitments import rules
from app.commitments.rules import KINDS, PLEDGE
from app.records import queries as records
from app.records.queries import Head, Sheet
from app.records.rules import Stage
from app.steps import queries as steps


@dataclass(frozen=True)
class CommitmentPage:
    """`writes`: the form is shown, else what was answered; `asks`: with the three answers."""

    sheet: Sheet
    writes: bool
    asks: bool
    pledge: bool


def commitment_page(actor: Actor, year: int, writes: bool = False) -> CommitmentPage:
    """A no is shown as given; `writes` asks for the form to change one's mind. Raises `NotThere`."""
    steps.programme_of_year(year)
    kind = kind_of(actor.person_id, year, actor.holds("officer"))[0]
    sheet = records.sheet(actor, kind, year)
    open_now = sheet.stage in (Stage.DRAFT, Stage.RETURNED, Stage.WITHDRAWN)
    return CommitmentPage(
        sheet=sheet,
        writes=open_now or (writes and sheet.stage is Stage.DECLINED),
        asks=rules.asks(kind, sheet.stage),
        pledge=kind == PLEDGE,
    )


def kind_of(person_id: UUID, year: int, officer: bool) -> tuple[str, Head | None]:
    """The kind that is asked of the person, and their record of it."""
    heads = {kind: records.head_of(person_id, kind, year) for kind in KINDS}
    kind = rules.kind_of({kind: found.stage for kind, found in heads.items() if found}, officer)
    return kind, heads[kind]
