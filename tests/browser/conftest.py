"""A real server on a demo state of its own, and a real Chromium.

Every page opened here fails its test on a request that leaves the host, on a script error, and on a breach of the
content security policy.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from app.config import ROOT
from tests.commands import serving

PHONE = {"width": 390, "height": 844}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def chromium_path() -> str:
    """The browser that `make test` found or installed."""
    noted = ROOT / ".cache" / "chromium.path"
    for found in (
        os.environ.get("CHROMIUM"),
        noted.read_text(encoding="utf-8").strip() if noted.is_file() else None,
        shutil.which("chromium"),
        shutil.which("chromium-browser"),
        shutil.which("google-chrome"),
    ):
        if found and Path(found).exists():
            return found
    raise RuntimeError("no Chromium for the browser tests: run `python3 tools/setup.py test`, or set CHROMIUM")


@pytest.fixture(scope="session")
def state(made_demo: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The state folder of the site: a demo of this worker's own."""
    return Path(shutil.copytree(made_demo, tmp_path_factory.mktemp("site") / "demo"))


@pytest.fixture(scope="session")
def site(state: Path) -> Iterator[str]:
    """The address of `flask up` on the demo state."""
    with serving(state) as served:
        yield served.address


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """One for all: a second one beside it is refused."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
    yield browser
    browser.close()


Opener = Callable[..., Page]


@pytest.fixture
def opened(chromium: Browser, site: str) -> Iterator[Opener]:
    """Opens a browser of its own (cookies, storage) at a size; watched for faults until the test ends."""
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def open_at(width: int = 390, height: int = 844, javascript: bool = True) -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": height}, base_url=site, java_script_enabled=javascript, locale="vi-VN"
        )
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: faults.append(f"script: {error}"))
        page.on("console", lambda message: _note(message.type, message.text, faults))
        page.on("request", lambda request: _stay(request.url, site, faults))
        return page

    yield open_at
    for context in contexts:
        context.close()
    assert not faults, faults


def _note(kind: str, words: str, faults: list[str]) -> None:
    expected = "Failed to load resource" in words or "ERR_INTERNET_DISCONNECTED" in words
    if kind == "error" and not expected:
        faults.append(f"console: {words}")


def _stay(url: str, site: str, faults: list[str]) -> None:
    if not url.startswith((site, "data:", "blob:", "about:")):
        faults.append(f"left the host: {url}")


def sign_in(page: Page, name: str, password: str) -> None:
    page.goto("/dang-nhap")
    page.get_by_label("Số điện thoại hoặc mã đoàn viên").fill(name)
    page.get_by_label("Mật khẩu", exact=True).fill(password)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url("**/")
