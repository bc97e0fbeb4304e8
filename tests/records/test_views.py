"""`/don-vi/<mã>/ho-so` in a browser: the queue, reading, and the two decisions."""

import html
import re
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient

from app.records.models import RecordReading
from tests import make
from tests.records import year
from tests.records.year import COMMENT, DEED, carried
from tests.world import World

QUEUE = "/don-vi/MSH/ho-so"


@pytest.fixture
def w(one_world: World) -> World:
    year.begin(one_world)
    return one_world


@pytest.fixture
def hanh(w: World) -> FlaskClient:
    return make.sign_in(w.app, w.hanh)


@pytest.fixture
def page(w: World) -> str:
    """The review page of a deed that Hòa has sent."""
    return f"{QUEUE}/{sent(w, w.hoa)}"


def sent(w: World, person: UUID, kind: str = "commitment") -> UUID:
    with w.app.app_context():
        return year.send(person, kind)


def text(answer: Any) -> str:
    return html.unescape(answer.text).replace("\xa0", " ")


def readings(w: World) -> int:
    return year.count(w.app, RecordReading)


# --- the queue ----------------------------------------------------------------------------------------------------


def test_the_queue_says_whose_and_when_and_never_a_word_of_the_text(w: World, hanh: FlaskClient, page: str) -> None:
    shown = text(hanh.get(QUEUE))
    assert "Chị Nguyễn Thị Hòa" in shown
    assert "Tổ May 3" in shown
    assert page in shown
    assert DEED["what"] not in shown
    assert readings(w) == 0


def test_an_empty_queue_says_that_everything_is_seen(hanh: FlaskClient) -> None:
    assert "BCH đã xem hết phiếu" in text(hanh.get(QUEUE))


def test_ones_own_record_is_not_in_ones_own_queue(w: World, hanh: FlaskClient) -> None:
    own = sent(w, w.hanh, "pledge")
    assert str(own) not in text(hanh.get(QUEUE))
    assert hanh.get(f"{QUEUE}/{own}").status_code == 404
    assert str(own) in text(make.sign_in(w.app, w.tuan).get(QUEUE))


@pytest.mark.parametrize(
    ("who", "code"),
    [("hoa", 403), ("bich", 403), ("huy", 403), ("minh", 404), ("huong", 404), ("cuc", 404), ("phu", 404)],
)
def test_nobody_else_reaches_the_queue_or_a_text(w: World, page: str, who: str, code: int) -> None:
    client = make.sign_in(w.app, getattr(w, who))
    for path in (QUEUE, page):
        answer = client.get(path)
        assert answer.status_code == code
        assert DEED["what"] not in text(answer)
        assert "Nguyễn Thị Hòa" not in text(answer) or who == "hoa"
    for decision in ("xac-nhan", "de-nghi-bo-sung"):
        assert make.post(client, f"{page}/{decision}").status_code == code
    assert readings(w) == 0


def test_an_officer_does_not_reach_it_through_another_unit_or_an_invented_id(w: World, page: str) -> None:
    record = page.rsplit("/", 1)[1]
    cuc = make.sign_in(w.app, w.cuc)
    assert cuc.get(f"/don-vi/BTX/ho-so/{record}").status_code == 404
    assert cuc.get(f"/don-vi/BTX/ho-so/{UUID(int=7)}").status_code == 404
    minh = make.sign_in(w.app, w.minh)
    assert minh.get(f"/don-vi/Q1/ho-so/{record}").status_code == 404
    assert readings(w) == 0


# --- reading ------------------------------------------------------------------------------------------------------


def test_opening_shows_the_text_and_the_receipt_that_its_author_also_sees(
    w: World, hanh: FlaskClient, page: str
) -> None:
    shown = hanh.get(page)
    assert DEED["what"] in text(shown)
    assert "Lần xem này đã được ghi: cô Hạnh, 08:0" in text(shown)
    assert "Chị Hòa cũng thấy dòng này" in text(shown)
    assert shown.headers["Cache-Control"] == "private, no-store"
    assert readings(w) == 1
    own = text(make.sign_in(w.app, w.hoa).get("/lam-theo/2020"))
    assert "Cô Trần Thị Mỹ Hạnh" in own.split("Ai đã đọc")[1]


def test_a_head_request_opens_nothing(w: World, hanh: FlaskClient, page: str) -> None:
    assert hanh.head(page).status_code == 200
    assert readings(w) == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Purpose": "prefetch"},
        {"Sec-Purpose": "prefetch;prerender"},
        {"Purpose": "prefetch"},
        {"X-Purpose": "preview"},
        {"X-Moz": "prefetch"},
    ],
)
def test_a_browser_that_fetches_ahead_opens_nothing(
    w: World, hanh: FlaskClient, page: str, headers: dict[str, str]
) -> None:
    answer = hanh.get(page, headers=headers)
    assert answer.status_code == 503
    assert answer.text == ""
    assert readings(w) == 0


def test_from_one_record_the_next_that_waits_is_one_tap_away(w: World, hanh: FlaskClient, page: str) -> None:
    other = sent(w, w.bich)
    shown = text(hanh.get(page))
    assert "Phiếu 1 trong 2" in shown
    assert f'href="{QUEUE}/{other}"' in shown
    assert f'href="{page}"' in text(hanh.get(f"{QUEUE}/{other}"))


# --- deciding -----------------------------------------------------------------------------------------------------


def test_confirming_goes_back_to_the_queue_and_says_so(hanh: FlaskClient, page: str) -> None:
    typed = carried(hanh.get(page).text) | {"gop_y_deeds_1_what": COMMENT}
    for _ in range(2):  # a double click has one effect
        answer = hanh.post(f"{page}/xac-nhan", data=typed)
        assert answer.status_code == 303
    assert "Đã xác nhận phiếu của chị Hòa" in text(hanh.get(answer.location))
    shown = text(hanh.get(page))
    assert COMMENT in shown
    assert "Cô Hạnh đã xác nhận" in shown
    assert "<textarea" not in shown


