"""Every kind of page on the smallest screen: nothing to be scrolled sideways, nothing that axe finds, and no heavier
than a weak line carries."""

import re
import urllib.request
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import brotli
import pytest
from playwright.sync_api import Page, expect

from app.config import ROOT
from app.demo import people
from tests.browser.conftest import Opener, sign_in
from tests.browser.test_attempt import ask
from tests.browser.test_loop import ACCOUNTS, MODULE, looked_at

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

PAGE_MOST, FONTS_MOST = 100_000, 60_000  # bytes as transferred
QUIZ = f"/trac-nghiem/2020/{MODULE}"
MEMBER = "NSV-0006-"  # the bookshop's sixth member, who is nobody else's in these tests


def looked_through(page: Page, *paths: str) -> None:
    for path in paths:
        answer = page.goto(path)
        assert answer
        assert answer.status in (200, 404), f"{path}: {answer.status}"
        looked_at(page)
        light(page)


# --- weight -------------------------------------------------------------------------------------------------------


def light(page: Page) -> None:
    """The page with its stylesheets, scripts and pictures, as a browser that understands brotli is sent them."""
    html = page.request.get(page.url).body()
    parts = {"html": len(html)} | {path: carried(page.url, path) for path in parts_of(html.decode())}
    assert sum(parts.values()) < PAGE_MOST, (page.url, parts)


def parts_of(html: str) -> set[str]:
    return set(re.findall(r'<(?:link|script|img)\b[^>]*\s(?:href|src)="(/static/[^"]+)"', html))


_carried: dict[str, int] = {}


def carried(page: str, path: str) -> int:
    """Bytes of a file as sent packed; setup packs what has changed, and what is packed is sent so."""
    if path not in _carried:
        request = urllib.request.Request(urljoin(page, path), headers={"Accept-Encoding": "br"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            sent, packed = answer.read(), answer.headers.get("Content-Encoding") == "br"
        assert packed or not (ROOT / "app" / (urlsplit(path).path[1:] + ".br")).exists(), path
        _carried[path] = len(sent if packed else brotli.compress(sent))
    return _carried[path]


def test_the_fonts_are_light() -> None:
    fonts = ROOT / "app" / "static" / "vendor" / "fonts"
    assert sum(font.stat().st_size for font in fonts.glob("*.woff2")) <= FONTS_MOST


# --- pages --------------------------------------------------------------------------------------------------------


def small(opened: Opener, name: str) -> Page:
    page = opened(320, 640)
    sign_in(page, name, people.PASSWORD)
    return page


def test_pages_before_signing_in(opened: Opener) -> None:
    """Takes 3 s, as do those below: axe reads each page whole."""
    page = opened(320, 640)
    looked_through(page, "/dang-nhap", "/kich-hoat", "/quen-mat-khau", "/khong-co-trang-nay")


def test_every_page_of_a_demo_says_so_on_paper_too(opened: Opener, state: Path) -> None:
    page = small(opened, code(state, MEMBER))
    for path in ("/", "/toi", "/khong-co-trang-nay"):
        page.goto(path)
        for medium in ("screen", "print"):
            page.emulate_media(media=medium)
            expect(page.get_by_text("người và số liệu ở đây là giả")).to_be_visible()


def test_pages_of_study_and_quiz(opened: Opener, state: Path) -> None:
    page = small(opened, code(state, MEMBER))
    looked_through(page, "/hoc/2020", f"/hoc/2020/{MODULE}", *lessons_of(page), QUIZ)
    page.goto(QUIZ)
    page.get_by_role("button", name=re.compile("Bắt đầu làm bài|Làm lại")).click()
    page.wait_for_url("**/cau/1")
    attempt = page.url.rsplit("/", 2)[0]
    looked_through(page, f"{attempt}/cau/1", f"{attempt}/nop-bai", QUIZ)
    page.goto(f"{attempt}/nop-bai")
    page.get_by_role("button", name="Nộp bài").click()
    page.wait_for_url("**/ket-qua")
    looked_through(page, f"{attempt}/ket-qua", QUIZ)


def lessons_of(page: Page) -> list[str]:
    """The first lesson, and the longest."""
    page.goto(f"/hoc/2020/{MODULE}")
    links = page.locator(f"main a[href^='/hoc/2020/{MODULE}/']").evaluate_all("all => all.map(a => a.pathname)")
    return list(dict.fromkeys(links))[:2]


def test_pages_of_ones_own(opened: Opener, state: Path) -> None:
    page = small(opened, code(state, MEMBER))
    looked_through(page, "/", "/tu-danh-gia/2020", "/lam-theo/2020", "/toi", "/toi/mat-khau")
    looked_through(page, "/toi/du-lieu", "/toi/du-lieu/trail", "/toi/dong-y")


def test_pages_of_an_officer(opened: Opener, state: Path) -> None:
    page = small(opened, ACCOUNTS["officer"])
    queue = "/don-vi/MSH/ho-so"
    looked_through(page, "/", queue, f"{queue}?muc=xong", "/don-vi/MSH/hoan-thanh", "/don-vi/MSH/doan-vien")
    page.goto(queue)
    record = page.locator(f"main a[href^='{queue}/']").first.get_attribute("href")
    assert record
    looked_through(page, record, "/don-vi/MSH/doan-vien/phieu", "/don-vi/MSH/doan-vien/cap-ma")
    page.goto("/don-vi/MSH/doan-vien?con=chua-vao")
    page.get_by_role("button", name="Cấp mã lần đầu").first.click()
    expect(page.locator("main")).to_contain_text("/kich-hoat/")
    looked_at(page)
    slip = re.search(r"/kich-hoat/[\w-]+", page.locator("main").inner_text())
    assert slip
    looked_through(opened(320, 640), slip[0])


def test_pages_of_a_chair_and_of_the_level_above(opened: Opener) -> None:
    looked_through(small(opened, ACCOUNTS["chair"]), "/", "/lam-theo/2020")
    above = ("/", "/don-vi/Q1/hoan-thanh", "/don-vi/MSH/hoan-thanh", "/don-vi/Q1/don-vi")
    looked_through(small(opened, ACCOUNTS["federation"]), *above)
    looked_through(small(opened, ACCOUNTS["admin"]), "/", "/don-vi/Q1/don-vi", "/toi/xac-thuc-hai-lop")


def code(state: Path, begins: str) -> str:
    found = ask(state, "select folded from sign_in_name where kind = 'code' and folded like ?", f"{begins}%")
    return str(found[0][0])
