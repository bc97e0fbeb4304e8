"""The completion tables stay readable in a year of many modules: on a phone, a tablet, a desk, and on paper."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from app.config import ROOT
from tests import make
from tests.browser.conftest import sign_in
from tests.browser.test_loop import accessible, no_sideways
from tests.commands import environment, free_port

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

HANH, MINH = "MSH-0003-3", "Q1-0001-6"
UNIT, FEDERATION = "/don-vi/MSH/hoan-thanh", "/don-vi/Q1/hoan-thanh"
A4_LYING = 1009  # pixels between the margins

# Words of a table that stand on two lines, and words that are wider than the inside of their cell.
BROKEN = """() => {
  const found = [];
  for (const cell of document.querySelectorAll(".lt-people th, .lt-people td")) {
    const head = cell.closest("thead");
    if (head && getComputedStyle(head).position === "absolute") continue;  // on a phone each row names its cells
    const style = getComputedStyle(cell);
    const inside = cell.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    const walker = document.createTreeWalker(cell, NodeFilter.SHOW_TEXT);
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (node.parentElement.closest(".lt-step-name")) continue;
      for (const word of node.data.matchAll(/[^\\s\\u00a0]+/g)) {
        const range = document.createRange();
        range.setStart(node, word.index);
        range.setEnd(node, word.index + word[0].length);
        const boxes = Array.from(range.getClientRects()).filter((box) => box.width);
        if (boxes.length > 1 || (boxes.length && inside && boxes[0].width > inside + 1)) found.push(word[0]);
      }
    }
  }
  return found;
}"""


@contextmanager
def crowded(state: Path, modules: int) -> Iterator[str]:
    """The address of a site in a year of so many modules."""
    port = free_port()
    command = [sys.executable, "-m", "tests.browser.crowded_site", str(state), str(modules), str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env=environment(state), stdout=subprocess.PIPE)
    try:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.communicate()


@pytest.fixture(scope="module", params=[6, 12])
def year(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[int, str]]:
    with crowded(tmp_path_factory.mktemp("crowded"), request.param) as address:
        yield request.param, address


@pytest.fixture(scope="module")
def seen(chromium: Browser, year: tuple[int, str]) -> Iterator[dict[str, Page]]:
    """A page signed in as the unit's officer, and one as the federation's."""
    contexts = [chromium.new_context(base_url=year[1], locale="vi-VN") for _ in range(2)]
    pages = [context.new_page() for context in contexts]
    for page, code in zip(pages, (HANH, MINH), strict=True):
        sign_in(page, code, make.PASSWORD)
    yield dict(zip((UNIT, FEDERATION), pages, strict=True))
    for context in contexts:
        context.close()


@pytest.mark.parametrize("width", [390, 768, 1280])
def test_no_word_is_broken_and_no_cell_narrower_than_its_longest_word(seen: dict[str, Page], width: int) -> None:
    for path, page in seen.items():
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(path)
        assert page.evaluate(BROKEN) == []
        no_sideways(page)


@pytest.mark.parametrize("path", [UNIT, FEDERATION])
def test_a_wide_table_is_accessible(seen: dict[str, Page], path: str) -> None:
    """Takes 3 s: axe looks at every cell."""
    page = seen[path]
    page.set_viewport_size({"width": 768, "height": 900})
    page.goto(path)
    accessible(page)


@pytest.mark.parametrize("path", [UNIT, FEDERATION])
def test_names_stay_in_sight_where_the_table_scrolls(seen: dict[str, Page], path: str) -> None:
    page = seen[path]
    page.set_viewport_size({"width": 768, "height": 900})
    page.goto(path)
    table = page.locator(".lt-scroll")
    table.evaluate("table => table.scrollTo(9999, 0)")
    name, frame = page.locator("tbody .lt-name").first.bounding_box(), table.bounding_box()
    assert name
    assert frame
    assert frame["x"] <= name["x"] <= name["x"] + name["width"] < frame["x"] + frame["width"] / 2


def test_the_table_scrolls_as_a_last_resort_only(seen: dict[str, Page], year: tuple[int, str]) -> None:
    page = seen[UNIT]
    scrolls = {}
    for width in (768, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(UNIT)
        scrolls[width] = page.locator(".lt-scroll").evaluate("table => table.scrollWidth > table.clientWidth")
    assert scrolls == {768: year[0] == 12, 1280: False}


@pytest.mark.parametrize("path", [UNIT, FEDERATION])
def test_the_whole_table_fits_a_sheet_of_paper(seen: dict[str, Page], path: str) -> None:
    page = seen[path]
    page.set_viewport_size({"width": A4_LYING, "height": 680})
    page.goto(f"{path}?in=1")
    page.emulate_media(media="print")
    try:
        assert page.evaluate(BROKEN) == []
        assert page.locator(".lt-people").evaluate("table => table.getBoundingClientRect().right") <= A4_LYING
        assert page.locator("caption").first.is_visible()
        assert not page.locator("form.lt-filter").is_visible()
    finally:
        page.emulate_media(media="screen")


def test_one_chosen_step_has_one_column_with_its_source(seen: dict[str, Page]) -> None:
    page = seen[UNIT]
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(UNIT)
    page.get_by_label("Việc", exact=True).select_option("study:m0")
    page.get_by_role("button", name="Lọc").click()
    assert page.locator(".lt-people thead th").count() == 3
    assert page.locator(".lt-people .lt-state-src").first.is_visible()
