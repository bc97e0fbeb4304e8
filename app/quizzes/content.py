"""The folder `quizzes/` in the database, and the load of both content folders at once."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from app import audit, chance, clock
from app.db import db, writing
from app.lessons import content as lessons
from app.lessons.content import ContentFaults, Tally, reading
from app.lessons.content.reading import ModuleFile, ProgrammeFile, Reader, Tree
from app.lessons.models import Module
from app.lessons.rules.folder import ContentFault
from app.quizzes import queries
from app.quizzes.models import Bank, Question, QuestionKey, QuestionRevision, Quiz
from app.quizzes.rules.bank import BankText, Known, QuestionText, parse_bank
from app.quizzes.rules.kinds import pair
from app.steps.models import Programme

LOADED = "flask content load"  # the reason of a key that came from the folder


@dataclass(frozen=True)
class BankFile:
    path: str
    year: int
    module: ModuleFile
    text: BankText
    digest: str


@dataclass(frozen=True)
class Loaded:
    """What a load found and did."""

    programmes: Tally
    modules: Tally
    lessons: Tally
    questions: Tally

    @property
    def changed(self) -> bool:
        kinds = (self.programmes, self.modules, self.lessons, self.questions)
        return any(kind.new or kind.changed or kind.retired for kind in kinds)


def load_all(root: Path) -> Loaded:
    """Load `lessons/` and `quizzes/` below the root, all or nothing; opens its own `writing()`. Raises
    `ContentFaults` with every mistake, before anything is written."""
    tree = reading.read(root)
    banks, faults = read(root, tree)
    if tree.faults or faults:
        raise ContentFaults([*tree.faults, *faults])
    html = lessons.render(tree)
    with writing():
        stored = lessons.store(tree, html, {(bank.year, bank.module.text.slug) for bank in banks})
        loaded = Loaded(stored.programmes, stored.modules, stored.lessons, store(banks))
        if loaded.changed:
            audit.line(None, "content.load", "content", "folder", questions=loaded.questions.total)
    return loaded


# --- reading ------------------------------------------------------------------------------------------------------


def read(root: Path, tree: Tree) -> tuple[list[BankFile], list[ContentFault]]:
    """Parse `quizzes/` below the root, and every mistake in it."""
    reader = Reader(root)
    banks = [bank for programme in tree.programmes for bank in _year(reader, root, programme, tree.sources)]
    for path in sorted((root / "quizzes").glob("*/*.md")):
        if not any(bank.path == reader.name(path) for bank in banks) and not _at_fault(reader, tree, path):
            reader.note(path, "there is no module of this name in this year")
    return banks, reader.faults


def _at_fault(reader: Reader, tree: Tree, path: Path) -> bool:
    """Whether a mistake already named explains why this bank was not read."""
    module = f"lessons/{path.parent.name}/{path.stem}/"
    named = [fault.path for fault in (*reader.faults, *tree.faults)]
    return any(name == reader.name(path) or name.startswith(module) or name.endswith("programme.md") for name in named)


def _year(reader: Reader, root: Path, programme: ProgrammeFile, sources: Collection[str]) -> Iterator[BankFile]:
    year = programme.text.year
    ids: dict[str, str] = {}
    for module in programme.modules:
        path = root / "quizzes" / str(year) / f"{module.text.slug}.md"
        bank = _bank(reader, path, year, module, sources) if path.exists() else None
        if bank:
            _check(reader, bank, ids)
            yield bank


def _bank(reader: Reader, path: Path, year: int, module: ModuleFile, sources: Collection[str]) -> BankFile | None:
    known = Known(sources, {lesson.text.slug for lesson in module.lessons})
    found = reader.parsed(path, lambda name, text: parse_bank(name, text, known))
    return found and BankFile(reader.name(path), year, module, *found)


def _check(reader: Reader, bank: BankFile, ids: dict[str, str]) -> None:
    """Ids are unique in the programme, and a bank has at least as many questions as its quiz draws."""
    for question in bank.text.questions:
        if question.slug in ids:
            words = f"{question.slug} is there twice, first in {ids[question.slug]}"
            reader.faults.append(ContentFault(bank.path, question.line, words))
        ids.setdefault(question.slug, f"{bank.path}:{question.line}")
    there, asked = len(bank.text.questions), bank.module.text.questions
    if there < asked:
        reader.faults.append(ContentFault(bank.path, 1, f"{there} questions, but {bank.module.path} draws {asked}"))


# --- storing ------------------------------------------------------------------------------------------------------


def store(banks: list[BankFile]) -> Tally:
    """Bring the database to the banks, in the caller's `writing()`, after the lessons."""
    tally = Tally()
    kept = {_store_bank(bank, tally) for bank in banks}
    gone = sa.select(Bank).where(Bank.origin == "folder", Bank.state == "open")
    for bank in db.session.scalars(gone).all():
        if bank.id not in kept:
            bank.state = "retired"
            _retire(bank.id, set(), tally)
    return tally


