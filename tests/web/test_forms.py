"""The base of every form: Vietnamese words, text cleaned on entry, days as people write them."""

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from importlib.resources import files

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict
from wtforms import EmailField, IntegerField, PasswordField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length, NumberRange

from app.web.forms import DayField, Form, Safe, parse_date
from app.web.messages_vi import MESSAGES

# --- the words ---------------------------------------------------------------------------------------------------


def catalogue() -> list[str]:
    """Every message of WTForms' own catalogue, singular and plural."""
    source = files("wtforms").joinpath("locale/wtforms.pot").read_text(encoding="utf-8")
    found = re.findall(r'^msgid(?:_plural)? ((?:"(?:[^"\\]|\\.)*"\n?)+)', source, re.MULTILINE)
    joined = ("".join(re.findall(r'"((?:[^"\\]|\\.)*)"', parts)) for parts in found)
    return [message.replace('\\"', '"') for message in joined if message]


def test_the_catalogue_of_wtforms_was_read() -> None:
    assert len(catalogue()) > 30
    assert "This field is required." in catalogue()


@pytest.mark.parametrize("message", catalogue())
def test_every_message_of_wtforms_has_vietnamese_words(message: str) -> None:
    words = MESSAGES[message]
    assert words != message
    assert re.search("[à-ỹđ]", words.lower()), words
    named = set(re.findall(r"%\((\w+)\)[sd]", message))
    assert set(re.findall(r"%\((\w+)\)[sd]", words)) <= named
    assert words % (dict.fromkeys(named, 3) if named or "%s" not in message else "x")


def test_no_message_speaks_of_users_or_the_system() -> None:
    for words in MESSAGES.values():
        assert not re.search(r"\b(bạn|người dùng|hệ thống)\b", words.lower())


# --- a form of its own -------------------------------------------------------------------------------------------


class Trial(Form):
    name = StringField("Họ và tên", [InputRequired(), Length(max=20), Safe()])
    email = EmailField("Thư điện tử")
    deed = TextAreaField("Việc")
    secret = PasswordField("Mật khẩu")
    day = DayField("Đến khi")
    count = IntegerField("Số", [NumberRange(1, 3)])
    unit = SelectField("Đơn vị", choices=["MSH", "BTX"])


GOOD = {"name": "Hòa", "count": "2", "unit": "MSH"}


@pytest.fixture
def house() -> Iterator[Flask]:
    app = Flask("house")
    app.config.update(SECRET_KEY="x" * 32, WTF_CSRF_ENABLED=False)
    with app.test_request_context("/", method="POST"):
        yield app


def filled(**values: str) -> Trial:
    return Trial(MultiDict(GOOD | values))


def test_text_comes_in_as_nfc_without_controls_and_edges(house: Flask) -> None:
    form = filled(
        name=unicodedata.normalize("NFD", "  Hòa\x00 "),
        email=unicodedata.normalize("NFD", "hòa@example.com\x07"),
        deed="một\r\nhai\x1b ",
    )
    assert form.validate()
    assert form.name.data == "Hòa"
    assert form.email.data == "hòa@example.com"
    assert form.deed.data == "một\nhai"


def test_a_password_stays_as_it_was_typed(house: Flask) -> None:
    assert filled(secret="  mật khẩu ").secret.data == "  mật khẩu "


def test_length_is_counted_in_letters_not_in_their_parts(house: Flask) -> None:
    assert filled(name=unicodedata.normalize("NFD", "ế" * 20)).validate()
    assert not filled(name="ế" * 21).validate()


def test_a_refused_form_says_why_in_vietnamese_in_the_order_of_the_page(house: Flask) -> None:
    form = filled(name="", day="32/5/2020", count="9", unit="XXX")
    assert not form.validate()
    assert form.troubles == [
        ("name", "Họ và tên", "Anh/chị điền ô này."),
        ("day", "Đến khi", "Ngày chưa đúng, ví dụ đúng: 19/5/2020."),
        ("count", "Số", "Số này phải từ 1 đến 3."),
        ("unit", "Đơn vị", "Anh/chị chọn một trong các dòng có sẵn."),
    ]


def test_a_number_that_is_none_says_so(house: Flask) -> None:
    form = filled(count="ba")
    assert not form.validate()
    assert form.troubles == [("count", "Số", "Anh/chị điền một số nguyên, ví dụ 12.")]


def test_a_name_that_would_show_as_another_is_refused(house: Flask) -> None:
    form = filled(name="Hòa\u202e")
    assert not form.validate()
    assert form.troubles[0][2].startswith("Tên có ký tự lạ")


# --- days --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "written",
    [
        "19/5/2020",
        "19/05/2020",
        " 19/5/2020 ",
        "19-5-2020",
        "19.5.2020",
        "19-05-2020",
        "19 5 2020",
        "19 05 2020",
        "19\u00a05\u00a02020",
        "19 / 5 / 2020",
        "19. 5. 2020",
        "19052020",
        "2020-05-19",
        "2020/5/19",
        "2020 05 19",
    ],
)
def test_a_day_is_read_as_people_write_it(written: str) -> None:
    assert parse_date(written) == date(2020, 5, 19)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "19/5",
        "19/5/20",
        "31/2/2020",
        "5/19/2020",
        "20200519",
        "1952020",
        "190520",
        "31022020",
        "hôm nay",
        "19/5/2020/1",
        "-5/5/2020",
        "19  tháng 5 2020",
        "19/5/",
        "١٩/٥/٢٠٢٠",
        "0/0/0",
    ],
)
def test_what_is_no_day_is_read_as_none(written: str) -> None:
    assert parse_date(written) is None


@pytest.mark.parametrize("written", ["19/5", "19/05", "19-5", "19.5", "19 5", " 19 / 5 "])
def test_a_day_without_a_year_is_of_the_year_that_the_field_knows(written: str) -> None:
    assert parse_date(written, 2020) == date(2020, 5, 19)
    assert parse_date(written) is None


def test_a_year_that_was_written_goes_before_the_one_that_is_known() -> None:
    assert parse_date("19/5/2021", 2020) == date(2021, 5, 19)
    assert parse_date("29/2", 2020) == date(2020, 2, 29)
    assert parse_date("29/2", 2021) is None


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)), st.sampled_from("/-. "))
def test_every_day_is_read_back(day: date, mark: str) -> None:
    assert parse_date(f"{day.day}{mark}{day.month}{mark}{day.year}") == day
    assert parse_date(f"{day.day}{mark}{day.month}", day.year) == day
    assert parse_date(f"{day.day:02}{day.month:02}{day.year}") == day
    assert parse_date(day.isoformat()) == day


@given(st.text(max_size=30))
def test_no_text_breaks_the_reading_of_days(written: str) -> None:
    found = parse_date(written)
    assert found is None or isinstance(found, date)


def test_a_day_is_shown_as_it_was_typed_until_it_is_one(house: Flask) -> None:
    wrong, right = filled(day="32/5/2020"), filled(day=" 2020-05-19 ")
    assert 'value="32/5/2020"' in wrong.day()
    assert right.validate()
    assert right.day.data == date(2020, 5, 19)
    assert 'value="19/5/2020"' in Trial(formdata=None, data={"day": date(2020, 5, 19)}).day()


def test_an_empty_day_is_none_and_no_mistake(house: Flask) -> None:
    form = filled(day="")
    assert form.validate()
    assert form.day.data is None
