"""Which column is which: headings are compared folded, without marks, brackets or punctuation."""

import re
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from app.text import fold, one_line

Kind = Literal["members", "units", "changes"]
Field = str
Rows = Sequence[Sequence[str]]

LABELS: dict[Kind, dict[Field, str]] = {
    "members": {
        "name": "Họ và tên",
        "family": "Họ đệm",
        "given": "Tên",
        "group": "Tổ",
        "code": "Mã đoàn viên",
        "phone": "Điện thoại",
        "email": "Thư điện tử",
        "unit": "Đơn vị",
        "address": "Danh xưng",
    },
    "units": {
        "name": "Tên đơn vị",
        "kind": "Loại",
        "code": "Mã đơn vị",
        "parent": "Mã cấp trên",
        "chair": "Chủ tịch",
        "phone": "Điện thoại",
    },
    "changes": {
        "code": "Mã đơn vị",
        "verb": "Việc",
        "name": "Tên mới",
        "parent": "Mã cấp trên mới",
        "other": "Mã đơn vị nhận",
        "kind": "Loại",
        "groups": "Tổ sang đơn vị mới",
        "day": "Từ ngày",
    },
}
WHO = "doan vien|cnvcld|cnvc|nguoi lao dong|nld|can bo|nhan vien|cong nhan|giao vien|vien chuc|lao dong|cbnv|cbcnv"
PATTERNS: dict[Kind, dict[Field, str]] = {
    "members": {
        "name": rf"ho( va| &)? ?ten( day du| khai sinh)?( cua)?( ({WHO}))?|ten (day du|{WHO})|hovaten|hoten|full ?name",
        "family": r"ho( va)?( ten)?( chu)? (dem|lot)|ho",
        "given": r"ten|ten goi|ten rieng",
        "group": r"to|(ten )?to (cong doan|cd|san xuat|sx|chuyen mon|doi|may)|cong doan bo phan|cdbp|phong|phong ban|"
        r"ban|bo phan( cong tac| lam viec)?|(day )?chuyen|(phan )?xuong|khoa|khoa phong|phong khoa|doi|noi lam viec|"
        r"phong ban to|to chuyen|to phong|to khoi|khoi|department|line",
        "code": rf"(ma|so)( so)?( the)? ({WHO}|dv|nv|cb|gv)|ma so( the)?|ma the|so the|ma|msnv|manv|msdv|"
        r"ma (doan vien|nhan vien) neu (co|da co)",
        "phone": r"(so )?(dien thoai|dt|dien thoai di dong|di dong|dtdd|dt di dong)( lien he| ca nhan| zalo| dd)?|"
        r"sdt( lien he| ca nhan| zalo)?|(so )?zalo|so may|mobile|phone|tel|dien thoai neu co",
        "email": r"(dia chi )?(e ?mail|thu dien tu)( neu co)?|mail|hop thu( dien tu)?",
        "unit": r"(ten |ma )?(don vi|cdcs|cong doan co so|cong doan|cd co so|truong)( cong tac)?",
        "address": r"danh xung|gioi( tinh)?|cach goi|xung ho",
    },
    "units": {
        "name": r"(ten )?(don vi|cong doan|cdcs|cong doan co so|to chuc cong doan)|ten",
        "kind": r"loai( don vi| hinh| cong doan)?|cap( cong doan)?",
        "code": r"ma( so)?( don vi| cdcs| cong doan)?",
        "parent": r"(ma )?((don vi|cong doan) )?cap tren( truc tiep)?|truc thuoc|thuoc( don vi)?|ma don vi cap tren",
        "chair": r"(ho( va)? ten )?(chu tich|nguoi dung dau)( cong doan| cdcs)?|ten chu tich",
        "phone": r"(so )?(dien thoai|dt|sdt|di dong|dtdd)( cua)?( chu tich| lien he)?",
    },
    "changes": {
        "code": r"ma( so)?( don vi| cdcs| cong doan)?( cu| hien tai)?",
        "verb": r"viec|thay doi|(noi dung|loai|hinh thuc)( thay doi| sap xep)|hinh thuc",
        "name": r"ten (goi )?moi|ten (don vi|cdcs|cong doan) moi",
        "parent": r"(ma )?((don vi|cong doan) )?cap tren( truc tiep)?( moi)?|(ma )?don vi cap tren( moi)?",
        "other": r"(ma )?(don vi )?(nhan|tiep nhan|thay the)|ma( don vi)? moi|(ma )?don vi moi",
        "kind": r"loai( don vi| hinh| cong doan)?( moi)?",
        "groups": r"(ma )?(cac )?to( cong doan)?( sang don vi moi| chuyen sang| sang)?",
        "day": r"(tu )?ngay( co)?( hieu luc)?|hieu luc( tu)?( ngay)?",
    },
}
ORDINAL = r"stt|so tt|tt|so thu tu|no|so"
SEARCHED = 40  # rows, from the top, in which the headings may stand


