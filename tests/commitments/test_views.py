"""`/lam-theo/<năm>` in a browser: yes, later, no, and the way back from each."""

import html
import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from app import clock
from app.accounts import actions as accounts
from app.accounts.models import Person
from app.db import db, writing
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


def test_a_draft_chooses_no_answer_for_its_author(hoa: FlaskClient) -> None:
    kept = year.post(hoa, PAGE, DRAFT, answer="dang-ky", **TYPED)
    page = text(hoa.get(kept.location))
    assert DEED["how"] in page
    assert " checked" not in page


def test_an_answer_given_in_this_very_post_is_still_chosen_where_the_page_comes_back(hoa: FlaskClient) -> None:
    page = text(year.post(hoa, PAGE, ANSWER, answer="dang-ky", **(TYPED | {"muc_deeds_1_how": ""})))
    assert page.count(" checked") == 1
    assert 'value="dang-ky" checked' in page


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


def test_a_no_keeps_the_deeds_that_were_typed(w: World, hoa: FlaskClient) -> None:
    no = carried(hoa.get(PAGE).text) | TYPED | {"answer": "khong"}
    for _ in range(2):
        assert hoa.post(ANSWER, data=no).status_code == 303
    assert steps_of(w, w.hoa)["commitment:registered"] == "declined"
    assert DEED["how"] in text(hoa.get(f"{PAGE}?viet="))
    changed = TYPED | {"muc_deeds_1_how": "Một lời nữa, rồi vẫn là không"}
    assert year.post(hoa, f"{PAGE}?viet=", ANSWER, answer="khong", **changed).status_code == 303
    assert "Một lời nữa, rồi vẫn là không" in text(hoa.get(f"{PAGE}?viet="))


@pytest.mark.parametrize("choice", ["khong", "de-sau"])
def test_what_another_tab_has_written_stops_the_answer_and_the_keeping_together(
    w: World, hoa: FlaskClient, choice: str
) -> None:
    if choice == "de-sau":
        year.post(hoa, PAGE, ANSWER, answer="khong")
    stale = carried(hoa.get(f"{PAGE}?viet=").text)
    hoa.post(DRAFT, data=stale | {"muc_deeds_1_what": "Viết ở cửa sổ khác"}, headers=JSON)
    before = steps_of(w, w.hoa)
    answer = hoa.post(ANSWER, data=stale | TYPED | {"answer": choice})
    assert answer.status_code == 409
    assert DEED["how"] in text(answer)
    assert "Viết ở cửa sổ khác" in text(answer).split("Xem chữ đang có trong phiếu")[1].split("</details>")[0]
    assert steps_of(w, w.hoa) == before
    assert "Viết ở cửa sổ khác" in text(hoa.get(f"{PAGE}?viet="))


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


def test_a_save_whose_receipt_got_lost_is_no_other_tab_to_the_sending_after_it(w: World, hoa: FlaskClient) -> None:
    typed = carried(hoa.get(PAGE).text) | TYPED
    hoa.post(DRAFT, data=typed, headers=JSON)  # and nobody hears the answer
    assert hoa.post(ANSWER, data=typed | {"answer": "dang-ky"}).status_code == 303
    assert year.count(w.app, RecordVersion) == 1


def test_no_words_of_a_refusal_lead_away_from_what_was_typed(hoa: FlaskClient) -> None:
    stale = carried(hoa.get(PAGE).text) | TYPED
    hoa.post(DRAFT, data=stale, headers=JSON)
    other = stale | {"muc_deeds_1_what": "Viết ở cửa sổ khác"}
    assert "tải lại" not in hoa.post(DRAFT, data=other, headers=JSON).json["words"]
    assert "tải lại" not in text(hoa.post(DRAFT, data=other))


def test_a_page_says_what_its_record_holds_so_that_a_browser_may_let_go_of_it(hoa: FlaskClient) -> None:
    typed = TYPED | {"muc_deeds_1_until": "30062020"}
    refused = year.post(hoa, PAGE, ANSWER, answer="dang-ky", **(typed | {"muc_deeds_1_how": ""}))
    assert year.held(refused.text) == {}
    year.post(hoa, PAGE, ANSWER, answer="dang-ky", **typed)
    assert year.held(hoa.get(PAGE).text) == TYPED


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


def first_button(page: Any) -> str:
    """What Enter in a field of one line presses."""
    form = page.text.split('<form action="/lam-theo')[1]
    found = re.search(r'<button[^>]*type="submit"[^>]*>', form)
    assert found
    return found[0]


def test_enter_in_the_field_of_a_day_saves_and_does_not_send(w: World, hoa: FlaskClient) -> None:
    for client in (hoa, make.sign_in(w.app, w.hanh)):
        assert f'formaction="{DRAFT}"' in first_button(client.get(PAGE))


