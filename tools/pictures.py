"""Take the README's pictures anew: `make pictures`. Starts the demo on a state of its own and looks at it."""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from playwright.sync_api import Browser, sync_playwright

from app.demo import people
from tests.browser.conftest import FLAGS, chromium_path, sign_in
from tests.commands import serving

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "pictures"
PICTURES = (
    ("member.png", "MSH-0004-1", "/", 390, 844),
    ("lesson.png", "MSH-0004-1", "/hoc/2020/neu-guong/ba-quy-dinh", 390, 844),
    ("deed.png", "MSH-0004-1", "/lam-theo/2020", 390, 844),
    ("officer.png", "MSH-0003-3", "/", 1280, 800),
    ("completion.png", "MSH-0003-3", "/don-vi/MSH/hoan-thanh", 1280, 800),
    ("federation.png", "Q1-0002-4", "/don-vi/Q1/hoan-thanh", 1280, 800),
)


def take(browser: Browser, site: str, name: str, who: str, path: str, width: int, height: int) -> None:
    context = browser.new_context(viewport={"width": width, "height": height}, base_url=site, locale="vi-VN")
    page = context.new_page()
    sign_in(page, who, people.PASSWORD)
    page.goto(path)
    page.screenshot(path=FOLDER / name)
    context.close()


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as state, serving(Path(state)) as served, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=FLAGS)
        for picture in PICTURES:
            take(browser, served.address, *picture)
            print(f"docs/pictures/{picture[0]}")
        browser.close()


if __name__ == "__main__":
    main()
