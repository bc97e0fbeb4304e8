"""Starting, answering, handing in, on both databases."""

import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask

from app import chance, clock
from app.accounts.queries import actor_for
from app.db import db, writing
from app.lessons import actions as lessons
from app.lessons.models import Lesson, LessonTick, Module
from app.quizzes import actions, queries, rules
from app.quizzes.content import load_all
from app.quizzes.models import AnswerSave, Attempt, Mark, QuestionSeen, Quiz
from app.quizzes.queries import results
from app.quizzes.rules import AttemptClosed, NoTriesLeft, TakenElsewhere
from app.refusal import NotThere
from app.steps.models import StepDone
from tests.lessons.tree import bank, plant, put, question
from tests.world import World

HERE = "this device"


@pytest.fixture
def root(world: World, tmp_path: Path) -> Iterator[Path]:
    """The small tree, loaded, within an application context."""
    with world.app.app_context():
        load_all(plant(tmp_path))
        yield tmp_path


def start(person: UUID, n: int = 1, device: str = HERE) -> queries.AttemptRow:
    quiz = queries.quiz_of(2020, "doan-ket")
    paper = actions.plan_paper(person, quiz)
    with writing():
        at = actions.start(person, quiz, n, paper, device, None)
    return attempt(person, at)


def attempt(person: UUID, n: int = 1) -> queries.AttemptRow:
    return queries.attempt_of(actor_for(person), 2020, "doan-ket", n)


def answer(person: UUID, found: queries.AttemptRow, k: int, right: bool = True, epoch: int = 1) -> datetime:
    item = found.item(k)
    key = queries.keys_of([item["revision"]])[item["revision"]].right
    option = next(o for o in item["options"] if (o in key) is right)
    with writing():
        return actions.save(person, found.id, epoch, chance.row_id(), {str(item["revision"]): [option]})


def submit(person: UUID, found: queries.AttemptRow, epoch: int = 1) -> None:
    with writing():
        actions.submit(person, found.id, epoch)


def count(model: Any) -> int:
    return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def done(person: UUID) -> list[str]:
    return sorted(db.session.scalars(sa.select(StepDone.key).where(StepDone.person_id == person)))


# --- starting -----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("root")
def test_a_start_sent_twice_starts_once(world: World) -> None:
    first = start(world.hoa)
    assert start(world.hoa).id == first.id
    assert count(Attempt) == 1
    assert set(db.session.scalars(sa.select(QuestionSeen.times))) == {1}


@pytest.mark.usefixtures("root")
def test_while_one_attempt_is_open_another_number_leads_to_it(world: World) -> None:
    first = start(world.hoa)
    assert start(world.hoa, n=2).id == first.id


@pytest.mark.usefixtures("root")
def test_a_late_start_of_a_closed_attempt_leads_to_that_attempt(world: World) -> None:
    first = start(world.hoa)
    submit(world.hoa, first)
    assert start(world.hoa, n=1).closed_at is not None
    assert count(Attempt) == 1


@pytest.mark.usefixtures("root")
def test_two_starts_at_once_start_one(world: World) -> None:
    found: list[UUID] = []
    together(world.app, [lambda: found.append(start(world.hoa).id)] * 6)
    assert len(found) == 6
    assert len(set(found)) == 1
    assert count(Attempt) == 1


@pytest.mark.usefixtures("root")
def test_the_second_paper_asks_first_what_was_not_asked(world: World) -> None:
    first = start(world.hoa)
    submit(world.hoa, first)
    second = start(world.hoa, n=2)
    asked = [{item["revision"] for item in found.items} for found in (first, second)]
    assert len(asked[0]) == len(asked[1]) == 5
    assert len(asked[0] & asked[1]) == 2


@pytest.mark.usefixtures("root")
def test_a_limit_of_tries_holds(world: World) -> None:
    with writing() as session:
        session.execute(sa.update(Quiz).values(tries=1))
    submit(world.hoa, start(world.hoa))
    with pytest.raises(NoTriesLeft, match="1 lượt"):
        start(world.hoa, n=2)


@pytest.mark.usefixtures("root")
def test_an_attempt_whose_time_is_over_does_not_stand_in_the_way(world: World) -> None:
    start(world.hoa)
    with clock.shifted(timedelta(minutes=21)):
        assert start(world.hoa, n=2).n == 2


# --- answering ----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("root")
def test_the_same_save_sent_again_gets_the_same_receipt(world: World) -> None:
    found = start(world.hoa)
    item, save_id = found.item(1), chance.row_id()
    body = {str(item["revision"]): [item["options"][0]]}
    receipts = []
    for _ in range(3):
        with writing():
            receipts.append(actions.save(world.hoa, found.id, 1, save_id, body))
    assert len(set(receipts)) == 1
    assert count(AnswerSave) == 1


