"""The folder `lessons/` in the database: read whole, then stored; unchanged files do nothing, changed ones make a
revision, what disappeared is retired."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from app import clock
from app.db import db
from app.lessons import queries, rules
from app.lessons.content.reading import LessonFile, ModuleFile, ProgrammeFile, Tree
from app.lessons.models import Lesson, LessonRevision, Module, Source
from app.lessons.rules import folder, markup
from app.lessons.rules.folder import ContentFault
from app.steps import actions as steps
from app.steps.models import Programme
from app.steps.queries import Step
from app.steps.rules import ASSESSMENT, CONFIRMED, REGISTERED, quiz, study
from app.text import words

RECORD_STEPS = (
    Step(ASSESSMENT, "Liên hệ bản thân", frozenset({"all"})),
    Step(REGISTERED, "Đăng ký việc làm theo", frozenset({"all"}), "Việc làm theo"),
    Step(CONFIRMED, "BCH xác nhận", frozenset({"all"}), "Việc làm theo"),
)


class ContentFaults(Exception):
    """Every mistake found in the content folders, a line each; nothing has been written."""

    def __init__(self, faults: list[ContentFault]) -> None:
        self.faults = faults
        super().__init__("\n".join(str(fault) for fault in faults))


@dataclass
class Tally:
    """How many of a kind there are now, and how many of them a load has made, changed, or retired."""

    total: int = 0
    new: int = 0
    changed: int = 0
    retired: int = 0


def render(tree: Tree) -> dict[str, str]:
    """The HTML of every module and lesson that is new or changed, by the digest of its file. Rendering is slow, so it
    comes before `writing()`."""
    known = queries.written()
    html: dict[str, str] = {}
    for programme in tree.programmes:
        for module in programme.modules:
            where = (programme.text.year, module.text.slug)
            if (*where, "", module.digest) not in known:
                html[module.digest] = markup.short_html(module.text.short)
            for lesson in module.lessons:
                if (*where, lesson.text.slug, lesson.digest) not in known:
                    html[lesson.digest] = markup.lesson_html(lesson.text.body)
    return html


@dataclass(frozen=True)
class Stored:
    """What a load did to the folder's kinds."""

    programmes: Tally
    modules: Tally
    lessons: Tally


def store(tree: Tree, html: Mapping[str, str], quizzed: Collection[tuple[int, str]]) -> Stored:
    """Bring the database to the tree, in the caller's `writing()`. `html` is `render(tree)`; `quizzed` are the (year,
    module) that have a quiz."""
    stored = Stored(Tally(), Tally(), Tally())
    for source in tree.sources.values():
        _store_source(source)
    db.session.flush()
    for file in tree.programmes:
        programme = _store_programme(file, stored.programmes)
        _store_modules(programme, file.modules, html, stored)
        here = {slug for year, slug in quizzed if year == programme.year}
        headings = {module.text.slug: module.text.heading for module in file.modules}
        steps.define_steps(programme, list(_steps(programme.id, here, headings)))
    for gone in _programmes_gone({str(file.text.year) for file in tree.programmes}):
        _store_modules(gone, (), html, stored)
        steps.define_steps(gone, list(_steps(gone.id, (), {})) if queries.open_modules(gone.id) else [])
    return stored


def _programmes_gone(here: Collection[str]) -> list[Programme]:
    """The programmes that came from a folder which is not in the tree any more."""
    from_folder = sa.select(Module.programme_id).where(Module.origin == "folder", Module.state == "open")
    return list(
        db.session.scalars(sa.select(Programme).where(Programme.slug.not_in(here), Programme.id.in_(from_folder)))
    )


def _store_source(text: folder.SourceText) -> None:
    row = db.session.get(Source, text.slug)
    if row is None:
        row = Source(slug=text.slug)
        db.session.add(row)
    row.title, row.short, row.date, row.address = text.title, text.short, text.date, text.address


