"""Each line of a list against the people that a unit has, and against the other lines: who is new, who is there.

Sure is only what cannot be otherwise. Where it can, the line asks, and a person answers.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal
from uuid import UUID

from app.accounts.rules import neighbours
from app.rosters.rules.marks import lacks_marks
from app.text import fold, name_key
from app.units.rules import read_member_code

Outcome = Literal["new", "back", "same", "changed", "similar", "repeated", "elsewhere", "foreign", "faulty", "aside"]
Change = tuple[Any, Any]  # (before, after)


@dataclass(frozen=True)
class Listed:
    """A line of the file that is somebody. `group` is a tổ that there is (its id) or that there is not (its name)."""

    n: int
    unit: int
    name: str
    group: int | str | None = None
    code: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""

    @cached_property
    def key(self) -> str:
        return name_key(self.name)


@dataclass(frozen=True)
class Known:
    """A member of a unit of whom the list may speak. `own` is the number by which the union itself calls them."""

    person: UUID
    unit: int
    name: str
    code: str
    group: int | None = None
    own: str = ""
    phones: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    address: str = ""

    @cached_property
    def key(self) -> str:
        return name_key(self.name)


@dataclass(frozen=True)
class Stranger:
    """Somebody whom the unit does not have now. `former` says that they belonged to it, and to no other since."""

    person: UUID
    name: str
    former: int | None = None


@dataclass(frozen=True)
class Around:
    """What there is besides the units' members: whose a code is, and who gave a phone number."""

    codes: Mapping[str, Stranger] = field(default_factory=dict)
    phones: Mapping[str, Sequence[Stranger]] = field(default_factory=dict)
    unit_codes: frozenset[str] = frozenset()  # of the units that the list may name


@dataclass(frozen=True)
class Candidate:
    """Who a line may be: a member, with what would change, or the person of an earlier line."""

    person: UUID | None = None
    row: int | None = None
    changes: Mapping[str, Change] = field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    outcome: Outcome
    person: UUID | None = None
    changes: Mapping[str, Change] = field(default_factory=dict)
    candidates: tuple[Candidate, ...] = ()
    why: str = ""
    notes: tuple[str, ...] = ()


MOST = 5  # candidates that one question names


def match(rows: Sequence[Listed], known: Sequence[Known], around: Around) -> dict[int, Verdict]:
    """What becomes of each line, by its number."""
    return _Matching(rows, known, around).run()