@pytest.mark.usefixtures("root")
def test_saves_side_by_side_are_all_kept_in_one_order(world: World) -> None:
    found = start(world.hoa)
    together(world.app, [lambda k=k: answer(world.hoa, found, k) for k in (1, 2, 3, 4, 5)])  # type: ignore[misc]
    rows = db.session.execute(sa.select(AnswerSave.epoch, AnswerSave.seq).order_by(AnswerSave.seq)).all()
    assert [tuple(row) for row in rows] == [(1, n) for n in range(1, 6)]
    assert len(rules.current_answers(queries.saves_of(found.id))) == 5


@pytest.mark.usefixtures("root")
def test_an_older_epoch_saves_nothing_more(world: World) -> None:
    found = start(world.hoa)
    answer(world.hoa, found, 1)
    with writing():
        actions.take_over(world.hoa, found.id, "another device")
    with pytest.raises(TakenElsewhere):
        answer(world.hoa, found, 2)
    answer(world.hoa, found, 2, epoch=2)
    assert count(AnswerSave) == 2


@pytest.mark.usefixtures("root")
def test_a_save_acknowledged_before_a_take_over_is_still_acknowledged(world: World) -> None:
    found = start(world.hoa)
    item, save_id = found.item(1), chance.row_id()
    body = {str(item["revision"]): [item["options"][0]]}
    with writing():
        first = actions.save(world.hoa, found.id, 1, save_id, body)
    with writing():
        actions.take_over(world.hoa, found.id, "another device")
    with writing():
        assert actions.save(world.hoa, found.id, 1, save_id, body) == first


@pytest.mark.usefixtures("root")
def test_taking_over_twice_from_one_device_happens_once(world: World) -> None:
    found = start(world.hoa)
    for _ in range(2):
        with writing():
            actions.take_over(world.hoa, found.id, "another device")
    assert attempt(world.hoa).epoch == 2


@pytest.mark.usefixtures("root")
def test_two_sign_ins_that_go_on_from_one_that_ended_are_told_apart(world: World) -> None:
    """Both were shown the first epoch; who answers first holds the attempt."""
    found = start(world.hoa)
    epochs = []
    for device in ("second", "third"):
        with writing():
            epochs.append(actions.go_on(world.hoa, found.id, 1, device))
    assert epochs == [2, 1]
    answer(world.hoa, found, 1, epoch=2)
    with pytest.raises(TakenElsewhere):
        answer(world.hoa, found, 2, epoch=1)
    assert attempt(world.hoa).device == "second"


@pytest.mark.usefixtures("root")
def test_nothing_is_taken_over_after_the_deadline(world: World) -> None:
    found = start(world.hoa)
    with clock.shifted(timedelta(minutes=20)), writing():
        actions.take_over(world.hoa, found.id, "another device")
    assert (attempt(world.hoa).epoch, attempt(world.hoa).device) == (1, HERE)


@pytest.mark.usefixtures("root")
def test_a_late_answer_is_refused_and_scores_nothing(world: World) -> None:
    found = start(world.hoa)
    answer(world.hoa, found, 1)
    with clock.shifted(timedelta(minutes=20)):
        with pytest.raises(AttemptClosed):
            answer(world.hoa, found, 2)
        with writing():
            assert actions.close_expired() == 1
    assert db.session.scalars(sa.select(Mark.points)).one() == 1


@pytest.mark.usefixtures("root")
def test_nobody_answers_for_somebody_else(world: World) -> None:
    found = start(world.hoa)
    with pytest.raises(NotThere):
        answer(world.bich, found, 1)
    with pytest.raises(NotThere):
        submit(world.bich, found)
    with writing():
        actions.take_over(world.bich, found.id, "x")
    assert attempt(world.hoa).epoch == 1


# --- the end ------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("root")
def test_passing_records_the_step_once(world: World) -> None:
    found = start(world.hoa)
    for k in (1, 2, 3):
        answer(world.hoa, found, k)
    submit(world.hoa, found)
    submit(world.hoa, found)
    assert done(world.hoa) == ["quiz:doan-ket"]
    mark = db.session.scalars(sa.select(Mark)).one()
    assert (mark.points, mark.total) == (3, 5)
    assert [item["right"] for item in mark.detail] == [True, True, True, False, False]


@pytest.mark.usefixtures("root")
def test_below_the_pass_mark_no_step_is_done(world: World) -> None:
    found = start(world.hoa)
    answer(world.hoa, found, 1)
    answer(world.hoa, found, 2, right=False)
    submit(world.hoa, found)
    assert done(world.hoa) == []


@pytest.mark.usefixtures("root")
def test_an_attempt_expires_though_no_browser_returns(world: World) -> None:
    found = start(world.hoa)
    for k in range(1, 6):
        answer(world.hoa, found, k)
    with clock.shifted(timedelta(minutes=20)), writing():
        assert actions.close_expired() == 1
    closed = attempt(world.hoa)
    assert closed.submitted_at is None
    assert closed.closed_at == closed.deadline
    assert done(world.hoa) == ["quiz:doan-ket"]
    with clock.shifted(timedelta(minutes=21)), writing():
        assert actions.close_expired() == 0