@dataclass(frozen=True)
class Header:
    """The headings of a list. `row` is where the last of them stands (counted from 0), `heads` says what each column is
    called, `fields` which column each of ours is; `unused` are headings that we neither need nor keep."""

    row: int
    heads: tuple[str, ...]
    fields: Mapping[Field, int]
    unused: tuple[str, ...]


def key(heading: str) -> str:
    """The heading as it is compared: `Số ĐT (*)` is `so dt`."""
    plain = re.sub(r"\([^)]*\)|\[[^]]*\]", " ", heading)
    return " ".join(re.sub(r"[^a-z0-9&]+", " ", fold(plain)).split())


def field_of(heading: str, kind: Kind) -> Field | None:
    """Which of our fields the heading names; None for anything else."""
    compared = key(heading)
    found = (field for field, pattern in PATTERNS[kind].items() if re.fullmatch(pattern, compared))
    return next(found, None) if compared else None


def find(rows: Rows, kind: Kind) -> Header | None:
    """The headings: the row near the top that names most of what we look for, with the one below it where they stand in
    two rows. None where no row names the person or unit."""
    scored = [(len(fields), -row) for row in range(min(SEARCHED, len(rows))) if (fields := _fields(rows[row], kind))]
    if not scored:
        return None
    row = -max(scored)[1]
    heads = list(rows[row])
    below = rows[row + 1] if row + 1 < len(rows) else []
    joined = _joined(heads, below, kind)
    if _goes_on(below, kind) and _fields(joined, kind).keys() >= _fields(heads, kind).keys():
        row, heads = row + 1, joined
    fields = _fields(heads, kind)
    return header(row, heads, _in_two(fields, heads, rows[row + 1 :]), kind)


def _fields(heads: Sequence[str], kind: Kind) -> dict[Field, int]:
    """The column of each field that these headings name, the first of several; nothing where the name is missing."""
    found: dict[Field, int] = {}
    for column, heading in enumerate(heads):
        field = field_of(heading, kind)
        if field and field not in found:
            found[field] = column
    if "given" in found and "family" not in found:
        found.setdefault("name", found["given"])
    if "name" in found or "family" not in found or "given" not in found:
        found.pop("family", None)
        found.pop("given", None)
    return found if suffices(kind, found) else {}


def suffices(kind: Kind, fields: Container[Field]) -> bool:
    """Whether these columns say what a line is about."""
    if kind == "changes":
        return "code" in fields and "verb" in fields
    return "name" in fields or ("family" in fields and "given" in fields)


def kind_of(slug: str) -> Kind:
    return next(kind for kind in LABELS if kind == slug)


def _in_two(fields: dict[Field, int], heads: Sequence[str], rows: Rows) -> dict[Field, int]:
    """One heading over two columns, as schools do it: `Họ và tên` stands over the family name, the given name stands
    beside it under nothing."""
    column = fields.get("name", -1)
    if column < 0 or (column + 1 < len(heads) and heads[column + 1].strip()):
        return fields
    people = [row for row in rows[:30] if len(row) > column and row[column].strip()]
    beside = [row[column + 1] for row in people if len(row) > column + 1 and row[column + 1].strip()]
    words = [cell for cell in beside if len(cell.split()) == 1 and cell.strip().isalpha()]
    if not people or len(words) < 0.8 * len(people):
        return fields
    return {name: at for name, at in fields.items() if name != "name"} | {"family": column, "given": column + 1}


def _goes_on(below: Sequence[str], kind: Kind) -> bool:
    """Whether the row below holds headings too: most of what stands in it names fields of ours."""
    filled = [cell for cell in below if cell.strip()]
    named = [cell for cell in filled if field_of(cell, kind)]
    return len(named) > len(filled) / 2


def _joined(heads: Sequence[str], below: Sequence[str], kind: Kind) -> list[str]:
    """Two rows of headings as one: what the lower says, where it says something that we know or the upper is silent."""
    width = max(len(heads), len(below))
    upper, lower = (list(row) + [""] * (width - len(row)) for row in (heads, below))
    return [
        low if low.strip() and (field_of(low, kind) or not up.strip()) else up
        for up, low in zip(upper, lower, strict=True)
    ]


def header(row: int, heads: Sequence[str], fields: Mapping[Field, int], kind: Kind) -> Header:
    shown = tuple(one_line(heading)[:80] for heading in heads)
    unused = tuple(
        heading
        for column, heading in enumerate(shown)
        if heading and column not in fields.values() and not re.fullmatch(ORDINAL, key(heading))
    )
    return Header(row, shown, dict(fields), unused)


def chosen(found: Header, columns: Mapping[Field, int | None], kind: Kind) -> Header | None:
    """The headings with other columns than were recognised; None where the name has none, or one column two fields."""
    fields = {field: column for field, column in columns.items() if field in LABELS[kind] and column is not None}
    within = all(0 <= column < len(found.heads) for column in fields.values())
    if not within or not suffices(kind, fields) or len(set(fields.values())) < len(fields):
        return None
    return header(found.row, found.heads, fields, kind)
