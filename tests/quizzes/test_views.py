"""Taking a quiz as a browser does, with and without JavaScript, on one device and on two."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import clock
from app.quizzes.content import load_all
from tests import make
from tests.lessons.tree import plant
from tests.world import World

QUIZ = "/trac-nghiem/2020/doan-ket"
FIRST = f"{QUIZ}/luot/1"


@pytest.fixture
def world_with_quiz(one_world: World, tmp_path: Path) -> World:
    with one_world.app.app_context():
        load_all(plant(tmp_path))
    return one_world


@pytest.fixture
def hoa(world_with_quiz: World) -> FlaskClient:
    return make.sign_in(world_with_quiz.app, world_with_quiz.hoa)


@contextmanager
def later(minutes: int) -> Iterator[None]:
    with clock.shifted(timedelta(minutes=minutes)):
        yield


def start(client: FlaskClient) -> TestResponse:
    form = fields(client.get(QUIZ).text)
    return client.post(QUIZ, data={"csrf_token": form["csrf_token"], "luot": form["luot"]})


def fields(page: str) -> dict[str, str]:
    """The hidden fields of a page's forms; the last of a name counts."""
    return dict(re.findall(r'<input type="hidden" name="(\w+)"[^>]*? value="([^"]*)"', page))


def options(page: str) -> dict[str, str]:
    """The options of the question that the page shows, by text."""
    shown = page.split('<template id="de">')[0]
    return {
        text: value
        for value, text in re.findall(r'name="chon"[^>]*?value="([^"]+)"[^>]*>\s*<label[^>]*>([^<]+)<', shown)
    }


def choose(
    client: FlaskClient, k: int, words: str, on: str | None = None, sang: str = "", at: str = FIRST
) -> TestResponse:
    """Choose the option whose text begins so, from the page as it is now, or from one loaded before."""
    page = on or client.get(f"{at}/cau/{k}").text
    chosen = next(value for text, value in options(page).items() if text.startswith(words))
    return client.post(f"{at}/cau/{k}", data={**fields(page), "chon": chosen, "sang": sang})


def checked(client: FlaskClient, k: int) -> str | None:
    page = client.get(f"{FIRST}/cau/{k}").text.split('<template id="de">')[0]
    found = re.search(r"checked>\s*<label[^>]*>([^<]+)<", page)
    return found[1] if found else None


def submit(client: FlaskClient, at: str = FIRST) -> TestResponse:
    return client.post(f"{at}/nop-bai", data=fields(client.get(f"{at}/nop-bai").text))


def take(client: FlaskClient, right: int, at: str = FIRST) -> None:
    start(client)
    for k in range(1, 6):
        choose(client, k, "Phương án đúng" if k <= right else "Phương án hai", at=at)
    submit(client, at)


# --- one after the other ------------------------------------------------------------------------------------------


def test_the_quiz_says_what_it_asks_before_it_begins(hoa: FlaskClient) -> None:
    page = hoa.get(QUIZ).text
    assert "5\u00a0câu, cần đúng 3, trong 20\u00a0phút. Làm lại bao nhiêu lần cũng được" in page
    assert "Bắt đầu làm bài" in page


def test_starting_twice_leads_to_the_same_attempt(hoa: FlaskClient) -> None:
    form = fields(hoa.get(QUIZ).text)
    for _ in range(2):
        answer = hoa.post(QUIZ, data=form)
        assert (answer.status_code, answer.location) == (303, f"{FIRST}/cau/1")
    assert "Làm tiếp" in hoa.get(QUIZ).text


def test_each_question_has_a_page_with_clock_map_and_shuffled_options(hoa: FlaskClient) -> None:
    start(hoa)
    page = hoa.get(f"{FIRST}/cau/2").text
    assert "Câu\u00a02 trong 5" in page
    assert re.search(r'data-left="(1200|119\d)"', page)
    assert ", đến 08:20" in page
    assert "Lưu, sang câu\u00a03" in page
    assert "Về câu\u00a01" in page
    assert "đã chọn 0, còn 5" in page
    orders = {tuple(text.rsplit(" ", 1)[0] for text in options(hoa.get(f"{FIRST}/cau/{k}").text)) for k in range(1, 6)}
    assert all(len(order) == 3 for order in orders)


