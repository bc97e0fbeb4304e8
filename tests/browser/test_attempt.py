"""An attempt in a real browser: without a network, without JavaScript, on two devices, asleep, out of time.

Each test is another member of the hospital's union, so that no attempt meets another's.
"""

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from app import clock
from app.demo import people
from tests.browser.conftest import Opener, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

QUIZ = "/trac-nghiem/2020/chu-de-2020"
SAVED, WAITS, STOPPED = "#da-luu", "#dang-cho", "#can-xem"
_members: list[str] = []


@pytest.fixture
def member(site: str, state: Path) -> str:
    """The code of a member who has not been here yet."""
    if not _members:
        names = "sign_in_name join account using (person_id) where password_hash is not null and kind = 'code'"
        found = ask(state, f"select folded from {names} and folded like 'BVT-%' order by folded desc")
        _members.extend(code for (code,) in found)
    return _members.pop()


def ask(state: Path, sql: str, *values: Any) -> list[Any]:
    """Ask the site's database, or change it, as nobody could from outside."""
    with closing(sqlite3.connect(state / "lamtheo.db", timeout=10)) as database, database:
        return database.execute(sql, values).fetchall()


def begin(opened: Opener, member: str, **how: Any) -> Page:
    """Signed in, and at the first question of a new attempt."""
    page = opened(**how)
    sign_in(page, member, people.PASSWORD)
    page.goto(QUIZ)
    page.get_by_role("button", name=re.compile("Bắt đầu làm bài|Làm lại")).click()
    expect(page.locator("#cau-may")).to_contain_text("1")
    return page


def choose(page: Page, n: int = 0) -> str:
    """Choose the n-th option of the question shown; its words."""
    option = page.locator("#bai label.lt-choice").nth(n)
    option.click()
    return option.inner_text()


def onward(page: Page, k: int) -> None:
    page.locator("#tiep").click()
    expect(page.locator("#cau-may")).to_have_text(re.compile(rf"Câu\s{k}\s"))


def saved(page: Page, *numbers: int) -> None:
    names = ", ".join(map(str, numbers))
    expect(page.locator(SAVED)).to_have_text(re.compile(rf"Đã lưu câu\s{names} lúc \d\d:\d\d:\d\d\."))
    expect(page.locator(WAITS)).to_be_hidden()


def waits(page: Page, *numbers: int) -> None:
    expect(page.locator(WAITS)).to_contain_text(f"Chưa gửi được câu {', '.join(map(str, numbers))}")
    expect(page.locator(SAVED)).to_be_hidden()


def attempt(page: Page) -> str:
    """The id of the attempt as the database has it."""
    return (page.locator("#bai").get_attribute("data-attempt") or "").replace("-", "")


def saves(state: Path, attempt: str) -> int:
    return int(ask(state, "select count(*) from answer_save where attempt_id = ?", attempt)[0][0])


def end_in(state: Path, attempt: str, seconds: int) -> None:
    moment = datetime.now(UTC) + clock.read_offset(state) + timedelta(seconds=seconds)
    ask(state, "update attempt set deadline = ? where id = ?", f"{moment:%Y-%m-%d %H:%M:%S.%f}", attempt)


def left(page: Page) -> int:
    minutes, seconds = page.locator("#con").inner_text().split(":")
    return int(minutes) * 60 + int(seconds)


# --- without a network --------------------------------------------------------------------------------------------


def test_what_is_chosen_without_a_network_waits_and_is_sent_in_one_save(
    opened: Opener, member: str, state: Path
) -> None:
    page = begin(opened, member)
    choose(page)
    saved(page, 1)
    onward(page, 2)
    page.context.set_offline(True)
    for k in (2, 3, 4):
        choose(page)
        waits(page, *range(2, k + 1))
        expect(page.locator("#dem")).to_have_text(f"đã chọn {k}, còn {10 - k}")
        onward(page, k + 1)
    assert saves(state, attempt(page)) == 1
    page.context.set_offline(False)
    saved(page, 2, 3, 4)
    assert saves(state, attempt(page)) == 2
    page.reload()
    expect(page.locator("#dem")).to_have_text("đã chọn 4, còn 6")


