"""Headings as unions write them, and what stands around a list."""

import pytest

from app.rosters.rules import columns
from app.rosters.rules.columns import field_of, find
from app.rosters.rules.listing import lines


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Họ và tên", "name"),
        ("HỌ TÊN", "name"),
        ("Họ & tên", "name"),
        ("Ho va ten", "name"),
        ("Họ và tên đoàn viên", "name"),
        ("Họ, tên (chữ in hoa)", "name"),
        ("Tên CNVCLĐ", "name"),
        ("Họ đệm", "family"),
        ("Họ và chữ đệm", "family"),
        ("Họ lót", "family"),
        ("Tên", "given"),
        ("Tổ", "group"),
        ("Tổ công đoàn", "group"),
        ("TỔ CĐ", "group"),
        ("Phòng, ban", "group"),
        ("Phòng/Ban", "group"),
        ("Bộ phận công tác", "group"),
        ("Chuyền", "group"),
        ("Mã ĐV", "code"),
        ("Mã đoàn viên (nếu đã có)", "code"),
        ("Mã số NV", "code"),
        ("MSNV", "code"),
        ("Số thẻ đoàn viên", "code"),
        ("SĐT", "phone"),
        ("Số ĐT (*)", "phone"),
        ("Điện thoại di động", "phone"),
        ("Di động", "phone"),
        ("ĐTDĐ", "phone"),
        ("Số Zalo", "phone"),
        ("E-mail", "email"),
        ("Thư điện tử", "email"),
        ("Đơn vị", "unit"),
        ("Tên CĐCS", "unit"),
        ("Danh xưng", "address"),
        ("Giới tính", "address"),
        ("Ngày sinh", None),
        ("Dân tộc", None),
        ("Số CCCD", None),
        ("Đảng viên", None),
        ("Ghi chú", None),
        ("Danh sách đoàn viên công đoàn", None),
        ("", None),
    ],
)
def test_a_heading_is_recognised_however_it_is_written(heading: str, field: str | None) -> None:
    assert field_of(heading, "members") == field


@pytest.mark.parametrize(
    ("heading", "field"),
    [
        ("Tên đơn vị", "name"),
        ("Tên CĐCS", "name"),
        ("Loại đơn vị", "kind"),
        ("Mã đơn vị", "code"),
        ("Mã cấp trên", "parent"),
        ("Công đoàn cấp trên trực tiếp", "parent"),
        ("Trực thuộc", "parent"),
        ("Chủ tịch", "chair"),
        ("Họ và tên Chủ tịch CĐCS", "chair"),
        ("SĐT Chủ tịch", "phone"),
        ("Số lượng đoàn viên", None),
    ],
)
def test_headings_of_a_list_of_units(heading: str, field: str | None) -> None:
    assert field_of(heading, "units") == field


def test_titles_above_the_headings_are_passed_over() -> None:
    rows = [
        ["LIÊN ĐOÀN LAO ĐỘNG QUẬN 1"],
        ["CĐCS MAY SEN HỒNG"],
        [],
        ["", "DANH SÁCH ĐOÀN VIÊN NĂM 2020"],
        ["STT", "Họ và tên", "Ngày sinh", "Tổ", "SĐT"],
        ["1", "Nguyễn Thị Hòa", "1/2/1990", "May 3", "0900000001"],
    ]
    found = find(rows, "members")
    assert found is not None
    assert found.row == 4
    assert found.fields == {"name": 1, "group": 3, "phone": 4}
    assert found.unused == ("Ngày sinh",)


def test_family_and_given_name_in_two_columns_are_one_name() -> None:
    found = find([["Họ đệm", "Tên", "Tổ"], ["Nguyễn Thị", "Hòa", "1"]], "members")
    assert found is not None
    assert found.fields == {"family": 0, "given": 1, "group": 2}


def test_one_heading_over_two_columns_is_read_as_schools_mean_it() -> None:
    rows = [["TT", "Họ và tên", "", "Tổ"], ["1", "Nguyễn Thị", "Hòa", "Văn"], ["2", "Lê Văn", "Nam", "Toán"]]
    found = find(rows, "members")
    assert found is not None
    assert found.fields == {"family": 1, "given": 2, "group": 3}


def test_an_empty_column_beside_the_name_is_no_given_name() -> None:
    rows = [["TT", "Họ và tên", "", "Tổ"], ["1", "Nguyễn Thị Hòa", "", "Văn"], ["2", "Lê Văn Nam", "x", "Toán"]]
    found = find(rows, "members")
    assert found is not None
    assert found.fields["name"] == 1


def test_headings_in_two_rows_are_read_together() -> None:
    rows = [
        ["STT", "Họ và tên", "Thông tin liên hệ", "", "Tổ"],
        ["", "", "SĐT", "Email", ""],
        ["1", "Nguyễn Thị Hòa", "0900000001", "hoa@example.vn", "May 3"],
    ]
    found = find(rows, "members")
    assert found is not None
    assert (found.row, found.fields) == (1, {"name": 1, "phone": 2, "email": 3, "group": 4})