def test_a_choice_is_kept_with_a_visible_receipt(hoa: FlaskClient) -> None:
    start(hoa)
    answer = choose(hoa, 1, "Phương án hai", sang="2")
    assert answer.location == f"{FIRST}/cau/2"
    assert re.search(r"Đã lưu câu\u00a01 lúc 08:\d\d:\d\d\.", hoa.get(answer.location).text)
    assert (checked(hoa, 1) or "").startswith("Phương án hai")


def test_the_same_form_sent_twice_is_one_save(hoa: FlaskClient) -> None:
    start(hoa)
    page = hoa.get(f"{FIRST}/cau/1").text
    first = choose(hoa, 1, "Phương án hai", page)
    receipt = re.search(r"Đã lưu[^<]+", hoa.get(f"{FIRST}/cau/1").text)
    second = choose(hoa, 1, "Phương án hai", page)
    assert (first.status_code, second.status_code) == (303, 303)
    again = re.search(r"Đã lưu[^<]+", hoa.get(f"{FIRST}/cau/1").text)
    assert receipt
    assert again
    assert receipt[0] == again[0]


def test_going_back_in_the_browser_and_choosing_otherwise_counts(hoa: FlaskClient) -> None:
    start(hoa)
    page = hoa.get(f"{FIRST}/cau/1").text
    for words in ("Phương án hai", "Phương án ba", "Phương án hai", "Phương án ba"):
        choose(hoa, 1, words, page)
        assert (checked(hoa, 1) or "").startswith(words)


def test_a_page_of_an_attempt_is_asked_for_again_on_going_back(hoa: FlaskClient) -> None:
    start(hoa)
    assert "no-store" in hoa.get(f"{FIRST}/cau/1").headers["Cache-Control"]


def test_sending_nothing_chosen_just_goes_on(hoa: FlaskClient) -> None:
    start(hoa)
    form = fields(hoa.get(f"{FIRST}/cau/5").text)
    assert hoa.post(f"{FIRST}/cau/5", data={**form, "sang": "nop"}).location == f"{FIRST}/nop-bai"
    assert hoa.post(f"{FIRST}/cau/5", data={**form, "sang": "99"}).location == f"{FIRST}/cau/5"


def test_an_option_of_another_question_is_refused(hoa: FlaskClient) -> None:
    start(hoa)
    other = next(iter(options(hoa.get(f"{FIRST}/cau/2").text).values()))
    form = fields(hoa.get(f"{FIRST}/cau/1").text)
    assert hoa.post(f"{FIRST}/cau/1", data={**form, "chon": other}).status_code == 400
    assert checked(hoa, 1) is None


def test_before_handing_in_it_says_what_is_open(hoa: FlaskClient) -> None:
    start(hoa)
    for k in (1, 2, 4):
        choose(hoa, k, "Phương án đúng")
    page = hoa.get(f"{FIRST}/nop-bai").text
    assert "Còn 2\u00a0câu chưa chọn" in page
    assert f'href="{FIRST}/cau/3"' in page


def test_a_pass_is_shown_recorded_and_seen_only_by_oneself(world_with_quiz: World, hoa: FlaskClient) -> None:
    take(hoa, right=3)
    page = hoa.get(f"{FIRST}/ket-qua").text
    assert "Chị đúng 3/5\u00a0câu, đạt" in page
    assert "12/5/2020" in hoa.get("/hoc/2020").text
    other = make.sign_in(world_with_quiz.app, world_with_quiz.hanh)
    assert other.get(f"{FIRST}/ket-qua").status_code == 404
    assert "3/5" not in other.get(QUIZ).text


def test_below_the_pass_mark_it_names_the_lessons_to_look_at_again(hoa: FlaskClient) -> None:
    take(hoa, right=2)
    page = hoa.get(f"{FIRST}/ket-qua").text
    assert "Chị đúng 2/5\u00a0câu, cần&nbsp;3/5" in page
    assert "Chỉ còn một câu nữa." in page
    assert re.search(r'href="/hoc/2020/doan-ket/(mot|hai)">Xem lại bài', page)
    assert "3\u00a0câu nên xem lại" in page
    assert "Chị chọn: Phương án hai" in page
    assert "Đáp án: Phương án đúng" in page
    assert "Lời giải thích kín" in page
    assert 'href="https://example.org/08"' in page


