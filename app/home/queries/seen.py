"""`Ai xem được gì`: what is held in a unit, who by name opens texts there today, what is seen above."""

from dataclasses import dataclass
from datetime import date

from app import clock
from app.accounts import queries as accounts
from app.accounts.queries import Actor
from app.home.held import HELD, Held
from app.progress import queries as progress
from app.records import queries as records
from app.refusal import NotThere
from app.steps import queries as steps
from app.units import queries as units
from app.units.queries import UnitRow


@dataclass(frozen=True)
class SeenPage:
    """`readers` open what members send, `chair_readers` what the chair sends. `names`: for who belongs to the unit;
    the bodies above get the number of readers. `above` are these bodies, `counts` what they see today."""

    unit: UnitRow
    names: bool
    held: tuple[Held, ...]
    readers: records.UnitReaders
    above: list[UnitRow]
    counts: progress.CountsPage | None
    day: date

    @property
    def reader_lines(self) -> list[str]:
        """Who opens what, in sentences: for the page and for the notice board."""
        lines = [f"Phiếu của đoàn viên: {_said(self.readers.members, self.names)}"]
        if self.readers.chair:
            lines.append(f"Phiếu của Chủ tịch: {_said(self.readers.chair, self.names)}")
        if self.names and self.readers.aside:
            aside = ", ".join(f"{one.name} ({one.duty_words})" for one in self.readers.aside)
            lines.append(f"Không mở phiếu nào, vì đã khai có liên quan: {aside}.")
        return [*lines, RULES_OF_READING]

    @property
    def above_names(self) -> str:
        return ", ".join(unit.short for unit in self.above)


RULES_OF_READING = (
    "Không ai mở được phiếu của chính mình để xem xét. Ai không nêu ở trên, kể cả quản trị và "
    "công đoàn cấp trên, không mở được. "
    "Ai đã mở phiếu nào, lúc nào, người viết thấy ở trang “Thông tin của tôi”."
)


def _said(readers: records.Readers, names: bool) -> str:
    """The readers as a sentence ends: by name with their duties, or how many they are."""
    if readers.unit is None:
        return "hiện chưa có ai mở được, phiếu chưa gửi đi được."
    if not names:
        return f"{len(readers.officers)} người trong BCH {readers.unit.short}."
    said = ", ".join(f"{one.name} ({one.duty_words})" for one in readers.officers)
    return f"{said}, BCH {readers.unit.short}."


def seen_page(actor: Actor, code: str) -> SeenPage:
    """For the unit's members, its officers and administrators by name; for those above in numbers. Raises `NotThere`
    for everybody else, and for what is no unit with members."""
    today = clock.today()
    unit = units.by_code(code, today)
    if unit is None or not unit.counts_members:
        raise NotThere()
    names = unit.id in actor.member_of or unit.id in actor.units_as("officer", "admin")
    if not names and not accounts.reaches(actor, unit.id, "officer", "admin"):
        raise NotThere()
    return SeenPage(
        unit=unit,
        names=names,
        held=HELD,
        readers=records.unit_readers(unit.id, today),
        above=units.ancestors(unit.id, today)[1:],
        counts=progress.counts_page(unit) if steps.current_programme(today) else None,
        day=today,
    )


def own_code(actor: Actor) -> str | None:
    """The code of the unit that the person belongs to, or works for; None where there is none with members."""
    today = clock.today()
    mine = sorted(actor.member_of) + sorted(actor.units_as("officer", "admin"))
    named = units.names(set(mine), today)
    return next((named[i].code for i in mine if i in named and named[i].counts_members), None)
