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
from app.lessons.models import Lesson, LessonRevision, LessonTick, Module, ReadingPlace, Source
from app.lessons.rules import markup
from app.refusal import NotThere
from app.steps import queries as steps
from app.steps.models import Programme, ProgrammeStep, StepDone
from app.steps.queries import Standing, Step
from app.steps.rules import ASSESSMENT, CONFIRMED, REGISTERED, quiz, study

RECORDS = (ASSESSMENT, REGISTERED, CONFIRMED)


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


# --- pages --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ProgrammePage:
    """`/hoc/<year>`: what is asked of this person, then what is there to read besides, then the year's records."""

    year: int
    title: str
    theme: str
    intro: str
    asked: list[ModuleStanding]
    besides: list[ModuleStanding]
    records: list[Standing]

    @property
    def remaining(self) -> int:
        """How many steps of study and quiz are still before the person."""
        steps = [s for module in self.asked for s in (module.study, module.quiz) if s]
        return sum(step.state == "open" for step in steps)


def programme_page(actor: Actor, year: int) -> ProgrammePage:
    programme = steps.programme_of_year(year)
    modules = modules_for(actor, programme)
    records = [
        standing
        for standing in steps.standing_of(actor.person_id, programme.id, clock.today())
        if standing.step.key in RECORDS and standing.state != "unasked"
    ]
    return ProgrammePage(
        year=programme.year,
        title=programme.title,
        theme=programme.theme,
        intro=programme.intro,
        asked=[module for module in modules if module.asked],
        besides=[module for module in modules if not module.asked],
        records=records,
    )


@dataclass(frozen=True)
class ModulePage:
    """`/hoc/<year>/<module>`."""

    year: int
    module: ModuleStanding
    short_html: str
    lessons: list[LessonLine]
    before: ModuleStanding | None
    after: ModuleStanding | None

    @property
    def next_lesson(self) -> LessonLine | None:
        return next((lesson for lesson in self.lessons if lesson.ticked is None), None)


def module_page(actor: Actor, year: int, slug: str) -> ModulePage:
    programme, module = module_of(year, slug)
    modules = modules_for(actor, programme)
    at = next(n for n, other in enumerate(modules) if other.slug == slug)
    return ModulePage(
        year=year,
        module=modules[at],
        short_html=module.short_html,
        lessons=lessons_of(module.id, actor.person_id),
        before=modules[at - 1] if at else None,
        after=modules[at + 1] if at + 1 < len(modules) else None,
    )


@dataclass(frozen=True)
class SourceLine:
    """A source at the end of a lesson, and the article or point that the lesson rests on."""

    title: str
    address: str | None
    at: str | None


@dataclass(frozen=True)
class Place:
    """Where the person stopped: the section's number and heading."""

    n: int
    title: str


@dataclass(frozen=True)
class LessonPage:
    """`/hoc/<year>/<module>/<lesson>`."""

    year: int
    module: ModuleStanding
    lesson: LessonLine
    of: int
    html: str
    sources: list[SourceLine]
    place: Place | None
    before: LessonLine | None
    after: LessonLine | None


def lesson_page(actor: Actor, year: int, module_slug: str, slug: str) -> LessonPage:
    programme, module = module_of(year, module_slug)
    lessons = lessons_of(module.id, actor.person_id)
    at = next((n for n, lesson in enumerate(lessons) if lesson.slug == slug), None)
    if at is None:
        raise NotThere()
    lesson = lessons[at]
    revision = db.session.scalars(
        sa.select(LessonRevision)
        .join(Lesson, sa.and_(Lesson.id == LessonRevision.lesson_id, Lesson.current == LessonRevision.n))
        .where(Lesson.id == lesson.id)
    ).one()
    return LessonPage(
        year=year,
        module=module_standing(actor, programme, module_slug),
        lesson=lesson,
        of=len(lessons),
        html=revision.html,
        sources=source_lines([(cite["source"], cite["at"]) for cite in revision.sources]),
        place=None if lesson.ticked else _place(actor.person_id, revision),
        before=lessons[at - 1] if at else None,
        after=lessons[at + 1] if at + 1 < len(lessons) else None,
    )


def _place(person_id: UUID, revision: LessonRevision) -> Place | None:
    kept = db.session.get(ReadingPlace, (person_id, revision.lesson_id))
    title = markup.section_title(revision.source, kept.place) if kept else None
    return Place(kept.place, title) if kept and title else None


def source_lines(cites: Collection[tuple[str, str | None]]) -> list[SourceLine]:
    rows = sources_named({slug for slug, _ in cites})
    return [SourceLine(rows[slug].title, rows[slug].address, at) for slug, at in cites if slug in rows]


def sources_named(slugs: Collection[str]) -> dict[str, Source]:
    return {row.slug: row for row in db.session.scalars(sa.select(Source).where(Source.slug.in_(slugs)))}
