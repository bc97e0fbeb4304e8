"""Beginning. Each runs inside the caller's `writing()`."""

from dataclasses import dataclass

from app import audit, clock
from app.accounts import actions as accounts
from app.administration import queries
from app.administration.rules import AlreadyBegun
from app.assessments import content as assessments
from app.commitments import content as commitments
from app.lessons.content import RECORD_STEPS
from app.steps import actions as steps
from app.steps import queries as years
from app.units import actions as units


@dataclass(frozen=True)
class Beginning:
    """What a federation begins with: itself, the year of its first programme, and who administers it."""

    code: str
    name: str
    short: str
    kind: str
    year: int
    administrator: str


@dataclass(frozen=True)
class Begun:
    """The first administrator's member code, and the code that lets them in once."""

    member_code: str
    slip: str


def begin(what: Beginning) -> Begun:
    """The federation, its year, its first administrator. Raises `AlreadyBegun`, and what `units.open_unit` and
    `accounts.add_person` raise."""
    if queries.has_begun():
        raise AlreadyBegun()
    units.install_kinds()
    unit = units.open_unit(None, what.code, what.name, what.kind, None, clock.today(), what.short)
    person = accounts.add_person(None, what.administrator)
    code = accounts.give_code(person.id, unit)
    accounts.grant(None, person.id, unit, "admin", clock.today())
    _open_year(what.year)
    audit.line(person.id, "federation.begin", "unit", unit.code, year=what.year)
    return Begun(code, accounts.make_slip(None, person.id))


def _open_year(year: int) -> None:
    """The year's programme: the one that the content folders hold, else one without modules, which asks for what every
    year asks for."""
    if not any(programme.year == year for programme in years.programmes()):
        made = steps.define_programme(str(year), year, f"Học tập và làm theo năm {year}", "", "")
        steps.define_steps(made, list(RECORD_STEPS))
    assessments.install_forms(year)
    commitments.install_forms(year)