def test_a_question_left_open_is_shown_as_such(hoa: FlaskClient) -> None:
    start(hoa)
    submit(hoa)
    assert hoa.get(f"{FIRST}/ket-qua").text.count("Chị chưa chọn") == 5


def test_another_try_asks_what_was_not_asked_and_the_better_counts(hoa: FlaskClient) -> None:
    take(hoa, right=4)
    take(hoa, right=1, at=f"{QUIZ}/luot/2")
    page = hoa.get(QUIZ).text
    assert "Lượt\u00a02: đúng 1/5" in page
    assert "Lượt\u00a01: đúng 4/5" in page


def test_handing_in_twice_is_handing_in_once(hoa: FlaskClient) -> None:
    start(hoa)
    form = fields(hoa.get(f"{FIRST}/nop-bai").text)
    for _ in range(2):
        assert hoa.post(f"{FIRST}/nop-bai", data=form).location == f"{FIRST}/ket-qua"


# --- with JavaScript ----------------------------------------------------------------------------------------------


def send(client: FlaskClient, sent: Any, at: str = FIRST) -> TestResponse:
    """JSON as attempt.js sends it."""
    headers = {"Accept": "application/json", "X-CSRFToken": make.token(client, "/toi")}
    return client.post(f"{at}/cau", json=sent, headers=headers)


def by_script(client: FlaskClient, words: dict[int, str], save_id: str = "", epoch: int = 1) -> TestResponse:
    """Choices by what their options begin with, in one save."""
    chosen = {}
    for k, begins in words.items():
        shown = options(client.get(f"{FIRST}/cau/{k}").text)
        chosen[str(k)] = next(value for text, value in shown.items() if text.startswith(begins))
    return send(client, {"epoch": epoch, "save_id": save_id or str(uuid4()), "chon": chosen})


def test_a_script_gets_its_receipt_and_the_same_again_for_the_same_save(hoa: FlaskClient) -> None:
    start(hoa)
    save_id = str(uuid4())
    first, second = (by_script(hoa, {4: "Phương án ba"}, save_id).json for _ in range(2))
    assert first
    assert re.fullmatch(r"Đã lưu câu 4 lúc 08:\d\d:\d\d\.", first["words"])
    assert second
    assert second["words"] == first["words"]


def test_many_choices_are_one_save_with_one_receipt(hoa: FlaskClient) -> None:
    start(hoa)
    receipt = by_script(hoa, {5: "Phương án ba", 2: "Phương án hai", 4: "Phương án đúng"}).json
    assert receipt
    assert re.fullmatch(r"Đã lưu câu 2, 4, 5 lúc 08:\d\d:\d\d\.", receipt["words"])
    assert [(checked(hoa, k) or "").rsplit(" ", 1)[0] for k in range(1, 6)] == [
        "",
        "Phương án hai",
        "",
        "Phương án đúng",
        "Phương án ba",
    ]


def test_a_receipt_tells_how_long_there_is_left(hoa: FlaskClient) -> None:
    start(hoa)
    with later(8):
        receipt = by_script(hoa, {1: "Phương án hai"}).json
    assert receipt
    assert 700 < receipt["left"] <= 720


def test_a_save_without_a_token_is_refused(hoa: FlaskClient) -> None:
    start(hoa)
    answer = hoa.post(f"{FIRST}/cau/1", data={"epoch": "1", "save_id": str(uuid4()), "chon": "x"})
    assert answer.status_code == 400
    assert hoa.post(f"{FIRST}/cau", json={"epoch": 1, "save_id": str(uuid4()), "chon": {"1": "x"}}).status_code == 400


@pytest.mark.parametrize(
    "wrong",
    [
        {"save_id": "x"},
        {"save_id": 7},
        {"epoch": "1"},
        {"epoch": 0},
        {"epoch": 10**9},
        {"chon": {}},
        {"chon": ["x"]},
        {"chon": {"x": "x"}},
        {"chon": {"-1": "x"}},
        {"chon": {"1": 7}},
        {"chon": {"1": ["x"]}},
        {"chon": {"1": "x", "01": "x"}},
        {"chon": {"1": "no option"}},
    ],
)
def test_a_script_that_sends_nonsense_is_told_so(hoa: FlaskClient, wrong: dict[str, Any]) -> None:
    start(hoa)
    sent = {"epoch": 1, "save_id": str(uuid4()), "chon": {"1": "x"}} | wrong
    assert send(hoa, sent).status_code == 400
    assert checked(hoa, 1) is None


