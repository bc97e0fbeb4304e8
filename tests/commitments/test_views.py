"""`/lam-theo/<năm>` in a browser: yes, later, no, and the way back from each."""

import html
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app.db import db
from app.records.models import Record, RecordVersion
from app.steps import actions as steps
from app.steps.models import StepDone
from tests import make
from tests.records import year
from tests.records.year import COMMENT, DEED, TYPED, carried
from tests.world import World

PAGE = "/lam-theo/2020"
ANSWER = f"{PAGE}/tra-loi"
DRAFT = f"{PAGE}/nhap"
JSON = {"Accept": "application/json"}


@pytest.fixture
def w(one_world: World) -> World:
    year.begin(one_world)
    return one_world


@pytest.fixture
def hoa(w: World) -> FlaskClient:
    return make.sign_in(w.app, w.hoa)


def steps_of(w: World, person: Any) -> dict[str, str]:
    with w.app.app_context():
        return {row.key: row.outcome for row in db.session.scalars(sa.select(StepDone).filter_by(person_id=person))}


def text(answer: Any) -> str:
    return html.unescape(answer.text).replace("\xa0", " ")


def test_the_address_without_a_year_leads_to_the_current_one(hoa: FlaskClient) -> None:
    assert hoa.get("/lam-theo").location == PAGE
    assert hoa.get("/lam-theo/1999").status_code == 404


def test_before_a_word_is_written_the_page_says_by_name_who_will_read_it(hoa: FlaskClient) -> None:
    page = text(hoa.get(PAGE))
    who = page.split("Ai đọc được điều chị viết")[1].split("</section>")[0]
    for name in ("Phạm Thị Thu", "Lê Văn Tuấn", "Trần Thị Mỹ Hạnh"):
        assert name in who
    assert page.index("Ai đọc được") < page.index("<textarea")
    assert "Việc này tự nguyện" in page


def test_three_answers_of_equal_weight_and_none_is_chosen(hoa: FlaskClient) -> None:
    page = text(hoa.get(PAGE))
    for words in ("Đăng ký một việc làm theo", "Để sau", "Năm nay tôi không đăng ký"):
        assert words in page
    assert page.count('class="lt-choice"') == 3
    assert " checked" not in page


def test_without_an_answer_the_page_asks_again(hoa: FlaskClient) -> None:
    answer = year.post(hoa, PAGE, ANSWER)
    assert answer.status_code == 400
    assert "chị chọn một trong ba câu trả lời" in text(answer)


def test_a_registration_is_sent_once_whatever_is_clicked_twice(w: World, hoa: FlaskClient) -> None:
    sent = carried(hoa.get(PAGE).text) | TYPED | {"answer": "dang-ky"}
    for _ in range(2):
        assert hoa.post(ANSWER, data=sent).location == PAGE
    assert year.count(w.app, RecordVersion) == 1
    assert steps_of(w, w.hoa) == {"commitment:registered": "done"}
    page = text(hoa.get(PAGE))
    assert "Đã gửi BCH" in page
    assert DEED["what"] in page
    assert "thứ Ba 30/6/2020" in page


def test_another_text_from_a_stale_tab_is_refused_and_stays_on_the_page(w: World, hoa: FlaskClient) -> None:
    stale = carried(hoa.get(PAGE).text) | TYPED | {"answer": "dang-ky"}
    hoa.post(ANSWER, data=stale)
    answer = hoa.post(ANSWER, data=stale | {"muc_deeds_1_how": "Lời khác hẳn từ tab cũ"})
    assert answer.status_code == 409
    assert "Lời khác hẳn từ tab cũ" in text(answer)
    assert year.count(w.app, RecordVersion) == 1


def test_what_is_to_be_mended_is_said_at_its_field_and_nothing_typed_is_lost(w: World, hoa: FlaskClient) -> None:
    answer = year.post(
        hoa,
        PAGE,
        ANSWER,
        answer="dang-ky",
        muc_deeds_1_what=DEED["what"],
        muc_deeds_1_how="",
        muc_deeds_1_until="12/4/2020",
    )
    page = text(answer)
    assert answer.status_code == 400
    assert "Cần sửa 2 chỗ" in page
    assert "ngày 12/4/2020 đã qua, chị chọn ngày sau hôm nay" in page
    assert "chị viết thêm vài chữ" in page
    assert DEED["what"] in page
    assert 'value="12/4/2020"' in page
    assert year.count(w.app, Record) == 0