def test_what_could_not_be_sent_outlives_the_page(opened: Opener, member: str) -> None:
    page = begin(opened, member)
    page.route("**/cau", lambda route: route.abort())
    words = choose(page, 1)
    waits(page, 1)
    page.unroute_all()
    page.goto(QUIZ)
    page.get_by_role("link", name="Làm tiếp").click()
    saved(page, 1)
    expect(page.locator("#bai input:checked + label")).to_have_text(words)


def test_a_save_whose_receipt_was_lost_counts_once(opened: Opener, member: str, state: Path) -> None:
    page = begin(opened, member)
    lost: list[int] = []

    def lose(route: Route) -> None:
        if lost:
            return route.continue_()
        lost.append(route.fetch().status)
        route.abort()

    page.route("**/cau", lose)
    choose(page)
    saved(page, 1)
    assert lost == [200]
    assert saves(state, attempt(page)) == 1


def test_a_busy_server_is_asked_again(opened: Opener, member: str) -> None:
    page = begin(opened, member)
    page.route("**/cau", lambda route: route.fulfill(status=503, body="busy"), times=1)
    choose(page)
    expect(page.locator(WAITS)).to_contain_text("Máy chủ đang bận.")
    saved(page, 1)


def test_handing_in_waits_for_the_network(opened: Opener, member: str) -> None:
    page = begin(opened, member)
    page.context.set_offline(True)
    choose(page)
    page.locator("summary").filter(has_text="Xem cả").click()
    page.get_by_role("link", name="Xem lại để nộp bài").click()
    waits(page, 1)
    page.context.set_offline(False)
    expect(page.get_by_role("heading", level=1)).to_have_text("Nộp bài")
    expect(page.locator("main")).to_contain_text("Đã lưu câu")


# --- signed in again, and two devices -----------------------------------------------------------------------------


def test_a_quiz_goes_on_after_signing_in_again(opened: Opener, member: str, state: Path) -> None:
    page = begin(opened, member)
    choose(page)
    saved(page, 1)
    onward(page, 2)
    ask(state, "update session set ends = '2020-01-01 00:00:00.000000' where person_id = ?", person(state, member))
    words = choose(page, 1)
    expect(page.locator(STOPPED)).to_contain_text("Chưa gửi được câu 2 vì lần đăng nhập này đã hết")
    page.get_by_role("link", name="Đăng nhập lại").click()
    page.get_by_label("Số điện thoại hoặc mã đoàn viên").fill(member)
    page.get_by_label("Mật khẩu", exact=True).fill(people.PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    saved(page, 2)
    expect(page.locator("#bai input:checked + label")).to_have_text(words)
    onward(page, 3)
    choose(page)
    saved(page, 3)
    assert saves(state, attempt(page)) == 3


def person(state: Path, member: str) -> str:
    return str(ask(state, "select person_id from sign_in_name where folded = ?", member)[0][0])


def test_of_two_devices_the_older_is_told_and_may_take_the_quiz_back(opened: Opener, member: str, state: Path) -> None:
    older = begin(opened, member)
    choose(older)
    saved(older, 1)
    newer = opened()
    sign_in(newer, member, people.PASSWORD)
    newer.goto(QUIZ)
    newer.get_by_role("button", name="Làm tiếp trên máy này").click()
    expect(newer.locator("#cau-may")).to_have_text(re.compile(r"Câu\s2\s"))
    choose(newer)
    saved(newer, 2)
    refused(older, 1)
    older.get_by_role("link", name="Xem rồi làm tiếp trên máy này").click()
    expect(older.get_by_role("heading", level=1)).to_have_text("Bài đang làm trên máy khác")
    older.get_by_role("button", name="Làm tiếp trên máy này").click()
    expect(older.locator("#cau-may")).to_have_text(re.compile(r"Câu\s3\s"))
    choose(older)
    saved(older, 3)
    refused(newer, 2)
    assert saves(state, attempt(older)) == 3


def refused(page: Page, k: int) -> None:
    choose(page, 2)
    told = f"Bài này đang làm trên máy khác. Chưa lưu được câu {k} chọn ở đây."
    expect(page.locator(STOPPED)).to_contain_text(told)
    expect(page.locator(SAVED)).to_be_hidden()


# --- time ---------------------------------------------------------------------------------------------------------

WRONG_CLOCK = "const right = Date.now; window.ahead = 0; Date.now = () => right() + window.ahead * 1000;"


def wakes(page: Page, ahead: int) -> None:
    """Date.now() has gone on by so many seconds and performance.now() has not, as after a phone's sleep."""
    page.evaluate("ahead => { window.ahead = ahead; document.dispatchEvent(new Event('visibilitychange')); }", ahead)


def test_the_clock_has_run_while_the_phone_slept_and_follows_the_server(opened: Opener, member: str) -> None:
    page = opened()
    page.add_init_script(WRONG_CLOCK)
    page = begin(lambda: page, member)
    assert 1180 <= left(page) <= 1200
    wakes(page, 900)
    assert 280 <= left(page) <= 300
    wakes(page, -900)
    assert 1180 <= left(page) <= 1200
    wakes(page, 600)
    choose(page)
    saved(page, 1)
    assert 1180 <= left(page) <= 1200


def test_a_clock_that_runs_ahead_ends_nothing(opened: Opener, member: str, state: Path) -> None:
    page = opened()
    page.add_init_script(WRONG_CLOCK)
    page = begin(lambda: page, member)
    choose(page)
    saved(page, 1)
    with page.expect_navigation():
        wakes(page, 1300)
    expect(page.locator("#cau-may")).to_have_text(re.compile(r"Câu\s2\s"))
    assert 1170 <= left(page) <= 1200
    choose(page)
    saved(page, 2)


def test_when_time_is_over_the_page_leads_to_the_result(opened: Opener, member: str, state: Path) -> None:
    page = begin(opened, member)
    end_in(state, attempt(page), 3)
    choose(page)
    saved(page, 1)
    assert left(page) <= 3
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"đúng [01]/10"), timeout=10_000)
    expect(page.locator("main")).to_contain_text(re.compile(r"Hết giờ lúc \d\d:\d\d:\d\d"))