@pytest.mark.parametrize("wrong", [None, [], "x", 7, {}])
def test_what_is_no_save_at_all_is_refused(hoa: FlaskClient, wrong: Any) -> None:
    start(hoa)
    assert send(hoa, wrong).status_code == 400


def test_one_wrong_choice_of_many_keeps_none(hoa: FlaskClient) -> None:
    start(hoa)
    right = next(iter(options(hoa.get(f"{FIRST}/cau/1").text).values()))
    for chosen, status in (({"1": right, "2": right}, 400), ({"1": right, "6": right}, 404)):
        assert send(hoa, {"epoch": 1, "save_id": str(uuid4()), "chon": chosen}).status_code == status
    assert checked(hoa, 1) is None


def test_after_the_deadline_a_script_is_sent_to_the_result(hoa: FlaskClient) -> None:
    start(hoa)
    chosen = next(iter(options(hoa.get(f"{FIRST}/cau/1").text).values()))
    with later(20):
        answer = send(hoa, {"epoch": 1, "save_id": str(uuid4()), "chon": {"1": chosen}})
        assert answer.status_code == 409
        assert answer.json
        assert answer.json["closed"] is True
        assert answer.json["url"] == f"{FIRST}/ket-qua"


# --- two devices --------------------------------------------------------------------------------------------------


def test_two_devices_are_both_told(world_with_quiz: World, hoa: FlaskClient) -> None:
    start(hoa)
    before = hoa.get(f"{FIRST}/cau/1").text
    phone = make.sign_in(world_with_quiz.app, world_with_quiz.hoa)
    told = phone.get(f"{FIRST}/cau/1")
    assert told.status_code == 409
    assert "Bài đang làm trên máy khác" in told.text
    assert "Làm tiếp trên máy này" in phone.get(QUIZ).text
    assert make.post(phone, f"{FIRST}/tiep-quan").location == f"{FIRST}/cau/1"
    assert phone.get(f"{FIRST}/cau/1").status_code == 200
    refused = choose(hoa, 1, "Phương án hai", before)
    assert refused.status_code == 409
    assert "Câu vừa chọn ở đây chưa được lưu" in refused.text
    assert hoa.get(f"{FIRST}/cau/1").status_code == 409
    assert hoa.get(f"{FIRST}/nop-bai").status_code == 409
    assert checked(phone, 1) is None


def signed_in_again(world: World, first: FlaskClient) -> FlaskClient:
    """The session that held the attempt has ended: there is no other device to be told."""
    make.post(first, "/thoat")
    return make.sign_in(world.app, world.hoa)


def test_who_signs_in_again_goes_on_without_being_asked(world_with_quiz: World, hoa: FlaskClient) -> None:
    start(hoa)
    choose(hoa, 1, "Phương án ba")
    again = signed_in_again(world_with_quiz, hoa)
    assert again.get(f"{FIRST}/cau/1").status_code == 200
    assert f'href="{FIRST}/cau/2"' in again.get(QUIZ).text
    page = again.get(f"{FIRST}/cau/2").text
    for _ in range(2):
        assert choose(again, 2, "Phương án hai", page, sang="3").location == f"{FIRST}/cau/3"
    assert [(checked(again, k) or "")[:-2] for k in (1, 2)] == ["Phương án ba", "Phương án hai"]
    assert submit(again).location == f"{FIRST}/ket-qua"


def test_a_script_that_signs_in_again_is_given_the_epoch_to_go_on_in(world_with_quiz: World, hoa: FlaskClient) -> None:
    start(hoa)
    again, save_id = signed_in_again(world_with_quiz, hoa), str(uuid4())
    receipts = [by_script(again, {1: "Phương án hai"}, save_id).json for _ in range(2)]
    assert [receipt and receipt["epoch"] for receipt in receipts] == [2, 2]
    assert by_script(again, {2: "Phương án hai"}, epoch=2).status_code == 200
    assert by_script(again, {3: "Phương án hai"}, epoch=1).status_code == 409