def test_an_officer_cannot_say_no_to_the_commitment(w: World) -> None:
    hanh = make.sign_in(w.app, w.hanh)
    answer = year.post(hanh, PAGE, ANSWER, answer="khong", muc_thought="Lời đang viết dở")
    assert answer.status_code == 409
    assert "không hỏi có đăng ký hay không" in text(answer)
    assert "Lời đang viết dở" in text(answer)
    assert steps_of(w, w.hanh) == {}


def test_whoever_said_no_and_becomes_an_officer_is_asked_for_the_commitment(w: World, hoa: FlaskClient) -> None:
    year.post(hoa, PAGE, ANSWER, answer="khong", **TYPED)
    make.role(w.app, w.hoa, "MSH", "organiser")
    assert steps_of(w, w.hoa)["commitment:registered"] == "declined"
    make.role(w.app, w.hoa, "MSH", "officer", "committee")
    assert steps_of(w, w.hoa) == {}
    with w.app.app_context(), writing():
        assert steps.rebuild() == []
    now = make.sign_in(w.app, w.hoa)
    assert "Bản cam kết của cán bộ công đoàn" in text(now.get("/"))
    assert "VIII. Nêu gương" in text(now.get(PAGE))

    with w.app.app_context(), writing():
        accounts.revoke(None, w.hoa, make.unit("MSH"), "officer", clock.today())
    again = make.sign_in(w.app, w.hoa)
    assert "Trả lời về việc làm theo" in text(again.get("/"))
    assert DEED["how"] in text(again.get(PAGE))
    with w.app.app_context(), writing():
        assert steps.rebuild() == []


def test_an_addition_to_the_commitment_is_called_by_its_name(w: World) -> None:
    with w.app.app_context():
        year.decide(w.hanh, year.send(w.tuan, "pledge"), {"thought": COMMENT}, ask=True)
    tuan = make.sign_in(w.app, w.tuan)
    assert "Bổ sung bản cam kết" in text(tuan.get("/"))
    assert "Đăng ký việc làm theo" not in text(tuan.get("/hoc/2020"))


def test_on_paper_the_commitment_says_where_to_whom_and_in_what_office(w: World) -> None:
    with w.app.app_context():
        record = year.send(w.thu, "pledge")
        year.decide(w.minh, record)
    for page in (
        make.sign_in(w.app, w.thu).get(PAGE),
        make.sign_in(w.app, w.minh).get(f"/don-vi/Q1/ho-so/{record}"),
    ):
        shown = text(page)
        assert "LIÊN ĐOÀN LAO ĐỘNG QUẬN 1" in shown
        assert "<b>CĐCS MAY SEN HỒNG</b>" in shown
        assert "Quận 1, ngày 12 tháng 5 năm 2020" in shown
        assert "Kính gửi:</b> Ban Chấp hành Liên đoàn Lao động Quận 1" in shown
        assert "Chị Phạm Thị Thu, Chủ tịch. Gửi lúc" in shown
        assert shown.rindex("Đỗ Quang Minh") > shown.index("TM. BAN CHẤP HÀNH")


def test_on_paper_a_registration_names_the_group(w: World, hoa: FlaskClient) -> None:
    year.post(hoa, PAGE, ANSWER, answer="dang-ky", **TYPED)
    assert "Chị Nguyễn Thị Hòa, Tổ May 3. Gửi lúc" in text(hoa.get(PAGE))


# --- after a move -------------------------------------------------------------------------------------------------


def move_to_btx(w: World) -> None:
    with w.app.app_context(), writing():
        accounts.leave(None, w.hoa, make.unit("MSH"), clock.today())
        accounts.join(None, db.session.get_one(Person, w.hoa), make.unit("BTX"), clock.today())


def test_what_waits_where_nobody_opens_it_any_more_says_so_and_goes_to_the_new_unit(w: World, hoa: FlaskClient) -> None:
    year.post(hoa, PAGE, ANSWER, answer="dang-ky", **TYPED)
    assert "Gửi lại việc làm theo" not in text(hoa.get("/"))
    move_to_btx(w)
    assert "Gửi lại việc làm theo" in text(hoa.get("/")).split("Xong việc này")[0]
    page = text(hoa.get(PAGE))
    assert "BCH CĐCS May Sen Hồng không còn mở được phiếu này" in page
    assert "không phải làm gì thêm" not in page
    assert "<b>CĐCS MAY SEN HỒNG</b>" in page  # it was written there

    year.post(hoa, PAGE, f"{PAGE}/rut-lai")
    assert "Huỳnh Thị Cúc" in text(hoa.get(PAGE)).split("Ai đọc được")[1].split("</section>")[0]
    year.post(hoa, PAGE, ANSWER, answer="dang-ky", **TYPED)
    page = text(hoa.get(PAGE))
    assert "không phải làm gì thêm" in page
    assert "<b>CĐCS TIỂU HỌC BẾN THÀNH XANH</b>" in page
    assert "Gửi lại việc làm theo" not in text(hoa.get("/"))


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
    with w.app.app_context():
        assert steps.rebuild() == []
