"""Spreadsheets: read back by another library, text is text, and no cell is a formula."""

import zipfile
from datetime import date
from io import BytesIO

import pytest
from python_calamine import CalamineWorkbook

from app.documents.spreadsheet import Sheet, workbook


def read(made: bytes, sheet: int = 0) -> list[list[object]]:
    return CalamineWorkbook.from_filelike(BytesIO(made)).get_sheet_by_index(sheet).to_python()


def test_what_goes_in_comes_out() -> None:
    rows = [
        ["Nguyễn Thị Hòa", "MSH-0004-1", 3, 2.5, date(2020, 5, 19), None],
        ["Đỗ Ượng", "0900000118", 0, 1, None, ""],
    ]
    found = read(workbook([Sheet("Danh sách", ["Họ và tên", "Mã", "Số", "Điểm", "Ngày", "Ghi chú"], rows)]))
    assert found[0] == ["Họ và tên", "Mã", "Số", "Điểm", "Ngày", "Ghi chú"]
    assert found[1] == ["Nguyễn Thị Hòa", "MSH-0004-1", 3, 2.5, date(2020, 5, 19), ""]
    assert found[2][1] == "0900000118"  # with its zero


@pytest.mark.parametrize(
    "written",
    ["=1+1", "+84900000118", "-1", "@SUM(A1)", '=HYPERLINK("https://evil.example")', "\t=1", "{=1}", "https://a.vn"],
)
def test_no_cell_becomes_a_formula_or_a_link(written: str) -> None:
    made = workbook([Sheet("Một", ["Ô"], [[written]])])
    assert read(made)[1] == [written]
    with zipfile.ZipFile(BytesIO(made)) as parts:
        page = parts.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in page
    assert "hyperlink" not in page.casefold()


def test_what_looks_like_a_formula_stays_text_after_it_is_edited() -> None:
    """Excel reads a cell anew when somebody edits it, unless the cell is marked as text by its prefix."""
    made = workbook([Sheet("Một", ["Ô"], [["=1+1"], ["thường"]])])
    with zipfile.ZipFile(BytesIO(made)) as parts:
        assert 'quotePrefix="1"' in parts.read("xl/styles.xml").decode()


def test_a_title_stands_above_and_names_of_sheets_are_made_fit() -> None:
    made = workbook(
        [Sheet("Tổ: May 1/2 [mới] " + "x" * 40, ["A"], [["b"]], title="Danh sách tổ"), Sheet("Hai", ["A"], [])]
    )
    assert read(made)[0] == ["Danh sách tổ"]
    assert read(made)[2:] == [["A"], ["b"]]
    assert len(CalamineWorkbook.from_filelike(BytesIO(made)).sheet_names[0]) <= 31