def test_of_two_that_signed_in_again_who_answers_first_goes_on(world_with_quiz: World, hoa: FlaskClient) -> None:
    start(hoa)
    second, third = signed_in_again(world_with_quiz, hoa), make.sign_in(world_with_quiz.app, world_with_quiz.hoa)
    pages = [client.get(f"{FIRST}/cau/1").text for client in (second, third)]
    assert choose(third, 1, "Phương án ba", pages[1]).status_code == 303
    assert choose(second, 1, "Phương án hai", pages[0]).status_code == 409
    assert (checked(third, 1) or "").startswith("Phương án ba")
    assert second.get(f"{FIRST}/cau/1").status_code == 409


def test_an_attempt_number_out_of_turn_leaves_no_gap(world_with_quiz: World) -> None:
    client = make.sign_in(world_with_quiz.app, world_with_quiz.hoa)
    started = make.post(client, QUIZ, {"luot": "100000"}, form_on=QUIZ)
    assert started.location == f"{FIRST}/cau/1"


def test_a_script_on_the_older_device_is_told_where_to_go_on(world_with_quiz: World, hoa: FlaskClient) -> None:
    start(hoa)
    chosen = next(iter(options(hoa.get(f"{FIRST}/cau/3").text).values()))
    make.post(make.sign_in(world_with_quiz.app, world_with_quiz.hoa), f"{FIRST}/tiep-quan")
    answer = send(hoa, {"epoch": 1, "save_id": str(uuid4()), "chon": {"3": chosen}})
    assert answer.status_code == 409
    assert answer.json
    assert (answer.json["closed"], answer.json["url"]) == (False, f"{FIRST}/cau/3")


def test_the_older_device_cannot_hand_in(world_with_quiz: World, hoa: FlaskClient) -> None:
    start(hoa)
    form = fields(hoa.get(f"{FIRST}/nop-bai").text)
    make.post(make.sign_in(world_with_quiz.app, world_with_quiz.hoa), f"{FIRST}/tiep-quan")
    assert hoa.post(f"{FIRST}/nop-bai", data=form).status_code == 409


# --- the deadline -------------------------------------------------------------------------------------------------


def see_result(client: FlaskClient, at: str = FIRST) -> TestResponse:
    """Press "Xem kết quả"."""
    return make.post(client, f"{at}/het-gio")


def test_a_page_met_after_the_deadline_says_so_and_leads_to_the_result(hoa: FlaskClient) -> None:
    start(hoa)
    choose(hoa, 1, "Phương án đúng")
    with later(20):
        assert hoa.get(f"{FIRST}/cau/2").location == f"{FIRST}/ket-qua"
        assert hoa.get(f"{FIRST}/nop-bai").location == f"{FIRST}/ket-qua"
        for path in (f"{FIRST}/ket-qua", QUIZ):
            page = hoa.get(path).text
            assert "Lượt\u00a01 hết giờ lúc 08:20" in page
            assert page.count("btn-primary") == 1
            assert f'action="{FIRST}/het-gio"' in page
            assert "Đáp án" not in page
        assert see_result(hoa).location == f"{FIRST}/ket-qua"
        page = hoa.get(f"{FIRST}/ket-qua").text
        assert "Chị đúng 1/5" in page
        assert "Hết giờ lúc 08:20:0" in page
        assert "Bắt đầu làm bài" not in hoa.get(QUIZ).text
        assert "Làm lại 5\u00a0câu" in hoa.get(QUIZ).text


def test_time_that_is_not_over_is_not_called_over(hoa: FlaskClient) -> None:
    """A phone whose clock runs ahead loses nothing."""
    start(hoa)
    choose(hoa, 1, "Phương án đúng")
    assert see_result(hoa).location == f"{FIRST}/cau/2"
    assert hoa.get(f"{FIRST}/cau/2").status_code == 200


def test_a_late_form_is_told_that_time_was_over(hoa: FlaskClient) -> None:
    start(hoa)
    page = hoa.get(f"{FIRST}/cau/1").text
    with later(21):
        answer = choose(hoa, 1, "Phương án đúng", page)
        assert answer.status_code == 409
        assert "hết giờ lúc 08:20" in answer.text
        see_result(hoa)
        assert "Chị đúng 0/5" in hoa.get(f"{FIRST}/ket-qua").text


