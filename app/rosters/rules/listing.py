"""From rows of text to the lines of a list: who is a line, and what stands around the list and is none."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.rosters.rules.columns import Field, Header, Rows, key
from app.text import fold, nfc

# A row with one cell that begins so is the heading of the people below it. With its marks: `tô` is a family name.
HEADING = re.compile(
    r"^(?:(?:[ivx]+|\d+)\s*[.)/:-]\s*)?(?:(?:tổ|phòng|ban|bộ phận|(?:dây )?chuyền|(?:phân )?xưởng|khoa|khối|đội"
    r"|công đoàn bộ phận|cđbp)\b|(?:to|phong|chuyen|xuong|doi) (?:so )?\d)",
    re.IGNORECASE,
)
# What stands under a list, compared as headings are: sums, place and day, signatures.
FOOT = re.compile(
    r"(?:tong (?:so|cong)\b.*|tong|cong(?: \d+.*)?|nguoi lap\b.*|lap bieu|ghi chu\b.*|xac nhan\b.*|thu truong(?: .*)?"
    r"|t ?m .*|(?:.* )?ngay (?:\d+ )?thang\b.*|an dinh .*|danh sach (?:co|nay|tren) .*|ky(?: va)?,? .*ten"
    r"|(?:pho )?chu tich\b.*|(?:pho )?giam doc|(?:pho )?hieu truong)"
)


@dataclass(frozen=True)
class Line:
    """A row of the file below its headings. `n` is its number in the file, counted from 1 as Excel does; `aside` says
    why it is nobody, '' where it is somebody."""

    n: int
    cells: Mapping[Field, str]
    aside: str = ""


def lines(rows: Rows, header: Header) -> Iterator[Line]:
    """Every row that holds anything. A heading such as `II. Tổ May 3` is the tổ of those below, where no column is."""
    group, ended = "", False
    for at in range(header.row + 1, len(rows)):
        row = [cell.strip() for cell in rows[at]]
        filled = [cell for cell in row if cell]
        if not filled:
            continue
        cells = {field: row[column] if column < len(row) else "" for field, column in header.fields.items()}
        aside = _aside(cells, filled, at == header.row + 1, ended)
        ended = ended or (aside == FOOTER)
        if aside == GROUP:
            group = _named(filled)
        if not aside and group and "group" not in header.fields:
            cells["group"] = group
        yield Line(at + 1, cells, aside)


FOOTER = "Dòng cuối danh sách, không phải đoàn viên."
GROUP = "Dòng tên tổ, không phải đoàn viên."
NUMBERS = "Dòng đánh số cột."
EXAMPLE = "Dòng ví dụ của tệp mẫu."
OTHER = "Dòng không có họ tên."


def _aside(cells: Mapping[Field, str], filled: list[str], first: bool, ended: bool) -> str:
    name = " ".join(cells.get(field, "") for field in ("family", "given", "name")).strip()
    if first and all(len(cell.strip("()[] ")) <= 2 for cell in filled):
        return NUMBERS
    if fold(name).startswith("vi du"):
        return EXAMPLE
    words = [cell for cell in filled if not re.fullmatch(r"(?:[ivxIVX]{1,5}|\d{1,5})\s?[.)]?", cell)]
    if len(words) <= 2 and (ended or any(FOOT.fullmatch(key(cell)) for cell in words)):
        return FOOTER
    if len(words) == 1 and HEADING.match(nfc(words[0])) and len(words[0].split()) <= 8:
        return GROUP
    others = [cell for field, cell in cells.items() if cell and field not in ("group", "unit", "address")]
    return "" if name or len(others) > 1 else OTHER


def _named(filled: list[str]) -> str:
    words = next(cell for cell in filled if HEADING.match(nfc(cell)))
    return re.sub(r"^(?:[IVXivx]+|\d+)\s*[.)/:-]\s*", "", words).strip(" :")
