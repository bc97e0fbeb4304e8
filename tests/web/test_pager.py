"""A page of a long list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.pager import Page, asked_number, within


@given(st.integers(0, 5000), st.integers(1, 200))
def test_the_pages_cover_every_row_once(total: int, size: int) -> None:
    pages = Page([], 1, size, total).pages
    spans = [Page([], number, size, total) for number in range(1, pages + 1)]
    rows = [row for page in spans for row in range(page.first, page.last + 1) if page.total]
    assert rows == list(range(1, total + 1))


def test_an_empty_list_is_one_page_without_rows() -> None:
    page: Page[int] = Page([], 1, 50, 0)
    assert (page.pages, page.first, page.last) == (1, 0, 0)


@pytest.mark.parametrize(("value", "number"), [("1", 1), ("7", 7), ("007", 7), ("99999", 99999)])
def test_a_page_is_asked_for_by_number(value: str, number: int) -> None:
    assert asked_number(value) == number


@pytest.mark.parametrize("value", [None, "", "0", "-1", "1.5", "một", "٣", "100000", "9" * 500])
def test_anything_else_asks_for_the_first_page(value: str | None) -> None:
    assert asked_number(value) == 1


@given(st.integers(1, 99_999), st.integers(1, 200), st.integers(0, 5000))
def test_a_page_beyond_the_end_is_the_last_page(number: int, size: int, total: int) -> None:
    found = within(number, size, total)
    assert 1 <= found <= Page([], 1, size, total).pages
    assert found == number or found == Page([], 1, size, total).pages < number
