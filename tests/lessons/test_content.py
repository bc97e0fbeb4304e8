"""The folder `lessons/` in the database: what is new, changed, gone; and the steps that the programme asks for."""

from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app.db import db
from app.lessons.content import ContentFaults
from app.lessons.models import Lesson, LessonRevision, Module, Source
from app.quizzes.content import Loaded, load_all
from app.steps.queries import programme_of_year, steps_of
from tests.lessons.tree import PROGRAMME, lesson, module, plant, put


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return plant(tmp_path)


def load(app: Flask, root: Path) -> Loaded:
    with app.app_context():
        return load_all(root)


def revisions(app: Flask, slug: str) -> list[str]:
    with app.app_context():
        found = sa.select(LessonRevision.title).join(Lesson).where(Lesson.slug == slug).order_by(LessonRevision.n)
        return list(db.session.scalars(found))


def state_of(app: Flask, model: type[Lesson] | type[Module], slug: str) -> str:
    with app.app_context():
        return db.session.scalars(sa.select(model.state).where(model.slug == slug)).one()


def test_everything_is_new_the_first_time(app: Flask, root: Path) -> None:
    loaded = load(app, root)
    assert (loaded.programmes.new, loaded.modules.new, loaded.lessons.new, loaded.questions.new) == (1, 2, 3, 8)


def test_unchanged_files_do_nothing(app: Flask, root: Path) -> None:
    load(app, root)
    again = load(app, root)
    assert not again.changed
    assert (again.modules.total, again.lessons.total, again.questions.total) == (2, 3, 8)


def test_changed_text_makes_a_revision_and_the_old_one_stays(one_app: Flask, root: Path) -> None:
    load(one_app, root)
    put(root, "lessons/2020/doan-ket/01-mot.md", lesson("Bài một, sửa"))
    assert load(one_app, root).lessons.changed == 1
    assert revisions(one_app, "mot") == ["Bài một", "Bài một, sửa"]


def test_what_disappears_is_retired_and_comes_back(one_app: Flask, root: Path) -> None:
    load(one_app, root)
    path = root / "lessons/2020/neu-guong/01-ba.md"
    text = path.read_text(encoding="utf-8")
    path.unlink()
    assert load(one_app, root).lessons.retired == 1
    assert state_of(one_app, Lesson, "ba") == "retired"
    put(root, "lessons/2020/neu-guong/01-ba.md", text)
    assert load(one_app, root).lessons.changed == 1
    assert state_of(one_app, Lesson, "ba") == "open"
    assert revisions(one_app, "ba") == ["Bài ba"]


def test_a_renamed_lesson_is_another_lesson(one_app: Flask, root: Path) -> None:
    load(one_app, root)
    folder = root / "lessons/2020/doan-ket"
    (folder / "02-hai.md").rename(folder / "02-khac.md")
    put(root, "quizzes/2020/doan-ket.md", (root / "quizzes/2020/doan-ket.md").read_text().replace('"hai"', '"khac"'))
    loaded = load(one_app, root)
    assert (loaded.lessons.new, loaded.lessons.retired) == (1, 1)


def test_a_renumbered_lesson_keeps_its_revision(one_app: Flask, root: Path) -> None:
    load(one_app, root)
    folder = root / "lessons/2020/doan-ket"
    (folder / "01-mot.md").rename(folder / "03-mot.md")
    assert load(one_app, root).lessons.changed == 2
    assert len(revisions(one_app, "mot")) == 1


def test_a_retired_module_takes_its_lessons_and_steps_along(one_app: Flask, root: Path) -> None:
    load(one_app, root)
    for path in (root / "lessons/2020/neu-guong").iterdir():
        path.unlink()
    (root / "lessons/2020/neu-guong").rmdir()
    loaded = load(one_app, root)
    assert (loaded.modules.retired, loaded.lessons.retired) == (1, 1)
    assert state_of(one_app, Module, "neu-guong") == "retired"
    assert "study:neu-guong" not in step_keys(one_app)


