"""Recording that a step is done, and keeping the totals true through every change of membership, role and exemption."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from app import audit, clock
from app.accounts import queries as accounts
from app.accounts.models import Membership, Person
from app.db import after_commit, db, insert, writing
from app.steps import queries, rules
from app.steps.models import Programme, ProgrammeStep, StepDone, StepTally

Counts = Counter[tuple[int, int, str, str]]  # (unit, programme, key, column) → how many


def record(
    person: UUID,
    programme: int,
    key: str,
    at: datetime,
    source: rules.Source,
    by: UUID | None,
    outcome: rules.Outcome = "done",
) -> bool:
    """The person has done the step, or said no to it this year. The first record stays, but `done` takes the place of
    `declined`. Of two persons who are one it counts for the one who stays. Returns whether anything changed."""
    gave, person = person, accounts.stays_of(person)
    _hold([person])
    there = queries.has_done(person, programme, key)
    if there is not None and (there.outcome == outcome or there.outcome == "done"):
        return False
    if there is not None:
        db.session.delete(there)
        db.session.flush()
    db.session.add(
        StepDone(
            person_id=person,
            programme_id=programme,
            key=key,
            outcome=outcome,
            done_at=at,
            source=source,
            by=by,
            recorded_for=gave if gave != person else None,
        )
    )
    _move(person, programme, key, there.outcome if there is not None else None, outcome)
    audit.line(by, f"step.{outcome}", "person", person, programme=programme, key=key, source=source)
    return True


def withdraw(person: UUID, programme: int, key: str, by: UUID | None) -> bool:
    """The step is not done after all. Returns whether it had been recorded."""
    gave, person = person, accounts.stays_of(person)
    _hold([person])
    there = queries.has_done(person, programme, key)
    if there is None or (gave != person and there.recorded_for != gave):
        return False
    db.session.delete(there)
    _move(person, programme, key, there.outcome, None)
    audit.line(by, "step.withdraw", "person", person, programme=programme, key=key)
    return True


def _hold(people: list[UUID]) -> None:
    """One at a time for each person: on PostgreSQL by a row lock, on SQLite the file lock has done it."""
    held = sa.select(Person.id).where(Person.id.in_(people)).order_by(Person.id)
    db.session.execute(held.with_for_update(key_share=True))


def _move(person: UUID, programme: int, key: str, before: str | None, after: str | None) -> None:
    """One answer has taken the place of another: the totals of the person's units move along."""
    db.session.flush()
    step = next((step for step in queries.steps_of(programme) if step.key == key), None)
    if step is None:
        return
    changes: Counts = Counter()
    for member in queries.belongings(Membership.person_id == person, clock.today()):
        asked = rules.is_asked(step.audience, member.groups, member.exempt)
        at = (member.unit, programme, key)
        _tell(changes, at, rules.share(asked, after), 1)
        _tell(changes, at, rules.share(asked, before), -1)
    _add(changes)


def _tell(counts: Counts, at: tuple[int, int, str], share: rules.Share, times: int = 1) -> None:
    counts[*at, "asked"] += times * share.asked
    counts[*at, "done"] += times * share.done
    counts[*at, "declined"] += times * share.declined


@contextmanager
def counting(persons: Iterable[UUID], programmes: list[int] | None = None) -> Iterator[None]:
    """Around any change of what these persons belong to or hold: the totals of their units move along.

    Stands around memberships, roles and exemptions by way of `accounts.actions.watchers`.
    """
    people = list(persons)
    chosen = queries.open_programmes() if programmes is None else programmes
    asked = {programme: queries.steps_of(programme) for programme in chosen}
    db.session.flush()
    _hold(people)
    which = Membership.person_id.in_(people)
    before = _counts(which, asked)
    yield
    db.session.flush()
    after = _counts(which, asked)
    after.subtract(before)
    _add(after)


