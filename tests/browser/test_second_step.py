"""The second step as a person meets it, without JavaScript: the code in the picture is what the telephone reads."""

import re
from io import BytesIO

import pyotp
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect

from app.demo import people
from tests.browser.conftest import Opener, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

ADMIN = "Q1-0003-2"
OWN = "/toi/xac-thuc-hai-lop"


def scanned(page: Page) -> pyotp.TOTP:
    """The app on a telephone after it has read the picture."""
    picture = Image.open(BytesIO(page.locator(".lt-qr svg").screenshot()))
    made = pyotp.parse_uri(zxingcpp.read_barcodes(picture)[0].text)
    assert isinstance(made, pyotp.TOTP)
    return made


def give_password(page: Page) -> None:
    page.goto("/dang-nhap")
    page.get_by_label("Số điện thoại hoặc mã đoàn viên").fill(ADMIN)
    page.get_by_label("Mật khẩu", exact=True).fill(people.PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()


def test_an_administrator_turns_it_on_signs_in_with_it_and_turns_it_off_without_javascript(opened: Opener) -> None:
    """Takes 6 s: three sign-ins in a real browser."""
    page = opened(width=320, javascript=False)
    sign_in(page, ADMIN, people.PASSWORD)
    page.get_by_role("link", name="Bật xác thực hai lớp").click()
    page.get_by_label("Mật khẩu đang dùng").fill(people.PASSWORD)
    page.get_by_role("button", name="Bắt đầu bật").click()
    telephone = scanned(page)
    page.get_by_label("Mã 6 số ứng dụng đang hiện").fill(telephone.now())
    page.get_by_role("button", name="Bật xác thực hai lớp").click()
    codes = [re.sub(r"\s", "", words) for words in page.locator(".lt-recovery li").all_inner_texts()]
    assert len(codes) == 10
    page.get_by_role("link", name="Tôi đã cất mã").click()
    expect(page.locator("main")).to_contain_text("Còn 10 mã dự phòng chưa dùng")
    page.get_by_role("button", name="Thoát").click()
    give_password(page)
    expect(page).to_have_url(re.compile("/dang-nhap/ma$"))
    page.get_by_label("Mã 6 số").fill(codes[0])
    page.get_by_role("button", name="Vào").click()
    page.wait_for_url("**/")
    page.goto(OWN)
    page.get_by_label("Mã 6 số").fill(codes[1])
    page.get_by_role("button", name="Tắt xác thực hai lớp").click()
    expect(page.locator("main")).to_contain_text("Đang tắt")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
