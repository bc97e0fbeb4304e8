"""What goes out of this slice as a spreadsheet."""

from app import clock
from app.accounts.queries import Listing
from app.documents.spreadsheet import Sheet, workbook


def members(found: Listing) -> bytes:
    """The list of members: what the page shows of them, and nothing more."""
    rows = [(n, one.name, one.code, one.group) for n, one in enumerate(found.people, start=1)]
    title = f"Danh sách đoàn viên, {found.place}, ngày {clock.short_date(clock.today())}"
    heads = ("STT", "Họ và tên", "Mã đoàn viên", "Tổ công đoàn")
    return workbook([Sheet("Đoàn viên", heads, rows, title=title, widths=(6, 34, 18, 26))])
