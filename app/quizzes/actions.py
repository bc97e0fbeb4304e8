"""Starting, answering, handing in. Each runs inside the caller's `writing()`; `plan_paper` before it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

import sqlalchemy as sa

from app import audit, chance
from app.clock import sql_now
from app.db import affected, db, insert
from app.quizzes import queries, rules
from app.quizzes.models import AnswerSave, Attempt, Mark, Paper, QuestionRevision, QuestionSeen
from app.quizzes.queries import QuizFacts
from app.quizzes.rules import TakenElsewhere
from app.refusal import NotThere
from app.steps import actions as steps
from app.steps.rules import Source
from app.steps.rules import quiz as quiz_step

Items = list[dict[str, Any]]


def moment() -> datetime:
    """Now, by the clock that deadlines are decided with."""
    return db.session.scalars(sa.select(sql_now())).one()


# --- starting -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class PaperPlan:
    """A paper to be: [{revision, options: [id, …]}, …], and its digest, made where no lock is held."""

    items: Items
    digest: str


def plan_paper(person_id: UUID, quiz: QuizFacts) -> PaperPlan:
    """The questions for this person's next attempt and the order of their options. Read before `writing()`."""
    chosen = rules.choose(queries.candidates(quiz.bank_id, person_id), quiz.questions, chance.shuffled)
    seen = queries.bodies([candidate.revision for candidate in chosen])
    items = [
        {
            "revision": candidate.revision,
            "options": chance.shuffled([option["id"] for option in seen[candidate.revision]["options"]]),
        }
        for candidate in chosen
    ]
    return PaperPlan(items, rules.digest(items))


def start(
    person_id: UUID,
    quiz: QuizFacts,
    n: int,
    paper: PaperPlan,
    device: str,
    unit_id: int | None,
    source: Source = "online",
) -> int:
    """Attempt `n` with this paper, fixed before its first question shows. Where an attempt is running, or `n` has
    been used, that one stands. Returns the number of the attempt to go to. Raises `NoTriesLeft`."""
    if quiz.tries is not None and n > quiz.tries:
        raise rules.NoTriesLeft(tries=quiz.tries)
    _close_due(Attempt.person_id == person_id, Attempt.purpose == quiz.purpose)
    newest = sa.select(sa.func.max(Attempt.n)).where(Attempt.person_id == person_id, Attempt.purpose == quiz.purpose)
    n = min(n, (db.session.scalar(newest) or 0) + 1)  # a number out of turn would leave a gap that no page counts past
    began = moment()
    made = db.session.scalar(
        insert(Attempt)
        .values(
            id=chance.row_id(),
            person_id=person_id,
            programme_id=quiz.programme_id,
            purpose=quiz.purpose,
            n=n,
            paper_id=_paper(paper),
            pass_mark=quiz.pass_mark,
            unit_at_start=unit_id,
            started=began,
            deadline=rules.deadline(began, quiz.minutes),
            extra_s=0,
            epoch=1,
            device=device,
            source=source,
        )
        .on_conflict_do_nothing()
        .returning(Attempt.id)
    )
    if made is None:
        return _standing(person_id, quiz.purpose, n)
    _mark_seen(person_id, paper.items, began)
    audit.line(person_id, "attempt.start", "attempt", made, purpose=quiz.purpose, n=n)
    return n


def _paper(plan: PaperPlan) -> int:
    db.session.execute(insert(Paper).values(digest=plan.digest, items=plan.items).on_conflict_do_nothing())
    return db.session.scalars(sa.select(Paper.id).where(Paper.digest == plan.digest)).one()


def _standing(person_id: UUID, purpose: str, n: int) -> int:
    """The running attempt, else the one that has the number."""
    running = sa.select(Attempt.n).where(
        Attempt.person_id == person_id, Attempt.purpose == purpose, Attempt.closed_at.is_(None)
    )
    return db.session.scalars(running).first() or n


def _mark_seen(person_id: UUID, items: Items, at: datetime) -> None:
    shown = sa.select(QuestionRevision.question_id).where(QuestionRevision.id.in_([item["revision"] for item in items]))
    rows = [
        {"person_id": person_id, "question_id": question, "times": 1, "last": at}
        for question in sorted(db.session.scalars(shown))
    ]
    db.session.execute(
        insert(QuestionSeen)
        .values(rows)
        .on_conflict_do_update(
            index_elements=["person_id", "question_id"], set_={"times": QuestionSeen.times + 1, "last": at}
        )
    )