def test_when_time_is_over_without_a_network_the_page_says_so(opened: Opener, member: str, state: Path) -> None:
    page = begin(opened, member)
    end_in(state, attempt(page), 3)
    choose(page)
    saved(page, 1)
    page.context.set_offline(True)
    expect(page.locator(STOPPED)).to_contain_text("Hết giờ lúc", timeout=12_000)
    page.context.set_offline(False)
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"đúng [01]/10"))


def test_nop_bai_pressed_twice_hands_in_once(opened: Opener, member: str, state: Path) -> None:
    page = begin(opened, member)
    choose(page)
    saved(page, 1)
    number = attempt(page)
    page.goto(f"{QUIZ}/luot/{page.url.split('/')[-3]}/nop-bai")
    page.get_by_role("button", name="Nộp bài").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"đúng [01]/10"))
    handed_in = "select count(*) from audit where verb = 'attempt.submit' and replace(subject, '-', '') = ?"
    assert ask(state, handed_in, number) == [(1,)]
    assert ask(state, "select count(*) from mark where attempt_id = ?", number) == [(1,)]


# --- without JavaScript -------------------------------------------------------------------------------------------


def test_without_javascript_each_choice_has_its_receipt_and_time_its_end(
    opened: Opener, member: str, state: Path
) -> None:
    page = begin(opened, member, width=320, height=640, javascript=False)
    for k in (1, 2):
        choose(page, 1)
        page.locator("#tiep").click()
        expect(page.locator("main")).to_contain_text(re.compile(rf"Đã lưu câu\s{k} lúc \d\d:\d\d:\d\d\."))
    page.goto(QUIZ)
    page.get_by_role("link", name="Làm tiếp").click()
    expect(page.locator("#cau-may")).to_have_text(re.compile(r"Câu\s3\s"))
    end_in(state, attempt(page), -1)
    choose(page)
    page.locator("#tiep").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"Lượt\s\d hết giờ lúc \d\d:\d\d"))
    page.get_by_role("button", name="Xem kết quả").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile(r"đúng [012]/10"))
