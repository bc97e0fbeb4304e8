"""The completion tables as spreadsheets: the same rows as on the page, so that an office can sort and add them up."""

from collections.abc import Sequence

from app import clock
from app.documents.spreadsheet import Cell, Sheet, workbook
from app.progress import queries, rules
from app.progress.queries import Counts, MemberCell, Table, Total


def of_unit(page: queries.UnitPage) -> bytes:
    """The members as the filter left them × each step; then the totals of the whole unit."""
    heads = ["STT", "Họ và tên", "Tổ công đoàn", *_heads(page.table), "Ghi chú"]
    rows = [_member(page.lines.first + n, line) for n, line in enumerate(page.lines.items)]
    about = ", ".join([f"Hoàn thành năm {page.programme.year}, {page.unit.name}", *page.filter_words])
    members = Sheet("Đoàn viên", heads, rows, title=f"{about}. Tính đến {clock.stamp(page.at)}.", widths=(6, 30, 20))
    return workbook([members, _totals(page.totals, declined=True)])


def of_federation(page: queries.FederationPage) -> bytes:
    """Every unit × each step, done and asked in columns of their own; no member's name, and not who said no."""
    heads = _done_and_asked(page.table)
    lines = enumerate(page.lines.items, page.lines.first)
    rows = [_counts(n, line.unit.code, line.unit.short, line.boxes) for n, line in lines]
    title = f"Hoàn thành năm {page.programme.year}, {page.unit.name}. Tính đến {clock.stamp(page.at)}."
    return workbook([Sheet("Đơn vị", heads, rows, title=title, widths=(6, 10, 40)), _totals(page.totals)])


def of_closed(page: queries.ClosedPage) -> bytes:
    """Closed figures: the same file for ever."""
    said = f"Số liệu chốt ngày {clock.short_date(page.day)}, {page.name}. Mã kiểm {page.digest[:16]}."
    sheets = []
    if page.federation:
        lines = enumerate(page.lines.items, page.lines.first)
        rows = [_counts(n, line.code, line.short, line.boxes) for n, line in lines]
        sheets.append(Sheet("Đơn vị", _done_and_asked(page.table), rows, title=said, widths=(6, 10, 40)))
    return workbook([*sheets, _totals(page.totals, page.own and not page.federation, said)], made=page.at)


def _done_and_asked(table: Table) -> list[str]:
    return ["STT", "Mã", "Đơn vị", *(f"{head}: {words}" for head in _heads(table) for words in ("xong", "mời"))]


def _heads(table: Table) -> list[str]:
    return [
        f"{column.heading}, {part.label}" if part.label else column.heading
        for column in table.columns
        for part in column.parts
    ]


def _member(number: int, line: queries.MemberLine) -> list[Cell]:
    note = f"Tạm miễn trong kỳ, đến hết {clock.short_date(line.exempt_until)}" if line.exempt_until else ""
    cells = [_said(cell) for box in line.boxes for cell in box.cells]
    return [number, line.name, line.group, *cells, note]


def _said(cell: MemberCell) -> Cell:
    """The day for what is done; a word for the rest."""
    if cell.state == "done" and cell.at:
        return clock.local(cell.at).date()
    return rules.STATE_WORDS[cell.state]


def _counts(number: int, code: str, short: str, boxes: Sequence[Counts]) -> list[Cell]:
    return [number, code, short, *(cell for box in boxes for cell in _counted(box))]


def _counted(box: Counts) -> list[Cell]:
    return [n if share.asked else "–" for _, share in box.parts for n in (share.done, share.asked)]


def _totals(totals: Sequence[Total], declined: bool = False, title: str = "") -> Sheet:
    """Above the unit nobody learns how many said no."""
    heads = ["Việc", "Được mời làm", "Đã xong", *(["Không đăng ký"] if declined else []), "Còn"]
    rows: list[list[Cell]] = []
    for total in totals:
        no: list[Cell] = [total.share.declined] if declined else []
        rows.append([total.step.title, total.share.asked, total.share.done, *no, total.left])
    return Sheet("Tổng cộng", heads, rows, title=title, widths=(50, 14, 14, 14, 14))
