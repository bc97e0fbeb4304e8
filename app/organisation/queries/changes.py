"""The pages of changes: who may make them where, what one meets, which were made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa

from app import clock
from app.accounts import queries as accounts
from app.accounts.models import Membership, Role, SignInName
from app.accounts.queries import Actor, lasts, open_on
from app.db import db
from app.organisation.queries.balance import weigh
from app.organisation.rules import changes as rules
from app.organisation.rules.changes import Concerned, Sum, Verb
from app.records.models import Record
from app.records.rules import Stage
from app.refusal import NotThere
from app.rosters.models import Upload
from app.units import actions as unit_actions
from app.units import queries as units
from app.units.models import Unit, UnitChange, UnitName, UnitPath
from app.units.queries import UnitRow

SHOWN = 30


@dataclass(frozen=True)
class Desk:
    """A unit before somebody who may change something there. `at`: the unit in which the role is held from which they
    do; `above`: it stands over this one, so that the unit itself may be changed and not only what is in it."""

    unit: UnitRow
    at: UnitRow
    above: bool

    @property
    def verbs(self) -> list[tuple[str, str]]:
        """(slug, words) of what may be done here."""
        parts = not self.unit.federation and not self.unit.counts_members
        found = [] if parts else ["mo"]
        if self.above:
            found += ["doi-ten"] if self.unit.parent_id is None or parts else ["doi-ten", "chuyen"]
            found += ["sap-nhap", *(["tach"] if self.unit.counts_members else []), "dong"]
        return [(slug, rules.WORDS[rules.SLUGS[slug]]) for slug in found]


def desk(actor: Actor, code: str) -> Desk:
    """Raises `NotThere` where the actor neither works in the unit nor above it."""
    unit = accounts.reach(actor, code, "officer", "admin").unit
    held = actor.units_as("officer", "admin")
    above = [row for row in units.ancestors(unit.id, clock.today()) if row.id in held]
    return Desk(unit, above[-1], above[-1].id != unit.id)


def may(found: Desk, slug: str) -> Verb:
    """Raises `NotThere` for a change that is not to be made here by this person."""
    if slug not in {one for one, _ in found.verbs}:
        raise NotThere()
    return rules.SLUGS[slug]


def target(actor: Actor, code: str, on: date) -> UnitRow:
    """The unit of this code as it stands on the day, within the actor's reach. Raises `NoSuchUnit`, the same for one
    that does not exist."""
    found = units.by_code(code, on)
    if found is None or not accounts.reaches(actor, found.id, "officer", "admin", on=on):
        raise rules.NoSuchUnit(code=code.upper(), day=f"{on:%d/%m/%Y}")
    return found


def targets(actor: Actor, found: Desk, verb: Verb) -> list[UnitRow]:
    """What the unit may move under, or merge into: for choosing by code."""
    day = clock.today()
    ids = set(db.session.scalars(units.below(found.at.id, day)))
    here = _sort(found.unit)
    rows = [row for row in units.names(ids, day).values() if row.id != found.unit.id]
    if verb == "move":
        rows = [row for row in rows if rules.may_lead(_sort(row), here) and row.id != found.unit.parent_id]
    else:
        rows = [row for row in rows if rules.are_alike(_sort(row), here)]
        rows = [row for row in rows if not here.is_part or row.parent_id == found.unit.parent_id]
    return sorted(rows, key=lambda row: (row.sort_key, row.code))[:200]


def _sort(unit: UnitRow) -> rules.Sort:
    return rules.Sort(unit.federation, unit.counts_members)


def kinds_below(unit: UnitRow) -> list[tuple[str, str]]:
    """(slug, name) of the kinds that may open under this unit; what is most common first."""
    here = _sort(unit)
    found = [kind for kind in units.kinds() if rules.may_lead(here, rules.Sort(kind.federation, kind.counts_members))]
    first = {"grassroots": 0, "group": 0}
    return [(kind.slug, kind.name) for kind in sorted(found, key=lambda kind: (first.get(kind.slug, 1), kind.slug))]


def groups_of(unit: UnitRow) -> list[UnitRow]:
    return units.children(unit.id, clock.today())


def members_by_code(unit_id: int, codes: Sequence[str], on: date) -> dict[str, UUID]:
    """Those of the codes that are of members of exactly this unit on the day."""
    rows = db.session.execute(
        sa.select(SignInName.folded, SignInName.person_id)
        .join(Membership, Membership.person_id == SignInName.person_id)
        .where(SignInName.kind == "code", SignInName.folded.in_(codes))
        .where(Membership.unit_id == unit_id, lasts(Membership, on))
    )
    return {row.folded: row.person_id for row in rows}


# --- what a change meets ------------------------------------------------------------------------------------------


def concerned(
    verb: Verb, unit: UnitRow, other: UnitRow | None, fresh: str, on: date, moved: tuple[set[int], set[UUID]]
) -> Concerned:
    """The facts for `rules.told`; `moved` are the tổ and the persons of a split."""
    groups, persons = moved
    inside = set(db.session.scalars(units.below(unit.id, on)))
    mine: sa.ColumnElement[bool] = Membership.unit_id.in_(inside)
    if verb == "split":
        mine = sa.and_(mine, sa.or_(Membership.group_id.in_(groups), Membership.person_id.in_(persons)))
    parent = units.find(unit.parent_id, on) if unit.parent_id else None
    officers = accounts.officers_of(unit.id, on)
    return Concerned(
        unit=unit.short,
        old_parent=parent.short if parent else "",
        new_parent=other.short if other and verb == "move" else "",
        successor=other.short if other and verb != "move" else "",
        fresh=fresh,
        members=_count(sa.select(Membership.id).where(mine, open_on(Membership, on))),
        parts=len(groups) if verb == "split" else len(inside) - 1,
        officers=tuple(f"{officer.name}, {officer.duty_words}" for officer in officers),
        others=_count(sa.select(Role.id).where(Role.unit_id == unit.id, Role.name != "officer", open_on(Role, on))),
        waiting=_waiting(verb, inside, mine, other, on),
        drafts=_count(sa.select(Record.id).where(_by(mine, on), Record.draft_at.is_not(None), Record.stage == "draft")),
        lists=_count(sa.select(Upload.id).where(Upload.unit_id == unit.id, Upload.state.in_(("reading", "ready")))),
        in_future=on > clock.today(),
    )


def left_waiting(unit: UnitRow, other: UnitRow | None, on: date) -> int:
    """Records of a unit that moves which nobody will be able to open any more."""
    inside = set(db.session.scalars(units.below(unit.id, on)))
    return _waiting("move", inside, Membership.unit_id.in_(inside), other, on)


def _by(mine: sa.ColumnElement[bool], on: date) -> sa.ColumnElement[bool]:
    """Whether a record is of one of those whose membership `mine` admits."""
    return Record.person_id.in_(sa.select(Membership.person_id).where(mine, open_on(Membership, on)))


def _waiting(verb: Verb, inside: set[int], mine: sa.ColumnElement[bool], other: UnitRow | None, on: date) -> int:
    """Records sent and not decided that nobody will be able to open: for a move those that stand above the unit and not
    above where it goes, for the others those in the unit itself too."""
    if verb in ("open", "rename"):
        return 0
    sent = sa.select(Record.id).where(_by(mine, on), Record.stage == Stage.SUBMITTED)
    kept = set(inside) if verb == "move" else set()
    if other is not None:
        path = sa.select(UnitPath.ancestor_id).where(UnitPath.descendant_id == other.id, units.on(UnitPath, on))
        kept |= set(db.session.scalars(path))
    elif verb == "split":
        return _count(sent.where(Record.reviewing_unit.in_(inside)))
    return _count(sent.where(Record.reviewing_unit.not_in(kept)))


def _count(rows: sa.Select[*tuple[object, ...]]) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(rows.subquery())) or 0


# --- balance ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BalanceLine:
    """A unit's sums before and after; None where it does not stand."""

    unit: str
    code: str
    before: Sum | None
    after: Sum | None


