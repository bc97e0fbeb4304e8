"""A picture comes out as pixels alone, the right way up; what is none is refused in plain words."""

import re
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from PIL.TiffImagePlugin import IFDRational

from app.files import actions, pictures, rules
from tests.files import hostile
from tests.files.hostile import picture


def photo() -> bytes:
    """As a telephone takes it: lying on its side, with the place, the device and a small preview."""
    taken = Image.new("RGB", (64, 48), (200, 30, 30))
    taken.paste((30, 30, 200), (0, 0, 32, 48))  # its left half is blue
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "Samsung", "SM-A125F", 6  # turned by a quarter to the right
    where = {1: "N", 2: (IFDRational(10), IFDRational(46), IFDRational(37)), 3: "E", 4: (IFDRational(106), 41, 43)}
    exif[0x8825] = where
    made = BytesIO()
    taken.save(made, "JPEG", exif=exif, quality=95, comment=b"nha rieng cua Hoa")
    return made.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(BytesIO(data))


def test_where_and_with_what_a_photograph_was_taken_is_gone() -> None:
    before = photo()
    assert opened(before).getexif().get_ifd(0x8825), "the photograph for this test has no place"
    after, kind = pictures.redrawn(before)
    assert kind == "image/jpeg"
    assert not opened(after).getexif()
    assert opened(after).info.keys() <= {
        "jfif",
        "jfif_version",
        "jfif_unit",
        "jfif_density",
        "progressive",
        "progression",
    }
    assert not any(trace in after for trace in (b"Exif", b"Samsung", b"SM-A125F", b"Hoa"))


def test_a_photograph_taken_on_its_side_stands_upright() -> None:
    after = opened(pictures.redrawn(photo())[0])
    assert after.size == (48, 64)
    top, bottom = after.getpixel((24, 8)), after.getpixel((24, 56))
    assert isinstance(top, tuple)
    assert isinstance(bottom, tuple)
    assert (top[2] > top[0], bottom[0] > bottom[2]) == (True, True)  # its left is above now


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
def test_every_form_of_picture_that_is_taken_opens_afterwards(form: str) -> None:
    after, kind = pictures.redrawn(picture(form))
    assert opened(after).size == (60, 40)
    assert kind == "image/jpeg"


def test_what_is_transparent_stays_so() -> None:
    made = BytesIO()
    Image.new("RGBA", (30, 30), (0, 0, 0, 0)).save(made, "PNG")
    after, kind = pictures.redrawn(made.getvalue())
    assert (kind, opened(after).mode) == ("image/png", "RGBA")


def test_a_large_photograph_is_made_smaller_and_keeps_its_shape() -> None:
    after = opened(pictures.redrawn(picture(size=(6000, 3000)))[0])
    assert after.size == (2400, 1200)


def test_a_photograph_of_108_million_pixels_is_taken() -> None:
    """Takes 2 s: what the telephones of today write is decoded at a quarter."""
    assert opened(pictures.redrawn(picture(size=(12000, 9000), quality=40))[0]).size == (2400, 1800)


def test_what_hangs_behind_a_picture_or_lies_in_its_texts_is_gone() -> None:
    behind = picture() + hostile.HTML
    inside = picture(comment=hostile.HTML)
    for data in (behind, inside):
        assert b"script" in data
        assert b"script" not in pictures.redrawn(data)[0]


@pytest.mark.parametrize(("data", "why"), hostile.REFUSED.values(), ids=hostile.REFUSED.keys())
def test_what_is_no_picture_and_no_plain_pdf_is_refused(app: Any, data: bytes, why: str) -> None:
    with app.app_context(), pytest.raises(rules.FileRefused) as refused:
        actions.prepare(data, None)
    assert refused.value.why == why
    assert str(refused.value)


def test_every_refusal_says_what_to_do() -> None:
    for why in rules.REFUSED:
        words = str(rules.FileRefused(why))
        assert re.search(r"Anh/chị|nhận ảnh", words), why
        assert "{" not in words


@pytest.mark.parametrize("names", [b"", b"/Lang (vi) /PageMode /UseOutlines", b"/JSON 3 0 R"])
def test_a_plain_pdf_is_taken(names: bytes) -> None:
    rules.check_pdf(hostile.pdf(names))


def test_letters_that_happen_to_stand_in_a_packed_stream_are_no_script() -> None:
    rules.check_pdf(hostile.pdf() + b"2 0 obj << /Length 9 >>\nstream\nab/JS (cd\nendstream\nendobj\n")
