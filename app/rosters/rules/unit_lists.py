"""A list of units: each against those that there are, and against the other lines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from app.rosters.rules.columns import Field, key
from app.rosters.rules.groups import unit_key
from app.rosters.rules.matching import Verdict
from app.rosters.rules.values import Cleaned, Read, is_nothing, read_name, read_number, read_words
from app.units.rules import is_unit_code

# How each kind is written, compared as headings are; a name that begins so says it by itself.
KINDS = {
    "city": "ldld tinh|ldld thanh pho|ldld tp|lien doan lao dong tinh|lien doan lao dong thanh pho",
    "district": "ldld quan|ldld huyen|ldld|lien doan lao dong quan|lien doan lao dong huyen|lien doan lao dong thi xa|"
    "lien doan lao dong",
    "ward": "cong doan phuong|cong doan xa|cong doan dac khu|cd phuong|cd xa|cd dac khu",
    "section": "cong doan bo phan|cdbp|cd bo phan",
    "group": "to cong doan|to cd|to",
    "grassroots": "cong doan co so|cdcs|cd co so|nghiep doan",
}


@dataclass(frozen=True)
class UnitLine:
    """A line that names a unit. `parent` is what the file says of what stands above, '' for the one that loads."""

    n: int
    name: str
    kind: str
    code: str = ""
    parent: str = ""
    chair: str = ""
    phone: str = ""

    @cached_property
    def key(self) -> str:
        return unit_key(self.name)


@dataclass(frozen=True)
class KnownUnit:
    """A unit at or below the one that loads."""

    id: int
    code: str
    name: str
    short: str
    parent: int | None
    kind: str

    @cached_property
    def keys(self) -> frozenset[str]:
        return frozenset((unit_key(self.name), unit_key(self.short)))


@dataclass(frozen=True)
class Placed:
    """Where a line stands: under a unit that there is (its id), or under that of another line (its number)."""

    verdict: Verdict
    parent: int | None = None
    parent_row: int | None = None
    unit: int | None = None


def read_kind(cell: str, name: str) -> Read:
    """The kind that the cell names, else the one with which the name begins, else a grassroots union."""
    for words in (cell, name):
        plain = key(words)
        found = next((k for k, begins in KINDS.items() if any(_begins(plain, b) for b in begins.split("|"))), "")
        if found:
            return Read(found)
        if words is cell and not is_nothing(cell):
            return Read(
                fault=f"Chưa rõ loại đơn vị “{cell.strip()[:40]}”. Anh/chị ghi CĐCS, CĐ bộ phận, Tổ công đoàn, "
                "CĐ phường/xã hoặc LĐLĐ."
            )
    return Read("grassroots")


def _begins(words: str, with_: str) -> bool:
    return words == with_ or words.startswith(f"{with_} ")


def clean(cells: Mapping[Field, str]) -> Cleaned:
    """A row of a list of units."""
    name = read_words(cells.get("name", ""), 150)
    read = {
        "name": name
        if name.value or name.fault
        else Read(fault="Dòng này chưa có tên đơn vị. Anh/chị điền, hoặc xóa dòng."),
        "kind": read_kind(cells.get("kind", ""), name.value),
        "code": read_unit_code(cells.get("code", "")),
        "parent": read_words(cells.get("parent", ""), 150),
        "chair": Read() if is_nothing(cells.get("chair", "")) else read_name(cells["chair"]),
        "phone": read_number(cells.get("phone", "")),
    }
    return Cleaned(
        values={field: one.value for field, one in read.items() if one.value},
        notes=tuple(note for one in read.values() for note in one.notes),
        faults=tuple(one.fault for one in read.values() if one.fault),
    )


def read_unit_code(cell: str) -> Read:
    code = "".join(cell.split()).upper()
    if is_nothing(code):
        return Read()
    if not is_unit_code(code):
        return Read(
            fault=f"Mã đơn vị {code[:20]} chưa đúng: bắt đầu bằng chữ, chỉ gồm chữ in hoa không dấu và số, "
            "tối đa 12 ký tự. Có thể để trống, mã sẽ được cấp."
        )
    return Read(code)


FOREIGN = "Cấp trên ghi ở dòng này không thuộc phạm vi của anh/chị. Anh/chị sửa mã cấp trên, hoặc để trống."


def place(lines: Sequence[UnitLine], known: Sequence[KnownUnit], top: int, taken: frozenset[str]) -> dict[int, Placed]:
    """What becomes of each line, by its number. `known` are the unit `top` that loads and all below it; `taken` are
    codes of the file that units elsewhere carry."""
    return _Placing(lines, known, top, taken).run()


class _Placing:
    def __init__(self, lines: Sequence[UnitLine], known: Sequence[KnownUnit], top: int, taken: frozenset[str]) -> None:
        self.lines = lines
        self.known = {unit.id: unit for unit in known}
        self.codes = {unit.code: unit for unit in known}
        self.top = top
        self.taken = taken
        self.own = {line.code: line for line in reversed(lines) if line.code}
        self.found: dict[int, Placed] = {}

    def run(self) -> dict[int, Placed]:
        names: dict[tuple[str, str], int] = {}
        for line in self.lines:
            placed = self.one(line)
            at = (f"{placed.parent}/{placed.parent_row}", line.key)
            first = names.setdefault(at, line.n)
            if placed.verdict.outcome == "new" and first != line.n:
                placed = Placed(Verdict("repeated", why=f"Ghi lại đơn vị ở dòng {first}, chỉ nạp một lần."))
            self.found[line.n] = placed
        self._no_circles()
        return self.found

    def one(self, line: UnitLine) -> Placed:
        if line.code and self.own[line.code] is not line:
            return _faulty(f"Mã đơn vị {line.code} đã ghi ở dòng {self.own[line.code].n}. Anh/chị sửa một trong hai.")
        if line.code in self.codes:
            return Placed(Verdict("same"), unit=self.codes[line.code].id)
        if line.code in self.taken:
            return _faulty(f"Mã đơn vị {line.code} đã có. Mã không dùng lại: anh/chị chọn mã khác, hoặc để trống.")
        above = self.above(line)
        if above is None:
            return Placed(Verdict("foreign", why=FOREIGN))
        if isinstance(above, UnitLine):
            return self._fitting(line, above.kind, Placed(Verdict("new"), parent_row=above.n))
        for unit in self.known.values():
            if unit.parent == above.id and line.key in unit.keys and not line.code:
                return Placed(Verdict("same"), unit=unit.id)
        return self._fitting(line, above.kind, Placed(Verdict("new"), parent=above.id))

    def above(self, line: UnitLine) -> KnownUnit | UnitLine | None:
        """What the line names as standing above it: by code, by the name of a unit, or of another line."""
        if not line.parent:
            return self.known[self.top]
        code = "".join(line.parent.split()).upper()
        if code in self.codes or code in self.own:
            return self.codes.get(code) or self.own[code]
        named = unit_key(line.parent)
        units = [unit for unit in self.known.values() if named in unit.keys]
        others = [other for other in self.lines if other.key == named and other is not line]
        return units[0] if len(units) == 1 else others[0] if not units and len(others) == 1 else None

    def _fitting(self, line: UnitLine, above: str, placed: Placed) -> Placed:
        """Federations lead unions; a union has sections and tổ."""
        part = line.kind in ("section", "group")
        if part == (above in ("city", "district", "ward")) or above == "group":
            return _faulty(
                "Loại đơn vị này không đứng dưới cấp trên ghi ở dòng này. Anh/chị xem lại loại hoặc cấp trên."
            )
        return placed

    def _no_circles(self) -> None:
        """Lines that name each other as standing above, and those under a line that is not opened."""
        for line in self.lines:
            seen, at = set(), line.n
            while (placed := self.found[at]).parent_row is not None and at not in seen:
                seen.add(at)
                at = placed.parent_row
            end = self.found[at]
            if at in seen or (at != line.n and end.verdict.outcome not in ("new", "same")):
                self.found[line.n] = _faulty(
                    f"Cấp trên của dòng này ở dòng {at} chưa nạp được. Anh/chị sửa dòng ấy trước."
                )
            elif at != line.n and end.verdict.outcome == "same" and self.found[line.n].parent_row == at:
                self.found[line.n] = Placed(Verdict("new"), parent=end.unit)


def _faulty(why: str) -> Placed:
    return Placed(Verdict("faulty", why=why))
