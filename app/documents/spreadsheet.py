"""XLSX whose cells say what they are: text stays text, and nothing that somebody wrote becomes a formula."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from typing import Any

import xlsxwriter

Cell = str | int | float | date | None
FORBIDDEN = re.compile(r"[\[\]:*?/\\]")  # in the name of a sheet
ACTS = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets take for the beginning of a formula


@dataclass(frozen=True)
class Sheet:
    """A table with its head; `title` stands above it where there is one. `widths` are in characters; a column without
    one is as wide as its longest text, within reason. `typed`: what is typed below stays text, a number its nought."""

    name: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    title: str = ""
    widths: Sequence[int] = ()
    typed: bool = False


def workbook(sheets: Iterable[Sheet], made: datetime | None = None) -> bytes:
    """The sheets as an XLSX file; made at that moment, where the same sheets are to be the same file again."""
    kept = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(kept, options) as book:
        if made is not None:
            book.set_properties({"created": made.replace(tzinfo=None)})
        looks = _looks(book)
        for sheet in sheets:
            _write(book.add_worksheet(FORBIDDEN.sub(" ", sheet.name)[:31]), sheet, looks)
    return kept.getvalue()


def _looks(book: Any) -> dict[str, Any]:
    face = {"font_name": "Times New Roman", "font_size": 12, "valign": "top"}
    return {
        "title": book.add_format(face | {"bold": True, "font_size": 14}),
        "head": book.add_format(face | {"bold": True, "text_wrap": True, "border": 1, "bg_color": "#E8EEF7"}),
        "text": book.add_format(face | {"num_format": "@", "border": 1, "text_wrap": True}),
        "quoted": book.add_format(face | {"num_format": "@", "border": 1, "text_wrap": True, "quote_prefix": True}),
        "typed": book.add_format(face | {"num_format": "@"}),
        "number": book.add_format(face | {"border": 1}),
        "day": book.add_format(face | {"num_format": "dd/mm/yyyy", "border": 1, "align": "left"}),
    }


def _write(page: Any, sheet: Sheet, looks: dict[str, Any]) -> None:
    top = 2 if sheet.title else 0
    if sheet.title:
        page.write_string(0, 0, sheet.title, looks["title"])
    for column, head in enumerate(sheet.heads):
        page.write_string(top, column, head, looks["head"])
        page.set_column(column, column, _width(sheet, column), looks["typed"] if sheet.typed else None)
    for row, cells in enumerate(sheet.rows, start=top + 1):
        for column, cell in enumerate(cells):
            _write_cell(page, row, column, cell, looks)
    page.freeze_panes(top + 1, 0)
    page.repeat_rows(top)
    page.set_paper(9)
    page.set_landscape()
    page.fit_to_pages(1, 0)


def _write_cell(page: Any, row: int, column: int, cell: Cell, looks: dict[str, Any]) -> None:
    if cell is None or cell == "":
        page.write_blank(row, column, None, looks["text"])
    elif isinstance(cell, str):
        page.write_string(row, column, cell, looks["quoted" if cell.startswith(ACTS) else "text"])
    elif isinstance(cell, date):
        page.write_datetime(row, column, cell, looks["day"])
    else:
        page.write_number(row, column, cell, looks["number"])


def _width(sheet: Sheet, column: int) -> int:
    if column < len(sheet.widths):
        return sheet.widths[column]
    longest = max((len(str(row[column])) for row in sheet.rows if column < len(row)), default=0)
    return min(max(longest, len(sheet.heads[column]) // 2, 6), 50) + 2