def test_the_first_of_two_columns_with_one_meaning_counts_and_the_other_is_told() -> None:
    found = find([["Họ tên", "SĐT", "Di động"]], "members")
    assert found is not None
    assert found.fields["phone"] == 1
    assert found.unused == ("Di động",)


@pytest.mark.parametrize("rows", [[], [["STT", "Tổ", "SĐT"]], [["1", "Nguyễn Thị Hòa", "0900000001"]]])
def test_without_a_column_of_names_there_is_no_list(rows: list[list[str]]) -> None:
    assert find(rows, "members") is None


def test_columns_may_be_set_otherwise() -> None:
    found = find([["Họ tên", "Tổ", "Nơi ở", "Số"]], "members")
    assert found is not None
    other = columns.chosen(found, {"name": 0, "group": 2, "phone": 3, "code": None}, "members")
    assert other is not None
    assert other.fields == {"name": 0, "group": 2, "phone": 3}
    assert other.unused == ("Tổ",)


@pytest.mark.parametrize(
    "wrong",
    [{"group": 1}, {"name": 0, "group": 0}, {"name": 9}, {"name": -1}, {"family": 0}, {"name": None}],
)
def test_columns_that_name_nobody_or_mean_two_things_are_refused(wrong: dict[str, int | None]) -> None:
    found = find([["Họ tên", "Tổ"]], "members")
    assert found is not None
    assert columns.chosen(found, wrong, "members") is None


# --- lines --------------------------------------------------------------------------------------------------------


def told(rows: list[list[str]]) -> list[tuple[int, str, str, bool]]:
    """(number, name, tổ, somebody) of each line."""
    found = find(rows, "members")
    assert found is not None
    return [(x.n, x.cells.get("name", ""), x.cells.get("group", ""), not x.aside) for x in lines(rows, found)]


def test_empty_rows_are_no_lines_and_numbers_are_those_of_the_file() -> None:
    rows = [["Họ tên", "Tổ"], ["Hòa", "1"], [], ["", ""], ["Bích", "2"]]
    assert told(rows) == [(2, "Hòa", "1", True), (5, "Bích", "2", True)]


def test_headings_within_the_list_name_the_group_of_those_below() -> None:
    rows = [
        ["STT", "Họ và tên", "SĐT"],
        ["(1)", "(2)", "(3)"],
        ["I", "TỔ MAY 1"],
        ["1", "Nguyễn Thị Hòa", "0900000001"],
        ["", "II. Phòng Kế toán"],
        ["2", "Lê Thị Bích"],
        ["3", "Tô Thị Ban", ""],
    ]
    assert told(rows)[1:] == [
        (3, "TỔ MAY 1", "", False),
        (4, "Nguyễn Thị Hòa", "TỔ MAY 1", True),
        (5, "II. Phòng Kế toán", "", False),
        (6, "Lê Thị Bích", "Phòng Kế toán", True),
        (7, "Tô Thị Ban", "Phòng Kế toán", True),
    ]


def test_sums_and_signatures_below_are_nobody() -> None:
    rows = [
        ["STT", "Họ và tên", "SĐT"],
        ["1", "Nguyễn Thị Hòa", "0900000001"],
        ["", "Tổng cộng: 1 người"],
        ["", "", "Quận 1, ngày 12 tháng 5 năm 2020"],
        ["", "Người lập biểu", "TM. BAN CHẤP HÀNH"],
        ["", "(ký, ghi rõ họ tên)", "CHỦ TỊCH"],
        ["", "Trần Thị Mỹ Hạnh", "Phạm Thị Thu"],
    ]
    assert [line[3] for line in told(rows)] == [True, False, False, False, False, False]


@pytest.mark.parametrize(
    "name", ["Công Tằng Tôn Nữ Lan", "Tống Thị Kỳ", "Nguyễn Văn Ngày", "Kỳ", "Lưu Ý Nhi", "Tô Ban", "Khoa"]
)
def test_people_whose_names_look_like_something_else_are_people(name: str) -> None:
    assert told([["Họ tên", "SĐT"], [name, "0900000001"]]) == [(2, name, "", True)]


def test_the_example_of_the_template_is_nobody() -> None:
    assert told([["Họ tên", "SĐT"], ["Ví dụ: Nguyễn Thị Hòa", "0900000001"]])[0][3] is False


def test_a_row_with_a_phone_and_a_code_but_no_name_is_told_as_a_person_without_one() -> None:
    rows = [["Họ tên", "SĐT", "Mã NV"], ["", "0900000001", "12"]]
    assert told(rows) == [(2, "", "", True)]