# --- answering ----------------------------------------------------------------------------------------------------


def save(person_id: UUID, attempt_id: UUID, epoch: int, save_id: UUID, body: rules.Answers) -> datetime:
    """Append answers, if the attempt is the person's, open, in this epoch and before its deadline: one conditional
    statement decides. Returns the moment of the receipt; the same save sent again gets the same one. Raises
    `TakenElsewhere`, `AttemptClosed`, `NotThere`."""
    for _ in range(8):
        saved: datetime | None = db.session.scalar(_append(person_id, attempt_id, epoch, save_id, body))
        saved = saved or _refused(person_id, attempt_id, epoch, save_id)
        if saved is not None:
            return saved
    raise TakenElsewhere()


def _append(person_id: UUID, attempt_id: UUID, epoch: int, save_id: UUID, body: rules.Answers) -> Any:
    """The statement. `FOR UPDATE` makes it wait for a hand-in or a save that is under way, and see what came of it; the
    next seq may be taken by a save that was, in which case nothing is inserted and it is tried again."""
    taken = sa.select(sa.func.coalesce(sa.func.max(AnswerSave.seq), 0) + 1).where(
        AnswerSave.attempt_id == attempt_id, AnswerSave.epoch == epoch
    )
    row = (
        sa.select(
            Attempt.id,
            Attempt.epoch,
            taken.scalar_subquery(),
            sa.literal(save_id, AnswerSave.save_id.type),
            sa.literal(body, AnswerSave.body.type),
            sql_now(),
        )
        .where(
            Attempt.id == attempt_id,
            Attempt.person_id == person_id,
            Attempt.epoch == epoch,
            Attempt.closed_at.is_(None),
            Attempt.deadline > sql_now(),
        )
        .with_for_update()
    )
    columns = ["attempt_id", "epoch", "seq", "save_id", "body", "saved_at"]
    return insert(AnswerSave).from_select(columns, row).on_conflict_do_nothing().returning(AnswerSave.saved_at)


def _refused(person_id: UUID, attempt_id: UUID, epoch: int, save_id: UUID) -> datetime | None:
    """Why nothing was appended: the receipt where the same save stands already, None where it may be tried again."""
    row = db.session.execute(
        sa.select(
            Attempt.epoch,
            Attempt.submitted_at,
            Attempt.closed_at,
            Attempt.deadline,
            sql_now().label("now"),
            AnswerSave.saved_at,
        )
        .outerjoin(AnswerSave, sa.and_(AnswerSave.attempt_id == Attempt.id, AnswerSave.save_id == save_id))
        .where(Attempt.id == attempt_id, Attempt.person_id == person_id)
    ).first()
    if row is None:
        raise NotThere()
    if row.saved_at is not None:
        return cast(datetime, row.saved_at)
    rules.advance(rules.stage_of(row.submitted_at, row.closed_at, row.deadline, row.now), "save")
    if row.epoch != epoch:
        raise TakenElsewhere()
    return None


def take_over(person_id: UUID, attempt_id: UUID, device: str) -> None:
    """This device goes on with the attempt; what another still sends is refused from now on. Asked twice by the same
    device, it happens once."""
    _hand_to(person_id, attempt_id, device)


def go_on(person_id: UUID, attempt_id: UUID, epoch: int, device: str) -> int:
    """The sign-in that held the attempt in this epoch has ended, and this one goes on with it. Returns the epoch to
    answer in: the next one, or the same where yet another has gone on."""
    return epoch + 1 if _hand_to(person_id, attempt_id, device, Attempt.epoch == epoch) else epoch


def _hand_to(person_id: UUID, attempt_id: UUID, device: str, *which: sa.ColumnElement[bool]) -> bool:
    handed = db.session.execute(
        sa.update(Attempt)
        .where(
            Attempt.id == attempt_id,
            Attempt.person_id == person_id,
            Attempt.closed_at.is_(None),
            Attempt.deadline > sql_now(),
            Attempt.device != device,
            *which,
        )
        .values(epoch=Attempt.epoch + 1, device=device)
        .execution_options(synchronize_session=False)
    )
    if affected(handed):
        audit.line(person_id, "attempt.take_over", "attempt", attempt_id)
    return bool(affected(handed))


