"""A member of five years: every module tried three times, two sheets a year sent three times and read by many."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from app import audit
from app.db import db, writing
from app.lessons.models import Module, Source
from app.quizzes.models import AnswerSave, Attempt, Bank, Mark, Paper, Question, QuestionRevision
from app.records import rules, texts
from app.records.models import Record, RecordForm, RecordReading, RecordVersion
from app.sealed import seal
from app.steps.models import Programme, StepDone
from tests import make

YEARS = range(2016, 2021)
MODULES, TRIES, QUESTIONS, VERSIONS, READINGS = 17, 3, 10, 3, 8
SECTIONS = [rules.Section(f"m{n}", f"Mục {n}", "", "text", True, 4).as_data() for n in range(6)]
START = datetime(2016, 5, 1, tzinfo=UTC)


def build(person: UUID, readers: list[UUID]) -> None:
    """Everything for this person, read by these. Inside an application context."""
    unit = make.unit("MSH").id
    sealed = {(year, kind, n): _sealed(person) for year in YEARS for kind in ("a", "b") for n in range(VERSIONS)}
    with writing():
        db.session.add(Source(slug="s", title="Nguồn", short="Nguồn"))
        db.session.flush()
        for year in YEARS:
            programme = Programme(slug=str(year), year=year, title=str(year), theme="", intro="", state="open")
            db.session.add(programme)
            db.session.flush()
            for m in range(MODULES):
                _module(person, unit, programme.id, year, m)
            for kind in ("a", "b"):
                _record(person, unit, readers, year, kind, [sealed[year, kind, n] for n in range(VERSIONS)])
            audit.lines(person, "session.open", "person", [person] * 250)


def _sealed(person: UUID) -> tuple[UUID, bytes]:
    version = uuid4()
    body = {"salt": "00", "text": {section["key"]: "Một điều riêng mình biết. " * 40 for section in SECTIONS}}
    return version, seal(person, rules.canonical(body), texts._version(version))


def _module(person: UUID, unit: int, programme: int, year: int, m: int) -> None:
    slug = f"m{m}"
    words = {"title": f"Chuyên đề {m}", "short": "", "short_html": "", "digest": ""}
    module = Module(
        programme_id=programme, slug=slug, origin="folder", audience=["all"], state="open", position=m, **words
    )
    module.pass_mark, module.questions, module.minutes = 7, QUESTIONS, 15
    bank = Bank(programme_id=programme, slug=slug, origin="folder", state="open", title=slug, digest="")
    db.session.add_all([module, bank])
    db.session.flush()
    revisions = [_question(programme, bank.id, f"{slug}-{n}") for n in range(QUESTIONS)]
    paper = Paper(digest=str(uuid4()), items=[{"revision": one, "options": ["x", "y"]} for one in revisions])
    db.session.add(paper)
    db.session.flush()
    for n in range(1, TRIES + 1):
        _attempt(person, unit, programme, f"quiz:{year}:{slug}", n, paper)
    at = START + timedelta(days=m)
    done = {"outcome": "done", "source": "online", "by": person, "done_at": at}
    db.session.add_all(StepDone(person_id=person, programme_id=programme, key=f"{k}:{slug}", **done) for k in "sq")


def _question(programme: int, bank: int, slug: str) -> int:
    question = Question(programme_id=programme, bank_id=bank, slug=slug, state="open", current=1)
    db.session.add(question)
    db.session.flush()
    body = {"text": f"Câu hỏi {slug}?", "options": [{"id": "x", "text": "Đúng"}, {"id": "y", "text": "Sai"}]}
    more = {"explanation": "", "source": "s", "at": "", "lesson": None, "difficulty": 1, "tags": [], "digest": slug}
    revision = QuestionRevision(question_id=question.id, n=1, kind="single", body=body, made=START, **more)
    db.session.add(revision)
    db.session.flush()
    return revision.id


def _attempt(person: UUID, unit: int, programme: int, purpose: str, n: int, paper: Paper) -> None:
    made, at = uuid4(), START + timedelta(hours=n)
    whole = {"pass_mark": 7, "unit_at_start": unit, "extra_s": 0, "epoch": 1, "device": "", "source": "online"}
    times = {"started": at, "deadline": at, "submitted_at": at, "closed_at": at}
    attempt = Attempt(
        id=made, person_id=person, programme_id=programme, purpose=purpose, n=n, paper_id=paper.id, **whole, **times
    )
    db.session.add(attempt)
    db.session.flush()
    chosen = [{"revision": one["revision"], "key": 1, "chosen": ["x"], "right": True} for one in paper.items]
    db.session.add(Mark(attempt_id=made, key_set="1", points=10, total=QUESTIONS, detail=chosen, at=at))
    for seq, one in enumerate(paper.items, start=1):
        body = {str(one["revision"]): ["x"]}
        db.session.add(AnswerSave(attempt_id=made, epoch=1, seq=seq, save_id=uuid4(), body=body, saved_at=at))


def _record(
    person: UUID, unit: int, readers: list[UUID], year: int, kind: str, versions: list[tuple[UUID, bytes]]
) -> None:
    body = {"intro": "", "signed": "", "sections": SECTIONS}
    form = RecordForm(kind=kind, year=year, version=1, title=f"Phiếu {kind}", body=body, audience=["all"])
    db.session.add(form)
    db.session.flush()
    record = Record(id=uuid4(), form_id=form.id, person_id=person, unit_id=unit, reviewing_unit=unit, started=START)
    record.stage = rules.Stage.CONFIRMED
    db.session.add(record)
    db.session.flush()
    for n, (version, text) in enumerate(versions, start=1):
        common = {"record_id": record.id, "reviewing_unit": unit, "digest": "", "at": START}
        db.session.add(RecordVersion(id=version, n=n, sealed_body=text, **common))
        db.session.flush()
        for k in range(READINGS):
            reader = readers[k % len(readers)]
            db.session.add(RecordReading(version_id=version, reader=reader, at=START, why="review"))
