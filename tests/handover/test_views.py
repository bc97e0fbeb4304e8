"""A handover lists what is open, for a page and for minutes; no text, and names only where they may stand."""

import unicodedata
from io import BytesIO

import pytest
from docx import Document
from pypdf import PdfReader
from werkzeug.test import TestResponse

from app import loading
from app.config import ROOT
from tests import make
from tests.rosters import sheets
from tests.test_access import CANARY, keep, send
from tests.world import World

PAGE = "/don-vi/MSH/ban-giao"


@pytest.fixture
def loaded(world: World) -> World:
    """Hòa has sent her deed, the chair hers to the level above."""
    with world.app.app_context():
        loading.load(ROOT)
    send(world.app, world.hoa, "commitment", "hoa")
    send(world.app, world.thu, "pledge", "thu")
    return world


def shown(answer: TestResponse) -> str:
    assert answer.status_code == 200, answer.text
    return flat(answer.text)


def flat(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).replace("\u00a0", " ").split())


def paper(answer: TestResponse) -> str:
    return flat(" ".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages))


def word(answer: TestResponse) -> str:
    read = Document(BytesIO(answer.data))
    cells = [cell.text for table in read.tables for row in table.rows for cell in row.cells]
    return flat(" ".join([line.text for line in read.paragraphs] + cells))


def code(world: World, who: str) -> str:
    return make.code_of(world.app, getattr(world, who))


def test_the_chair_sees_what_is_open_and_what_to_do_first(loaded: World) -> None:
    page = shown(make.sign_in(loaded.app, loaded.thu).get(PAGE))
    assert "Bên giao: Phạm Thị Thu, Chủ tịch." in page
    assert "Phiếu chờ BCH xem: 1" in page
    assert "Xem 1 phiếu đang chờ BCH" in page
    assert "không còn ai trong BCH" not in page
    assert CANARY.format("hoa") not in page
    assert "Nguyễn Thị Hòa" not in page


def test_a_chair_looks_at_every_officer_and_another_at_their_own_alone(loaded: World) -> None:
    thu, hanh = make.sign_in(loaded.app, loaded.thu), make.sign_in(loaded.app, loaded.hanh)
    tuan = f"{PAGE}?ma={code(loaded, 'tuan')}"
    assert "Bên giao: Lê Văn Tuấn" in shown(thu.get(tuan))
    assert "Bên giao: Trần Thị Mỹ Hạnh" in shown(hanh.get(PAGE))
    assert "Lê Văn Tuấn, Phó Chủ tịch</a>" not in shown(hanh.get(PAGE))
    assert hanh.get(tuan).status_code == 404
    assert hanh.get(tuan.replace("ban-giao", "ban-giao.pdf")).status_code == 404


def test_a_draft_is_counted_for_its_author_alone(loaded: World) -> None:
    thu = make.sign_in(loaded.app, loaded.thu)
    assert "bản nháp của riêng mình" not in shown(thu.get(PAGE))
    assert "không bàn giao" in shown(thu.get(PAGE))
    assert "bản nháp" not in shown(thu.get(f"{PAGE}?ma={code(loaded, 'hanh')}")).lower()
    keep(loaded.app, loaded.hanh, "assessment", "hanh")
    assert "Anh/chị có" not in shown(make.sign_in(loaded.app, loaded.hanh).get(PAGE))


def test_a_list_being_loaded_stands_there_and_not_for_those_above(loaded: World) -> None:
    hanh = make.sign_in(loaded.app, loaded.hanh)
    sheets.upload(hanh, sheets.people(("Nguyễn Thị Hòa", "Tổ May 3", "", "0900000001")))
    assert "Nạp xong hoặc bỏ 1 danh sách đang nạp dở" in shown(hanh.get(PAGE))
    minh = make.sign_in(loaded.app, loaded.minh)
    assert "danh sách đang nạp dở" not in shown(minh.get(f"{PAGE}?ma={code(loaded, 'hanh')}"))