# --- the end ------------------------------------------------------------------------------------------------------


def submit(person_id: UUID, attempt_id: UUID, epoch: int) -> None:
    """Hand in, once; past the deadline it is closed as it stands. Raises `TakenElsewhere`, `NotThere`."""
    now = moment()
    done = db.session.execute(
        sa.update(Attempt)
        .where(
            Attempt.id == attempt_id,
            Attempt.person_id == person_id,
            Attempt.epoch == epoch,
            Attempt.closed_at.is_(None),
            Attempt.deadline > sql_now(),
        )
        .values(submitted_at=now, closed_at=now)
        .execution_options(synchronize_session=False)
    )
    if affected(done):
        _settle(attempt_id, "attempt.submit", person_id)
    elif not close(attempt_id):
        _refuse_submit(person_id, attempt_id)


def _refuse_submit(person_id: UUID, attempt_id: UUID) -> None:
    """Handed in before is handed in; an open attempt that was not closed belongs to another device by now."""
    closed = db.session.execute(
        sa.select(Attempt.closed_at).where(Attempt.id == attempt_id, Attempt.person_id == person_id)
    ).first()
    if closed is None:
        raise NotThere()
    if closed[0] is None:
        raise TakenElsewhere()


def close(attempt_id: UUID) -> bool:
    """Close the attempt if its time is over and nobody has; whether this did it."""
    done = db.session.execute(
        sa.update(Attempt)
        .where(Attempt.id == attempt_id, Attempt.closed_at.is_(None), Attempt.deadline <= sql_now())
        .values(closed_at=Attempt.deadline)
        .execution_options(synchronize_session=False)
    )
    if affected(done):
        _settle(attempt_id, "attempt.expire", None)
    return bool(affected(done))


def close_expired(most: int = 200) -> int:
    """Close and mark attempts whose time is over although no browser came back, the oldest first; how many."""
    return _close_due(most=most)


def _close_due(*which: sa.ColumnElement[bool], most: int = 200) -> int:
    due = sa.select(Attempt.id).where(Attempt.closed_at.is_(None), Attempt.deadline <= sql_now(), *which)
    ids = db.session.scalars(due.order_by(Attempt.deadline).limit(most)).all()
    return sum(close(attempt_id) for attempt_id in ids)


def _settle(attempt_id: UUID, verb: str, by: UUID | None) -> None:
    """Mark an attempt that has just been closed, and record the step where it passed."""
    attempt = db.session.get_one(Attempt, attempt_id, populate_existing=True)
    audit.line(by, verb, "attempt", attempt_id, purpose=attempt.purpose, n=attempt.n)
    points = _mark(attempt)
    if attempt.closed_at and rules.passed(points, attempt.pass_mark):
        key = quiz_step(rules.module_of(attempt.purpose))
        source: Source = attempt.source  # type: ignore[assignment]  # the check of the column says so
        steps.record(attempt.person_id, attempt.programme_id, key, attempt.closed_at, source, attempt.person_id)


def _mark(attempt: Attempt) -> int:
    """Mark the attempt with the keys that hold now; a mark with the same keys stays as it is."""
    paper = db.session.get_one(Paper, attempt.paper_id)
    keys = {str(revision): key for revision, key in queries.keys_of([i["revision"] for i in paper.items]).items()}
    answers = rules.current_answers(queries.saves_of(attempt.id))
    result = rules.score(answers, keys)
    detail = [
        {
            "revision": item["revision"],
            "key": keys[str(item["revision"])].version,
            "chosen": answers.get(str(item["revision"]), []),
            "right": result.right[str(item["revision"])],
        }
        for item in paper.items
    ]
    db.session.execute(
        insert(Mark)
        .values(
            attempt_id=attempt.id,
            key_set=rules.key_set(keys),
            points=result.points,
            total=result.total,
            detail=detail,
            at=moment(),
        )
        .on_conflict_do_nothing()
    )
    return result.points
