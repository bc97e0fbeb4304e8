"""What may be asked, what an attempt holds, and what it came to. Every row here is the actor's own."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa

from app import clock
from app.accounts.queries import Actor, session_lives
from app.db import db
from app.lessons.models import Module
from app.quizzes import rules
from app.quizzes.models import (
    AnswerSave,
    Attempt,
    Bank,
    Mark,
    Paper,
    Question,
    QuestionKey,
    QuestionRevision,
    QuestionSeen,
    Quiz,
)
from app.quizzes.rules import Candidate, Key, Save, Stage
from app.quizzes.rules.kinds import Asked, Kind
from app.refusal import NotThere
from app.steps.models import Programme


@dataclass(frozen=True)
class QuizFacts:
    """The quiz of a module, open to be taken."""

    year: int
    module: str
    title: str
    programme_id: int
    bank_id: int
    questions: int
    pass_mark: int
    minutes: int
    tries: int | None

    @property
    def purpose(self) -> str:
        return rules.purpose(self.year, self.module)


def quiz_of(year: int, module: str) -> QuizFacts:
    """The quiz at this address; raises `NotThere` where module or bank is not open."""
    row = db.session.execute(
        sa.select(
            Module.title, Module.programme_id, Quiz.bank_id, Quiz.questions, Quiz.pass_mark, Quiz.minutes, Quiz.tries
        )
        .join(Programme, Programme.id == Module.programme_id)
        .join(Quiz, Quiz.module_id == Module.id)
        .join(Bank, Bank.id == Quiz.bank_id)
        .where(Programme.year == year, Module.slug == module, Module.state == "open", Bank.state == "open")
    ).first()
    if row is None:
        raise NotThere()
    return QuizFacts(year, module, *row)


def candidates(bank_id: int, person_id: UUID) -> list[Candidate]:
    """The bank's open questions in their current revisions, and how often the person has seen each."""
    found = db.session.execute(
        sa.select(QuestionRevision.id, sa.func.coalesce(QuestionSeen.times, 0))
        .join(Question, sa.and_(Question.id == QuestionRevision.question_id, Question.current == QuestionRevision.n))
        .outerjoin(QuestionSeen, sa.and_(QuestionSeen.question_id == Question.id, QuestionSeen.person_id == person_id))
        .where(Question.bank_id == bank_id, Question.state == "open")
        .order_by(QuestionRevision.id)
    )
    return [Candidate(revision, seen) for revision, seen in found]


def bodies(revisions: Collection[int]) -> dict[int, dict[str, Any]]:
    """What persons see of these revisions, and nothing besides: kind, text, options, slots."""
    found = db.session.execute(
        sa.select(QuestionRevision.id, QuestionRevision.kind, QuestionRevision.body).where(
            QuestionRevision.id.in_(revisions)
        )
    )
    return {row.id: {"slots": []} | row.body | {"kind": row.kind} for row in found}


def asked(body: Mapping[str, Any]) -> Asked:
    """What may be chosen in a question (of `bodies`)."""
    options, slots = ([one["id"] for one in body[part]] for part in ("options", "slots"))
    return Asked(body["kind"], options, slots)


def keys_of(revisions: Collection[int]) -> dict[int, Key]:
    """The newest version of the key of each revision."""
    found = db.session.execute(
        sa.select(QuestionKey.revision_id, QuestionKey.version, QuestionKey.body, QuestionRevision.kind)
        .join(QuestionRevision, QuestionRevision.id == QuestionKey.revision_id)
        .where(QuestionKey.revision_id.in_(revisions))
        .order_by(QuestionKey.version)
    )
    return {revision: Key(version, frozenset(body), cast(Kind, kind)) for revision, version, body, kind in found}


# --- attempts -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class AttemptRow:
    """An attempt and its paper: `items` are [{revision, options: [id, …]}, …]."""

    id: UUID
    year: int
    module: str
    title: str
    n: int
    epoch: int
    device: str
    deadline: datetime
    submitted_at: datetime | None
    closed_at: datetime | None
    pass_mark: int
    items: list[dict[str, Any]]

    @property
    def total(self) -> int:
        return len(self.items)

    def stage(self, now: datetime) -> Stage:
        return rules.stage_of(self.submitted_at, self.closed_at, self.deadline, now)

    def left_s(self, now: datetime) -> int:
        return rules.left_s(self.deadline, now)

    def item(self, k: int) -> dict[str, Any]:
        """Question k of the paper, counting from 1; raises `NotThere`."""
        if not 1 <= k <= self.total:
            raise NotThere()
        return self.items[k - 1]