class _Matching:
    """One pass after another, from the surest sign to the weakest; each looks at what the ones before left open."""

    def __init__(self, rows: Sequence[Listed], known: Sequence[Known], around: Around) -> None:
        self.rows = rows
        self.known = known
        self.around = around
        self.found: dict[int, Verdict] = {}
        self.taken: set[UUID] = set()

    def run(self) -> dict[int, Verdict]:
        self.repeated()
        self.by_code()
        self.by_own()
        self.by_phone()
        self.by_name()
        self.by_phone_and_likeness()
        self.by_likeness()
        self.namesakes()
        return self.found

    def open(self) -> Iterable[Listed]:
        return [row for row in self.rows if row.n not in self.found]

    def free(self) -> list[Known]:
        return [one for one in self.known if one.person not in self.taken]

    def settle(self, row: Listed, who: Known) -> None:
        """The line is this member, for sure."""
        self.taken.add(who.person)
        changes = changes_of(row, who)
        self.found[row.n] = Verdict("changed" if changes else "same", who.person, changes)

    def ask(self, row: Listed, why: str, who: Sequence[Known] = (), earlier: Listed | None = None) -> None:
        candidates = [Candidate(one.person, changes=changes_of(row, one)) for one in who[:MOST]]
        if earlier is not None:
            candidates.append(Candidate(row=earlier.n))
        self.taken |= {one.person for one in who}
        self.found[row.n] = Verdict("similar", candidates=tuple(candidates), why=why)

    # --- passes ---

    def repeated(self) -> None:
        """Lines that name somebody of an earlier line again, by a sign that two people do not share."""
        codes: dict[tuple[int, str], Listed] = {}
        phones: dict[tuple[str, str], Listed] = {}
        for row in self.rows:
            unit = 0 if read_member_code(row.code) else row.unit  # our codes are unique, a union's own only within it
            first = codes.setdefault((unit, row.code), row) if row.code else row
            if first is not row:
                self.found[row.n] = _twice(row, first)
                continue
            first = phones.setdefault((row.phone, row.key), row) if row.phone else row
            if first is row:
                continue
            if first.unit == row.unit:
                self.found[row.n] = Verdict("repeated", why=f"Ghi lại người ở dòng {first.n}, chỉ nạp một lần.")
            else:
                self.ask(row, f"Cùng tên, cùng số điện thoại với dòng {first.n} ở đơn vị khác.", earlier=first)

    def by_code(self) -> None:
        """A member code of ours belongs to one person. Where the name is another's, code or line may have slipped."""
        holders = {one.code: one for one in self.known if one.code}
        for row in self.open():
            holder = holders.get(row.code) if row.code else None
            if holder is not None and holder.person not in self.taken:
                if holder.unit != row.unit:
                    self.found[row.n] = Verdict("elsewhere", why=ELSEWHERE)
                elif alike(row.name, holder.name):
                    self.settle(row, holder)
                else:
                    self.ask(row, f"Mã {row.code} hiện là của người có tên khác.", [holder])
            elif row.code:
                self._strange_code(row)

    def _strange_code(self, row: Listed) -> None:
        stranger = self.around.codes.get(row.code)
        if stranger is not None and stranger.former == row.unit and alike(row.name, stranger.name):
            self.found[row.n] = Verdict("back", stranger.person)
        elif stranger is not None:
            self.found[row.n] = Verdict("elsewhere", why=ELSEWHERE)
        elif _looks_ours(row.code, self.around.unit_codes):
            self.found[row.n] = Verdict("faulty", why=NO_SUCH_CODE.format(row.code))

    def by_own(self) -> None:
        """The union's own number, where the name agrees."""
        holders = {(one.unit, one.own): one for one in self.free() if one.own}
        for row in self.open():
            holder = holders.get((row.unit, row.code))
            if holder is not None and holder.person not in self.taken:
                if alike(row.name, holder.name):
                    self.settle(row, holder)
                else:
                    self.ask(row, f"Số {row.code} hiện là của người có tên khác.", [holder])

    def by_phone(self) -> None:
        """The same number and the same name."""
        holders = self._called()
        for row in self.open():
            there = [one for one in holders.get((row.unit, row.phone), ()) if one.person not in self.taken]
            same = [one for one in there if one.key == row.key and not apart(row, one)]
            if same:
                self.settle(row, same[0])

    def by_phone_and_likeness(self) -> None:
        holders = self._called()
        for row in self.open():
            there = [one for one in holders.get((row.unit, row.phone), ()) if one.person not in self.taken]
            agreeing = [one for one in there if alike(row.name, one.name) and not apart(row, one)]
            if len(agreeing) == 1:
                self.settle(row, agreeing[0])
            elif agreeing:
                self.ask(row, "Cùng số điện thoại, tên gần giống.", agreeing)
            elif row.phone:
                self._phone_elsewhere(row)

    def _called(self) -> dict[tuple[int, str], list[Known]]:
        found: dict[tuple[int, str], list[Known]] = defaultdict(list)
        for one in self.free():
            for phone in one.phones:
                found[one.unit, phone].append(one)
        return found

    def _phone_elsewhere(self, row: Listed) -> None:
        for stranger in self.around.phones.get(row.phone, ()):
            if row.key == name_key(stranger.name):
                if stranger.former == row.unit:
                    self.found[row.n] = Verdict("back", stranger.person)
                else:
                    self.found[row.n] = Verdict("elsewhere", why=ELSEWHERE)
                return

    def by_name(self) -> None:
        """Equal names in one unit. One here and one there are the same person, unless everything else differs."""
        there: dict[tuple[int, str], list[Known]] = defaultdict(list)
        here: dict[tuple[int, str], list[Listed]] = defaultdict(list)
        for one in self.free():
            there[one.unit, one.key].append(one)
        for row in self.open():
            here[row.unit, row.key].append(row)
        for at, rows in here.items():
            if there[at]:
                self._pair(rows, there[at])

    def _pair(self, rows: list[Listed], members: list[Known]) -> None:
        """Rows and members of one name. Those of one tổ first; whoever is left over asks."""
        for agree in (_in_one_group, _nothing_differs):
            for row in list(rows):
                fitting = [one for one in members if agree(row, one) and not apart(row, one)]
                everybody = len(rows) >= len(members)  # then it does not matter who of them is which
                if fitting and (len(fitting) == 1 or (everybody and not changes_of(row, fitting[0]))):
                    self.settle(row, fitting[0])
                    rows.remove(row)
                    members.remove(fitting[0])
        alone = len(rows) == len(members) == 1
        for row in rows:
            possible = [one for one in members if not apart(row, one)]
            if possible and alone and not _all_differs(row, possible[0]):
                self.settle(row, possible[0])
            elif possible:
                self.ask(row, "Cùng tên với người đã có, nhưng tổ hoặc số điện thoại khác.", possible)

    def by_likeness(self) -> None:
        """Whoever is left on both sides: names that differ by marks or by one letter, or the same phone number."""
        near: dict[tuple[int, str], list[Known]] = defaultdict(list)
        phones = self._called()
        for one in self.free():
            for spelling in neighbours(one.name):
                near[one.unit, spelling].append(one)
        for row in self.open():
            called = phones.get((row.unit, row.phone), []) if row.phone else []
            spelled = [one for spelling in neighbours(row.name) for one in near.get((row.unit, spelling), ())]
            possible = {one.person: one for one in called}
            possible |= {one.person: one for one in spelled if _may_be(row, one)}
            free = [one for one in possible.values() if one.person not in self.taken and not apart(row, one)]
            if free:
                why = "Cùng số điện thoại với người có tên khác." if called else "Tên gần giống người đã có."
                self.ask(row, why, sorted(free, key=lambda one: one.key))
        for row in self.open():
            self.found[row.n] = Verdict("new")

    def namesakes(self) -> None:
        """New lines that have the name of another line: told, and asked where nothing tells the two apart."""
        seen: dict[tuple[int, str], list[Listed]] = defaultdict(list)
        phones: dict[str, Listed] = {}
        for row in self.rows:
            verdict = self.found[row.n]
            if verdict.outcome in ("faulty", "repeated", "elsewhere", "foreign"):
                continue
            notes = list(verdict.notes)
            twins = seen[row.unit, row.key]
            same = next((twin for twin in twins if not _told_apart(row, twin)), None)
            if verdict.outcome == "new" and same is not None:
                self.ask(row, f"Cùng tên với dòng {same.n}, không có gì để phân biệt.", earlier=same)
                verdict = self.found[row.n]
            elif twins:
                notes.append(f"Cùng tên với dòng {twins[0].n}.")
            twins.append(row)
            shared = phones.setdefault(row.phone, row) if row.phone else row
            if shared is not row:
                notes.append(f"Cùng số điện thoại với dòng {shared.n}: số chung không dùng để đăng nhập được.")
            if notes:
                self.found[row.n] = Verdict(
                    verdict.outcome, verdict.person, verdict.changes, verdict.candidates, verdict.why, tuple(notes)
                )