def step_keys(app: Flask) -> list[str]:
    with app.app_context():
        return [step.key for step in steps_of(programme_of_year(2020).id)]


def test_the_steps_are_modules_in_order_their_quizzes_then_the_records(one_app: Flask, root: Path) -> None:
    load(one_app, root)
    assert step_keys(one_app) == [
        "study:doan-ket",
        "quiz:doan-ket",
        "study:neu-guong",
        "assessment",
        "commitment:registered",
        "commitment:confirmed",
    ]


def test_a_step_carries_the_short_name_of_its_module(one_app: Flask, root: Path) -> None:
    path = "lessons/2020/doan-ket/module.md"
    put(root, path, (root / path).read_text(encoding="utf-8").replace("order", 'short = "Đoàn"\norder'))
    load(one_app, root)
    with one_app.app_context():
        headings = {step.key: step.heading for step in steps_of(programme_of_year(2020).id)}
    assert headings["study:doan-ket"] == headings["quiz:doan-ket"] == "Đoàn"
    assert headings["study:neu-guong"] == "Nêu gương"
    assert headings["commitment:registered"] == headings["commitment:confirmed"] == "Việc làm theo"


def test_a_year_whose_folder_disappears_asks_for_nothing_until_it_comes_back(one_app: Flask, root: Path) -> None:
    load(one_app, root)
    asked = step_keys(one_app)
    put(root, "lessons/2021/programme.md", PROGRAMME.replace("2020", "2021"))
    put(root, "lessons/2021/moi/module.md", module("Mới", 1, '["all"]'))
    for folder in ("lessons", "quizzes"):
        (root / folder / "2020").rename(root / f"{folder}-2020")
    loaded = load(one_app, root)
    assert (loaded.modules.retired, loaded.lessons.retired) == (2, 3)
    assert state_of(one_app, Module, "doan-ket") == state_of(one_app, Lesson, "mot") == "retired"
    assert step_keys(one_app) == []
    assert not load(one_app, root).changed
    for folder in ("lessons", "quizzes"):
        (root / f"{folder}-2020").rename(root / folder / "2020")
    load(one_app, root)
    assert step_keys(one_app) == asked
    assert state_of(one_app, Module, "doan-ket") == "open"


def test_sources_are_kept_up_to_date(one_app: Flask, root: Path) -> None:
    load(one_app, root)
    put(root, "lessons/sources.toml", '[qd-08]\ntitle = "Tên mới"\nshort = "Mới"\n')
    load(one_app, root)
    with one_app.app_context():
        assert db.session.get_one(Source, "qd-08").title == "Tên mới"


def test_every_mistake_is_named_and_nothing_is_written(app: Flask, root: Path) -> None:
    put(root, "lessons/2020/doan-ket/01-mot.md", "+++\n+++\nx\n")
    put(root, "lessons/2020/neu-guong/module.md", module("Nêu gương", 1, '["all"]'))
    put(root, "lessons/2020/neu-guong/bai.md", lesson("Bài"))
    put(root, "quizzes/2020/la.md", "x")
    with app.app_context(), pytest.raises(ContentFaults) as caught:
        load_all(root)
    said = str(caught.value)
    assert "lessons/2020/doan-ket/01-mot.md:2: title is missing" in said
    assert "lessons/2020: order 1 is there twice" in said.replace("2020:1:", "2020:")
    assert "lessons/2020/neu-guong/bai.md:1:" in said
    assert "quizzes/2020/la.md:1: there is no module of this name" in said
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Module)) == 0


def test_an_empty_folder_is_a_mistake_and_not_an_empty_programme(one_app: Flask, tmp_path: Path) -> None:
    put(tmp_path, "lessons/sources.toml", "")
    with one_app.app_context(), pytest.raises(ContentFaults, match="no year"):
        load_all(tmp_path)
