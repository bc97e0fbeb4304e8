"""What becomes a notice: each source is a list of watchers in a slice below, called inside the transaction of what it
tells of."""

from uuid import UUID

from app import clock
from app.accounts import actions as accounts
from app.accounts.actions import RoleChange
from app.notices.actions import tell
from app.records import actions as records
from app.records.actions import Change, Reading
from app.records.queries import typist_of
from app.records.rules import Step

OF_OTHERS = frozenset({Step.CONFIRM, Step.RETURN, Step.REOPEN})


def join() -> None:
    """Listen to the slices below; once."""
    if on_record not in records.watchers:
        records.watchers += [on_record, on_typed]
        records.reading_watchers.append(on_reading)
        accounts.role_watchers.append(on_role)
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


def on_reset(person_id: UUID, code_id: int) -> None:
    tell(person_id, "reset.made", str(code_id))
