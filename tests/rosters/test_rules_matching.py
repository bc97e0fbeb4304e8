"""Who a line is: sure only where it cannot be otherwise."""

from itertools import count
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rosters.rules.matching import Around, Known, Listed, Stranger, Verdict, alike, match
from app.rosters.rules.stages import STEPS, Stage, deed, may, plan, plan_words

UNIT, OTHER = 1, 2
_numbers = count(1)


def known(name: str, **more: Any) -> Known:
    number = next(_numbers)
    more.setdefault("code", f"MSH-{number:04d}-0")
    more["phones"] = frozenset(more.get("phones", ()))
    return Known(person=UUID(int=number), unit=more.pop("unit", UNIT), name=name, **more)


def row(n: int, name: str, **more: Any) -> Listed:
    return Listed(n=n, unit=more.pop("unit", UNIT), name=name, **more)


def one(line: Listed, *members: Known, around: Around | None = None) -> Verdict:
    return match([line], members, around or Around())[line.n]


# --- who is there -------------------------------------------------------------------------------------------------


def test_somebody_whom_nobody_knows_is_new() -> None:
    assert one(row(2, "Nguyễn Thị Hòa"), known("Lê Thị Bích")).outcome == "new"


@pytest.mark.parametrize("spelling", ["Nguyễn Thị Hoà", "NGUYỄN THỊ HÒA", "Nguyễn Thị Hòa"])
def test_the_same_name_however_spelled_is_the_same_person(spelling: str) -> None:
    member = known("Nguyễn Thị Hòa")
    verdict = one(row(2, spelling), member)
    assert (verdict.outcome, verdict.person, dict(verdict.changes)) == ("same", member.person, {})


def test_an_empty_cell_changes_nothing() -> None:
    member = known("Nguyễn Thị Hòa", group=7, phones={"0900000001"}, own="12", address="cô")
    assert one(row(2, "Nguyễn Thị Hòa"), member).outcome == "same"


def test_what_the_line_says_otherwise_is_a_change() -> None:
    member = known("Nguyễn Thị Hòa", group=7, phones={"0900000001"})
    verdict = one(row(2, "Nguyễn Thị Hòa", group=8, phone="0900000001", email="hoa@example.vn"), member)
    assert verdict.outcome == "changed"
    assert verdict.changes == {"group": (7, 8), "email": ("", "hoa@example.vn")}


def test_a_code_of_ours_is_sure_whatever_mark_is_missing() -> None:
    member = known("Nguyễn Thị Hòa", code="MSH-0001-7")
    verdict = one(row(2, "Nguyen Thi Hoa", code="MSH-0001-7"), member)
    assert (verdict.outcome, verdict.person) == ("same", member.person)  # the name that has its marks stays


def test_marks_that_were_missing_are_a_change() -> None:
    member = known("Nguyen Thi Hoa", code="MSH-0001-7")
    verdict = one(row(2, "Nguyễn Thị Hòa", code="MSH-0001-7"), member)
    assert verdict.changes == {"name": ("Nguyen Thi Hoa", "Nguyễn Thị Hòa")}


def test_a_code_beside_another_name_asks() -> None:
    """A column sorted without the others gives everybody somebody else's code."""
    members = [known("Nguyễn Thị Hòa", code="MSH-0001-7"), known("Trần Văn Nam", code="MSH-0002-5")]
    found = match(
        [row(2, "Nguyễn Thị Hòa", code="MSH-0002-5"), row(3, "Trần Văn Nam", code="MSH-0001-7")], members, Around()
    )
    assert [found[n].outcome for n in (2, 3)] == ["similar", "similar"]
    assert found[2].candidates[0].person == members[1].person


def test_a_phone_and_a_name_that_is_alike_are_sure() -> None:
    member = known("Nguyễn Thị Hòa", phones={"0900000001"})
    verdict = one(row(2, "Nguyễn Hòa", phone="0900000001"), member)
    assert verdict.person == member.person
    assert verdict.changes == {"name": ("Nguyễn Thị Hòa", "Nguyễn Hòa")}


def test_a_phone_with_another_name_asks() -> None:
    member = known("Trần Văn Nam", phones={"0900000001"})
    verdict = one(row(2, "Nguyễn Thị Hòa", phone="0900000001"), member)
    assert verdict.outcome == "similar"
    assert "số điện thoại" in verdict.why


