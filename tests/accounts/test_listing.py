"""The list of members on paper: whole, of the unit alone; names without tone marks are seen to first."""

import unicodedata
from io import BytesIO
from uuid import UUID

import pytest
import sqlalchemy as sa
from docx import Document
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from app.accounts.models import Person
from app.audit import AuditLine
from app.db import db, writing
from tests import make
from tests.documents.test_pdf import fonts_of
from tests.world import World

PAGE = "/don-vi/MSH/doan-vien/in"
PAPER = "/don-vi/MSH/doan-vien.pdf"
SHEET = "/don-vi/MSH/doan-vien.xlsx"
WORD = "/don-vi/MSH/doan-vien.docx"
MEMBERS = ["Lê Thị Bích", "Trần Thị Mỹ Hạnh", "Nguyễn Thị Hòa", "Phạm Thị Thu", "Lê Văn Tuấn"]


def unmark(world: World, who: UUID, name: str) -> str:
    """As a list without tone marks brings somebody; their member code."""
    with world.app.app_context(), writing():
        held = db.session.get_one(Person, who)
        held.name, held.name_unmarked = name, True
    return make.code_of(world.app, who)


def paper(world: World, path: str = PAPER) -> PdfReader:
    answer = make.sign_in(world.app, world.hanh).get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    return PdfReader(BytesIO(answer.data))


def words(read: PdfReader) -> str:
    found = " ".join(page.extract_text() for page in read.pages)
    return " ".join(unicodedata.normalize("NFC", found).split())


def test_the_paper_has_the_letterhead_and_every_member_in_order(world: World) -> None:
    said = words(paper(world))
    for line in (
        "LIÊN ĐOÀN LAO ĐỘNG QUẬN 1",
        "CĐCS MAY SEN HỒNG",
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "DANH SÁCH ĐOÀN VIÊN",
        "Danh sách có 5 đoàn viên.",
        "TM. BAN CHẤP HÀNH",
    ):
        assert line in said, line
    assert "Ngày " in said
    assert sorted(MEMBERS, key=said.index) == MEMBERS
    assert "Tổ May 3" in said


def test_it_is_set_in_the_embedded_face(world: World) -> None:
    assert {name.partition("-")[0] for name in fonts_of(paper(world))} == {"Tinos"}


def test_the_list_of_one_group_has_its_people_alone(world: World) -> None:
    said = words(paper(world, f"{PAPER}?to=MSH3"))
    assert "Nguyễn Thị Hòa" in said
    assert "Lê Thị Bích" not in said


def test_the_spreadsheet_says_the_same_and_no_telephone(world: World) -> None:
    answer = make.sign_in(world.app, world.hanh).get(SHEET)
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.data)).get_sheet_by_index(0).to_python()
    assert rows[2] == ["STT", "Họ và tên", "Mã đoàn viên", "Tổ công đoàn"]
    assert [row[1] for row in rows[3:]] == MEMBERS
    assert rows[5] == [3, "Nguyễn Thị Hòa", make.code_of(world.app, world.hoa), "Tổ May 3"]
    assert "0900000001" not in str(rows)


def test_the_word_file_says_the_same_as_the_paper(world: World) -> None:
    make.person(world.app, "H'Hen Niê", "MSH")
    answer = make.sign_in(world.app, world.hanh).get(WORD)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="doan-vien-msh.docx"'
    read = Document(BytesIO(answer.data))
    rows = [[cell.text for cell in row.cells] for row in read.tables[1].rows]
    assert rows[0] == ["STT", "Họ và tên", "Mã đoàn viên", "Tổ công đoàn", "Ghi chú"]
    assert sorted(row[1] for row in rows[1:]) == sorted([*MEMBERS, "H'Hen Niê"])
    assert ["Nguyễn Thị Hòa", make.code_of(world.app, world.hoa), "Tổ May 3", ""] in [row[1:] for row in rows]
    assert "Danh sách có 6 đoàn viên." in [line.text for line in read.paragraphs]


def test_a_long_list_goes_on_over_pages_with_its_head(world: World) -> None:
    """Takes 6 s: fifty people join one by one."""
    for n in range(50):
        make.person(world.app, f"Người Thứ {n}", "MSH")
    read = paper(world)
    assert len(read.pages) > 1
    assert all("Mã đoàn viên" in page.extract_text() for page in read.pages)


def test_where_every_name_has_its_marks_the_page_leads_to_paper_at_once(world: World) -> None:
    page = make.sign_in(world.app, world.hanh).get(PAGE).text
    assert "chưa có dấu" not in page
    assert PAPER in page


def test_names_without_marks_are_listed_before_and_it_can_be_printed_all_the_same(world: World) -> None:
    unmark(world, world.bich, "Le Thi Bich")
    page = make.sign_in(world.app, world.hanh).get(PAGE).text.replace("\u00a0", " ")
    assert "1 tên chưa có dấu" in page
    assert "Le Thi Bich" in page
    assert PAPER in page
    assert "Le Thi Bich" in words(paper(world))


def test_an_officer_gives_a_name_its_marks_once(world: World) -> None:
    code = unmark(world, world.bich, "Le Thi Bich")
    officer = make.sign_in(world.app, world.hanh)
    for _ in range(2):
        answer = make.post(officer, PAGE, {code: "Lê Thị Bích"}, form_on=PAGE)
        assert answer.status_code == 303
    assert make.name_of(world.app, world.bich) == "Lê Thị Bích"
    with world.app.app_context():
        mended = sa.select(sa.func.count()).where(AuditLine.verb == "person.mend_name")
        assert db.session.scalar(mended) == 1
        db.session.rollback()


def test_a_name_left_as_it_is_waits(world: World) -> None:
    code = unmark(world, world.bich, "Le Thi Bich")
    officer = make.sign_in(world.app, world.hanh)
    make.post(officer, PAGE, {code: "Le Thi Bich"}, form_on=PAGE)
    assert "1 tên chưa có dấu" in officer.get(PAGE).text.replace("\u00a0", " ")


@pytest.mark.parametrize("typed", ["Lê Thị Bích Ngọc", "Lê \u202eBích"])
def test_another_name_is_refused_and_what_was_typed_stays(world: World, typed: str) -> None:
    bich, hoa = unmark(world, world.bich, "Le Thi Bich"), unmark(world, world.hoa, "Nguyen Thi Hoa")
    officer = make.sign_in(world.app, world.hanh)
    answer = make.post(officer, PAGE, {bich: typed, hoa: "Nguyễn Thị Hòa"}, form_on=PAGE)
    assert answer.status_code == 400
    assert "chỉ thêm dấu" in answer.text.replace("\u00a0", " ")
    assert 'value="Nguyễn Thị Hòa"' in answer.text
    assert make.name_of(world.app, world.hoa) == "Nguyen Thi Hoa"


def test_inside_zalo_the_way_out_is_told(world: World) -> None:
    officer = make.sign_in(world.app, world.hanh)
    for path in (PAPER, SHEET, WORD):
        answer = officer.get(path, headers={"User-Agent": "Mozilla/5.0 (Linux; Android 9) Zalo android/12"})
        assert "Mở bằng trình duyệt" in answer.text