ELSEWHERE = (
    "Người này đang có tên ở đơn vị khác. Nếu chuyển về đơn vị mình, anh/chị làm thủ tục chuyển sinh hoạt; "
    "nếu là người khác, xem lại mã hoặc số điện thoại."
)
NO_SUCH_CODE = "Mã {} chưa cấp cho ai. Anh/chị so lại với phiếu, hoặc để trống ô mã."


def _twice(row: Listed, first: Listed) -> Verdict:
    if row.key == first.key:
        return Verdict("repeated", why=f"Ghi lại người ở dòng {first.n}, chỉ nạp một lần.")
    return Verdict("faulty", why=f"Mã {row.code} đã ghi cho người ở dòng {first.n}. Anh/chị sửa một trong hai mã.")


def _looks_ours(code: str, unit_codes: frozenset[str]) -> bool:
    """Whether somebody meant one of our codes: unit, number, check digit, with dashes."""
    parts = code.upper().split("-")
    return len(parts) == 3 and parts[0] in unit_codes and parts[1].isdigit() and parts[2].isdigit()


# --- likeness -----------------------------------------------------------------------------------------------------


def alike(one: str, other: str) -> bool:
    """Whether two spellings may be one name: but for marks and one letter, or the same given and family name."""
    if neighbours(one) & neighbours(other):
        return True
    a, b = fold(one).split(), fold(other).split()
    return bool(a) and bool(b) and a[-1] == b[-1] and (a[0] == b[0] or len(a) == 1 or len(b) == 1)


def apart(row: Listed, one: Known) -> bool:
    """Whether the union's own numbers say that these are two people."""
    return bool(row.code) and bool(one.own) and row.code != one.own and row.code != one.code


def _in_one_group(row: Listed, one: Known) -> bool:
    return row.group is not None and row.group == one.group and not _phones_differ(row, one)


def _nothing_differs(row: Listed, one: Known) -> bool:
    return (row.group is None or one.group is None) and not _phones_differ(row, one)


def _phones_differ(row: Listed, one: Known) -> bool:
    return bool(row.phone) and bool(one.phones) and row.phone not in one.phones


def _may_be(row: Listed, one: Known) -> bool:
    """Whether a name that is only like the other's is worth a question: marks alone always, a letter where nothing else
    speaks against it."""
    return fold(row.name) == fold(one.name) or not _phones_differ(row, one)


def _all_differs(row: Listed, one: Known) -> bool:
    groups = row.group is not None and one.group is not None and row.group != one.group
    return groups and _phones_differ(row, one)


def _told_apart(row: Listed, twin: Listed) -> bool:
    """Whether two lines of one name are plainly two people: another own number, phone or tổ."""
    return any(
        mine and theirs and mine != theirs
        for mine, theirs in ((row.code, twin.code), (row.phone, twin.phone), (row.group, twin.group))
    )


# --- what would change --------------------------------------------------------------------------------------------


def changes_of(row: Listed, one: Known) -> dict[str, Change]:
    """What the line says otherwise than what is kept. An empty cell changes nothing; `Hoà` is `Hòa`; a name without its
    marks does not take the place of one that has them; a new number takes the place of the only one there is."""
    found: dict[str, Change] = {}
    if row.key != one.key and not (lacks_marks(row.name) and fold(row.name) == fold(one.name)):
        found["name"] = (one.name, row.name)
    if row.group is not None and row.group != one.group:
        found["group"] = (one.group, row.group)
    if row.phone and row.phone not in one.phones:
        found["phone"] = (_only(one.phones), row.phone)
    if row.email and row.email not in one.emails:
        found["email"] = (_only(one.emails), row.email)
    if row.address and not one.address:
        found["address"] = (one.address, row.address)
    if row.code and row.code not in (one.own, one.code):
        found["own"] = (one.own, row.code)
    return found


def _only(ways: frozenset[str]) -> str:
    return next(iter(ways)) if len(ways) == 1 else ""
