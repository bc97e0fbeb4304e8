"""What cells say: names kept as people are called, numbers as text, what is mended told."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rosters.rules.legacy import damage
from app.rosters.rules.marks import lacks_marks
from app.rosters.rules.values import clean, read_address, read_code, read_mail, read_name, read_number
from app.text import safe_name


@pytest.mark.parametrize(
    "name",
    [
        "Nguyễn Thị Hòa",
        "H'Hen Niê",
        "Y Ƀhiăô Mlô",
        "K'Sor",
        "Hòa",
        "Y",
        "Hồ Lê Trần Mai Anh",
        "Công Tằng Tôn Nữ Thị Hường",
        "Lê-Trần Mai",
        "Đỗ Ô̆n",
    ],
)
def test_a_name_stays_as_its_owner_is_called(name: str) -> None:
    assert read_name(name).value == unicodedata.normalize("NFC", name)
    assert read_name(name).notes == ()


def test_three_spellings_of_one_letter_are_one() -> None:
    composed, halfway, apart = "Đỗ", "Đô\u0303", "\u0110o\u0302\u0303"
    assert len({composed, halfway, apart}) == 3
    assert {read_name(spelling).value for spelling in (composed, halfway, apart)} == {"Đỗ"}


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("NGUYỄN THỊ HÒA", "Nguyễn Thị Hòa"),
        ("nguyễn thị hòa", "Nguyễn Thị Hòa"),
        ("Nguyễn thị HÒA", "Nguyễn Thị Hòa"),
        ("H'HEN NIÊ", "H'Hen Niê"),
        ("LÊ-TRẦN MAI", "Lê-Trần Mai"),
        ("ĐỖ VĂN ƯỚC", "Đỗ Văn Ước"),
    ],
)
def test_capitals_are_mended_and_told(typed: str, kept: str) -> None:
    read = read_name(typed)
    assert read.value == kept
    assert "chữ hoa" in read.notes[0]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  Nguyễn\u00a0Thị\n Hòa ", "Nguyễn Thị Hòa"),
        ("Nguyễn\u200b Thị Hòa\ufeff", "Nguyễn Thị Hòa"),
        ("H’Hen Niê", "H'Hen Niê"),
        ("1. Nguyễn Thị Hòa", "Nguyễn Thị Hòa"),
        ("Đ/c Nguyễn Thị Hòa", "Nguyễn Thị Hòa"),
        ("Đồng chí: Nguyễn Thị Hòa", "Nguyễn Thị Hòa"),
        ("Bà: Nguyễn Thị Hòa", "Nguyễn Thị Hòa"),
        ("Nguyễn Thị Hòa (nghỉ thai sản)", "Nguyễn Thị Hòa"),
        ("Nguyễn Thị Hòa*", "Nguyễn Thị Hòa"),
        ("Ông Ích Khiêm", "Ông Ích Khiêm"),
        ("Nguyễn T. Hòa", "Nguyễn T. Hòa"),
    ],
)
def test_what_is_no_name_is_left_out(typed: str, kept: str) -> None:
    assert read_name(typed).value == kept
    assert "(" not in "".join(read_name(typed).notes)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-",
        "123",
        "Nguyễn Thị Hòa 2",
        '=HYPERLINK("http://x")',
        "@SUM(A1)",
        "Nguyễn\x00Hòa",
        "Nguyễn \u202eaòH",
        "Nguyễn Thị Hòa; Lê Thị Bích",
        "Nguyеn Hоa",  # Cyrillic
        "阮氏和",
        "a" * 90,
        "<script>alert(1)</script>",
        "#N/A",
    ],
)
def test_what_cannot_be_a_name_is_refused_and_says_what_to_do(typed: str) -> None:
    read = read_name(typed)
    assert not read.value
    assert "Anh/chị" in read.fault


@given(st.text(max_size=60))
def test_whatever_is_typed_a_kept_name_is_safe_and_reads_the_same_again(typed: str) -> None:
    read = read_name(typed)
    assert bool(read.value) != bool(read.fault)
    if read.value:
        assert safe_name(read.value)
        assert unicodedata.is_normalized("NFC", read.value)
        assert read_name(read.value).value == read.value


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("0900000118", "0900000118"),
        ("0900 000 118", "0900000118"),
        ("0900.000.118", "0900000118"),
        ("(090) 0000-118", "0900000118"),
        ("+84 900 000 118", "0900000118"),
        ("84900000118", "0900000118"),
        ("+84 0900000118", "0900000118"),
        ("0084900000118", "0900000118"),
        ("'0900000118", "0900000118"),
        ("O9OO000118", "0900000118"),
        ("", ""),
        ("không có", ""),
        ("-", ""),
        ("#N/A", ""),
    ],
)
def test_a_number_in_any_spelling_is_ten_digits(typed: str, kept: str) -> None:
    assert read_number(typed) == read_number(kept)
    assert read_number(typed).value == kept
    assert not read_number(typed).fault


def test_a_number_that_excel_robbed_of_its_nought_gets_it_back_and_this_is_told() -> None:
    read = read_number("912345678")
    assert read.value == "0912345678"
    assert "Thêm số 0" in read.notes[0]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("01681234567", "0381234567"), ("1681234567", "0381234567"), ("0121 234 5678", "0792345678")],
)
def test_a_number_from_before_2018_becomes_what_it_is_now(typed: str, kept: str) -> None:
    read = read_number(typed)
    assert read.value == kept
    assert "đầu số cũ" in read.notes[0]


@pytest.mark.parametrize(
    "typed",
    ["0900000118 / 0900000119", "0900000118;0900000119", "0900 000 118 - 0900 000 119", "0900000118 0900000119"],
)
def test_of_several_numbers_the_first_is_kept_and_this_is_told(typed: str) -> None:
    read = read_number(typed)
    assert read.value == "0900000118"
    assert "nhiều số" in read.notes[0]


def test_a_fixed_line_signs_nobody_in() -> None:
    read = read_number("(028) 3822 1234")
    assert (read.value, read.fault) == ("", "")
    assert "máy bàn" in read.notes[0]


@pytest.mark.parametrize("typed", ["12345", "9.12E+08", "0900000118123", "hoa@example.vn", "12/5/2020", "=1+1"])
def test_what_is_no_number_is_refused_with_an_example(typed: str) -> None:
    assert "0900000118" in read_number(typed).fault


@pytest.mark.parametrize(
    ("typed", "kept"),
    [(" Hoa@Example.VN ", "hoa@example.vn"), ("mailto:hoa@example.vn", "hoa@example.vn"), ("", ""), ("không", "")],
)
def test_an_address_is_kept_in_small_letters(typed: str, kept: str) -> None:
    assert read_mail(typed).value == kept


def test_what_is_no_address_is_refused() -> None:
    assert read_mail("hoa.example.vn").fault
    assert read_mail("hòa@example.vn").fault


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("00123", "00123"), ("msh-0001-7", "MSH-0001-7"), ("MSH 00017", "MSH-0001-7"), ("NV/07-A", "NV/07-A"), ("-", "")],
)
def test_codes_are_text_with_their_noughts(typed: str, kept: str) -> None:
    assert read_code(typed).value == kept


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("Chị", "chị"), ("anh", "anh"), ("Nam", "anh"), ("NỮ", "chị"), ("cô", ""), ("x", ""), ("1", "")],
)
def test_a_form_of_address_only_where_it_is_plain(typed: str, kept: str) -> None:
    assert read_address(typed).value == kept


def test_a_row_says_everything_that_is_wrong_at_once() -> None:
    cleaned = clean({"name": "Hòa 2", "phone": "123", "email": "xyz"})
    assert len(cleaned.faults) == 3


def test_a_name_in_two_columns_becomes_one() -> None:
    assert clean({"family": "NGUYỄN THỊ ", "given": " HÒA"}).values == {"name": "Nguyễn Thị Hòa"}


# --- names without their marks ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["Nguyen Thi Hoa", "Nguyễn Thi Hòa", "Tran Van Nam", "Nguyen Hoa", "Le Ngoc Anh", "Đỗ Van Nam"]
)
def test_a_bare_family_or_middle_name_is_noticed(name: str) -> None:
    assert lacks_marks(name)


@pytest.mark.parametrize(
    "name",
    ["Cao Minh Anh", "Mai Lan", "Hòa", "Thi", "Kim Tran", "H'Hen Niê", "Phan Thanh Liêm", "Lâm Thi", "Nguyễn Thị Hoa"],
)
def test_a_complete_name_is_left_alone(name: str) -> None:
    assert not lacks_marks(name)


# --- letters that are not what they look like ---------------------------------------------------------------------


def test_an_old_font_is_recognised() -> None:
    assert damage(["NguyÔn V¨n H¶i", "TrÇn ThÞ Hång", "Lª Minh"]) == "old_font"  # TCVN3
    assert damage(["Nguyeãn Vaên Haûi", "Traàn Thò Hoàng", "Leâ Minh"]) == "old_font"  # VNI


def test_a_wrong_encoding_is_recognised() -> None:
    names = [name.encode().decode("cp1252", "replace") for name in ("Nguyễn Văn Hải", "Trần Thị Hồng", "Đỗ Minh")]
    assert damage(names) == "wrong_encoding"


def test_letters_lost_on_the_way_are_recognised() -> None:
    assert damage(["Nguy?n V?n H?i", "Tr?n Th? H?ng", "Lê Minh"]) == "lost_letters"


def test_names_of_today_show_no_damage() -> None:
    good = ["Nguyễn Thị Hoàng Yến", "Hoà", "Huỳnh Quốc Toản", "Y Ñiêm", "Nguyễn Xuân Huê", "Đoàn Uyển", "Hoá", "Oánh"]
    assert damage(good) is None
    assert damage([*good, "François", "Müller"] + ["Lê Thị Bích"] * 5) is None
