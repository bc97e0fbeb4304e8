"""An officer's handover: duties, what waits, numbers of the year. Never a text, and no member by name but the receiver
whom the unit's own committee chose."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app import clock
from app.accounts import queries as accounts
from app.accounts.queries import Actor, DutyHeld
from app.handover.rules import Left, first_things
from app.progress import queries as progress
from app.records import queries as records
from app.refusal import NotThere
from app.rosters import queries as rosters
from app.steps import queries as steps
from app.units import queries as units
from app.units.queries import UnitRow
from app.units.rules import read_member_code


@dataclass(frozen=True)
class Receiver:
    """Who takes over: `words` is the duty they hold already, if any. Without a name the line is left for a pen."""

    name: str = ""
    words: str = ""
    code: str = ""


@dataclass(frozen=True)
class Handover:
    """`giver` is one of `givers`, those whose handover the actor may look at. `own`: the actor works in this unit.
    `unknown`: a code was typed that nobody in the unit has. `drafts`: how many drafts of their own the actor has, where
    it is the actor who leaves; else None. `gives_duties`: the actor gives and ends duties here."""

    unit: UnitRow
    above: str
    own: bool
    givers: list[DutyHeld]
    giver: DutyHeld
    duties: list[accounts.Term]
    receivers: list[DutyHeld]
    receiver: Receiver
    unknown: str
    waiting: records.Waiting
    lists: list[rosters.OpenList]
    left: Left
    drafts: int | None
    members: int
    totals: list[progress.Total]
    year: int
    gives_duties: bool
    at: datetime

    @property
    def first(self) -> list[str]:
        return first_things(self.left)


def handover(actor: Actor, code: str, giver: str, receiver: str) -> Handover:
    """The handover of the officer with the code `giver` to the member with the code `receiver`. A chair and those above
    may look at every officer's, any other officer at their own. Raises `NotThere`."""
    reach, today = accounts.reach(actor, code, "officer"), clock.today()
    unit = reach.unit
    if not unit.reviews:
        raise NotThere()
    held = [one for one in accounts.duties_in(unit.id, today) if one.since <= today]
    givers = _givers(actor, held, reach.names)
    chosen = _chosen(givers, giver, actor)
    others = [one for one in held if one.person_id != chosen.person_id]
    taker = _receiver(unit, others, receiver, reach.names, today)
    waiting = records.waiting_for(accounts.actor_for(chosen.person_id), unit.id)
    lists = rosters.open_lists(chosen.person_id, unit.id) if reach.names else []
    above = units.ancestors(unit.id, today)
    programme = steps.current_programme(today)
    return Handover(
        unit=unit,
        above=above[1].name if len(above) > 1 else "",
        own=reach.names,
        givers=givers,
        giver=chosen,
        duties=accounts.terms_of(chosen.person_id, unit.id, today),
        receivers=others,
        receiver=taker or Receiver(),
        unknown=receiver if receiver and taker is None else "",
        waiting=waiting,
        lists=lists,
        left=_left(unit, chosen, waiting, lists, today),
        drafts=records.drafts_of(actor.person_id) if chosen.person_id == actor.person_id else None,
        members=accounts.headcount_of(unit.id, today),
        totals=_totals(unit) if programme else [],
        year=programme.year if programme else 0,
        gives_duties=unit.counts_members and unit.parent_id in actor.units_as("officer", "admin"),
        at=clock.now(),
    )


def _givers(actor: Actor, held: Sequence[DutyHeld], own: bool) -> list[DutyHeld]:
    is_chair = any(one.person_id == actor.person_id and one.duty == "chair" for one in held)
    return [one for one in held if not own or is_chair or one.person_id == actor.person_id]


def _chosen(givers: Sequence[DutyHeld], code: str, actor: Actor) -> DutyHeld:
    """The one who was asked for; else the actor, else the first. Raises `NotThere`."""
    if code:
        found = next((one for one in givers if one.code == code), None)
    else:
        found = next((one for one in givers if one.person_id == actor.person_id), next(iter(givers), None))
    if found is None:
        raise NotThere()
    return found


def _receiver(unit: UnitRow, others: Sequence[DutyHeld], typed: str, own: bool, day: date) -> Receiver | None:
    """An officer of the unit, or, for its own committee, any member: names stop at the unit."""
    code = read_member_code(typed) or ""
    if not typed:
        return Receiver()
    for one in others:
        if one.code == code:
            return Receiver(one.name, one.words, one.code)
    if not own:
        return None
    try:
        return Receiver(accounts.member_of_unit(unit.id, code, day).name, "", code)
    except NotThere:
        return None


def _left(
    unit: UnitRow, giver: DutyHeld, waiting: records.Waiting, lists: Sequence[rosters.OpenList], day: date
) -> Left:
    officers = accounts.officers_of(unit.id, day)
    return Left(
        waiting=waiting.number,
        oldest=clock.long_date(waiting.oldest) if waiting.oldest else "",
        returned=waiting.returned,
        other_readers=sum(not one.conflict and one.person_id != giver.person_id for one in officers),
        lists=len(lists),
        outside=accounts.waiting_of(unit.id, day),
    )


def _totals(unit: UnitRow) -> list[progress.Total]:
    return (progress.counts_page(unit) if unit.counts_members else progress.federation_page(unit, 1)).totals