def attempt_of(actor: Actor, year: int, module: str, n: int) -> AttemptRow:
    """The actor's own attempt with this address; raises `NotThere`, the same for somebody else's."""
    row = db.session.execute(
        sa.select(
            Attempt.id,
            Module.title,
            Attempt.n,
            Attempt.epoch,
            Attempt.device,
            Attempt.deadline,
            Attempt.submitted_at,
            Attempt.closed_at,
            Attempt.pass_mark,
            Paper.items,
        )
        .join(Paper, Paper.id == Attempt.paper_id)
        .join(Module, sa.and_(Module.programme_id == Attempt.programme_id, Module.slug == module))
        .where(Attempt.person_id == actor.person_id, Attempt.purpose == rules.purpose(year, module), Attempt.n == n)
    ).first()
    if row is None:
        raise NotThere()
    attempt_id, title, *rest = row
    return AttemptRow(attempt_id, year, module, title, *rest)


def running(actor: Actor, year: int, module: str) -> AttemptRow | None:
    """The actor's attempt at this quiz that nobody has closed, its time over or not."""
    n = db.session.scalar(
        sa.select(Attempt.n).where(
            Attempt.person_id == actor.person_id,
            Attempt.purpose == rules.purpose(year, module),
            Attempt.closed_at.is_(None),
        )
    )
    return attempt_of(actor, year, module, n) if n else None


def held_by(actor: Actor, attempt: AttemptRow, now: datetime) -> bool:
    """Whether this sign-in goes on with the attempt unasked: it holds it, or the one that does has ended (signed out,
    run out), so that there is nobody to be told."""
    return attempt.device == actor.session_id or not session_lives(attempt.device, now)


def saves_of(attempt_id: UUID) -> list[Save]:
    found = db.session.execute(
        sa.select(AnswerSave.epoch, AnswerSave.seq, AnswerSave.body).where(AnswerSave.attempt_id == attempt_id)
    )
    return [Save(*row) for row in found]


def last_saved(attempt_id: UUID) -> tuple[list[int], datetime] | None:
    """The save that came last: which revisions, when."""
    row = db.session.execute(
        sa.select(AnswerSave.body, AnswerSave.saved_at)
        .where(AnswerSave.attempt_id == attempt_id)
        .order_by(AnswerSave.epoch.desc(), AnswerSave.seq.desc())
        .limit(1)
    ).first()
    return ([int(revision) for revision in row[0]], row[1]) if row else None


@dataclass(frozen=True)
class AttemptLine:
    """An attempt in the list of one's own; points and total are None while it is open."""

    n: int
    started: datetime
    deadline: datetime
    closed_at: datetime | None
    submitted: bool
    points: int | None
    total: int | None
    pass_mark: int

    @property
    def passed(self) -> bool:
        return self.points is not None and rules.passed(self.points, self.pass_mark)


def attempts_of(person_id: UUID, purpose: str) -> list[AttemptLine]:
    """The person's attempts, newest first, each with its newest mark."""
    found = db.session.execute(
        sa.select(
            Attempt.n,
            Attempt.started,
            Attempt.deadline,
            Attempt.closed_at,
            Attempt.submitted_at.is_not(None),
            Mark.points,
            Mark.total,
            Attempt.pass_mark,
        )
        .outerjoin(Mark, Mark.attempt_id == Attempt.id)
        .where(Attempt.person_id == person_id, Attempt.purpose == purpose)
        .order_by(Attempt.n.desc(), Mark.at)
    )
    newest = {row.n: AttemptLine(*row) for row in found}
    return list(newest.values())


def running_modules(person_id: UUID, programme_id: int) -> list[str]:
    """The modules whose quiz this person has open, with time left."""
    purposes = db.session.scalars(
        sa.select(Attempt.purpose).where(
            Attempt.person_id == person_id,
            Attempt.programme_id == programme_id,
            Attempt.closed_at.is_(None),
            Attempt.deadline > clock.now(),
        )
    )
    return [rules.module_of(purpose) for purpose in purposes]
