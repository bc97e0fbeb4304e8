"""Slips on paper: for whom, what stands on them, and what their QR codes open."""

import json
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
import typst
import zxingcpp
from flask.testing import FlaskClient
from PIL import Image
from pypdf import PdfReader

from app.accounts import queries
from app.accounts.models import Account
from app.db import db, writing
from app.documents import pdf
from tests import make
from tests.world import World

PAGE = "/don-vi/MSH/doan-vien/phieu"


@pytest.fixture
def w(world: World) -> World:
    """Hòa and Bích have not been in yet."""
    for who in (world.hoa, world.bich):
        never_in(world, who)
    return world


def never_in(world: World, who: UUID) -> None:
    with world.app.app_context(), writing():
        db.session.get_one(Account, who).password_hash = None


def printed(client: FlaskClient, form_id: str = "a" * 20, **data: str) -> PdfReader:
    answer = make.post(client, PAGE, {"form_id": form_id, **data}, form_on=PAGE)
    assert answer.status_code == 200, answer.text
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    return PdfReader(BytesIO(answer.data))


def words(read: PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in read.pages).split())


def codes(read: PdfReader) -> list[str]:
    return sorted(word for word in words(read).split() if len(word) == 19 and word.count("-") == 3)


def test_the_page_lists_who_has_not_been_in_by_group(w: World) -> None:
    page = make.sign_in(w.app, w.hanh).get(PAGE).text
    assert make.name_of(w.app, w.hoa) in page
    assert make.name_of(w.app, w.bich) in page
    assert make.name_of(w.app, w.tuan) not in page


def test_a_slip_bears_name_unit_code_and_lets_its_person_in(w: World) -> None:
    read = printed(make.sign_in(w.app, w.hanh))
    said = words(read)
    assert len(codes(read)) == 2
    for who in (w.hoa, w.bich):
        assert make.name_of(w.app, who) in said
        assert make.code_of(w.app, who) in said
    guest = w.app.test_client()
    opened = {guest.get(f"/kich-hoat/{code}").status_code for code in codes(read)}
    assert opened == {200}


def test_a_double_click_prints_the_same_slips_and_a_new_page_new_ones(w: World) -> None:
    officer = make.sign_in(w.app, w.hanh)
    first, again, anew = (printed(officer, form) for form in ("a" * 20, "a" * 20, "b" * 20))
    assert codes(first) == codes(again)
    assert not set(codes(first)) & set(codes(anew))
    assert w.app.test_client().get(f"/kich-hoat/{codes(first)[0]}").status_code == 409


def test_one_group_alone_can_be_printed(w: World) -> None:
    with w.app.app_context():
        groups = queries.outside_by_group(make.unit("MSH").id, make.START.replace(month=5))
        one = groups[0]
        name = one.members[0].name
        to = one.group.code if one.group else "-"
        number = len(one.printable)
    read = printed(make.sign_in(w.app, w.hanh), to=to)
    assert len(codes(read)) == number
    assert name in words(read)


def test_who_holds_a_role_gets_no_slip_from_their_own_unit(w: World) -> None:
    never_in(w, w.tuan)
    officer = make.sign_in(w.app, w.hanh)
    assert "nhận phiếu từ cấp trên" in officer.get(PAGE).text
    assert make.name_of(w.app, w.tuan) not in words(printed(officer))


def test_where_nobody_waits_it_says_so(world: World) -> None:
    officer = make.sign_in(world.app, world.hanh)
    assert "Ai cũng đã vào" in officer.get(PAGE).text
    answer = make.post(officer, PAGE, {"form_id": "a" * 20}, form_on="/toi")
    assert answer.status_code == 409


def test_inside_zalo_nothing_is_issued_and_the_way_out_is_told(w: World) -> None:
    officer = make.sign_in(w.app, w.hanh)
    data = {"csrf_token": make.token(officer, PAGE), "form_id": "a" * 20}
    answer = officer.post(PAGE, data=data, headers={"User-Agent": "Mozilla/5.0 (Linux; Android 9) Zalo android/12"})
    assert "Mở bằng trình duyệt" in answer.text
    assert codes(printed(officer)) != []


def test_the_qr_codes_open_what_they_say_and_are_read_by_another_library() -> None:
    """As a telephone would: from the picture of the page."""
    addresses = [f"https://lamtheo.example.vn/kich-hoat/{'ABCDEFGH' * 2}{n}"[:52] for n in range(10)]
    slips: list[dict[str, Any]] = [
        {
            "unit": "CĐCS",
            "name": "Đỗ Ượng",
            "member": "MSH-0001-7",
            "code": "X",
            "until": "1/6/2020",
            "qr": pdf.qr(address),
        }
        for address in addresses
    ]
    data = {"title": "Phiếu", "site": "x", "slips": slips}
    picture = typst.compile(
        str(pdf.APP / "accounts/typst/slips.typ"),
        root=str(pdf.APP),
        font_paths=[str(pdf.FONTS)],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(data)},
        format="png",
        ppi=150,
    )
    read = zxingcpp.read_barcodes(Image.open(BytesIO(picture)))
    assert sorted(code.text for code in read) == sorted(addresses)


def test_eleven_members_take_two_pages(world: World) -> None:
    """Takes 4 s: eleven people join one by one."""
    for n in range(11):
        make.person(world.app, f"Người Thứ {n}", "MSH")
    with world.app.app_context(), writing():
        for account in db.session.query(Account):
            account.password_hash = account.password_hash if account.person_id == world.hanh else None
    read = printed(make.sign_in(world.app, world.hanh))
    assert len(read.pages) == -(-len(codes(read)) // 10)
    assert len(codes(read)) > 10


@pytest.mark.parametrize("code", ["WWWW-WWWW-WWWW-WWWW", "MWMW-MWMW-WWMM-MMWW", "7777-7777-7777-7777"])
def test_a_code_stands_on_one_line_however_wide_its_letters(code: str) -> None:
    """A code broken at its hyphen was read, and typed, as two."""
    texts = {"unit": "CĐCS Công ty May Sài Gòn, Tổ 1", "name": "Hoà", "member": "MSH-0004-1", "until": "1/2/2020"}
    data = {
        "title": "Phiếu",
        "site": "lamtheo.vn/kich-hoat",
        "slips": [texts | {"code": code, "qr": pdf.qr("http://a/b")}],
    }
    sheet = PdfReader(BytesIO(pdf.render("accounts/typst/slips.typ", data)))
    assert code in sheet.pages[0].extract_text()