def _store_programme(file: ProgrammeFile, tally: Tally) -> Programme:
    text, slug = file.text, str(file.text.year)
    present = db.session.scalars(sa.select(Programme).where(Programme.slug == slug)).first()
    before = present and (present.title, present.theme, present.intro)
    programme = steps.define_programme(slug, text.year, text.title, text.theme, text.intro)
    tally.total += 1
    tally.new += before is None
    tally.changed += before is not None and before != (text.title, text.theme, text.intro)
    return programme


def _store_modules(
    programme: Programme, files: Collection[ModuleFile], html: Mapping[str, str], stored: Stored
) -> None:
    present = {
        row.slug: row for row in db.session.scalars(sa.select(Module).where(Module.programme_id == programme.id))
    }
    for file in files:
        row = _store_module(programme.id, present.pop(file.text.slug, None), file, html, stored.modules)
        _store_lessons(row, file.lessons, html, stored.lessons)
    for gone in present.values():
        if gone.origin == "folder" and gone.state == "open":
            gone.state = "retired"
            stored.modules.retired += 1
            _store_lessons(gone, (), html, stored.lessons)


def _store_module(
    programme_id: int, row: Module | None, file: ModuleFile, html: Mapping[str, str], tally: Tally
) -> Module:
    text = file.text
    tally.total += 1
    if row is not None and row.origin != "folder":
        raise ContentFaults([ContentFault(file.path, 1, "a module written in the browser has this address")])
    if row is not None and (row.digest, row.state) == (file.digest, "open"):
        return row
    tally.new += row is None
    tally.changed += row is not None
    if row is None:
        row = Module(programme_id=programme_id, slug=text.slug, origin="folder")
        db.session.add(row)
    if row.digest != file.digest:
        row.short, row.short_html, row.digest = text.short, html[file.digest], file.digest
    row.state, row.title, row.position, row.audience = "open", text.title, text.order, list(text.audience)
    row.pass_mark, row.questions, row.minutes = text.pass_mark, text.questions, text.minutes
    db.session.flush()
    return row


def _store_lessons(module: Module, files: Collection[LessonFile], html: Mapping[str, str], tally: Tally) -> None:
    present = {row.slug: row for row in db.session.scalars(sa.select(Lesson).where(Lesson.module_id == module.id))}
    for position, file in enumerate(files, start=1):
        tally.total += 1
        row = present.pop(file.text.slug, None)
        if row is None:
            row = Lesson(module_id=module.id, slug=file.text.slug, position=position, state="open", current=0)
            db.session.add(row)
            db.session.flush()
        _store_lesson(row, position, file, html, tally)
    for gone in present.values():
        tally.retired += gone.state == "open"
        gone.state = "retired"


def _store_lesson(row: Lesson, position: int, file: LessonFile, html: Mapping[str, str], tally: Tally) -> None:
    revision = db.session.get(LessonRevision, (row.id, row.current)) if row.current else None
    tally.new += revision is None
    if revision is not None and (revision.digest, row.position, row.state) != (file.digest, position, "open"):
        tally.changed += 1
    row.position, row.state = position, "open"
    if revision is None or revision.digest != file.digest:
        row.current += 1
        db.session.add(_revision(row, file, html[file.digest]))


def _revision(row: Lesson, file: LessonFile, html: str) -> LessonRevision:
    text = file.text
    return LessonRevision(
        lesson_id=row.id,
        n=row.current,
        digest=file.digest,
        title=text.title,
        source=text.body,
        html=html,
        minutes=rules.minutes_for(words(text.body)),
        sources=[{"source": cite.source, "at": cite.at} for cite in text.sources],
        at=clock.now(),
    )


def _steps(programme_id: int, quizzed: Collection[str], headings: Mapping[str, str]) -> Iterator[Step]:
    """What the programme asks for: each open module studied and its quiz passed, then the year's records. `headings`
    are the modules' short names."""
    for module in queries.open_modules(programme_id):
        audience, heading = frozenset(module.audience), headings.get(module.slug, module.title)
        yield Step(study(module.slug), module.title, audience, heading)
        if module.slug in quizzed:
            yield Step(quiz(module.slug), f"Trắc nghiệm: {module.title}", audience, heading)
    yield from RECORD_STEPS