def test_a_form_sent_after_handing_in_is_told_so(hoa: FlaskClient) -> None:
    start(hoa)
    page = hoa.get(f"{FIRST}/cau/1").text
    submit(hoa)
    answer = choose(hoa, 1, "Phương án đúng", page)
    assert answer.status_code == 409
    assert "đã nộp lúc 08:0" in answer.text
    assert see_result(hoa).location == f"{FIRST}/ket-qua"


def test_going_on_opens_the_first_question_without_an_answer(world_with_quiz: World, hoa: FlaskClient) -> None:
    start(hoa)
    for k in (1, 2, 4):
        choose(hoa, k, "Phương án hai")
    assert f'href="{FIRST}/cau/3">Làm tiếp' in hoa.get(QUIZ).text
    assert make.post(hoa, QUIZ, {"luot": "1"}).location == f"{FIRST}/cau/3"
    phone = make.sign_in(world_with_quiz.app, world_with_quiz.hoa)
    assert make.post(phone, f"{FIRST}/tiep-quan").location == f"{FIRST}/cau/3"


def test_looking_changes_nothing(world_with_quiz: World, hoa: FlaskClient) -> None:
    """Whatever state the attempt is in: held elsewhere, left by a session that ended, out of time."""
    app = world_with_quiz.app
    phone, paths = (
        make.sign_in(app, world_with_quiz.hoa),
        (QUIZ, *(f"{FIRST}/{p}" for p in ("cau/1", "nop-bai", "ket-qua"))),
    )
    start(hoa)

    def look(client: FlaskClient) -> None:
        with make.changes(app) as changed:
            for path in paths:
                assert client.get(path).status_code in (200, 303, 409)
        assert changed == []

    look(hoa)
    look(phone)
    make.post(hoa, "/thoat")
    look(phone)
    with later(20):
        phone.get("/")  # notes that the session was used
        look(phone)
        see_result(phone)
        look(phone)


def test_a_request_reads_once_and_writes_once(world_with_quiz: World, hoa: FlaskClient) -> None:
    app = world_with_quiz.app
    phone = make.sign_in(app, world_with_quiz.hoa)
    tokens = {client: make.token(client, "/toi") for client in (hoa, phone)}

    def post(client: FlaskClient, path: str, **data: Any) -> None:
        with make.transactions(app) as begun:
            assert client.post(path, data={"csrf_token": tokens[client], **data}).status_code == 303
        assert begun == [False, True], path

    post(hoa, QUIZ, luot="1")
    page = hoa.get(f"{FIRST}/cau/1").text
    chosen = next(iter(options(page).values()))
    post(hoa, f"{FIRST}/cau/1", **(fields(page) | {"chon": chosen, "sang": "2"}))
    post(phone, f"{FIRST}/tiep-quan")
    with later(20):
        phone.get("/")
        post(phone, f"{FIRST}/het-gio")
    post(phone, QUIZ, luot="2")
    post(phone, f"{QUIZ}/luot/2/nop-bai", epoch="1")


def test_the_result_waits_for_the_end(hoa: FlaskClient) -> None:
    start(hoa)
    assert hoa.get(f"{FIRST}/ket-qua").location == f"{FIRST}/cau/1"


@pytest.mark.parametrize(
    "path",
    [
        "/trac-nghiem/2019/doan-ket",
        "/trac-nghiem/2020/khac",
        "/trac-nghiem/2020/neu-guong",
        f"{QUIZ}/luot/9/cau/1",
        f"{FIRST}/cau/0",
        f"{FIRST}/cau/6",
    ],
)
def test_what_is_not_there_is_not_found(hoa: FlaskClient, path: str) -> None:
    start(hoa)
    assert hoa.get(path).status_code == 404


def test_another_ones_attempt_is_not_there(world_with_quiz: World, hoa: FlaskClient) -> None:
    start(hoa)
    other = make.sign_in(world_with_quiz.app, world_with_quiz.bich)
    for path in ("cau/1", "nop-bai", "ket-qua"):
        assert other.get(f"{FIRST}/{path}").status_code == 404
    for path, data in (("cau/1", {}), ("nop-bai", {"epoch": "1"}), ("tiep-quan", {}), ("het-gio", {})):
        assert make.post(other, f"{FIRST}/{path}", data).status_code == 404
    assert send(other, {"epoch": 1, "save_id": str(uuid4()), "chon": {"1": "x"}}).status_code == 404
