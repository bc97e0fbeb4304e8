"""What is printed can be read back: every Vietnamese letter, in the embedded face; nothing that a person wrote acts."""

import os
import unicodedata
from collections.abc import Callable
from io import BytesIO
from itertools import product
from pathlib import Path

import pytest
from pypdf import PdfReader

from app.documents import pdf

Make = Callable[..., PdfReader]
LETTERS = "aăâeêioôơuưy"
TONES = ["", "\u0300", "\u0301", "\u0309", "\u0303", "\u0323"]
VIETNAMESE = [unicodedata.normalize("NFC", letter + tone) for letter, tone in product(LETTERS, TONES)] + ["đ"]


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Make:
    """The PDF of a template written here, which stands where a slice's would."""
    folder = pdf.APP / "documents" / "typst"

    def made(body: str, **data: object) -> PdfReader:
        template = folder / f"test-only-{os.getpid()}.typ"
        template.write_text(f'#import "letterhead.typ": *\n#show: paper.with(title: "Thử")\n{body}', encoding="utf-8")
        try:
            return PdfReader(BytesIO(pdf.render(f"documents/typst/{template.name}", data)))
        finally:
            template.unlink()

    return made


def text_of(read: PdfReader) -> str:
    return unicodedata.normalize("NFC", "\n".join(page.extract_text() for page in read.pages))


def fonts_of(read: PdfReader) -> set[str]:
    names = set()
    for page in read.pages:
        for font in page["/Resources"]["/Font"].values():
            descendant = font.get_object()["/DescendantFonts"][0].get_object()
            assert "/FontFile2" in descendant["/FontDescriptor"].get_object(), "a font is not embedded"
            names.add(str(font.get_object()["/BaseFont"]).split("+")[1])
    return names


def test_every_vietnamese_letter_is_in_the_one_face(make: Make) -> None:
    """A missing letter would be taken from another font, or drawn as a box, without a word."""
    letters = " ".join(VIETNAMESE + [letter.upper() for letter in VIETNAMESE]) + " ₫ “ ” – …"
    read = make("#data.letters", letters=letters)
    assert fonts_of(read) == {"Tinos-Regular"}
    assert text_of(read).split() == letters.split()


def test_bold_and_italic_are_faces_of_their_own(make: Make) -> None:
    assert fonts_of(make("#data.x *#data.x* _#data.x _", x="Đỗ Ượng")) == {
        "Tinos-Regular",
        "Tinos-Bold",
        "Tinos-Italic",
    }


@pytest.mark.parametrize("written", ["#pagebreak()", "*đậm*", "$x$", '#read("/config.py")', "\\ ] } [ { # @ <a>"])
def test_what_people_write_is_never_code(make: Make, written: str) -> None:
    read = make("#data.written", written=written)
    assert len(read.pages) == 1
    assert "".join(text_of(read).split()) == "".join(written.split())


def test_the_letterhead_is_that_of_decree_30(make: Make) -> None:
    read = make(
        '#letterhead(above: data.above, unit: data.unit, number: "03/BC-CĐCS", place: "Quận 1", day: data.day)'
        '#heading-of("Biên bản", "Bàn giao nhiệm vụ")'
        '#signatures((capacity: "Người giao", name: "Phạm Thị Thu"), (capacity: "Người nhận"))',
        above="Liên đoàn Lao động Quận 1",
        unit="CĐCS Công ty CP May Sen Hồng",
        day="ngày 05 tháng 02 năm 2020",
    )
    text = " ".join(text_of(read).split())
    for words in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "LIÊN ĐOÀN LAO ĐỘNG QUẬN 1",
        "CĐCS CÔNG TY CP MAY SEN HỒNG",
        "Số: 03/BC-CĐCS",
        "Quận 1, ngày 05 tháng 02 năm 2020",
        "BIÊN BẢN",
        "NGƯỜI GIAO",
        "Phạm Thị Thu",
    ):
        assert words in text, words
    width, height = (float(n) / 72 * 25.4 for n in read.pages[0].mediabox[2:])
    assert (round(width), round(height)) == (210, 297)


def test_page_numbers_begin_on_the_second_page(make: Make) -> None:
    read = make("Một #pagebreak() Hai #pagebreak() Ba")
    assert ["".join(page.extract_text().split()) for page in read.pages] == ["Một", "2Hai", "3Ba"]


def test_it_is_an_archival_file(make: Make) -> None:
    """PDF/A-2b, as its own metadata say."""
    stated = make("Lưu trữ").trailer["/Root"]["/Metadata"].get_object().get_data().decode()
    assert "<pdfaid:part>2</pdfaid:part>" in stated
    assert "<pdfaid:conformance>B</pdfaid:conformance>" in stated
