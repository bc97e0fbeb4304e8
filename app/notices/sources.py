"""What becomes a notice: each source is a list of watchers in a slice below, called inside the transaction of what it
tells of."""

from uuid import UUID

import sqlalchemy as sa

from app import clock
from app.accounts import actions as accounts
from app.accounts.actions import RoleChange
from app.accounts.models import Membership, Role
from app.accounts.queries import open_on
from app.db import db
from app.notices.actions import tell, tell_all
from app.records import actions as records
from app.records.actions import Change, Reading
from app.records.queries import typist_of
from app.records.rules import Step
from app.units import queries as units

OF_OTHERS = frozenset({Step.CONFIRM, Step.RETURN, Step.REOPEN})


def join() -> None:
    """Listen to the slices below; once."""
    if on_record not in records.watchers:
        records.watchers += [on_record, on_typed]
        records.reading_watchers.append(on_reading)
        accounts.role_watchers += [on_role, on_reader]
        accounts.reset_watchers.append(on_reset)


def on_record(change: Change) -> None:
    """What others did to somebody's record; one's own steps are no news."""
    if change.step in OF_OTHERS and change.by != change.person_id:
        event = f"{change.record_id}:{change.at.isoformat()}"
        tell(change.person_id, f"record.{change.step}", event, record=change.kind, year=change.year)


def on_typed(change: Change) -> None:
    """Who something was typed for hears of it; who typed it, that it was refused."""
    facts = {"record": change.kind, "year": change.year}
    if change.step is Step.TYPE_IN and change.by:
        tell(change.person_id, "record.type_in", str(change.record_id), reader=str(change.by), **facts)
    elif change.step is Step.REFUSE:
        typist = typist_of(change.record_id)
        tell(typist, "record.refuse", str(change.record_id), reader=str(change.person_id), **facts)


def on_reading(reading: Reading) -> None:
    """One line a record, reader and day, however often it is opened."""
    event = f"{reading.record_id}:{reading.reader}:{clock.local(reading.at).date()}"
    facts = {"record": reading.kind, "year": reading.year, "reader": str(reading.reader), "unit": reading.unit_id}
    tell(reading.person_id, "record.read", event, **facts)


def on_role(change: RoleChange) -> None:
    kind = "role.given" if change.given else "role.ended"
    event = f"{change.unit_id}:{change.role}:{clock.now().isoformat()}"
    facts = {"unit": change.unit_id, "role": change.role, "duty": change.duty, "since": change.on.isoformat()}
    tell(change.person_id, kind, event, **facts)


def on_reader(change: RoleChange) -> None:
    """Who may read what the members of a unit send there is told to those members who have been in: the others see it
    before they write. Another duty changes nothing."""
    unit = units.names({change.unit_id}, change.on).get(change.unit_id)
    if change.role != "officer" or unit is None or not unit.reviews or _read_before(change):
        return
    members = sa.select(Membership.person_id).where(
        Membership.unit_id == change.unit_id,
        open_on(Membership, clock.today()),
        Membership.person_id != change.person_id,
    )
    event = f"{change.unit_id}:{change.person_id}:{change.on}"
    facts = {"unit": change.unit_id, "reader": str(change.person_id), "since": change.on.isoformat()}
    tell_all(db.session.scalars(members).all(), f"reader.{'given' if change.given else 'ended'}", event, **facts)


def _read_before(change: RoleChange) -> bool:
    """Whether somebody who is given a duty held one there until now."""
    held = sa.exists().where(
        Role.person_id == change.person_id,
        Role.unit_id == change.unit_id,
        Role.name == "officer",
        Role.since < change.on,
        sa.or_(Role.until.is_(None), Role.until >= change.on),
    )
    return change.given and bool(db.session.scalar(sa.select(held)))


def on_reset(person_id: UUID, code_id: int) -> None:
    tell(person_id, "reset.made", str(code_id))
