"""DOCX that a union goes on with in Word. A template is composed here, part by part, in the look of Decree 30/2020
(see `typst/letterhead.typ`), with docxtpl's tags where a document's own words come; docxtpl fills it.

Times New Roman is named, not embedded: it is on the reader's computer.
"""

import re
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from docx import Document
from docx.document import Document as Paper
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH as ALIGN
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from docxtpl import DocxTemplate

FACE = "Times New Roman"
TEXT_WIDTH = 165  # mm: A4 without its margins
NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # what no XML file may hold


def render(template: Paper, data: Mapping[str, Any]) -> bytes:
    """The template with the data in the place of its tags, as a DOCX. What people wrote is text there, never a tag."""
    composed, filled = BytesIO(), BytesIO()
    template.save(composed)
    document = DocxTemplate(composed)
    document.render(_clean(data), autoescape=True)
    document.save(filled)
    return filled.getvalue()


def _clean(data: Any) -> Any:
    if isinstance(data, str):
        return NO_XML.sub("", data)
    if isinstance(data, Mapping):
        return {key: _clean(one) for key, one in data.items()}
    return [_clean(one) for one in data] if isinstance(data, list | tuple) else data


def paper(title: str) -> Paper:
    """An empty A4 sheet: margins, face, and the number of each page but the first in the middle of the upper margin."""
    made = Document()
    made.core_properties.title, made.core_properties.author = title, ""
    made.core_properties.comments, made.core_properties.language = "", "vi-VN"
    page = made.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.top_margin = page.bottom_margin = Mm(20)
    page.left_margin, page.right_margin, page.header_distance = Mm(30), Mm(15), Mm(10)
    page.different_first_page_header_footer = True
    _set_face(made)
    _number(page.header.paragraphs[0])
    return made


def _set_face(made: Paper) -> None:
    normal = made.styles["Normal"]
    normal.font.name, normal.font.size = FACE, Pt(13)
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    for script in ("w:eastAsia", "w:cs"):
        fonts.set(qn(script), FACE)
    normal.paragraph_format.space_after, normal.paragraph_format.line_spacing = Pt(6), 1.0


def _number(line: Paragraph) -> None:
    line.alignment = ALIGN.CENTER
    for kind, words in (("begin", ""), ("", "PAGE"), ("end", "")):
        piece = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            piece.set(qn("w:fldCharType"), kind)
        piece.text = words or None
        line.add_run()._r.append(piece)


def letterhead(made: Paper) -> None:
    """Who leads the unit and who issues, beside the country's name and the day: `above`, `unit`, `day`."""
    left, right = _columns(made, (69, 96)).rows[0].cells
    line(left, "{{ above|upper }}", size=12, align=ALIGN.CENTER, first=True)
    line(left, "{{ unit|upper }}", size=12, bold=True, align=ALIGN.CENTER)
    rule(left, 69, 26)
    line(right, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", size=12, bold=True, align=ALIGN.CENTER, first=True)
    line(right, "Độc lập - Tự do - Hạnh phúc", bold=True, align=ALIGN.CENTER)
    rule(right, 96, 57)
    line(right, "{{ day[:1]|upper }}{{ day[1:] }}", italic=True, align=ALIGN.CENTER)


def heading(made: Paper, kind: str) -> None:
    """The kind of document, and under it what it is about: `about`."""
    line(made, kind.upper(), size=14, bold=True, align=ALIGN.CENTER, before=14)
    line(made, "{{ about }}", size=14, bold=True, align=ALIGN.CENTER).paragraph_format.space_after = Pt(1)
    rule(made, TEXT_WIDTH, 58)


def table(made: Paper, rows: str, columns: Sequence[tuple[str, int, str]]) -> None:
    """A ruled table with a line for `one` in each of `rows`: its columns are (head, width in mm, tag). Its head comes
    again on every page."""
    ruled = _columns(made, [width for _, width, _ in columns], lines=4)
    ruled.style, ruled.alignment = "Table Grid", WD_TABLE_ALIGNMENT.CENTER
    head, begin, body, end = ruled.rows
    head._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    body._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    line(begin.cells[0], f"{{%tr for one in {rows} %}}", first=True)
    line(end.cells[0], "{%tr endfor %}", first=True)
    for cell, (words, _, _) in zip(head.cells, columns, strict=True):
        line(cell, words, size=12, bold=True, first=True)
    for cell, (_, _, tag) in zip(body.cells, columns, strict=True):
        line(cell, tag, size=12, first=True, before=1)


def each(made: Paper, rows: str, words: str) -> None:
    """A line of these words, in which `one` is a tag, for each of `rows`."""
    line(made, f"{{%p for one in {rows} %}}")
    line(made, words).paragraph_format.space_after = Pt(2)
    line(made, "{%p endfor %}")


def signatures(made: Paper, *signed: tuple[str, str]) -> None:
    """Places to sign, side by side, each with (capacity, tag of the name); never parted by the end of a page."""
    places = _columns(made, (TEXT_WIDTH // len(signed),) * len(signed))
    for cell, (capacity, name) in zip(places.rows[0].cells, signed, strict=True):
        above = line(cell, capacity.upper(), bold=True, align=ALIGN.CENTER, first=True, before=18)
        above.paragraph_format.space_after = Pt(62)
        above.paragraph_format.keep_with_next = True
        line(cell, name, bold=True, align=ALIGN.CENTER)


def line(
    where: Paper | _Cell,
    words: str,
    size: float = 13,
    bold: bool = False,
    italic: bool = False,
    align: ALIGN | None = None,
    first: bool = False,
    before: float = 0,
) -> Paragraph:
    """A line of these words, with so much air above it; `first`: in the paragraph that an empty cell has already."""
    made = where.paragraphs[0] if first else where.add_paragraph()
    run = made.add_run(words)
    run.font.size, run.bold, run.italic = Pt(size), bold, italic
    made.alignment, made.paragraph_format.space_before = align, Pt(before)
    if isinstance(where, _Cell):
        made.paragraph_format.space_after = Pt(1)
    return made


def rule(where: Paper | _Cell, room: int, length: int) -> None:
    """A drawn line in the middle: as long as it says, in mm, where there is this much room."""
    made = line(where, "")
    look = made.paragraph_format
    look.left_indent = look.right_indent = Mm((room - length) / 2)
    look.line_spacing, look.space_after = Pt(2), Pt(6)
    borders, below = OxmlElement("w:pBdr"), OxmlElement("w:bottom")
    for name, value in (("val", "single"), ("sz", "6"), ("space", "0"), ("color", "000000")):
        below.set(qn(f"w:{name}"), value)
    borders.append(below)
    made._p.get_or_add_pPr().insert_element_before(borders, "w:spacing", "w:ind", "w:jc", "w:rPr")


def _columns(made: Paper, widths: Sequence[int], lines: int = 1) -> Table:
    """A table without rules whose columns are as wide as they say, in mm."""
    kept: Table = made.add_table(rows=lines, cols=len(widths))
    kept.autofit = False
    for row in kept.rows:
        for cell, width in zip(row.cells, widths, strict=True):
            cell.width = Mm(width)
    for column, width in zip(kept.columns, widths, strict=True):
        column.width = Mm(width)
    return kept
