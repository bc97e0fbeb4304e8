"""A list of changes of units: what a line asks for, what is missing in it, and in which order lines are done."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.organisation.rules.changes import WORDS, Verb
from app.rosters.rules.columns import Field, key
from app.rosters.rules.unit_lists import read_kind
from app.rosters.rules.values import Cleaned, Read, is_nothing, read_words
from app.units.rules import is_unit_code

# How people write each; compared as headings are.
VERBS: dict[Verb, str] = {
    "open": r"mo( moi| don vi| don vi moi)?|thanh lap( moi)?",
    "rename": r"(doi|dat|sua) ten( moi| don vi)?",
    "move": r"(chuyen|doi)( sang| ve)?( cap tren| don vi)?( moi| khac)?|chuyen sang cap tren khac",
    "merge": r"sap nhap( vao)?( don vi khac)?|nhap( vao)?|hop nhat( vao)?",
    "split": r"(chia )?tach( ra)?( thanh)?( don vi moi)?",
    "close": r"(dong|ket thuc|cham dut)( hoat dong)?|giai the",
}
FIRST_DONE: tuple[Verb, ...] = ("open", "rename", "split", "move", "merge", "close")  # of the same day


@dataclass(frozen=True)
class Line:
    """A line that is whole. `other`: the new parent, what it merges into, what succeeds it, the code of the unit that a
    split makes; `groups` are codes of tổ."""

    n: int
    code: str
    verb: Verb
    on: date
    other: str = ""
    name: str = ""
    kind: str = ""
    groups: tuple[str, ...] = ()


def line_of(n: int, values: Mapping[str, str]) -> Line:
    """From the cells as `clean` left them."""
    return Line(
        n=n,
        code=values["code"],
        verb=next(verb for verb in WORDS if verb == values["verb"]),
        on=date.fromisoformat(values["day"]),
        other=values.get("other", ""),
        name=values.get("name", ""),
        kind=values.get("kind", ""),
        groups=tuple(values.get("groups", "").split()),
    )


def clean(cells: Mapping[Field, str], day: date | None) -> Cleaned:
    """A row of the file; `day` is what its cell of that name says."""
    verb = read_verb(cells.get("verb", ""))
    name = read_words(cells.get("name", ""), 150)
    others = [read_code(cells.get(field, "")) for field in ("parent", "other")]
    groups = [read_code(word) for word in re.split(r"[\s,;]+", cells.get("groups", "")) if word]
    read = {
        "code": read_code(cells.get("code", ""), "Dòng này chưa có mã đơn vị."),
        "verb": verb,
        "name": name,
        "other": Read(next((one.value for one in others if one.value), "")),
        "kind": read_kind(cells.get("kind", ""), name.value) if verb.value == "open" else Read(),
        "groups": Read(" ".join(one.value for one in groups)),
        "day": Read(day.isoformat()) if day else Read(fault="Dòng này chưa có ngày, hoặc ngày chưa đúng."),
    }
    values = {field: one.value for field, one in read.items() if one.value}
    faults = [one.fault for one in (*read.values(), *others, *groups) if one.fault]
    return Cleaned(values, faults=tuple(faults or missing(values)))


def read_verb(cell: str) -> Read:
    compared = key(cell)
    found = next((verb for verb, pattern in VERBS.items() if re.fullmatch(pattern, compared)), None)
    if found:
        return Read(found)
    return Read(fault="Chưa rõ việc. Anh/chị ghi: mở, đổi tên, chuyển, sáp nhập, tách, hoặc giải thể.")


def read_code(cell: str, needed: str = "") -> Read:
    code = "".join(cell.split()).upper()
    if is_nothing(code):
        return Read(fault=needed)
    if not is_unit_code(code):
        return Read(fault=f"Mã đơn vị {code[:20]} chưa đúng: chữ in hoa không dấu và số, tối đa 12 ký tự.")
    return Read(code)


NEEDS: dict[Verb, tuple[tuple[str, str], ...]] = {
    "open": (("name", "tên mới"), ("other", "mã cấp trên mới")),
    "rename": (("name", "tên mới"),),
    "move": (("other", "mã cấp trên mới"),),
    "merge": (("other", "mã đơn vị nhận"),),
    "split": (("name", "tên mới"), ("other", "mã của đơn vị mới"), ("groups", "mã các tổ sang đơn vị mới")),
    "close": (),
}


def missing(values: Mapping[str, str]) -> list[str]:
    """What a line of its kind must say, and does not."""
    verb = next(verb for verb in WORDS if verb == values["verb"])
    lacks = [words for field, words in NEEDS[verb] if not values.get(field)]
    return [f"{WORDS[verb]}: dòng này chưa ghi {', '.join(lacks)}."] if lacks else []


def repeated(lines: Sequence[Line]) -> dict[int, int]:
    """Lines that ask of a unit what an earlier one asks of it already: their number → that of the first."""
    first: dict[tuple[str, str, tuple[str, ...]], int] = {}
    found = {}
    for line in lines:
        n = first.setdefault((line.code, line.verb, line.groups), line.n)
        if n != line.n:
            found[line.n] = n
    return found


def in_order(lines: Sequence[Line]) -> list[Line]:
    """By day; on one day what opens comes first, above before below, and what closes last, whatever stands first in the
    file."""
    opened = {line.code: line for line in lines if line.verb == "open"}

    def above(line: Line) -> int:
        """How many of the lines open something over this one."""
        number, at = 0, opened.get(line.other)
        while line.verb == "open" and at is not None and number < len(lines):
            number, at = number + 1, opened.get(at.other)
        return number

    return sorted(lines, key=lambda line: (line.on, FIRST_DONE.index(line.verb), above(line), line.n))