def _counts(which: sa.ColumnElement[bool], asked: Mapping[int, list[queries.Step]]) -> Counts:
    """What the memberships that `which` admits add to the totals at this moment; `asked` are the steps of each
    programme."""
    today = clock.today()
    counts: Counts = Counter()
    for crowd in queries.asked_alike(which, today):
        for programme, steps in asked.items():
            for step in steps:
                asked_here = rules.is_asked(step.audience, crowd.groups, crowd.exempt)
                _tell(counts, (crowd.unit, programme, step.key), rules.share(asked_here, None), crowd.number)
    audiences = {(programme, step.key): step.audience for programme, steps in asked.items() for step in steps}
    for crowd in queries.answered_alike(which, asked, today):
        audience = audiences.get((crowd.programme, crowd.key), frozenset())
        asked_here = rules.is_asked(audience, crowd.groups, crowd.exempt)
        at = (crowd.unit, crowd.programme, crowd.key)
        _tell(counts, at, rules.share(asked_here, crowd.answer), crowd.number)
        _tell(counts, at, rules.share(asked_here, None), -crowd.number)
    return counts


def _add(changes: Counts) -> None:
    rows: dict[tuple[int, int, str], dict[str, int]] = {}
    for (unit, programme, key, column), change in changes.items():
        if change:
            rows.setdefault((unit, programme, key), {})[column] = change
    for (unit, programme, key), columns in sorted(rows.items()):
        zero = {"asked": 0, "done": 0, "declined": 0}
        db.session.execute(
            insert(StepTally)
            .values(unit_id=unit, programme_id=programme, key=key, **(zero | columns))
            .on_conflict_do_update(
                index_elements=["unit_id", "programme_id", "key"],
                set_={column: getattr(StepTally, column) + change for column, change in columns.items()},
            )
        )


def bring_together(gone: UUID, stays: UUID) -> None:
    """What the one has done counts for the other, who is the same person; `done` takes the place of `declined`, which
    waits with the one who is gone. Stands in `accounts.actions.joined`, within `counting`."""
    for row in _answers(gone):
        there = queries.has_done(stays, row.programme_id, row.key)
        if there is None:
            _hand_over([(row, stays, gone)])
        elif there.outcome == "declined" and row.outcome == "done":
            _hand_over([(row, stays, gone), (there, gone, stays)])


def set_apart(gone: UUID, stays: UUID) -> None:
    """Undo `bring_together`: each has again what they did themselves."""
    back = [(row, gone, None) for row in _answers(stays) if row.recorded_for == gone]
    kept = [(row, stays, None) for row in _answers(gone) if row.recorded_for == stays]
    leaving = {(row.programme_id, row.key) for row, _, _ in back}
    anew = {(row.programme_id, row.key) for row in _answers(stays)} - leaving
    for row, _, _ in kept:
        if (row.programme_id, row.key) in anew:  # done again meanwhile: that is what stays
            db.session.delete(row)
    _hand_over([*back, *(one for one in kept if (one[0].programme_id, one[0].key) not in anew)])


def _answers(person: UUID) -> list[StepDone]:
    return list(db.session.scalars(sa.select(StepDone).where(StepDone.person_id == person).order_by(StepDone.id)))


def _hand_over(rows: list[tuple[StepDone, UUID, UUID | None]]) -> None:
    """Each answer becomes another person's, who is then to be remembered as its giver; all go before any comes."""
    fresh = [
        StepDone(
            person_id=to,
            programme_id=row.programme_id,
            key=row.key,
            outcome=row.outcome,
            done_at=row.done_at,
            source=row.source,
            by=row.by,
            recorded_for=giver,
        )
        for row, to, giver in rows
    ]
    for row, _, _ in rows:
        db.session.delete(row)
    db.session.flush()
    db.session.add_all(fresh)
    db.session.flush()


def define_programme(
    slug: str, year: int, title: str, theme: str, intro: str, owner_unit: int | None = None
) -> Programme:
    """The programme of this slug, made or brought up to date."""
    found = db.session.scalars(sa.select(Programme).where(Programme.slug == slug)).first()
    if found is None:
        found = Programme(
            slug=slug, year=year, owner_unit=owner_unit, state="open", title=title, theme=theme, intro=intro
        )
        db.session.add(found)
    found.year, found.title, found.theme, found.intro = year, title, theme, intro
    db.session.flush()
    return found


