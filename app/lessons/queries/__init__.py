"""What there is to read, and how far a person has come with it."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import sqlalchemy as sa

from app import clock
from app.accounts.queries import Actor
from app.db import db
from app.lessons import rules
from app.lessons.models import Lesson, LessonRevision, LessonTick, Module, Source
from app.refusal import NotThere
from app.steps import queries as steps
from app.steps.models import Programme, ProgrammeStep, StepDone
from app.steps.queries import Standing, Step
from app.steps.rules import SOURCE_WORDS, quiz, study


class Written(NamedTuple):
    """The digest of the file that a module (`lesson` is "") or a lesson stands at."""

    year: int
    module: str
    lesson: str
    digest: str


def written() -> set[Written]:
    """What the database has of the folder `lessons/`."""
    modules = sa.select(Programme.year, Module.slug, sa.literal(""), Module.digest).join(
        Programme, Programme.id == Module.programme_id
    )
    lessons = (
        sa.select(Programme.year, Module.slug, Lesson.slug, LessonRevision.digest)
        .join(Module, Module.programme_id == Programme.id)
        .join(Lesson, Lesson.module_id == Module.id)
        .join(LessonRevision, sa.and_(LessonRevision.lesson_id == Lesson.id, LessonRevision.n == Lesson.current))
    )
    return {Written(*row) for part in (modules, lessons) for row in db.session.execute(part)}


def open_modules(programme_id: int) -> list[Module]:
    return list(
        db.session.scalars(
            sa.select(Module)
            .where(Module.programme_id == programme_id, Module.state == "open")
            .order_by(Module.position, Module.slug)
        )
    )


def module_of(year: int, slug: str) -> tuple[Programme, Module]:
    """The open module with this address; raises `NotThere`."""
    programme = steps.programme_of_year(year)
    found = db.session.scalars(
        sa.select(Module).where(Module.programme_id == programme.id, Module.slug == slug, Module.state == "open")
    ).first()
    if found is None:
        raise NotThere()
    return programme, found


@dataclass(frozen=True)
class LessonLine:
    """A lesson in the list of its module; `ticked` is when the person finished it."""

    id: int
    slug: str
    position: int
    title: str
    minutes: int
    ticked: datetime | None
    ticked_source: str | None

    @property
    def source_words(self) -> str:
        return SOURCE_WORDS[self.ticked_source] if self.ticked_source else ""


def lessons_of(module_id: int, person_id: UUID) -> list[LessonLine]:
    """The module's open lessons in order, with the person's ticks."""
    found = db.session.execute(
        sa.select(
            Lesson.id,
            Lesson.slug,
            Lesson.position,
            LessonRevision.title,
            LessonRevision.minutes,
            LessonTick.at,
            LessonTick.source,
        )
        .join(LessonRevision, sa.and_(LessonRevision.lesson_id == Lesson.id, LessonRevision.n == Lesson.current))
        .outerjoin(LessonTick, sa.and_(LessonTick.lesson_id == Lesson.id, LessonTick.person_id == person_id))
        .where(Lesson.module_id == module_id, Lesson.state == "open")
        .order_by(Lesson.position)
    )
    return [LessonLine(*row) for row in found]


def lesson_id(module_id: int, slug: str) -> int:
    """The open lesson with this address; raises `NotThere`."""
    found = db.session.scalar(
        sa.select(Lesson.id).where(Lesson.module_id == module_id, Lesson.slug == slug, Lesson.state == "open")
    )
    if found is None:
        raise NotThere()
    return found


@dataclass(frozen=True)
class ModuleStanding:
    """A module of the programme as it stands for one person. `quiz` is None where there is none."""

    slug: str
    title: str
    position: int
    audience_words: str
    asked: bool
    study: Standing
    quiz: Standing | None
    lessons: int
    ticked: int
    minutes: int
    questions: int
    pass_mark: int
    quiz_minutes: int

    @property
    def finished(self) -> bool:
        return self.study.state == "done" and (self.quiz is None or self.quiz.state == "done")


def modules_for(actor: Actor, programme: Programme) -> list[ModuleStanding]:
    """The programme's open modules in order, each as it stands for the actor; those not asked of them too."""
    standings = _standings(actor.person_id, programme.id)
    counts = _lesson_counts(programme.id, actor.person_id)
    modules = open_modules(programme.id)
    return [_module_standing(module, standings, counts.get(module.id, (0, 0, 0))) for module in modules]


def module_standing(actor: Actor, programme: Programme, slug: str) -> ModuleStanding:
    """One module of `modules_for`; raises `NotThere`."""
    for module in modules_for(actor, programme):
        if module.slug == slug:
            return module
    raise NotThere()


def _standings(person_id: UUID, programme_id: int) -> dict[str, Standing]:
    """Every step of the programme, those of optional modules among them, as it stands for the person."""
    found = {s.step.key: s for s in steps.standing_of(person_id, programme_id, clock.today())}
    done = {
        row.key: row
        for row in db.session.scalars(
            sa.select(StepDone).where(StepDone.person_id == person_id, StepDone.programme_id == programme_id)
        )
    }
    optional = db.session.scalars(sa.select(ProgrammeStep).where(ProgrammeStep.programme_id == programme_id))
    for step in optional:
        if step.key not in found:
            row = done.get(step.key)
            plain = Step(step.key, step.title, frozenset(step.audience))
            found[step.key] = (
                Standing(plain, False, row.outcome, row.done_at, row.source)
                if row
                else Standing(plain, False, None, None, None)
            )
    return found


def _lesson_counts(programme_id: int, person_id: UUID) -> dict[int, tuple[int, int, int]]:
    """By module: its open lessons, those the person has ticked, minutes for all of them."""
    rows = db.session.execute(
        sa.select(
            Lesson.module_id,
            sa.func.count(Lesson.id),
            sa.func.count(LessonTick.lesson_id),
            sa.func.sum(LessonRevision.minutes),
        )
        .join(Module, Module.id == Lesson.module_id)
        .join(LessonRevision, sa.and_(LessonRevision.lesson_id == Lesson.id, LessonRevision.n == Lesson.current))
        .outerjoin(LessonTick, sa.and_(LessonTick.lesson_id == Lesson.id, LessonTick.person_id == person_id))
        .where(Module.programme_id == programme_id, Lesson.state == "open")
        .group_by(Lesson.module_id)
    )
    return {module: (lessons, ticked, int(minutes)) for module, lessons, ticked, minutes in rows}


def _module_standing(module: Module, standings: dict[str, Standing], counts: tuple[int, int, int]) -> ModuleStanding:
    none = Standing(Step(study(module.slug), module.title, frozenset()), False, None, None, None)
    studied = standings.get(study(module.slug), none)
    lessons, ticked, minutes = counts
    return ModuleStanding(
        slug=module.slug,
        title=module.title,
        position=module.position,
        audience_words=rules.audience_words(module.audience),
        asked=studied.asked,
        study=studied,
        quiz=standings.get(quiz(module.slug)),
        lessons=lessons,
        ticked=ticked,
        minutes=minutes,
        questions=module.questions,
        pass_mark=module.pass_mark,
        quiz_minutes=module.minutes,
    )


def sources_named(slugs: Collection[str]) -> dict[str, Source]:
    return {row.slug: row for row in db.session.scalars(sa.select(Source).where(Source.slug.in_(slugs)))}