def test_a_new_number_takes_the_place_of_the_old() -> None:
    member = known("Nguyễn Thị Hòa", phones={"0900000001"})
    verdict = one(row(2, "Nguyễn Thị Hòa", phone="0900000002"), member)
    assert verdict.changes == {"phone": ("0900000001", "0900000002")}


def test_another_number_and_another_group_ask() -> None:
    member = known("Nguyễn Thị Hòa", phones={"0900000001"}, group=7)
    assert one(row(2, "Nguyễn Thị Hòa", phone="0900000002", group=8), member).outcome == "similar"


def test_the_unions_own_numbers_keep_two_of_one_name_apart() -> None:
    member = known("Nguyễn Thị Hòa", own="011")
    verdicts = match([row(2, "Nguyễn Thị Hòa", code="012"), row(3, "Nguyễn Thị Hòa", code="011")], [member], Around())
    assert verdicts[2].outcome == "new"
    assert verdicts[3].person == member.person


# --- two of one name ----------------------------------------------------------------------------------------------


def test_two_of_one_name_are_told_apart_by_group() -> None:
    members = [known("Nguyễn Thị Hòa", group=7), known("Nguyễn Thị Hòa", group=8)]
    found = match([row(2, "Nguyễn Thị Hòa", group=8), row(3, "Nguyễn Thị Hòa", group=7)], members, Around())
    assert (found[2].person, found[3].person) == (members[1].person, members[0].person)


def test_two_of_one_name_here_and_there_need_no_question() -> None:
    members = [known("Nguyễn Thị Hòa"), known("Nguyễn Thị Hòa")]
    found = match([row(2, "Nguyễn Thị Hòa"), row(3, "Nguyễn Thị Hòa")], members, Around())
    assert {found[2].person, found[3].person} == {member.person for member in members}


def test_one_line_for_two_of_a_name_asks_which() -> None:
    members = [known("Nguyễn Thị Hòa", group=7), known("Nguyễn Thị Hòa", group=8)]
    verdict = one(row(2, "Nguyễn Thị Hòa"), *members)
    assert verdict.outcome == "similar"
    assert {c.person for c in verdict.candidates} == {member.person for member in members}


def test_two_new_lines_of_one_name_ask_where_nothing_tells_them_apart() -> None:
    found = match([row(2, "Nguyễn Thị Hòa"), row(3, "Nguyễn Thị Hoà")], [], Around())
    assert (found[2].outcome, found[3].outcome) == ("new", "similar")
    assert found[3].candidates[0].row == 2


@pytest.mark.parametrize("field", ["phone", "group", "code"])
def test_two_new_lines_of_one_name_are_two_people_where_something_does(field: str) -> None:
    found = match(
        [row(2, "Nguyễn Thị Hòa", **{field: "0900000001"}), row(3, "Nguyễn Thị Hòa", **{field: "0900000002"})],
        [],
        Around(),
    )
    assert found[3].outcome == "new"
    assert found[3].notes == ("Cùng tên với dòng 2.",)


def test_a_line_written_twice_is_loaded_once() -> None:
    found = match(
        [row(2, "Nguyễn Thị Hòa", phone="0900000001"), row(9, "Nguyễn Thị Hoà", phone="0900000001")], [], Around()
    )
    assert (found[2].outcome, found[9].outcome) == ("new", "repeated")
    assert "dòng 2" in found[9].why


def test_one_code_for_two_people_is_a_mistake() -> None:
    found = match([row(2, "Nguyễn Thị Hòa", code="12"), row(3, "Lê Văn Nam", code="12")], [], Around())
    assert found[3].outcome == "faulty"
    assert "dòng 2" in found[3].why


def test_a_number_of_two_units_may_be_the_same() -> None:
    found = match([row(2, "Nguyễn Thị Hòa", code="12"), row(3, "Lê Văn Nam", code="12", unit=OTHER)], [], Around())
    assert found[3].outcome == "new"


def test_the_same_person_in_two_units_of_one_file_asks() -> None:
    rows = [row(2, "Nguyễn Thị Hòa", phone="0900000001"), row(3, "Nguyễn Thị Hoà", phone="0900000001", unit=OTHER)]
    assert match(rows, [], Around())[3].outcome == "similar"


