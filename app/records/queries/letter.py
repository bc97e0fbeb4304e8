"""What stands around a record on paper: a letterhead, to whom it goes, by whom it was written."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from app import clock
from app.accounts import queries as accounts
from app.accounts.rules import DUTY_WORDS
from app.records import rules
from app.records.queries.heads import Head
from app.records.rules import Stage
from app.units import queries as units
from app.units.queries import UnitRow


@dataclass(frozen=True)
class Letter:
    """As of the day it was sent, whatever has moved since: `unit` is the author's, with the body `above` it; `to` is
    the unit whose BCH reviews it. `duty` and `group` are the author's there, `signer` confirmed it; each may be ''."""

    above: str
    unit: str
    place: str
    at: datetime
    to: str
    duty: str
    group: str
    signer: str


def letter_of(record: Head) -> Letter | None:
    """None for what has not been sent."""
    if record.submitted_at is None or record.reviewing_unit is None:
        return None
    day = clock.local(record.submitted_at).date()
    to = _standing(record.reviewing_unit, day)
    if to is None:
        return None
    unit = to if to.counts_members else _standing(record.unit_id, day) or to
    above = units.ancestors(unit.id, day)
    federation = next((body for body in above if body.federation), None)
    return Letter(
        above=above[1].name if len(above) > 1 else "",
        unit=unit.name,
        place=rules.place_of(federation.short) if federation else "",
        at=record.submitted_at,
        to=to.name,
        duty=_duty(record, unit, day),
        group=_group(record, unit, day),
        signer=_signer(record),
    )


def _standing(unit_id: int, day: date) -> UnitRow | None:
    """The unit on that day, of which it may have seen the beginning only."""
    return units.find(unit_id, day) or units.find(unit_id, day - timedelta(days=1))


def _duty(record: Head, unit: UnitRow, day: date) -> str:
    held = [role for role in accounts.roles_of(record.person_id, day) if role.unit_id == unit.id]
    duty = next((role.duty or "committee" for role in held if role.name == "officer"), "")
    return DUTY_WORDS.get(duty, "")


def _group(record: Head, unit: UnitRow, day: date) -> str:
    held = [one.group_id for one in accounts.memberships_of(record.person_id, day) if one.unit_id == unit.id]
    group = units.find(held[0], day) if held and held[0] else None
    return group.short if group else ""


def _signer(record: Head) -> str:
    if record.stage is not Stage.CONFIRMED or record.decided_by is None:
        return ""
    return accounts.person_names({record.decided_by})[record.decided_by]
