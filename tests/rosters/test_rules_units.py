"""Lists of units: names, kinds and parents as federations write them."""

from typing import Any

import pytest

from app.rosters.rules.groups import group_key, names_a_union, next_code, unit_key
from app.rosters.rules.unit_lists import KnownUnit, Placed, UnitLine, clean, place, read_kind, read_unit_code

TOP, UNION = 1, 2
KNOWN = (
    KnownUnit(TOP, "Q1", "Liên đoàn Lao động Quận 1", "LĐLĐ Quận 1", None, "district"),
    KnownUnit(UNION, "MSH", "CĐCS May Sen Hồng", "CĐCS May Sen Hồng", TOP, "grassroots"),
)


def line(n: int, name: str, **more: Any) -> UnitLine:
    return UnitLine(n, name, more.pop("kind", "grassroots"), **more)


def put(*lines: UnitLine, taken: frozenset[str] = frozenset()) -> dict[int, Placed]:
    return place(lines, KNOWN, TOP, taken)


@pytest.mark.parametrize(
    ("cell", "name", "kind"),
    [
        ("CĐCS", "", "grassroots"),
        ("Công đoàn cơ sở thành viên", "", "grassroots"),
        ("", "CĐCS May Sen Hồng", "grassroots"),
        ("", "Công đoàn Trường THCS Đức Trí", "grassroots"),
        ("", "Tổ công đoàn 3", "group"),
        ("CĐ bộ phận", "", "section"),
        ("", "Công đoàn phường Bến Thành", "ward"),
        ("", "LĐLĐ Quận 1", "district"),
        ("LĐLĐ tỉnh", "", "city"),
        ("", "Nghiệp đoàn Bốc xếp", "grassroots"),
    ],
)
def test_the_kind_is_what_the_cell_or_the_name_says(cell: str, name: str, kind: str) -> None:
    assert read_kind(cell, name).value == kind


def test_a_kind_that_nobody_knows_is_asked_for() -> None:
    assert "CĐCS" in read_kind("Công đoàn ngành", "").fault


@pytest.mark.parametrize(("cell", "code"), [("q1013", "Q1013"), (" Q 1013 ", "Q1013"), ("", ""), ("-", "")])
def test_a_unit_code_in_capitals(cell: str, code: str) -> None:
    assert read_unit_code(cell).value == code


@pytest.mark.parametrize("cell", ["1013", "ĐB1", "Q-1", "A" * 13])
def test_what_is_no_unit_code_is_refused(cell: str) -> None:
    assert "để trống" in read_unit_code(cell).fault


def test_a_row_without_a_name_or_with_a_bad_chair_says_so() -> None:
    assert clean({"name": ""}).faults
    assert clean({"name": "CĐCS A", "chair": "Hòa 2"}).faults
    assert clean({"name": "CĐCS A", "chair": ""}).values == {"name": "CĐCS A", "kind": "grassroots"}


def test_a_new_unit_stands_under_whoever_loads() -> None:
    placed = put(line(2, "CĐCS Bến Thành"))[2]
    assert (placed.verdict.outcome, placed.parent) == ("new", TOP)


def test_what_is_there_already_stays() -> None:
    placed = put(line(2, "May Sen Hồng"), line(3, "Tên khác", code="MSH"))
    assert [(placed[n].verdict.outcome, placed[n].unit) for n in (2, 3)] == [("same", UNION), ("same", UNION)]


@pytest.mark.parametrize("parent", ["msh", "CĐCS May Sen Hồng", "May Sen Hồng"])
def test_a_parent_is_named_by_code_or_by_name(parent: str) -> None:
    assert put(line(2, "Tổ May 9", kind="group", parent=parent))[2].parent == UNION


def test_a_parent_may_stand_in_the_same_file_before_or_after() -> None:
    rows = (line(2, "Tổ May 1", kind="group", parent="NM"), line(3, "CĐCS Nhà máy", code="NM"))
    placed = put(*rows)
    assert placed[2].parent_row == 3
    named = put(line(2, "Tổ May 1", kind="group", parent="Nhà máy"), line(3, "CĐCS Nhà máy"))
    assert named[2].parent_row == 3


def test_a_parent_that_is_not_ones_own_is_refused_without_a_name() -> None:
    placed = put(line(2, "CĐCS A", parent="Q3"), line(3, "CĐCS B", parent="KHONGCO"))
    assert [placed[n].verdict.outcome for n in (2, 3)] == ["foreign", "foreign"]
    assert placed[2].verdict.why == placed[3].verdict.why
    assert "Q3" not in placed[2].verdict.why


def test_a_code_that_a_unit_elsewhere_carries_is_taken() -> None:
    assert put(line(2, "CĐCS A", code="KHA"), taken=frozenset({"KHA"}))[2].verdict.outcome == "faulty"


def test_a_unit_written_twice_is_opened_once() -> None:
    placed = put(
        line(2, "CĐCS A"), line(3, "Công đoàn cơ sở A"), line(4, "CĐCS B", code="B"), line(5, "CĐCS C", code="B")
    )
    assert [placed[n].verdict.outcome for n in (2, 3, 4, 5)] == ["new", "repeated", "new", "faulty"]


def test_federations_lead_unions_and_unions_have_groups() -> None:
    placed = put(
        line(2, "Tổ May 1", kind="group"),
        line(3, "CĐCS A", parent="MSH"),
        line(4, "Bộ phận A", kind="section", parent="MSH"),
        line(5, "Công đoàn phường 1", kind="ward"),
    )
    assert [placed[n].verdict.outcome for n in (2, 3, 4, 5)] == ["faulty", "faulty", "new", "new"]


def test_lines_that_stand_above_each_other_are_refused() -> None:
    placed = put(
        line(2, "LĐLĐ A", kind="district", code="A", parent="B"),
        line(3, "LĐLĐ B", kind="district", code="B", parent="A"),
    )
    assert [placed[n].verdict.outcome for n in (2, 3)] == ["faulty", "faulty"]


def test_what_stands_under_a_refused_line_is_refused_with_it() -> None:
    placed = put(line(2, "CĐCS A", code="A", parent="Q3"), line(3, "Tổ 1", kind="group", parent="A"))
    assert placed[3].verdict.outcome == "faulty"
    assert "dòng 2" in placed[3].verdict.why


# --- names compared -----------------------------------------------------------------------------------------------


def test_names_of_groups_and_units_are_compared_as_people_mean_them() -> None:
    assert {group_key(words) for words in ("Tổ May 3", "TỔ CĐ MAY 3", "may 3", "Tổ công đoàn May 3")} == {"may 3"}
    assert group_key("Phòng Kế toán") != group_key("Kế toán")
    assert unit_key("CĐCS May Sen Hồng") == unit_key("May Sen Hồng") == unit_key("Công đoàn cơ sở MAY SEN HỒNG")
    assert names_a_union("CĐCS Bến Thành")
    assert not names_a_union("Phòng Kế toán")
    assert not names_a_union("Công đoàn bộ phận A")


def test_a_code_is_the_first_that_is_free_and_never_too_long() -> None:
    assert next_code("MSH", {"MSHT01"}) == "MSHT02"
    assert next_code("ABCDEFGHIJKL", set()) == "ABCDEFGHIT01"
    assert next_code("Q1", {"Q101", "Q102"}, "") == "Q103"
