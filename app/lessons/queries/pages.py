"""What the pages of programme, module and lesson show."""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa

from app import clock
from app.accounts.queries import Actor
from app.db import db
from app.lessons import queries
from app.lessons.models import Lesson, LessonRevision, ReadingPlace
from app.lessons.queries import LessonLine, ModuleStanding
from app.lessons.rules import markup
from app.refusal import NotThere
from app.steps import queries as steps
from app.steps.queries import Standing
from app.steps.rules import ASSESSMENT, CONFIRMED, REGISTERED

RECORDS = (ASSESSMENT, REGISTERED, CONFIRMED)


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
    modules = queries.modules_for(actor, programme)
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
    programme, module = queries.module_of(year, slug)
    modules = queries.modules_for(actor, programme)
    at = next(n for n, other in enumerate(modules) if other.slug == slug)
    return ModulePage(
        year=year,
        module=modules[at],
        short_html=module.short_html,
        lessons=queries.lessons_of(module.id, actor.person_id),
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
    programme, module = queries.module_of(year, module_slug)
    lessons = queries.lessons_of(module.id, actor.person_id)
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
        module=queries.module_standing(actor, programme, module_slug),
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
    rows = queries.sources_named({slug for slug, _ in cites})
    return [SourceLine(rows[slug].title, rows[slug].address, at) for slug, at in cites if slug in rows]
