"""What goes out of this slice as a Word document."""

from collections.abc import Mapping
from typing import Any

from app.documents import word


def members(data: Mapping[str, Any]) -> bytes:
    """The list of members, as `typst/members.typ` sets it."""
    made = word.paper(data["title"])
    word.letterhead(made)
    word.heading(made, "Danh sách đoàn viên")
    word.table(made, "people", COLUMNS)
    word.line(made, "Danh sách có {{ people|length }} đoàn viên.", before=6)
    word.signatures(made, ("Người lập danh sách", ""), ("TM. Ban Chấp hành", ""))
    return word.render(made, data)


COLUMNS = (
    ("STT", 13, "{{ loop.index }}"),
    ("Họ và tên", 62, "{{ one[0] }}"),
    ("Mã đoàn viên", 30, "{{ one[1] }}"),
    ("Tổ công đoàn", 36, "{{ one[2] }}"),
    ("Ghi chú", 24, ""),
)