def define_steps(programme: Programme, steps: list[queries.Step]) -> None:
    """What the programme asks for, in order. Where the asking has changed, every unit is recounted once this is
    committed: one short `writing()` a unit, not one long one for all."""
    present = {
        step.key: step
        for step in db.session.scalars(sa.select(ProgrammeStep).where(ProgrammeStep.programme_id == programme.id))
    }
    changed = False
    for position, step in enumerate(steps):
        audience = sorted(step.audience)
        row = present.pop(step.key, None)
        if row is None:
            row = ProgrammeStep(programme_id=programme.id, key=step.key)
            db.session.add(row)
            changed = True
        elif row.audience != audience:
            changed = True
        row.title, row.heading = step.title, step.heading or step.title
        row.audience, row.position = audience, position
    for row in present.values():
        changed = changed or bool(row.audience)
        db.session.delete(row)
    db.session.flush()
    if changed:
        _recount_afterwards(programme.id)


def _recount_afterwards(programme: int) -> None:
    def recount() -> None:
        rebuild([programme])

    after_commit(recount)


@dataclass(frozen=True)
class Difference:
    """A kept total that a recount contradicts."""

    unit_id: int
    programme_id: int
    key: str
    kept: rules.Share
    counted: rules.Share


def rebuild(programmes: list[int] | None = None, units: Collection[int] | None = None) -> list[Difference]:
    """Recount the totals of these units, or of all, in the open programmes; mend what differs, and return it.

    It looks outside any transaction of ours, so that nobody waits for it, and opens its own `writing()` for one
    suspected unit after another.
    """
    chosen = queries.open_programmes() if programmes is None else programmes
    counted = queries.counted_units(chosen) if units is None else units
    suspected = [unit for unit in sorted(counted) if _differences(unit, chosen)]
    return [wrong for unit in suspected for wrong in _mended(unit, chosen)]


def _mended(unit: int, programmes: list[int]) -> list[Difference]:
    """Count one unit again while nobody can move its totals: what looked like a difference may have been somebody
    recording meanwhile."""
    with writing():
        if db.engine.dialect.name == "postgresql":
            db.session.execute(sa.text("LOCK TABLE step_tally IN SHARE ROW EXCLUSIVE MODE"))
        differences = _differences(unit, programmes)
        for wrong in differences:
            _set(wrong)
        return differences


def _differences(unit: int, programmes: list[int]) -> list[Difference]:
    """Where a recount of this unit contradicts a kept total."""
    kept = {
        (row.programme_id, row.key): rules.Share(row.asked, row.done, row.declined)
        for row in db.session.execute(
            sa.select(*StepTally.__table__.columns).where(
                StepTally.programme_id.in_(programmes), StepTally.unit_id == unit
            )
        )
    }
    counted = _counted(programmes, unit)
    found = [
        Difference(unit, programme, key, *(shares.get((programme, key), rules.NOTHING) for shares in (kept, counted)))
        for programme, key in sorted(kept.keys() | counted.keys())
    ]
    return [one for one in found if one.kept != one.counted]


def _counted(programmes: list[int], unit: int) -> dict[tuple[int, str], rules.Share]:
    counts = _counts(Membership.unit_id == unit, {programme: queries.steps_of(programme) for programme in programmes})
    return {
        (programme, key): rules.Share(
            *(counts[unit, programme, key, column] for column in ("asked", "done", "declined"))
        )
        for programme, key in {(programme, key) for _, programme, key, _ in counts}
    }


def _set(wrong: Difference) -> None:
    where = (
        StepTally.unit_id == wrong.unit_id,
        StepTally.programme_id == wrong.programme_id,
        StepTally.key == wrong.key,
    )
    db.session.execute(sa.delete(StepTally).where(*where))
    if wrong.counted != rules.NOTHING:
        db.session.execute(
            sa.insert(StepTally).values(
                unit_id=wrong.unit_id,
                programme_id=wrong.programme_id,
                key=wrong.key,
                asked=wrong.counted.asked,
                done=wrong.counted.done,
                declined=wrong.counted.declined,
            )
        )