@dataclass(frozen=True)
class Balance:
    """The units that the change concerns, and the one above them all from which it is made. `whole`: before and after,
    the children of every unit below that one sum to it."""

    day: date
    lines: list[BalanceLine]
    total: BalanceLine
    whole: bool


@dataclass(frozen=True)
class Side:
    """One side of a balance: sums by unit, with what the units are called."""

    sums: dict[int, Sum | None]
    names: dict[int, UnitRow]
    whole: bool


def side(top: int, ids: set[int], on: date) -> Side:
    weighed = weigh(top, on)
    return Side({unit: weighed.of(unit) for unit in {top, *ids}}, units.names({top, *ids}, on), not weighed.unbalanced)


def balance(top: int, ids: Sequence[int], on: date, before: Side, after: Side) -> Balance:
    lines = [_line(unit, before, after) for unit in dict.fromkeys(ids) if unit != top]
    return Balance(on, lines, _line(top, before, after), before.whole and after.whole)


def _line(unit: int, before: Side, after: Side) -> BalanceLine:
    row = after.names.get(unit) or before.names.get(unit)
    assert row is not None
    return BalanceLine(row.short, row.code, before.sums.get(unit), after.sums.get(unit))


# --- what was changed ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ChangeLine:
    """A change that was made: what, of which unit, from which day, by whom."""

    id: UUID
    words: str
    code: str
    name: str
    other: str
    on: date
    made: datetime
    by: str
    undone: bool
    undoable: bool


