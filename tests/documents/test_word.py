"""What goes out for Word reads back as it was written, in the look of the PDF; nothing that a person wrote acts."""

from io import BytesIO
from zipfile import ZipFile

import pytest
from docx import Document
from docx.document import Document as Paper
from docx.oxml.ns import qn
from docx.shared import Mm

from app.documents import word
from tests.documents.test_pdf import VIETNAMESE

DATA = {
    "above": "Liên đoàn Lao động Quận 1",
    "unit": "CĐCS May Sen Hồng",
    "day": "ngày 05 tháng 02 năm 2020",
    "about": "May Sen Hồng",
}


def made(data: dict[str, object]) -> bytes:
    paper = word.paper("Thử")
    word.letterhead(paper)
    word.heading(paper, "Danh sách")
    word.table(paper, "people", (("Họ và tên", 100, "{{ one[0] }}"), ("Tổ", 65, "{{ one[1] }}")))
    word.signatures(paper, ("Người giao", "{{ giver }}"), ("Người nhận", ""))
    return word.render(paper, DATA | data)


def read(data: dict[str, object]) -> Paper:
    return Document(BytesIO(made(data)))


def cells(paper: Paper) -> list[list[str]]:
    """What stands in the ruled table."""
    return [[cell.text for cell in row.cells] for row in paper.tables[1].rows]


@pytest.mark.parametrize(
    "name",
    [
        "H'Hen Niê",
        "<&>",
        "Đỗ Ượng",
        "{{ above }}",
        "{% if %}",
        "{%tr endfor %}",
        "{#",
        "<w:br/>",
        "&amp;",
        " ".join(VIETNAMESE),
    ],
)
def test_what_people_write_is_text_and_nothing_else(name: str) -> None:
    assert cells(read({"people": [[name, "Tổ May 3"]]})) == [["Họ và tên", "Tổ"], [name, "Tổ May 3"]]


def test_what_no_word_file_may_hold_is_left_out() -> None:
    assert cells(read({"people": [["Đỗ\x0b Ượng\x00", ""]]}))[1][0] == "Đỗ Ượng"


def test_the_letterhead_is_that_of_decree_30() -> None:
    left, right = read({"people": []}).tables[0].rows[0].cells
    assert left.text.split("\n")[:2] == ["LIÊN ĐOÀN LAO ĐỘNG QUẬN 1", "CĐCS MAY SEN HỒNG"]
    assert right.text.split("\n")[:2] == ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"]
    assert right.text.endswith("Ngày 05 tháng 02 năm 2020")
    assert [run.bold for run in left.paragraphs[0].runs] == [False]
    assert [run.bold for run in left.paragraphs[1].runs] == [True]


def test_the_sheet_is_a4_with_the_margins_of_the_decree() -> None:
    page = read({"people": []}).sections[0]
    margins = (page.left_margin, page.right_margin, page.top_margin, page.bottom_margin)
    sizes = [round(size / Mm(1)) for size in (page.page_width, page.page_height, *margins) if size]
    assert sizes == [210, 297, 30, 15, 20, 20]


def test_pages_are_numbered_from_the_second_on() -> None:
    page = read({"people": []}).sections[0]
    assert page.different_first_page_header_footer
    assert "PAGE" in page.header._element.xml
    assert not page.first_page_header.paragraphs[0].text


def test_one_face_is_named_for_every_script() -> None:
    paper = read({"people": [["Đỗ Ượng", ""]]})
    fonts = paper.styles["Normal"].element.rPr.rFonts
    assert {fonts.get(qn(f"w:{script}")) for script in ("ascii", "hAnsi", "eastAsia", "cs")} == {"Times New Roman"}
    assert "rFonts" not in paper.element.body.xml, "another face in the text"


def test_a_name_stands_where_it_is_to_be_signed() -> None:
    giver, receiver = read({"people": [], "giver": "Phạm Thị Thu"}).tables[-1].rows[0].cells
    assert giver.text.split("\n") == ["NGƯỜI GIAO", "Phạm Thị Thu"]
    assert receiver.text.split("\n") == ["NGƯỜI NHẬN", ""]


def test_the_head_of_a_table_comes_again_on_every_page() -> None:
    head, *_ = read({"people": [["Đỗ Ượng", ""]]}).tables[1].rows
    assert head._tr.trPr.find(qn("w:tblHeader")) is not None


def test_the_file_says_nothing_of_the_machine_that_made_it() -> None:
    with ZipFile(BytesIO(made({"people": []}))) as packed:
        said = packed.read("docProps/core.xml").decode()
    assert "python-docx" not in said
    assert "Thử" in said