@pytest.mark.usefixtures("root")
def test_handing_in_too_late_closes_as_it_stands(world: World) -> None:
    found = start(world.hoa)
    answer(world.hoa, found, 1)
    with clock.shifted(timedelta(minutes=30)):
        submit(world.hoa, found)
    assert attempt(world.hoa).submitted_at is None
    assert db.session.scalars(sa.select(Mark.points)).one() == 1


@pytest.mark.usefixtures("root")
def test_a_device_that_was_overtaken_cannot_hand_in(world: World) -> None:
    found = start(world.hoa)
    with writing():
        actions.take_over(world.hoa, found.id, "another device")
    with pytest.raises(TakenElsewhere):
        submit(world.hoa, found)
    assert attempt(world.hoa).closed_at is None


@pytest.mark.usefixtures("root")
def test_what_is_saved_while_handing_in_is_either_counted_or_refused(world: World) -> None:
    """Never acknowledged and left out."""
    found = start(world.hoa)
    kept: list[int] = []

    def save(k: int) -> None:
        try:
            answer(world.hoa, found, k)
            kept.append(k)
        except AttemptClosed:
            pass

    together(world.app, [*(lambda k=k: save(k) for k in range(1, 6)), lambda: submit(world.hoa, found)])  # type: ignore[misc]
    assert db.session.scalars(sa.select(Mark.points)).one() == len(kept)


@pytest.mark.usefixtures("world")
def test_answers_keep_the_words_they_were_given_to(world: World, root: Path) -> None:
    found = start(world.hoa)
    for k in range(1, 6):
        answer(world.hoa, found, k)
    put(root, "quizzes/2020/doan-ket.md", bank(*(question(n, "Phương án hai", "Khác?") for n in range(1, 9))))
    load_all(root)
    submit(world.hoa, found)
    page = results.result_page(actor_for(world.hoa), attempt(world.hoa))
    assert page.points == 5
    assert not any(line.text == "Khác?" for line in page.lines)


@pytest.mark.usefixtures("world")
def test_a_mark_stays_when_the_key_changes_later(world: World, root: Path) -> None:
    found = start(world.hoa)
    answer(world.hoa, found, 1)
    submit(world.hoa, found)
    put(root, "quizzes/2020/doan-ket.md", bank(*(question(n, "Phương án hai") for n in range(1, 9))))
    load_all(root)
    page = results.result_page(actor_for(world.hoa), attempt(world.hoa))
    assert page.points == 1
    assert page.lines[0].right.startswith("Phương án đúng")


# --- reading ------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("root")
def test_ticking_every_lesson_studies_the_module(world: World) -> None:
    module = db.session.scalars(sa.select(Module.id).where(Module.slug == "doan-ket")).one()
    lesson_ids = db.session.scalars(sa.select(Lesson.id).where(Lesson.module_id == module)).all()
    for n, lesson in enumerate(lesson_ids):
        assert done(world.hoa) == []
        for _ in range(2):
            with writing():
                lessons.tick(world.hoa, lesson)
        assert count(LessonTick) == n + 1
    assert done(world.hoa) == ["study:doan-ket"]


@pytest.mark.usefixtures("root")
def test_the_last_two_lessons_ticked_at_once_study_the_module(world: World) -> None:
    module = db.session.scalars(sa.select(Module.id).where(Module.slug == "doan-ket")).one()
    lesson_ids = list(db.session.scalars(sa.select(Lesson.id).where(Lesson.module_id == module)))

    def tick(lesson: int) -> None:
        with writing():
            lessons.tick(world.hoa, lesson)

    together(world.app, [lambda lesson=lesson: tick(lesson) for lesson in lesson_ids])  # type: ignore[misc]
    assert done(world.hoa) == ["study:doan-ket"]


@pytest.mark.usefixtures("root")
def test_going_through_the_short_version_studies_the_module_once(world: World) -> None:
    module = db.session.scalars(sa.select(Module.id).where(Module.slug == "doan-ket")).one()
    for _ in range(2):
        with writing():
            lessons.finish_module(world.hoa, module)
    assert done(world.hoa) == ["study:doan-ket"]


def together(app: Flask, works: list[Callable[[], object]]) -> None:
    """Do these at the same time, each in a thread and session of its own; what one raises is raised."""
    gate, raised = threading.Barrier(len(works)), list[BaseException]()

    def run(work: Callable[[], object]) -> None:
        with app.app_context():
            try:
                gate.wait()
                work()
            except BaseException as error:
                raised.append(error)

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if raised:
        raise raised[0]
    db.session.rollback()