@dataclass(frozen=True)
class ChangesPage:
    """`lines`: the changes made from where the actor works, the newest first."""

    desk: Desk
    lines: list[ChangeLine]


def changes_page(actor: Actor, found: Desk) -> ChangesPage:
    rows = db.session.scalars(
        sa.select(UnitChange)
        .where(UnitChange.at_unit.in_(actor.units_as("officer", "admin")), UnitChange.code.in_(_codes(found.unit.id)))
        .order_by(UnitChange.made.desc())
        .limit(SHOWN)
    ).all()
    by = accounts.person_names({row.by for row in rows})
    named = _last_names({row.code for row in rows})
    return ChangesPage(found, [_change_line(row, by, named) for row in rows])


def _codes(unit_id: int) -> sa.Select[str]:
    """The codes of the unit and of all that stands, stood, or will stand below it."""
    return sa.select(Unit.code).join(UnitPath, UnitPath.descendant_id == Unit.id).where(UnitPath.ancestor_id == unit_id)


def _last_names(codes: set[str]) -> dict[str, str]:
    rows = db.session.execute(
        sa.select(Unit.code, UnitName.short)
        .join(UnitName, UnitName.unit_id == Unit.id)
        .where(Unit.code.in_(codes))
        .order_by(UnitName.since)
    )
    return {row.code: row.short for row in rows}


def _change_line(row: UnitChange, by: dict[UUID, str], named: dict[str, str]) -> ChangeLine:
    return ChangeLine(
        id=row.id,
        words=rules.MADE[row.verb],
        code=row.code,
        name=named.get(row.code, row.code),
        other=row.facts.get("other") or "",
        on=row.on,
        made=row.made,
        by=by.get(row.by, ""),
        undone=row.undone_at is not None,
        undoable=unit_actions.is_undoable(row),
    )


def made_here(actor: Actor, change_id: UUID) -> UnitChange:
    """The change, if it was made from where the actor works. Raises `NotThere`."""
    found = db.session.get(UnitChange, change_id)
    if found is None or found.at_unit not in actor.units_as("officer", "admin"):
        raise NotThere()
    return found
