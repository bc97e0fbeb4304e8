"""`Ai xem được gì`: who by name, in numbers from above, on one sheet of paper."""

import unicodedata
from io import BytesIO

import sqlalchemy as sa
from pypdf import PdfReader

from app.accounts.models import Role
from app.db import db, writing
from tests import make
from tests.documents.test_pdf import fonts_of
from tests.progress import crowded
from tests.world import World

PAGE = "/don-vi/MSH/ai-xem-duoc-gi"


def page(world: World, who: str = "hoa", path: str = PAGE) -> str:
    return make.sign_in(world.app, getattr(world, who)).get(path).text.replace("\u00a0", " ")


def paper(world: World, who: str = "hoa") -> PdfReader:
    return PdfReader(BytesIO(make.sign_in(world.app, getattr(world, who)).get(f"{PAGE}.pdf").data))


def words(read: PdfReader) -> str:
    return " ".join(unicodedata.normalize("NFC", " ".join(sheet.extract_text() for sheet in read.pages)).split())


def test_it_names_who_opens_texts_today_with_their_duty(world: World) -> None:
    said = page(world)
    assert "Phiếu của đoàn viên: Phạm Thị Thu (Chủ tịch), Lê Văn Tuấn (Phó Chủ tịch), Trần Thị Mỹ Hạnh" in said
    assert "Phiếu của Chủ tịch: Vũ Thị Thanh Hương (Chủ tịch), Đỗ Quang Minh (Ủy viên BCH), BCH LĐLĐ Quận 1." in said


def test_who_has_declared_a_conflict_is_said_to_open_nothing(world: World) -> None:
    with world.app.app_context(), writing():
        db.session.execute(sa.update(Role).where(Role.person_id == world.tuan).values(conflict=True))
    said = page(world)
    assert "Không mở phiếu nào, vì đã khai có liên quan: Lê Văn Tuấn (Phó Chủ tịch)." in said
    assert "Phiếu của đoàn viên: Phạm Thị Thu (Chủ tịch), Trần Thị Mỹ Hạnh (Ủy viên BCH), BCH" in said


def test_from_above_it_says_how_many_and_not_who(world: World) -> None:
    said = page(world, "minh")
    assert "Phiếu của đoàn viên: 3 người trong BCH CĐCS May Sen Hồng." in said
    assert "Trần Thị Mỹ Hạnh" not in said


def test_it_shows_what_the_federation_sees_with_its_real_numbers(world: World) -> None:
    crowded.crowd(world, 1)
    said = page(world)
    assert "LĐLĐ Quận 1 thấy" in said
    assert "7 đoàn viên" in said
    assert "Chuyên đề Trung ương 4: 5/7" in said


def test_without_a_year_it_says_so(world: World) -> None:
    assert "chưa có con số nào" in page(world)
    assert "chưa có con số nào" in words(paper(world))


def test_the_paper_says_the_same_on_one_sheet_even_in_a_year_with_many_modules(world: World) -> None:
    crowded.crowd(world, 15)
    read = paper(world)
    assert len(read.pages) == 1
    said = words(read)
    for line in ("AI XEM ĐƯỢC GÌ", "Đang giữ những gì", "Không hỏi và không giữ", "Phạm Thị Thu (Chủ tịch)", "6/7"):
        assert line in said, line
    assert {name.partition("-")[0] for name in fonts_of(read)} == {"Tinos"}


def test_everybody_finds_the_page_of_their_own_unit(world: World) -> None:
    for who, to in (("hoa", PAGE), ("lan", "/don-vi/BTX/ai-xem-duoc-gi"), ("minh", "/toi#ai-xem")):
        assert make.sign_in(world.app, getattr(world, who)).get("/toi/ai-xem-duoc-gi").location == to


def test_a_group_or_a_federation_has_none(world: World) -> None:
    for code in ("MSH3", "Q1"):
        answer = make.sign_in(world.app, world.minh).get(f"/don-vi/{code}/ai-xem-duoc-gi")
        assert answer.status_code == 404
