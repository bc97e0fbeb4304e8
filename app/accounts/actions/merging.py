"""Two persons who are one: the one becomes another name of the other, and can be set apart again."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

import sqlalchemy as sa

from app import audit, clock
from app.accounts import queries, rules
from app.accounts.actions import lists
from app.accounts.actions.codes import end_codes
from app.accounts.actions.lists import Place
from app.accounts.actions.people import standing_changes
from app.accounts.actions.places import OnTheWay
from app.accounts.actions.sessions import end_sessions, hold
from app.accounts.models import Membership, Person, PersonAlias
from app.db import db
from app.refusal import NotThere, RuleBroken
from app.units import queries as units
from app.units.models import Unit

Hook = Callable[[UUID, UUID], None]  # gone, stays
# What upper floors do with what was done under the one name and counts for the other; they add theirs at start.
joined: list[Hook] = []
parted: list[Hook] = []


class GoneElsewhere(RuleBroken):
    kind = "conflict"
    words = "Hồ sơ nhập đi còn có tên ở một đơn vị khác, nên chưa nhập ở đây được."


def merge(by: UUID, unit: Unit, gone: UUID, stays: UUID) -> None:
    """`gone` is another name of `stays` from now on: their membership and sessions end, what they sign in by and what
    they have done is the other's; what they wrote stays where it is. Nothing happens where it is so already. Raises
    `NotThere`, `GoneElsewhere`, `OnTheWay`, and what `rules.check_merge` raises."""
    if gone == stays:
        raise rules.SamePerson()
    for person in sorted((gone, stays)):
        hold(person)
    if queries.stays_of(gone) == stays:
        return
    place = _require_two(unit, gone, stays)
    rules.check_merge(_side(gone), _side(stays))
    today = clock.today()
    with standing_changes(gone, stays):
        if place:
            lists.let_go(by, [gone], unit.id, today)
        _note(by, unit, gone, stays, place, today)
        for hook in joined:
            hook(gone, stays)
    end_sessions(gone)
    end_codes(gone, "reset")
    audit.line(by, "person.merge", "person", gone, into=str(stays), unit=unit.code)
    audit.line(by, "person.take_in", "person", stays, other=str(gone), unit=unit.code)


def _require_two(unit: Unit, gone: UUID, stays: UUID) -> Membership | None:
    """The open membership of `gone` in the unit, where there is one. Raises `NotThere` unless the unit knows both and
    has the one who stays."""
    places = {person: queries.last_place(person, unit.id) for person in (gone, stays)}
    kept, left = places[stays], places[gone]
    if kept is None or left is None or kept.until is not None or not _are_active(gone, stays):
        raise NotThere()
    today = clock.today()
    if any(held.unit_id != unit.id for held in queries.memberships_of(gone, today)):
        raise GoneElsewhere()
    if queries.open_introduction(gone) is not None:
        raise OnTheWay()
    return left if left.until is None else None


def _are_active(*people: UUID) -> bool:
    found = sa.select(sa.func.count()).select_from(Person).where(Person.id.in_(people), Person.state == "active")
    return db.session.scalar(found) == len(people)


def _side(person: UUID) -> rules.Side:
    return rules.Side(
        role=bool(queries.roles_of(person, clock.today())),
        several=bool(queries.gone_into(person)),
        has_password=queries.has_been_in(person),
    )


def _note(by: UUID, unit: Unit, gone: UUID, stays: UUID, place: Membership | None, today: date) -> None:
    kept = {}
    if place:
        kept = {
            "since": place.since.isoformat(),
            "group": place.group_id,
            "own_code": place.own_code,
            "holds_office": place.holds_office,
        }
    alias = PersonAlias(gone=gone, stays=stays, unit_id=unit.id, place=kept, since=today, made=clock.now(), made_by=by)
    db.session.add(alias)
    db.session.get_one(Person, gone).state = "closed"
    db.session.flush()


def unmerge(by: UUID, unit: Unit, gone: UUID, stays: UUID) -> None:
    """They are two again, each with what was theirs; what `stays` did since stays theirs. Nothing happens where they
    are two. Raises `NotThere` where another unit made them one."""
    for person in sorted((gone, stays)):
        hold(person)
    standing = (PersonAlias.gone == gone, PersonAlias.stays == stays, PersonAlias.undone_at.is_(None))
    alias = db.session.scalars(sa.select(PersonAlias).where(*standing)).first()
    if alias is None:
        return
    if alias.unit_id not in units.stands_for(unit.id, clock.today()):
        raise NotThere()
    with standing_changes(gone, stays):
        for hook in parted:
            hook(gone, stays)
        alias.undone_at = clock.now()
        db.session.get_one(Person, gone).state = "active"
        db.session.flush()
        if alias.place:
            _bring_back(by, alias, unit)
    end_sessions(gone)
    audit.line(by, "person.unmerge", "person", gone, out_of=str(stays), unit=unit.code)
    audit.line(by, "person.let_out", "person", stays, other=str(gone), unit=unit.code)


def _bring_back(by: UUID, alias: PersonAlias, unit: Unit) -> None:
    """Their membership goes on as if it had not ended; where the unit has become another since, there, from the day on
    which the other one's began."""
    kept = alias.place
    since, left = date.fromisoformat(kept["since"]), alias.since
    there = queries.last_place(alias.stays, unit.id) if unit.id != alias.unit_id else None
    if there is not None:
        since = left = max(there.since, alias.since)
    place = Place(alias.gone, unit.id, since, kept["group"], kept["own_code"], kept["holds_office"])
    lists.take_back(by, [place], left)
