"""Banks in the database: revisions, keys apart, retirement; and no key in what persons see."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.db import db
from app.lessons.content import ContentFaults
from app.quizzes.content import Loaded, load_all
from app.quizzes.models import Question, QuestionKey, QuestionRevision, Quiz
from tests.lessons.tree import bank, module, plant, put, question


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return plant(tmp_path)


def load(app: Flask, root: Path) -> Loaded:
    with app.app_context():
        return load_all(root)


def versions(app: Flask, slug: str) -> list[tuple[int, int, str]]:
    """(revision, key version, text of the right option) of a question."""
    with app.app_context():
        rows = db.session.execute(
            sa.select(QuestionRevision.n, QuestionKey.version, QuestionKey.body, QuestionRevision.body)
            .join(Question, Question.id == QuestionRevision.question_id)
            .join(QuestionKey, QuestionKey.revision_id == QuestionRevision.id)
            .where(Question.slug == slug)
            .order_by(QuestionRevision.n, QuestionKey.version)
        )
        return [(n, v, next(o["text"] for o in body["options"] if [o["id"]] == key)) for n, v, key, body in rows]


def with_first(changed: str) -> str:
    return bank(changed, *(question(n) for n in range(2, 9)))


def test_the_key_stands_apart_from_what_is_seen(app: Flask, root: Path) -> None:
    load(app, root)
    assert versions(app, "q-001") == [(1, 1, "Phương án đúng 1")]
    with app.app_context():
        seen = db.session.scalars(sa.select(QuestionRevision)).all()
    assert {frozenset(row.body) for row in seen} == {frozenset({"text", "options"})}
    assert {frozenset(o) for row in seen for o in row.body["options"]} == {frozenset({"id", "text"})}
    ids = [o["id"] for row in seen for o in row.body["options"]]
    assert len(set(ids)) == len(ids) == 24


def test_the_order_in_which_options_are_kept_does_not_tell_the_key(one_app: Flask, root: Path) -> None:
    put(root, "quizzes/2020/doan-ket.md", bank(*(question(n) for n in range(1, 61))))
    load(one_app, root)
    with one_app.app_context():
        bodies = db.session.scalars(sa.select(QuestionRevision.body)).all()
    places = [next(n for n, o in enumerate(b["options"]) if "đúng" in o["text"]) for b in bodies]
    assert {places.count(n) > 5 for n in range(3)} == {True}


def test_a_changed_key_alone_makes_a_version_of_the_key(one_app: Flask, root: Path) -> None:
    load(one_app, root)
    put(root, "quizzes/2020/doan-ket.md", with_first(question(1, right="Phương án hai")))
    assert load(one_app, root).questions.changed == 1
    assert versions(one_app, "q-001") == [(1, 1, "Phương án đúng 1"), (1, 2, "Phương án hai 1")]


def test_changed_words_make_a_revision(one_app: Flask, root: Path) -> None:
    load(one_app, root)
    put(root, "quizzes/2020/doan-ket.md", with_first(question(1, text="Câu hỏi khác?")))
    assert load(one_app, root).questions.changed == 1
    assert [n for n, _, _ in versions(one_app, "q-001")] == [1, 2]


def test_a_question_that_disappears_is_retired(one_app: Flask, root: Path) -> None:
    load(one_app, root)
    put(root, "quizzes/2020/doan-ket.md", bank(*(question(n) for n in range(2, 9))))
    assert load(one_app, root).questions.retired == 1
    put(root, "quizzes/2020/doan-ket.md", bank())
    assert load(one_app, root).questions.changed == 1
    assert len(versions(one_app, "q-001")) == 1


def test_a_bank_that_disappears_is_retired_with_its_step(one_app: Flask, root: Path) -> None:
    load(one_app, root)
    (root / "quizzes/2020/doan-ket.md").unlink()
    assert load(one_app, root).questions.retired == 8


def test_a_quiz_follows_its_module(one_app: Flask, root: Path) -> None:
    load(one_app, root)
    text = module("Đoàn kết", 1, '["all"]', "questions = 6\npass_mark = 4\nminutes = 9\n")
    put(root, "lessons/2020/doan-ket/module.md", text)
    load(one_app, root)
    with one_app.app_context():
        quiz = db.session.scalars(sa.select(Quiz)).one()
        assert (quiz.questions, quiz.pass_mark, quiz.minutes, quiz.tries) == (6, 4, 9, None)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (bank(question(1)), "1 questions, but lessons/2020/doan-ket/module.md draws 5"),
        (bank(*(question(n) for n in range(1, 9)), question(3)), "q-003 is there twice"),
        (bank().replace("qd-08", "khac"), "sources.toml has no [khac]"),
        (bank().replace('"hai"', '"ba"'), "the module has no lesson ba"),
    ],
)
def test_a_mistake_in_a_bank_stops_the_load(one_app: Flask, root: Path, text: str, said: str) -> None:
    put(root, "quizzes/2020/doan-ket.md", text)
    with one_app.app_context(), pytest.raises(ContentFaults) as caught:
        load_all(root)
    assert said in str(caught.value)


def test_the_content_of_this_repository_loads(one_app: Flask) -> None:
    with one_app.app_context():
        loaded = load_all(one_app.extensions["settings"].content)
    assert loaded.questions.new >= 55