def test_an_addition_needs_a_comment_and_what_was_typed_stays(w: World, hanh: FlaskClient, page: str) -> None:
    refused = year.post(hanh, page, f"{page}/de-nghi-bo-sung")
    assert refused.status_code == 400
    assert "cần ít nhất một góp ý" in text(refused)
    long = year.post(hanh, page, f"{page}/de-nghi-bo-sung", gop_y_deeds_1_how="góp ý " * 700)
    assert long.status_code == 400
    assert "góp ý góp ý" in text(long)
    done = year.post(hanh, page, f"{page}/de-nghi-bo-sung", gop_y_deeds_1_how=COMMENT)
    assert done.status_code == 303
    assert COMMENT in text(make.sign_in(w.app, w.hoa).get("/lam-theo/2020"))


def test_the_second_of_two_officers_is_told_and_loses_nothing(w: World, hanh: FlaskClient, page: str) -> None:
    tuan = make.sign_in(w.app, w.tuan)
    typed = carried(tuan.get(page).text) | {"gop_y_deeds_1_what": "Lời anh Tuấn viết"}
    year.post(hanh, page, f"{page}/xac-nhan")
    answer = tuan.post(f"{page}/xac-nhan", data=typed)
    assert answer.status_code == 409
    assert "Lời anh Tuấn viết" in text(answer)
    assert "Cô Hạnh đã xác nhận" in text(answer)


@pytest.mark.parametrize("decision", ["xac-nhan", "de-nghi-bo-sung"])
def test_a_comment_on_what_was_just_withdrawn_is_shown_once_more(
    w: World, hanh: FlaskClient, page: str, decision: str
) -> None:
    typed = carried(hanh.get(page).text) | {"gop_y_deeds_1_what": "Lời cô Hạnh <b>đang</b> gõ", "gop_y_deeds_1_how": ""}
    year.post(make.sign_in(w.app, w.hoa), "/lam-theo/2020", "/lam-theo/2020/rut-lai")
    answer = hanh.post(f"{page}/{decision}", data=typed)
    assert answer.status_code == 404
    assert "vừa rút lại phiếu" in text(answer)
    assert "Lời cô Hạnh <b>đang</b> gõ</textarea>" in text(answer)
    assert answer.text.count('name="gop_y_') == 1
    assert DEED["what"] not in text(answer)


def test_what_is_gone_looks_like_what_never_was(w: World, hanh: FlaskClient, page: str) -> None:
    gone = page.rsplit("/", 1)[1]
    year.post(make.sign_in(w.app, w.hoa), "/lam-theo/2020", "/lam-theo/2020/rut-lai")
    answers = [hanh.get(f"{QUEUE}/{record}") for record in (gone, UUID(int=7))]
    assert [answer.status_code for answer in answers] == [404, 404]
    shown = [re.sub(r'name="csrf_token" value="[^"]+"', "", answer.text) for answer in answers]
    assert shown[0].replace(gone, "") == shown[1].replace(str(UUID(int=7)), "")


def test_a_browser_hears_that_a_decision_has_arrived_from_its_own_officer_only(
    w: World, hanh: FlaskClient, page: str
) -> None:
    record = page.rsplit("/", 1)[1]
    answer = year.post(hanh, page, f"{page}/xac-nhan", gop_y_deeds_1_what=COMMENT)
    assert f'data-received="{record}.{w.hanh}"' in hanh.get(answer.location).text
    tuan = make.sign_in(w.app, w.tuan)
    assert "data-received" not in tuan.get(answer.location).text
    assert f'data-shelf="{record}.{w.tuan}"' in tuan.get(page).text
    assert year.held(hanh.get(page).text) == {"gop_y_deeds_1_what": COMMENT}
    assert year.held(tuan.get(page).text) == {}


def test_after_an_addition_the_reviewer_sees_what_was_asked_beside_the_new_text(
    w: World, hanh: FlaskClient, page: str
) -> None:
    year.post(hanh, page, f"{page}/de-nghi-bo-sung", gop_y_deeds_1_how=COMMENT)
    with w.app.app_context():
        year.send(w.hoa, lock=2, deeds=[DEED | {"how": "Mỗi ngày 10 phút, chiều thứ Bảy cả dãy"}])
    shown = text(hanh.get(page))
    assert "Mỗi ngày 10 phút, chiều thứ Bảy cả dãy" in shown
    assert COMMENT in shown


def test_the_three_lists_hold_what_they_say(hanh: FlaskClient, page: str) -> None:
    assert "Chờ xem (1)" in text(hanh.get(f"{QUEUE}?muc=xong"))
    assert "Chưa có phiếu nào được xác nhận" in text(hanh.get(f"{QUEUE}?muc=xong"))
    year.post(hanh, page, f"{page}/de-nghi-bo-sung", gop_y_deeds_1_how=COMMENT)
    assert page in text(hanh.get(f"{QUEUE}?muc=bo-sung"))
    assert page not in text(hanh.get(QUEUE))
    assert hanh.get(f"{QUEUE}?muc=la&trang=99&vua=khong-phai-ma").status_code == 200


def test_on_paper_the_page_has_its_letterhead_and_signatures(hanh: FlaskClient, page: str) -> None:
    shown = text(hanh.get(page))
    assert "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM" in shown
    assert "NGƯỜI ĐĂNG KÝ" in shown
    assert "TM. BAN CHẤP HÀNH" in shown
