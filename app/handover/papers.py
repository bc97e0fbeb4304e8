"""The minutes of a handover: what stands in them, and as a Word document."""

from collections.abc import Mapping
from typing import Any

from app import clock
from app.documents import word
from app.handover.queries import Handover
from app.web.templating import formal_date

BLANK = "." * 60


def minutes(page: Handover) -> dict[str, Any]:
    """What stands in the minutes, be they a PDF or a Word file: numbers, titles of steps, the two who sign."""
    waiting, taker = page.waiting, page.receiver
    return {
        "title": f"Biên bản bàn giao, {page.unit.short}",
        "above": page.above,
        "unit": page.unit.name,
        "about": "Bàn giao nhiệm vụ công đoàn",
        "day": formal_date(clock.today()),
        "at": clock.stamp(page.at),
        "year": page.year,
        "giver": page.giver.name,
        "giver_line": f"{page.giver.name}, {page.giver.words}",
        "receiver": taker.name,
        "receiver_line": ", ".join(words for words in (taker.name, taker.words) if words) or BLANK,
        "duties": [f"{term.words}, {term.dates}" for term in page.duties],
        "state": [
            f"Phiếu chờ BCH xem: {waiting.number}"
            + (f", gửi sớm nhất {clock.long_date(waiting.oldest)}" if waiting.oldest else ""),
            f"Phiếu đã đề nghị bổ sung: {waiting.returned}; đã xác nhận: {waiting.confirmed}",
            f"Danh sách đang nạp dở: {len(page.lists)}",
            f"Đoàn viên: {page.members}, trong đó chưa vào lần nào: {page.left.outside}",
        ],
        "totals": [[one.step.title, str(one.share.done), str(one.share.asked)] for one in page.totals],
        "first": page.first or ["Không có việc nào phải làm ngay."],
        "by_hand": ["Con dấu, tài chính, tài sản", "Hồ sơ, sổ sách trên giấy", "Việc khác"],
        "blank": BLANK,
    }


def word_minutes(data: Mapping[str, Any]) -> bytes:
    """As `typst/minutes.typ` sets them."""
    made = word.paper(data["title"])
    word.letterhead(made)
    word.heading(made, "Biên bản")
    word.line(made, "Hôm nay, {{ day }}, chúng tôi gồm:", before=6)
    word.line(made, "Bên giao: {{ giver_line }}")
    word.line(made, "Bên nhận: {{ receiver_line }}")
    word.line(made, "đã bàn giao các việc sau đây, số liệu tính đến {{ at }}.")
    word.line(made, "1. Nhiệm vụ", bold=True, before=6)
    word.each(made, "duties", "- {{ one }}")
    word.line(made, "2. Việc đang có", bold=True, before=6)
    word.each(made, "state", "- {{ one }}")
    word.line(made, "3. Kết quả năm {{ year }}", bold=True, before=6)
    word.table(made, "totals", COLUMNS)
    word.line(made, "4. Việc bên nhận làm trước", bold=True, before=10)
    word.each(made, "first", "- {{ one }}")
    word.line(made, "5. Ghi tay", bold=True, before=6)
    word.each(made, "by_hand", "- {{ one }}: {{ blank }}")
    word.line(made, LAST, before=6).paragraph_format.keep_with_next = True
    word.signatures(made, ("Bên giao", "{{ giver }}"), ("Bên nhận", "{{ receiver }}"))
    return word.render(made, data)


LAST = "Biên bản lập thành hai bản, mỗi bên giữ một bản./."
COLUMNS = (
    ("Việc", 115, "{{ one[0] }}"),
    ("Đã xong", 25, "{{ one[1] }}"),
    ("Được mời", 25, "{{ one[2] }}"),
)