def test_the_level_above_finds_where_duties_are_given(loaded: World) -> None:
    page = shown(make.sign_in(loaded.app, loaded.minh).get(PAGE))
    assert "Bên giao: Phạm Thị Thu, Chủ tịch." in page
    assert "/don-vi/MSH/nhiem-vu" in page
    assert "/don-vi/MSH/nhiem-vu" not in shown(make.sign_in(loaded.app, loaded.thu).get(PAGE))


@pytest.mark.parametrize(("ending", "read"), [("pdf", paper), ("docx", word)])
def test_the_minutes_name_both_sides_and_hold_numbers_and_titles(loaded: World, ending: str, read: object) -> None:
    assert callable(read)
    thu = make.sign_in(loaded.app, loaded.thu)
    said = read(thu.get(f"{PAGE}.{ending}?nhan={code(loaded, 'tuan')}"))
    for words in (
        "LIÊN ĐOÀN LAO ĐỘNG QUẬN 1",
        "BIÊN BẢN",
        "Bên giao: Phạm Thị Thu, Chủ tịch",
        "Bên nhận: Lê Văn Tuấn, Phó Chủ tịch",
        "Chủ tịch, từ 1/1/2020",
        "Phiếu chờ BCH xem: 1",
        "Xem 1 phiếu đang chờ BCH",
        "BÊN GIAO",
        "BÊN NHẬN",
    ):
        assert words in said, words
    assert CANARY.format("hoa") not in said
    assert "Nguyễn Thị Hòa" not in said


def test_the_receiver_may_be_any_member_or_a_blank_line(loaded: World) -> None:
    thu = make.sign_in(loaded.app, loaded.thu)
    assert "Bên nhận: Lê Thị Bích." in shown(thu.get(f"{PAGE}?khac={code(loaded, 'bich').lower()}"))
    assert "Bên nhận: Lê Thị Bích" in paper(thu.get(f"{PAGE}.pdf?nhan={code(loaded, 'bich')}"))
    assert "Bên nhận: để trống, ghi tay." in shown(thu.get(PAGE))
    assert "Bên nhận: ....." in paper(thu.get(f"{PAGE}.pdf"))


@pytest.mark.parametrize("typed", ["MSH-9999-0", "Lê Thị Bích", "<b>"])
def test_a_code_that_nobody_here_has_is_asked_again(loaded: World, typed: str) -> None:
    thu = make.sign_in(loaded.app, loaded.thu)
    page = thu.get(PAGE, query_string={"khac": typed})
    assert "đơn vị không có ai mang mã này" in shown(page)
    assert "<b>" not in page.text
    assert "Mai Thị Lan" not in shown(thu.get(f"{PAGE}?khac={code(loaded, 'lan')}"))


def test_from_above_a_member_is_not_named_by_their_code(loaded: World) -> None:
    minh = make.sign_in(loaded.app, loaded.minh)
    assert "Lê Thị Bích" not in shown(minh.get(f"{PAGE}?khac={code(loaded, 'bich')}"))
    assert "Lê Thị Bích" not in paper(minh.get(f"{PAGE}.pdf?nhan={code(loaded, 'bich')}"))
    assert "Bên nhận: Lê Văn Tuấn, Phó Chủ tịch" in paper(minh.get(f"{PAGE}.pdf?nhan={code(loaded, 'tuan')}"))


def test_a_federation_hands_over_too(loaded: World) -> None:
    page = shown(make.sign_in(loaded.app, loaded.huong).get("/don-vi/Q1/ban-giao"))
    assert "Bên giao: Vũ Thị Thanh Hương, Chủ tịch." in page
    assert "Phiếu chờ BCH xem: 1" in page


def test_inside_zalo_the_way_out_is_told(loaded: World) -> None:
    thu = make.sign_in(loaded.app, loaded.thu)
    for ending in ("pdf", "docx"):
        answer = thu.get(f"{PAGE}.{ending}", headers={"User-Agent": "Mozilla/5.0 (Linux; Android 9) Zalo android/12"})
        assert "Mở bằng trình duyệt" in answer.text