def test_a_shared_phone_is_told() -> None:
    rows = [row(2, "Nguyễn Thị Hòa", phone="0900000001"), row(3, "Lê Văn Nam", phone="0900000001")]
    found = match(rows, [], Around())
    assert found[3].outcome == "new"
    assert "dòng 2" in found[3].notes[0]


# --- nearly the same ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "spelling", ["Nguyen Thi Hoa", "Nguyễn Thị Hoa", "Nguyễn Thi Hòa", "Nguyễn Thị Hòaa", "Nguyễn Thị Hào"]
)
def test_a_name_that_is_nearly_a_members_asks_where_that_member_is_missing(spelling: str) -> None:
    assert one(row(2, spelling), known("Nguyễn Thị Hòa")).outcome == "similar"


def test_no_question_where_both_are_in_the_list() -> None:
    members = [known("Nguyễn Thị Hòa"), known("Nguyễn Thị Hoa")]
    found = match([row(2, "Nguyễn Thị Hoa"), row(3, "Nguyễn Thị Hòa")], members, Around())
    assert [found[n].outcome for n in (2, 3)] == ["same", "same"]


def test_another_letter_and_another_phone_are_another_person() -> None:
    member = known("Nguyễn Thị Hoan", phones={"0900000001"})
    assert one(row(2, "Nguyễn Thị Hoài", phone="0900000002"), member).outcome == "new"


def test_people_of_another_unit_are_not_asked_about() -> None:
    assert one(row(2, "Nguyễn Thị Hoa"), known("Nguyễn Thị Hòa", unit=OTHER)).outcome == "new"


def test_a_question_names_five_at_most() -> None:
    members = [known("Nguyễn Thị Hòa", group=group) for group in range(9)]
    assert len(one(row(2, "Nguyễn Thị Hòa"), *members).candidates) == 5


@pytest.mark.parametrize(
    ("a", "b", "are"),
    [
        ("Nguyễn Thị Hòa", "nguyen thi hoa", True),
        ("Nguyễn Thị Hòa", "Nguyễn Thị Hào", True),
        ("Nguyễn Thị Hòa", "Nguyễn Hòa", True),
        ("Hòa", "Nguyễn Thị Hòa", True),
        ("Nguyễn Thị Hòa", "Trần Thị Hòa", False),
        ("Nguyễn Thị Hòa", "Nguyễn Thị Bích", False),
    ],
)
def test_names_that_are_alike(a: str, b: str, are: bool) -> None:
    assert alike(a, b) is alike(b, a) is are


# --- elsewhere ----------------------------------------------------------------------------------------------------


def stranger(name: str, former: int | None = None) -> Stranger:
    return Stranger(UUID(int=10_000), name, former)


def test_whose_code_is_anothers_is_elsewhere_and_the_unit_is_not_named() -> None:
    around = Around(codes={"BTX-0001-2": stranger("Nguyễn Thị Hòa")})
    verdict = one(row(2, "Nguyễn Thị Hòa", code="BTX-0001-2"), around=around)
    assert verdict.outcome == "elsewhere"
    assert "BTX" not in verdict.why


def test_name_and_phone_of_somebody_elsewhere_are_that_person() -> None:
    around = Around(phones={"0900000001": [stranger("Nguyễn Thị Hoà")]})
    assert one(row(2, "Nguyễn Thị Hòa", phone="0900000001"), around=around).outcome == "elsewhere"


def test_a_phone_of_somebody_elsewhere_with_another_name_says_nothing_about_them() -> None:
    around = Around(phones={"0900000001": [stranger("Trần Văn Nam")]})
    assert one(row(2, "Nguyễn Thị Hòa", phone="0900000001"), around=around) == Verdict("new")


def test_who_left_this_unit_comes_back() -> None:
    around = Around(codes={"MSH-0001-7": stranger("Nguyễn Thị Hòa", former=UNIT)})
    verdict = one(row(2, "Nguyễn Thị Hòa", code="MSH-0001-7"), around=around)
    assert (verdict.outcome, verdict.person) == ("back", UUID(int=10_000))


def test_who_left_another_unit_does_not_come_back_here() -> None:
    around = Around(codes={"BTX-0001-2": stranger("Nguyễn Thị Hòa", former=OTHER)})
    assert one(row(2, "Nguyễn Thị Hòa", code="BTX-0001-2"), around=around).outcome == "elsewhere"