@pytest.mark.parametrize("typed", ["30/11/2020", "30-11-2020", "30.11.2020", "30 11 2020", "30112020", "30/11"])
def test_the_day_of_a_deed_is_taken_as_a_phone_writes_it(hoa: FlaskClient, typed: str) -> None:
    year.post(hoa, PAGE, ANSWER, answer="dang-ky", **(TYPED | {"muc_deeds_1_until": typed}))
    assert "Hết thứ Hai 30/11/2020" in text(hoa.get(PAGE))


def test_the_day_of_a_deed_opens_a_keyboard_that_has_its_separators(hoa: FlaskClient) -> None:
    assert "inputmode" not in hoa.get(PAGE).text


def test_later_closes_nothing_and_keeps_what_was_typed(w: World, hoa: FlaskClient) -> None:
    answer = year.post(hoa, PAGE, ANSWER, answer="de-sau", **TYPED)
    assert (answer.status_code, answer.location) == (303, "/")
    assert steps_of(w, w.hoa) == {}
    assert DEED["how"] in text(hoa.get(PAGE))


def test_later_without_a_word_leaves_no_trace(w: World, hoa: FlaskClient) -> None:
    assert year.post(hoa, PAGE, ANSWER, answer="de-sau").location == "/"
    assert year.count(w.app, Record) == 0


def test_a_no_closes_both_steps_and_the_mind_may_be_changed(w: World, hoa: FlaskClient) -> None:
    no = carried(hoa.get(PAGE).text) | {"answer": "khong"}
    for _ in range(2):
        assert hoa.post(ANSWER, data=no).status_code == 303
    assert steps_of(w, w.hoa) == {"commitment:registered": "declined", "commitment:confirmed": "declined"}
    assert "năm nay không đăng ký" in text(hoa.get(PAGE))

    year.post(hoa, f"{PAGE}?viet=", ANSWER, answer="dang-ky", **TYPED)
    assert steps_of(w, w.hoa) == {"commitment:registered": "done"}


def test_a_no_may_become_later(w: World, hoa: FlaskClient) -> None:
    year.post(hoa, PAGE, ANSWER, answer="khong")
    assert year.post(hoa, f"{PAGE}?viet=", ANSWER, answer="de-sau").location == "/"
    assert steps_of(w, w.hoa) == {}


def test_the_whole_way_from_a_request_for_an_addition_to_the_confirmation(w: World, hoa: FlaskClient) -> None:
    year.post(hoa, PAGE, ANSWER, answer="dang-ky", **TYPED)
    with w.app.app_context():
        record = year.rules.record_id(w.hoa, year.form_of(w.hoa).id)
        year.decide(w.hanh, record, {"deeds_1_how": COMMENT}, ask=True)
    page = text(hoa.get(PAGE))
    assert page.index('id="muc_deeds_1_how"') < page.index(COMMENT) < page.index('id="muc_deeds_1_until"')
    assert "Gửi lại BCH" in page
    assert DEED["how"] in page

    year.post(hoa, PAGE, ANSWER, **(TYPED | {"muc_deeds_1_how": "Mỗi ngày 10 phút cuối ca"}))
    with w.app.app_context():
        year.decide(w.tuan, record)
    assert steps_of(w, w.hoa) == {"commitment:registered": "done", "commitment:confirmed": "done"}
    page = text(hoa.get(PAGE))
    assert "Anh Tuấn đã xác nhận" in page
    assert "Mỗi ngày 10 phút cuối ca" in page
    assert "<textarea" not in page


def test_a_confirmed_text_does_not_change(w: World, hoa: FlaskClient) -> None:
    year.post(hoa, PAGE, ANSWER, answer="dang-ky", **TYPED)
    with w.app.app_context():
        year.decide(w.hanh, year.rules.record_id(w.hoa, year.form_of(w.hoa).id))
    token = make.token(hoa, "/toi")
    now = {"csrf_token": token, "lock": "2", "seq": "1", "to": "2"}
    for path in (ANSWER, DRAFT, f"{PAGE}/rut-lai"):
        assert hoa.post(path, data=now | TYPED).status_code == 409
    assert year.count(w.app, RecordVersion) == 1


def test_what_was_taken_back_opens_the_step_and_the_form_again(w: World, hoa: FlaskClient) -> None:
    year.post(hoa, PAGE, ANSWER, answer="dang-ky", **TYPED)
    back = carried(hoa.get(PAGE).text)
    for _ in range(2):
        assert hoa.post(f"{PAGE}/rut-lai", data=back).status_code == 303
    assert steps_of(w, w.hoa) == {}
    assert DEED["what"] in text(hoa.get(PAGE))


