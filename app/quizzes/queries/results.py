"""What a closed attempt came to: keys, explanations and sources may be told from here on."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from app.accounts.queries import Actor
from app.db import db
from app.lessons import queries as lessons
from app.quizzes import queries, rules
from app.quizzes.models import Mark, QuestionKey, QuestionRevision
from app.quizzes.queries import AttemptRow
from app.quizzes.rules.kinds import in_words
from app.refusal import NotThere


@dataclass(frozen=True)
class ReviewLine:
    """A question of a closed attempt: what was chosen (None: nothing), what is right, why, and after which source."""

    k: int
    text: str
    mine: str | None
    right: str
    is_right: bool
    explanation: str
    source: str
    address: str | None
    lesson: str | None


@dataclass(frozen=True)
class LessonToReview:
    slug: str
    position: int
    title: str


@dataclass(frozen=True)
class ResultPage:
    attempt: AttemptRow
    points: int
    total: int
    passed: bool
    lines: list[ReviewLine]
    review: list[LessonToReview]
    may_retry: bool

    @property
    def wrong(self) -> list[ReviewLine]:
        return [line for line in self.lines if not line.is_right]

    @property
    def right(self) -> list[ReviewLine]:
        return [line for line in self.lines if line.is_right]

    @property
    def missing(self) -> int:
        """How many more right answers would have passed."""
        return max(0, self.attempt.pass_mark - self.points)


def result_page(actor: Actor, attempt: AttemptRow) -> ResultPage:
    """What the newest mark of a closed attempt says, question by question. Raises `NotThere` before it is closed."""
    mark = db.session.scalars(
        sa.select(Mark).where(Mark.attempt_id == attempt.id).order_by(Mark.at.desc()).limit(1)
    ).first()
    if attempt.closed_at is None or mark is None:
        raise NotThere()
    lines = _review_lines(mark.detail)
    return ResultPage(
        attempt=attempt,
        points=mark.points,
        total=mark.total,
        passed=rules.passed(mark.points, attempt.pass_mark),
        lines=lines,
        review=_to_review(actor, attempt, lines),
        may_retry=_may_retry(actor, attempt),
    )


def _review_lines(detail: list[dict[str, Any]]) -> list[ReviewLine]:
    ids = [item["revision"] for item in detail]
    rows = {row.id: row for row in db.session.scalars(sa.select(QuestionRevision).where(QuestionRevision.id.in_(ids)))}
    keys = {
        (revision, version): body
        for revision, version, body in db.session.execute(
            sa.select(QuestionKey.revision_id, QuestionKey.version, QuestionKey.body).where(
                QuestionKey.revision_id.in_(ids)
            )
        )
    }
    sources = lessons.sources_named({row.source for row in rows.values()})
    lines = []
    for k, item in enumerate(detail, start=1):
        row = rows[item["revision"]]
        source = sources[row.source]
        lines.append(
            ReviewLine(
                k=k,
                text=row.body["text"],
                mine=in_words(row.kind, row.body, item["chosen"]) or None,
                right=_right(row, keys[row.id, item["key"]]),
                is_right=item["right"],
                explanation=row.explanation,
                source=f"{source.short}, {row.at}" if row.at else source.short,
                address=source.address,
                lesson=row.lesson,
            )
        )
    return lines


def _right(row: QuestionRevision, key: list[str]) -> str:
    """Of what is filled in the first accepted answer, then the others."""
    if row.kind != "fill" or len(key) == 1:
        return in_words(row.kind, row.body, key)
    return f"{key[0]} (cũng nhận: {'; '.join(key[1:])})"


def _to_review(actor: Actor, attempt: AttemptRow, lines: list[ReviewLine]) -> list[LessonToReview]:
    """The lessons of the questions that were not right, as far as they still stand."""
    try:
        module = lessons.module_of(attempt.year, attempt.module)[1]
    except NotThere:
        return []
    there = {line.slug: line for line in lessons.lessons_of(module.id, actor.person_id)}
    slugs = rules.lessons_to_review(line.lesson for line in lines if not line.is_right)
    return [LessonToReview(slug, there[slug].position, there[slug].title) for slug in slugs if slug in there]


def _may_retry(actor: Actor, attempt: AttemptRow) -> bool:
    try:
        tries = queries.quiz_of(attempt.year, attempt.module).tries
    except NotThere:
        return False
    return (
        tries is None or len(queries.attempts_of(actor.person_id, rules.purpose(attempt.year, attempt.module))) < tries
    )