def test_a_code_of_the_unit_that_nobody_has_is_a_mistake() -> None:
    around = Around(unit_codes=frozenset({"MSH"}))
    assert one(row(2, "Nguyễn Thị Hòa", code="MSH-0009-9"), around=around).outcome == "faulty"
    assert one(row(2, "Nguyễn Thị Hòa", code="NV-0009-9"), around=around).outcome == "new"  # the union's own number


# --- all of it ----------------------------------------------------------------------------------------------------

NAMES = st.sampled_from(["Nguyễn Thị Hòa", "Nguyễn Thị Hoà", "Nguyễn Thị Hoa", "Nguyen Thi Hoa", "Lê Văn Nam", "Hòa"])
PHONES = st.sampled_from(["", "", "0900000001", "0900000002"])
GROUPS = st.sampled_from([None, 7, 8])
CODES = st.sampled_from(["", "", "11", "12"])
LINES = st.lists(st.tuples(NAMES, PHONES, GROUPS, CODES), max_size=8)


@given(LINES, LINES)
def test_every_line_gets_one_answer_and_nobody_is_two_lines(here: list[Any], there: list[Any]) -> None:
    rows = [row(n, name, phone=p, group=g, code=c) for n, (name, p, g, c) in enumerate(here, start=2)]
    members = [known(name, phones={p} if p else set(), group=g, own=c) for name, p, g, c in there]
    found = match(rows, members, Around())
    assert set(found) == {line.n for line in rows}
    sure = [v.person for v in found.values() if v.outcome in ("same", "changed")]
    assert len(sure) == len(set(sure))
    for verdict in found.values():
        assert (verdict.outcome == "similar") == bool(verdict.candidates)
        assert (verdict.outcome == "changed") == bool(verdict.changes)
        if verdict.outcome == "similar":
            assert not {c.person for c in verdict.candidates} & set(sure)


@given(LINES)
def test_a_list_loaded_and_loaded_again_changes_nothing(here: list[Any]) -> None:
    """What is new the first time is the same the second, if no number is missing that tells two of a name apart."""
    rows = [
        row(n, f"{name} {'abcdefgh'[n - 2]}", phone=p, group=g, code="") for n, (name, p, g, _) in enumerate(here, 2)
    ]
    members = [known(r.name, phones={r.phone} if r.phone else set(), group=r.group) for r in rows]
    found = match(rows, members, Around())
    assert [verdict.outcome for verdict in found.values()] == ["same"] * len(rows)


# --- stages -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("now", Stage)
@pytest.mark.parametrize("then", Stage)
def test_only_the_steps_of_the_table_are_allowed(now: Stage, then: Stage) -> None:
    assert may(now, then) == (then in STEPS[now])


def test_what_is_over_stays_over() -> None:
    for over in (Stage.UNDONE, Stage.REFUSED, Stage.DROPPED):
        assert not STEPS[over]
    assert STEPS[Stage.DONE] == {Stage.UNDONE}


@pytest.mark.parametrize(
    ("outcome", "answer", "changes", "what"),
    [
        ("new", "", False, "add"),
        ("similar", "", False, "ask"),
        ("similar", "new", False, "add"),
        ("similar", "out", False, "out"),
        ("similar", "same:0", True, "change"),
        ("similar", "same:1", False, "keep"),
        ("changed", "", True, "change"),
        ("repeated", "", False, "out"),
        ("elsewhere", "", False, "fault"),
        ("foreign", "", False, "fault"),
        ("aside", "", False, "aside"),
    ],
)
def test_what_becomes_of_a_line(outcome: Any, answer: str, changes: bool, what: str) -> None:
    assert deed(outcome, answer, changes) == what


def test_the_button_says_exactly_what_will_happen() -> None:
    found = plan(["add"] * 12 + ["change"] * 3 + ["keep"] * 100 + ["fault"] * 2, leave=1, groups=2)
    assert plan_words(found) == "Thêm 12, sửa 3, thôi sinh hoạt 1, mở 2 tổ, bỏ qua 2 dòng lỗi"
    assert found.mark == "12-0-3-0-0-2-1-2"
    assert not plan(["keep"] * 4).does_something
