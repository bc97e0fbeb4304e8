"""`/tu-danh-gia/<năm>` in a browser: private by default, sent only by choice."""

import html
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.db import db
from app.records.models import Record, RecordVersion
from app.steps.models import StepDone
from tests import make
from tests.records import year
from tests.records.year import COMMENT, carried
from tests.world import World

PAGE = "/tu-danh-gia/2020"
KEEP = f"{PAGE}/giu-rieng"
SEND = f"{PAGE}/gui"
PRIVATE = "Điều này chỉ một mình tôi biết thôi"
WHOLE = {f"muc_{key}": PRIVATE for key in ("thought", "done", "aim")}


@pytest.fixture
def w(one_world: World) -> World:
    year.begin(one_world)
    return one_world


@pytest.fixture
def hoa(w: World) -> FlaskClient:
    return make.sign_in(w.app, w.hoa)


@pytest.fixture
def hanh(w: World) -> FlaskClient:
    return make.sign_in(w.app, w.hanh)


def is_done(w: World) -> bool:
    with w.app.app_context():
        query = sa.select(StepDone.outcome).filter_by(person_id=w.hoa, key="assessment")
        return db.session.scalar(query) == "done"


def text(answer: Any) -> str:
    return html.unescape(answer.text).replace("\xa0", " ")


def review_page(w: World) -> str:
    with w.app.app_context():
        return f"/don-vi/MSH/ho-so/{year.rules.record_id(w.hoa, year.form_of(w.hoa, 'assessment').id)}"


def test_the_address_without_a_year_leads_to_the_current_one(hoa: FlaskClient) -> None:
    assert hoa.get("/tu-danh-gia").location == PAGE
    assert hoa.get("/tu-danh-gia/1999").status_code == 404


def test_the_page_says_that_it_is_private_and_who_reads_it_if_it_is_sent(hoa: FlaskClient) -> None:
    page = text(hoa.get(PAGE))
    assert "Mặc định chỉ một mình chị đọc được" in page
    assert page.index("Mặc định") < page.index("Trần Thị Mỹ Hạnh") < page.index("<textarea")


def test_kept_private_it_is_done_and_the_unit_sees_only_that(w: World, hoa: FlaskClient, hanh: FlaskClient) -> None:
    typed = carried(hoa.get(PAGE).text) | {"muc_thought": PRIVATE}
    for _ in range(2):
        assert hoa.post(KEEP, data=typed).location == PAGE
    assert is_done(w)
    assert PRIVATE in text(hoa.get(PAGE))
    assert year.count(w.app, RecordVersion) == 0
    assert "Hòa" not in text(hanh.get("/don-vi/MSH/ho-so"))
    assert hanh.get(review_page(w)).status_code == 404
    assert PRIVATE not in text(hanh.get("/don-vi/MSH/hoan-thanh"))


def test_one_thought_is_enough_to_keep_and_nothing_is_not(w: World, hoa: FlaskClient) -> None:
    answer = year.post(hoa, PAGE, KEEP)
    assert answer.status_code == 400
    assert "ít nhất một ý" in text(answer)
    assert year.count(w.app, Record) == 0
    assert year.post(hoa, PAGE, KEEP, muc_mend=PRIVATE).status_code == 303
    assert is_done(w)


def test_what_is_kept_can_be_written_on_and_stays_kept(w: World, hoa: FlaskClient, hanh: FlaskClient) -> None:
    year.post(hoa, PAGE, KEEP, muc_thought=PRIVATE)
    assert year.post(hoa, f"{PAGE}?viet=", KEEP, muc_thought=f"{PRIVATE}, thêm").status_code == 303
    assert f"{PRIVATE}, thêm" in text(hoa.get(PAGE))
    assert "<textarea" not in hoa.get(PAGE).text
    assert hanh.get(review_page(w)).status_code == 404


def test_it_may_be_sent_later_and_is_read_like_any_other(w: World, hoa: FlaskClient, hanh: FlaskClient) -> None:
    year.post(hoa, PAGE, KEEP, muc_thought=PRIVATE)
    refused = year.post(hoa, f"{PAGE}?viet=", SEND)
    assert refused.status_code == 400
    assert "Việc tôi đã làm được" in text(refused)
    sent = carried(hoa.get(f"{PAGE}?viet=").text) | WHOLE
    for _ in range(2):
        assert hoa.post(SEND, data=sent).location == PAGE
    assert year.count(w.app, RecordVersion) == 1
    assert PRIVATE in text(hanh.get(review_page(w)))
    assert "cô trần thị mỹ hạnh" in text(hoa.get(PAGE)).split("Ai đã đọc")[1].lower()


def test_what_was_sent_can_be_taken_back_and_is_private_again(w: World, hoa: FlaskClient, hanh: FlaskClient) -> None:
    year.post(hoa, PAGE, SEND, **WHOLE)
    assert hanh.get(review_page(w)).status_code == 200
    back = carried(hoa.get(PAGE).text)
    for _ in range(2):
        assert hoa.post(f"{PAGE}/rut-lai", data=back).status_code == 303
    assert hanh.get(review_page(w)).status_code == 404
    assert PRIVATE in text(hoa.get(PAGE))
    assert is_done(w)


def test_taking_back_what_was_never_sent_does_nothing(w: World, hoa: FlaskClient) -> None:
    year.post(hoa, PAGE, f"{PAGE}/rut-lai")
    assert not is_done(w)
    assert year.count(w.app, Record) == 0


def test_an_addition_is_asked_for_beside_its_section_and_may_be_given_or_not(w: World, hoa: FlaskClient) -> None:
    year.post(hoa, PAGE, SEND, **WHOLE)
    with w.app.app_context():
        record = year.rules.record_id(w.hoa, year.form_of(w.hoa, "assessment").id)
        year.decide(w.hanh, record, {"aim": COMMENT}, ask=True)
    page = text(hoa.get(PAGE))
    assert page.index('id="muc_aim"') < page.index(COMMENT) < page.index("Gửi lại BCH")
    assert "Gửi lại BCH" in page
    assert year.post(hoa, PAGE, KEEP, **WHOLE).status_code == 303
    assert "giữ riêng cho chị" in text(hoa.get(PAGE))
    assert is_done(w)


def test_a_draft_alone_is_not_done(w: World, hoa: FlaskClient) -> None:
    assert year.post(hoa, PAGE, f"{PAGE}/nhap", **WHOLE).location == PAGE
    assert not is_done(w)
    assert PRIVATE in text(hoa.get(PAGE))


def test_no_page_with_a_text_is_kept_by_a_browser(hoa: FlaskClient) -> None:
    assert hoa.get(PAGE).headers["Cache-Control"] == "private, no-store"
