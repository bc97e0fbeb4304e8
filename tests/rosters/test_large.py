"""5,000 invented people, as LibreOffice wrote them: read and loaded in under 30 s, and everybody is who they were."""

import unicodedata
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from app import chance, clock
from app.accounts.models import Membership, Person, SignInName
from app.db import db, writing
from app.rosters import actions, files, queries
from app.rosters.models import Upload, UploadRow
from app.steps.actions import rebuild
from app.units.rules import read_member_code
from tests import make
from tests.rosters.sheets import plain, upload
from tests.world import World

FILES = Path(__file__).parent / "files"
LARGE = FILES / "may-sen-hong-5000.xlsx"


def read(world: World) -> Upload:
    """The file read for CĐCS May Sen Hồng; the job is done at once."""
    made, unit_id = chance.row_id(), make.unit("MSH").id
    files.keep(made, LARGE.read_bytes())
    db.session.rollback()
    with writing():
        actions.start(world.hanh, made, unit_id, "members", LARGE.name)
    return db.session.get_one(Upload, made)


def load(world: World, found: Upload) -> None:
    with writing():
        actions.decide_groups(found, True)
    with writing():
        actions.answer_all(found)
    with writing():
        for row in queries.rows_of(found.id, "similar"):
            row.answer = row.answer or "new"
    with writing():
        actions.ask_to_apply(world.hanh, found, queries.plan_of(found).mark, skip_faulty=False)


def test_five_thousand_people_are_read_and_loaded_in_time(world: World) -> None:
    """Takes 10 s: a whole large union, on both databases. The bound is 30 s."""
    with world.app.app_context():
        begun = clock.monotonic()
        found = read(world)
        assert (found.state, found.counts["lines"], found.total) == ("ready", 5003, 5003)
        assert found.facts["unused"] == ["Ngày sinh", "Dân tộc"]
        rows = {row.n: row for row in queries.rows_of(found.id)}
        outcomes = Counter(row.outcome for row in rows.values())
        assert outcomes["aside"] == 3
        assert outcomes["faulty"] == 0
        assert sum("Thêm số 0" in note for row in rows.values() for note in row.notes) == 2_500
        load(world, found)
        assert clock.monotonic() - begun < 30
        db.session.expire_all()
        assert found.state == "done"
        _everybody_is_who_they_were(found.id)
        assert rebuild() == []
        db.session.rollback()


def _everybody_is_who_they_were(upload_id: object) -> None:
    names = list(db.session.scalars(sa.select(Person.name).join(UploadRow, UploadRow.person_id == Person.id)))
    assert len(names) == 5_000
    assert all(unicodedata.is_normalized("NFC", name) for name in names)
    counted = Counter(names)
    assert counted["H'Hen Niê"] == counted["H'Bia Êban"] == counted["Y Ƀhiăô Mlô"] == counted["Hòa"] == 1
    assert counted["Đỗ Thị Ước"] == 3  # NFC, NFD and half of it
    assert counted["Công Tằng Tôn Nữ Thị Hường"] == counted["Lê-Trần Mai Anh"] == 1
    assert not any(name.isupper() and len(name) > 1 for name in names)
    unmarked = sa.select(Person.name).where(Person.name_unmarked)
    assert set(db.session.scalars(unmarked)) == {"Nguyen Thi Hoa"}
    codes = list(db.session.scalars(sa.select(SignInName.folded).where(SignInName.kind == "code")))
    assert len(set(codes)) == len(codes)
    assert all(read_member_code(code) == code for code in codes)
    own = list(db.session.scalars(sa.select(Membership.own_code).where(Membership.own_code.is_not(None))))
    assert len(own) == 5_000
    assert {"00001", "05000"} <= set(own)


def test_the_same_list_a_month_later_changes_nothing(one_world: World) -> None:
    """Takes 5 s: loads the large list, then reads it again."""
    with one_world.app.app_context():
        load(one_world, read(one_world))
        again = read(one_world)
        outcomes = Counter(row.outcome for row in queries.rows_of(again.id))
        assert outcomes == {"same": 5_000, "aside": 3}
        assert {one.person_id for one in queries.leavers(again)} == {
            one_world.hoa, one_world.bich, one_world.hanh, one_world.tuan, one_world.thu,
        }  # fmt: skip
        db.session.rollback()


def test_progress_is_told_while_the_lines_are_read(one_world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Takes 3 s: reads the large list. What the page shows comes from the upload's own row."""
    told: list[tuple[int, int]] = []

    @sa.event.listens_for(sa.Engine, "after_cursor_execute")
    def note(connection: object, cursor: object, statement: str, parameters: object, *rest: object) -> None:
        if statement.startswith("UPDATE upload SET progress"):
            told.append(tuple(parameters)[:2])  # type: ignore[arg-type]

    try:
        with one_world.app.app_context():
            read(one_world)
            db.session.rollback()
    finally:
        sa.event.remove(sa.Engine, "after_cursor_execute", note)
    assert told[:2] == [(500, 5003), (1000, 5003)]
    assert told[-1] == (5003, 5003)


def test_the_page_says_which_line_is_being_read(one_world: World) -> None:
    hanh = make.sign_in(one_world.app, one_world.hanh)
    with one_world.app.app_context():
        unit_id = make.unit("MSH").id
        db.session.rollback()
        made = chance.row_id()
        with writing() as session:
            now = clock.now()
            session.add(
                Upload(
                    id=made, unit_id=unit_id, kind="members", by=one_world.hanh, state="reading", made=now, at=now,
                    facts={}, counts={}, progress=1200, total=5000,
                )
            )  # fmt: skip
    answer = hanh.get(f"/don-vi/MSH/danh-sach/{made}")
    assert "Đang đọc dòng 1200/5000" in plain(answer)
    assert answer.headers["Refresh"] == "2"


def test_a_workbook_of_excel_2003_is_read_too(one_world: World) -> None:
    hanh = make.sign_in(one_world.app, one_world.hanh)
    page = upload(hanh, (FILES / "may-sen-hong-cu.xls").read_bytes(), name="cu.xls")
    assert "đọc được 6 dòng" in plain(page)
    assert "0900 000 001" in plain(page)


def test_the_numbers_in_the_file_are_invented(one_app: Flask) -> None:
    """They are counted up from 0900000001."""
    (sheet,) = files.read(LARGE)
    written = (row[6].replace(" ", "") for row in sheet.rows[4:5004] if len(row) > 6)
    numbers = {number.removeprefix("+84").removeprefix("0") for number in written} - {""}
    assert len(numbers) == 4_500
    assert all(number.startswith("90000") for number in numbers)
