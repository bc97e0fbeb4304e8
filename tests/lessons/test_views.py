"""Reading: the programme, a module, a lesson; ticks, and the place that is kept."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.db import writing
from app.lessons.actions import tick
from app.lessons.queries import lesson_id, module_of
from app.quizzes.content import load_all
from tests import make
from tests.lessons.tree import plant
from tests.world import World


@pytest.fixture
def hoa(one_world: World, tmp_path: Path) -> FlaskClient:
    with one_world.app.app_context():
        load_all(plant(tmp_path))
    return make.sign_in(one_world.app, one_world.hoa)


@pytest.fixture
def hanh(one_world: World, hoa: FlaskClient) -> FlaskClient:
    """An officer, for whom both modules are asked."""
    return make.sign_in(one_world.app, one_world.hanh)


def test_the_address_without_a_year_leads_to_this_year(hoa: FlaskClient) -> None:
    assert hoa.get("/hoc").location == "/hoc/2020"


def test_only_what_is_asked_counts(hoa: FlaskClient, hanh: FlaskClient) -> None:
    member, officer = hoa.get("/hoc/2020").text, hanh.get("/hoc/2020").text
    assert "Còn 2\u00a0việc học và trắc nghiệm" in member
    assert "Còn 3\u00a0việc học và trắc nghiệm" in officer
    assert "<h2>Đọc thêm</h2>" in member
    assert "<h2>Đọc thêm</h2>" not in officer


def test_a_finished_short_version_shows_its_tick_with_date_and_source(hoa: FlaskClient) -> None:
    answer = make.post(hoa, "/hoc/2020/doan-ket/xem-xong")
    assert (answer.status_code, answer.location) == (303, "/hoc/2020/doan-ket#viec")
    page = hoa.get("/hoc/2020").text
    assert "12/5/2020" in page
    assert "trực tuyến" in page
    assert "Còn 1\u00a0việc học" in page
    assert "Tôi đã xem xong" not in hoa.get("/hoc/2020/doan-ket").text


def test_reading_every_lesson_finishes_the_module_too(hoa: FlaskClient) -> None:
    for lesson in ("mot", "hai"):
        assert "Tôi đã xem xong" in hoa.get("/hoc/2020/doan-ket").text
        assert make.post(hoa, f"/hoc/2020/doan-ket/{lesson}/da-doc").status_code == 303
    assert "Tôi đã xem xong" not in hoa.get("/hoc/2020/doan-ket").text


def test_a_lesson_that_was_read_says_when_and_from_which_source_we_know(one_world: World, hoa: FlaskClient) -> None:
    make.post(hoa, "/hoc/2020/doan-ket/mot/da-doc")
    with one_world.app.app_context():
        lesson = lesson_id(module_of(2020, "doan-ket")[1].id, "hai")
        with writing():
            tick(one_world.hoa, lesson, "meeting", one_world.hanh)
    page = hoa.get("/hoc/2020/doan-ket").text
    assert "đã đọc 12/5/2020, trực tuyến" in page
    assert "đã đọc 12/5/2020, buổi sinh hoạt" in page
    assert '<span class="lt-state-src">buổi sinh hoạt</span>' in hoa.get("/hoc/2020/doan-ket/hai").text


def test_a_lesson_stands_whole_with_its_sources_and_neighbours(hoa: FlaskClient) -> None:
    page = hoa.get("/hoc/2020/doan-ket/mot").text
    assert "Bài\u00a01 trong 2\u00a0bài" in page
    assert '<h2 id="muc-2">Ghi nhớ</h2>' in page
    assert '<a href="https://example.org/08" rel="noopener external">Quy định số\u00a008-QĐi/TW</a>, Điều 1.' in page
    assert 'rel="next">' in page
    assert 'rel="prev">' not in page


def test_the_place_is_kept_and_offered_again(hoa: FlaskClient) -> None:
    assert "Đọc tiếp từ chỗ đang dở" not in hoa.get("/hoc/2020/doan-ket/mot").text
    for place in ("1", "2"):
        assert make.post(hoa, "/hoc/2020/doan-ket/mot/vi-tri", {"place": place}).status_code == 204
    page = hoa.get("/hoc/2020/doan-ket/mot").text
    assert '<a class="lt-tap" href="#muc-2">' in page
    assert "Đọc tiếp từ chỗ đang dở: Ghi nhớ" in page


def test_a_place_that_is_no_number_is_refused(hoa: FlaskClient) -> None:
    assert make.post(hoa, "/hoc/2020/doan-ket/mot/vi-tri", {"place": "x"}).status_code == 400


def test_a_place_beyond_the_lesson_is_offered_to_nobody(hoa: FlaskClient) -> None:
    make.post(hoa, "/hoc/2020/doan-ket/mot/vi-tri", {"place": "99"})
    assert "Đọc tiếp" not in hoa.get("/hoc/2020/doan-ket/mot").text


@pytest.mark.parametrize(
    "path",
    [
        "/hoc/2019",
        "/hoc/2020/khac",
        "/hoc/2020/doan-ket/khac",
        "/hoc/2020/neu-guong/mot",
        "/hoc/2020/doan-ket/xem-xong",
    ],
)
def test_what_is_not_there_is_not_found(hoa: FlaskClient, path: str) -> None:
    assert hoa.get(path).status_code == 404


def test_a_module_not_asked_of_one_can_be_read(hoa: FlaskClient) -> None:
    page = hoa.get("/hoc/2020/neu-guong").text
    assert "Đọc thêm, không tính vào việc còn lại" in page
    assert make.post(hoa, "/hoc/2020/neu-guong/xem-xong").status_code == 303
    assert "Còn 2\u00a0việc học" in hoa.get("/hoc/2020").text


def test_another_ones_ticks_are_not_shown(one_world: World, hoa: FlaskClient) -> None:
    make.post(hoa, "/hoc/2020/doan-ket/mot/da-doc")
    other = make.sign_in(one_world.app, one_world.bich)
    assert "đã đọc 12/5/2020" not in other.get("/hoc/2020/doan-ket").text