def _store_bank(file: BankFile, tally: Tally) -> int:
    module = db.session.scalars(
        sa.select(Module)
        .join(Programme, Programme.id == Module.programme_id)
        .where(Programme.slug == str(file.year), Module.slug == file.module.text.slug)
    ).one()
    bank = db.session.scalars(
        sa.select(Bank).where(Bank.programme_id == module.programme_id, Bank.slug == module.slug)
    ).first()
    if bank is None:
        bank = Bank(programme_id=module.programme_id, slug=module.slug, origin="folder", state="retired", digest="")
        db.session.add(bank)
    tally.total += len(file.text.questions)
    if bank.digest != file.digest or bank.state != "open":
        bank.module_id, bank.title, bank.digest, bank.state = module.id, file.text.title, file.digest, "open"
        db.session.flush()
        _store_questions(bank, file.text.questions, tally)
    _store_quiz(module, bank)
    return bank.id


def _store_quiz(module: Module, bank: Bank) -> None:
    quiz = db.session.scalars(sa.select(Quiz).where(Quiz.module_id == module.id)).first()
    if quiz is None:
        quiz = Quiz(module_id=module.id)
        db.session.add(quiz)
    quiz.bank_id = bank.id
    quiz.questions, quiz.pass_mark, quiz.minutes = module.questions, module.pass_mark, module.minutes
    db.session.flush()


def _store_questions(bank: Bank, texts: Collection[QuestionText], tally: Tally) -> None:
    slugs = {text.slug for text in texts}
    present = {
        row.slug: row
        for row in db.session.scalars(
            sa.select(Question).where(Question.programme_id == bank.programme_id, Question.slug.in_(slugs))
        )
    }
    for text in texts:
        _store_question(bank, present.get(text.slug), text, tally)
    _retire(bank.id, slugs, tally)


def _store_question(bank: Bank, row: Question | None, text: QuestionText, tally: Tally) -> None:
    if row is None:
        row = Question(programme_id=bank.programme_id, bank_id=bank.id, slug=text.slug, state="open", current=0)
        db.session.add(row)
        db.session.flush()
        tally.new += 1
        _add_revision(row, text)
        return
    before = (row.bank_id, row.state)
    row.bank_id, row.state = bank.id, "open"
    revised = _revise(row, text)
    tally.changed += revised or before != (bank.id, "open")


def _revise(row: Question, text: QuestionText) -> bool:
    """A new revision where the words changed, a new version of the key where the key alone did. Whether either did."""
    revision = db.session.scalars(
        sa.select(QuestionRevision).where(QuestionRevision.question_id == row.id, QuestionRevision.n == row.current)
    ).one()
    if revision.digest != text.digest:
        _add_revision(row, text)
        return True
    right = _key(text, revision.body)
    key = queries.keys_of([revision.id])[revision.id]
    if key.right == set(right):
        return False
    _add_key(revision.id, key.version + 1, right)
    return True


def _key(text: QuestionText, body: dict[str, Any]) -> list[str]:
    """The key in the ids of this body."""
    if text.kind == "fill":
        return [words for _, words in text.right]
    options = {option["text"]: option["id"] for option in body["options"]}
    slots = {slot["text"]: slot["id"] for slot in body.get("slots", ())}
    return [pair(slots[slot], options[option]) if slot else options[option] for slot, option in text.right]


def _add_revision(row: Question, text: QuestionText) -> None:
    """A revision with new random ids, in a random order."""
    body = _body(text)
    row.current += 1
    revision = QuestionRevision(
        question_id=row.id,
        n=row.current,
        kind=text.kind,
        body=body,
        explanation=text.explanation,
        lesson=text.lesson,
        source=text.source,
        at=text.at,
        difficulty=text.difficulty,
        tags=list(text.tags),
        digest=text.digest,
        made=clock.now(),
    )
    db.session.add(revision)
    db.session.flush()
    _add_key(revision.id, 1, _key(text, body))


def _body(text: QuestionText) -> dict[str, Any]:
    """The places of an order are what they are; everything else has an id that chance gave it."""
    options = [{"id": chance.token(6), "text": option} for option in chance.shuffled(text.options)]
    slots = [{"id": chance.token(6), "text": slot} for slot in chance.shuffled(text.slots)]
    if text.kind == "ordering":
        slots = [{"id": place, "text": place} for place in text.slots]
    return {"text": text.text, "options": options} | ({"slots": slots} if slots else {})


def _add_key(revision_id: int, version: int, right: list[str]) -> None:
    key = QuestionKey(revision_id=revision_id, version=version, body=right, reason=LOADED, by=None, at=clock.now())
    db.session.add(key)
    db.session.flush()


def _retire(bank_id: int, kept: Collection[str], tally: Tally) -> None:
    gone = sa.select(Question).where(Question.bank_id == bank_id, Question.state == "open", Question.slug.not_in(kept))
    for question in db.session.scalars(gone).all():
        question.state = "retired"
        tally.retired += 1
