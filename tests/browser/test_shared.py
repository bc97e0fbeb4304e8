"""A shared machine keeps nothing of whoever was in: neither typed words nor pages."""

import pytest
from playwright.sync_api import Page, expect

from app.demo import people
from tests.browser.conftest import Opener

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

SHEET = "/tu-danh-gia/2020"


def sign_in(page: Page, name: str) -> None:
    page.get_by_label("Số điện thoại hoặc mã đoàn viên").fill(name)
    page.get_by_label("Mật khẩu", exact=True).fill(people.PASSWORD)
    page.get_by_label("Máy dùng chung").check()
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url("**/")


def kept(page: Page) -> int:
    found: int = page.evaluate("localStorage.length + sessionStorage.length")
    return found


def test_nothing_of_a_person_stays_for_the_next(opened: Opener) -> None:
    page = opened()
    page.goto("/dang-nhap")
    page.evaluate("localStorage.setItem('lt-nhap:x:1', '{\"at\": 9e15, \"texts\": {}}')")
    sign_in(page, "MSH-0033-0")
    assert kept(page) == 0
    page.goto(SHEET)
    page.route("**/nhap", lambda route: route.abort("connectionfailed"))
    page.locator("#muc_thought").fill("Lời của người trước.")
    expect(page.locator("[data-draft-wait]")).to_contain_text("Xin đừng đóng trang này")
    assert kept(page) == 0
    page.unroute("**/nhap")
    page.get_by_role("button", name="Đổi người").click()
    page.wait_for_url("**/dang-nhap?may=chung")
    expect(page.get_by_label("Máy dùng chung")).to_be_checked()
    assert all(cookie["expires"] == -1 for cookie in page.context.cookies())
    page.go_back()
    expect(page.locator("body")).not_to_contain_text("Lời của người trước.")
    page.wait_for_url("**/dang-nhap**")
    assert kept(page) == 0


def test_no_text_stays_on_a_screen_that_nobody_touches(opened: Opener) -> None:
    page = opened()
    page.clock.install()
    page.goto("/dang-nhap")
    sign_in(page, "MSH-0034-8")
    page.clock.fast_forward("15:10")
    page.wait_for_url("**/dang-nhap?may=chung**")
