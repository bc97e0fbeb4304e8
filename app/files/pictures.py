"""A picture drawn anew: what was not pixels is gone (where it was taken, by which telephone, what was hidden in it)."""

from io import BytesIO

from PIL import Image, ImageOps

from app.files.rules import LONGEST_SIDE, FileRefused, most_pixels

FORMS = ("JPEG", "PNG", "WEBP", "GIF")
Image.MAX_IMAGE_PIXELS = None  # our own bound is asked before anything is decoded


def redrawn(data: bytes) -> tuple[bytes, str]:
    """The picture the right way up, no larger than needed, and its media type: a PNG where parts of it are transparent,
    else a JPEG. Of a moving picture the first frame. Raises `FileRefused`."""
    try:
        with Image.open(BytesIO(data), formats=FORMS) as picture:
            return _drawn(picture)
    except FileRefused:
        raise
    except Exception:  # whatever a decoder stumbles over, the file is at fault
        raise FileRefused("broken") from None


def _drawn(picture: Image.Image) -> tuple[bytes, str]:
    if picture.width * picture.height > most_pixels(picture.format):
        raise FileRefused("pixels")
    picture.draft("RGB", (LONGEST_SIDE, LONGEST_SIDE))  # a JPEG is decoded at a half, a quarter, an eighth
    picture.load()
    clear = picture.has_transparency_data
    ImageOps.exif_transpose(picture, in_place=True)
    pixels = picture.convert("RGBA" if clear else "RGB")
    pixels.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    plain = Image.new(pixels.mode, pixels.size)
    plain.paste(pixels)
    drawn = BytesIO()
    if clear:
        plain.save(drawn, "PNG", optimize=True)
    else:
        plain.save(drawn, "JPEG", quality=85, optimize=True, progressive=True)
    return drawn.getvalue(), "image/png" if clear else "image/jpeg"