# --- drafts -------------------------------------------------------------------------------------------------------


def test_a_script_is_told_when_the_draft_was_kept_and_may_repeat_itself(hoa: FlaskClient) -> None:
    typed = carried(hoa.get(PAGE).text) | TYPED
    first = hoa.post(DRAFT, data=typed, headers=JSON)
    assert first.status_code == 200
    assert first.json["seq"] == 2
    assert "thứ Ba 12/5/2020" in first.json["at"]
    assert hoa.post(DRAFT, data=typed, headers=JSON).json == first.json
    assert DEED["how"] in text(hoa.get(PAGE))


def test_another_tab_is_told_and_overwrites_only_knowingly(hoa: FlaskClient) -> None:
    stale = carried(hoa.get(PAGE).text)
    hoa.post(DRAFT, data=stale | TYPED, headers=JSON)
    other = stale | TYPED | {"muc_deeds_1_what": "Viết ở cửa sổ khác"}
    assert hoa.post(DRAFT, data=other, headers=JSON).status_code == 409
    shown = hoa.post(DRAFT, data=other)
    assert shown.status_code == 409
    assert "Viết ở cửa sổ khác" in text(shown)
    assert hoa.post(DRAFT, data=other | carried(shown.text)).status_code == 303
    assert "Viết ở cửa sổ khác" in text(hoa.get(PAGE))


def test_without_a_script_the_button_keeps_the_draft_and_the_page_says_when(hoa: FlaskClient) -> None:
    answer = year.post(hoa, PAGE, DRAFT, muc_deeds_1_what="Mới viết được một nửa")
    assert answer.status_code == 303
    page = text(hoa.get(answer.location))
    assert "Đã lưu nháp lúc" in page
    assert "Mới viết được một nửa" in page


@pytest.mark.parametrize("headers", [JSON, {}])
def test_a_text_beyond_bounds_is_refused_and_stays_on_the_page(hoa: FlaskClient, headers: dict[str, str]) -> None:
    answer = year.post(hoa, PAGE, DRAFT, headers=headers, muc_deeds_1_what="dài " * 1001)
    assert answer.status_code == 400
    assert "4000" in text(answer) if headers else "dài dài" in text(answer)


def test_no_page_with_a_text_is_kept_by_a_browser(hoa: FlaskClient) -> None:
    assert hoa.get(PAGE).headers["Cache-Control"] == "private, no-store"


def test_somebody_elses_draft_is_not_reached_by_its_numbers(w: World, hoa: FlaskClient) -> None:
    year.post(hoa, PAGE, DRAFT, **TYPED)
    bich = make.sign_in(w.app, w.bich)
    assert DEED["how"] not in text(bich.get(PAGE))


# --- officers -----------------------------------------------------------------------------------------------------


def test_an_officer_writes_the_commitment_with_its_sections(w: World) -> None:
    hanh = make.sign_in(w.app, w.hanh)
    page = text(hanh.get(PAGE))
    assert "Bản cam kết tu dưỡng, rèn luyện, phấn đấu năm 2020" in page
    assert "VIII. Nêu gương" in page
    assert "Năm nay tôi không đăng ký" not in page
    typed = {f"muc_{key}": "Viết đủ dài cho mục này" for key in ("thought", "conduct", "unity", "order", "duty")}
    assert year.post(hanh, PAGE, ANSWER, **typed, **TYPED).status_code == 303
    assert steps_of(w, w.hanh) == {"commitment:registered": "done"}


def test_the_chair_is_told_that_the_level_above_reads(w: World) -> None:
    page = text(make.sign_in(w.app, w.thu).get(PAGE))
    who = page.split("Ai đọc được điều chị viết")[1].split("</section>")[0]
    assert "LĐLĐ Quận 1" in who
    assert "Trần Thị Mỹ Hạnh" not in who


def test_somebody_who_belongs_nowhere_has_no_page(w: World) -> None:
    assert make.sign_in(w.app, w.minh).get(PAGE).status_code == 404


def test_the_kept_totals_follow_every_answer(w: World, hoa: FlaskClient) -> None:
    year.post(hoa, PAGE, ANSWER, answer="khong")
    year.post(hoa, f"{PAGE}?viet=", ANSWER, answer="dang-ky", **TYPED)
    year.post(hoa, PAGE, f"{PAGE}/rut-lai")
    from app.db import writing

    with w.app.app_context(), writing():
        assert steps.rebuild() == []
