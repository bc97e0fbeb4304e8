"""Recording that a step is done, and keeping the totals true through every change of membership, role and exemption."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from app import audit, clock
from app.accounts.models import Membership, Person
from app.db import db, insert
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
    `declined`. Returns whether anything changed."""
    _hold([person])
    there = queries.has_done(person, programme, key)
    if there is not None and (there.outcome == outcome or there.outcome == "done"):
        return False
    if there is not None:
        db.session.delete(there)
        db.session.flush()
    db.session.add(
        StepDone(person_id=person, programme_id=programme, key=key, outcome=outcome, done_at=at, source=source, by=by)
    )
    _move(person, programme, key, there.outcome if there is not None else None, outcome)
    audit.line(by, f"step.{outcome}", "person", person, programme=programme, key=key, source=source)
    return True


def withdraw(person: UUID, programme: int, key: str, by: UUID | None) -> bool:
    """The step is not done after all. Returns whether it had been recorded."""
    _hold([person])
    there = queries.has_done(person, programme, key)
    if there is None:
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
    given = queries.answers(which, asked, today)
    counts: Counts = Counter()
    for member in queries.belongings(which, today):
        for programme, steps in asked.items():
            mine = given.get((programme, member.person), {})
            for step in steps:
                outcome = mine[step.key].outcome if step.key in mine else None
                asked_here = rules.is_asked(step.audience, member.groups, member.exempt)
                _tell(counts, (member.unit, programme, step.key), rules.share(asked_here, outcome))
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
    """What the programme asks for, in order; recounts every unit where the asking has changed."""
    present = {
        step.key: step
        for step in db.session.scalars(sa.select(ProgrammeStep).where(ProgrammeStep.programme_id == programme.id))
    }
    changed = False
    for position, step in enumerate(steps):
        audience = sorted(step.audience)
        row = present.pop(step.key, None)
        if row is None:
            row = ProgrammeStep(
                programme_id=programme.id, key=step.key, title=step.title, audience=audience, position=position
            )
            db.session.add(row)
            changed = True
        elif row.audience != audience:
            changed = True
        row.title, row.audience, row.position = step.title, audience, position
    for row in present.values():
        changed = changed or bool(row.audience)
        db.session.delete(row)
    db.session.flush()
    if changed:
        rebuild([programme.id])


@dataclass(frozen=True)
class Difference:
    """A kept total that a recount contradicts."""

    unit_id: int
    programme_id: int
    key: str
    kept: rules.Share
    counted: rules.Share


def rebuild(programmes: list[int] | None = None) -> list[Difference]:
    """Recount the totals of every unit in the open programmes, mend what differs, and return it.

    On PostgreSQL others record while this counts, which can look like a difference: the units in question are counted
    again while nobody can move a total.
    """
    chosen = queries.open_programmes() if programmes is None else programmes
    suspected = {wrong.unit_id for wrong in _differences(chosen, None)}
    if not suspected:
        return []
    if db.engine.dialect.name == "postgresql":
        db.session.execute(sa.text("LOCK TABLE step_tally IN SHARE ROW EXCLUSIVE MODE"))
    differences = _differences(chosen, suspected)
    for wrong in differences:
        _set(wrong)
    return differences


def _differences(programmes: list[int], units: set[int] | None) -> list[Difference]:
    """Where a recount contradicts a kept total, in these units or in all of them."""
    kept: dict[tuple[int, int, str], rules.Share] = {
        (row.unit_id, row.programme_id, row.key): rules.Share(row.asked, row.done, row.declined)
        for row in db.session.execute(
            sa.select(*StepTally.__table__.columns).where(
                StepTally.programme_id.in_(programmes), StepTally.unit_id.in_(units) if units else sa.true()
            )
        )
    }
    counted = _counted(programmes, units or set(db.session.scalars(sa.select(Membership.unit_id).distinct())))
    return [
        Difference(*at, kept.get(at, rules.NOTHING), counted.get(at, rules.NOTHING))
        for at in sorted(kept.keys() | counted.keys())
        if kept.get(at, rules.NOTHING) != counted.get(at, rules.NOTHING)
    ]


def _counted(programmes: list[int], units: set[int]) -> dict[tuple[int, int, str], rules.Share]:
    asked = {programme: queries.steps_of(programme) for programme in programmes}
    found: dict[tuple[int, int, str], rules.Share] = {}
    for unit in units:
        counts = _counts(Membership.unit_id == unit, asked)
        for programme, key in {(programme, key) for _, programme, key, _ in counts}:
            shares = (counts[unit, programme, key, column] for column in ("asked", "done", "declined"))
            found[unit, programme, key] = rules.Share(*shares)
    return found


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
