"""What may be kept, told by content and never by name."""

import re
from datetime import datetime, timedelta
from typing import Literal

from app.refusal import RuleBroken

Kind = Literal["picture", "pdf"]
LARGEST = 20 * 1024 * 1024  # bytes, as they come
MOST_PIXELS = 40_000_000  # of a picture that is decoded whole, in 240 MB; a JPEG is decoded smaller at once
MOST_PIXELS_JPEG = 220_000_000
LONGEST_SIDE = 2400  # of a picture as it is kept
GRACE = timedelta(days=7)

REFUSED = {
    "empty": "Tệp này không có gì bên trong. Anh/chị chọn lại tệp.",
    "large": "Tệp này lớn hơn {most} MB. Anh/chị chụp ở cỡ nhỏ hơn, hoặc lưu lại bản nhẹ hơn.",
    "kind": (
        "Ở đây nhận ảnh (JPG, PNG, WEBP, GIF) và PDF; tệp này là loại khác. Ảnh HEIC của iPhone: vào Cài đặt, "
        "Camera, Định dạng, chọn “Tương thích nhất” rồi chụp lại, hoặc gửi ảnh chụp màn hình."
    ),
    "pixels": "Ảnh này có quá nhiều điểm ảnh. Anh/chị chụp hoặc lưu lại ở cỡ nhỏ hơn.",
    "broken": "Ảnh này không mở được, có thể đã đứt giữa chừng. Anh/chị gửi lại, hoặc chụp lại.",
    "acts": "PDF này có phần tự chạy hoặc có tệp đính bên trong. Anh/chị in ra PDF một lần nữa rồi gửi bản ấy.",
}


class FileRefused(RuleBroken):
    """`why` is a word of `REFUSED`."""

    kind = "invalid"

    def __init__(self, why: str) -> None:
        self.why = why
        self.words = REFUSED[why]  # type: ignore[misc]
        super().__init__(most=LARGEST // 1024 // 1024)


class FileLost(RuleBroken):
    kind = "conflict"
    words = "Tệp này không còn đọc được trên máy chủ. Anh/chị báo quản trị; có tệp gốc thì gửi lại được."


PICTURES = re.compile(rb"\xff\xd8\xff|\x89PNG\r\n\x1a\n|GIF8[79]a|RIFF.{4}WEBP", re.DOTALL)
STREAMS = re.compile(rb"stream\r?\n.*?endstream", re.DOTALL)
HIDDEN = re.compile(rb"#([0-9A-Fa-f]{2})")
ACTS = re.compile(rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData)(?![A-Za-z0-9])")


def kind_of(data: bytes) -> Kind:
    """What the file is by its first bytes. Raises `FileRefused`."""
    if not data:
        raise FileRefused("empty")
    if len(data) > LARGEST:
        raise FileRefused("large")
    if PICTURES.match(data):
        return "picture"
    if not data.startswith(b"%PDF-"):
        raise FileRefused("kind")
    return "pdf"


def check_pdf(data: bytes) -> None:
    """Raises `FileRefused` for a PDF that plainly holds what runs by itself, or other files. What is packed into its
    streams is not looked into: therefore a PDF is only ever saved, never opened on our pages."""
    names = HIDDEN.sub(lambda found: bytes([int(found[1], 16)]), STREAMS.sub(b"", data))
    if ACTS.search(names):
        raise FileRefused("acts")


def most_pixels(form: str | None) -> int:
    return MOST_PIXELS_JPEG if form == "JPEG" else MOST_PIXELS


def is_over(since: datetime, now: datetime) -> bool:
    """Whether a file to which nothing refers since then goes. A backup of the database that is younger finds the
    file still there."""
    return since + GRACE <= now
