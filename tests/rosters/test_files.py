"""A strange file is read by a process that knows nothing, or refused whole, in a sentence that says what to do."""

import json
import os
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
import xlsxwriter
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import chance
from app.db import Model, db
from app.rosters import child, files
from app.rosters.files import CHILD, FileRefused
from app.rosters.models import Upload
from app.rosters.rules.words import REFUSED
from tests import make
from tests.rosters import hostile, sheets
from tests.rosters.sheets import choose, people, plain, upload, xlsx
from tests.world import World


def read(tmp_path: Path, data: bytes) -> list[files.Sheet]:
    path = tmp_path / "file"
    path.write_bytes(data)
    return files.read(path)


# --- hostile files ------------------------------------------------------------------------------------------------


def test_there_are_forty_of_them_and_every_word_has_its_sentence() -> None:
    assert len(hostile.FILES) >= 40
    met = {word for _, _, why in hostile.FILES for word in why.split()}
    assert set(REFUSED) - met == {"trouble", "slow"}
    for words in REFUSED.values():
        assert "Anh/chị" in words or "Danh sách cần ở" in words


@pytest.mark.parametrize(("made", "why"), [file[1:] for file in hostile.FILES], ids=[file[0] for file in hostile.FILES])
def test_a_hostile_file_is_refused_whole_and_nothing_of_it_is_stored(
    one_world: World, made: Callable[[], bytes], why: str
) -> None:
    """Some take 3 s: to unpack 90 MB, or to run out of what the child may use."""
    before = stored(one_world.app)
    hanh = make.sign_in(one_world.app, one_world.hanh)
    answer = take(hanh, made())
    told = [REFUSED[word].split("{")[0] for word in why.split()]
    assert any(words in plain(answer) for words in told), plain(answer)
    assert stored(one_world.app) == before
    with one_world.app.app_context():
        for made in db.session.scalars(sa.select(Upload)):
            assert (made.state, made.facts, made.file_name) == ("refused", {}, "")
            assert not files.path_of(made.id).exists()
        db.session.rollback()


def take(client: FlaskClient, data: bytes) -> TestResponse:
    """The page that choosing the file leads to, whether or not it is taken."""
    answer = choose(client, data)
    return client.get(answer.location) if answer.status_code == 303 else answer


def stored(app: Flask) -> dict[str, int]:
    """How many rows each table has that a list could have filled."""
    names = [table.name for table in Model.metadata.sorted_tables]
    left_out = {"upload", "audit", "job", "session", "known_device", "sign_in_delay"}
    with app.app_context():
        counted = {
            name: db.session.scalar(sa.select(sa.func.count()).select_from(Model.metadata.tables[name])) or 0
            for name in names
            if name not in left_out
        }
        db.session.rollback()
    return counted


# --- files that are read ------------------------------------------------------------------------------------------

LINES = [("STT", "Họ và tên", "SĐT"), ("1", "Đỗ Thị Hồng Ước", "0900000006"), ("2", "Nguyễn Văn Tý", "")]


def in_1258(words: str) -> bytes:
    """Windows-1258, in which tones are letters of their own."""
    tones = "\u0300\u0301\u0303\u0309\u0323"
    out = b""
    for letter in unicodedata.normalize("NFC", words):
        apart = unicodedata.normalize("NFD", letter)
        base = unicodedata.normalize("NFC", "".join(c for c in apart if c not in tones))
        out += (base + "".join(c for c in apart if c in tones)).encode("cp1258")
    return out


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1258"])
def test_any_sensible_encoding_and_separator_is_read(tmp_path: Path, encoding: str, mark: str) -> None:
    words = "\r\n".join(mark.join(row) for row in LINES)
    data = in_1258(words) if encoding == "cp1258" else words.encode(encoding)
    (sheet,) = read(tmp_path, data)
    rows = [[unicodedata.normalize("NFC", cell) for cell in row] for row in sheet.rows]
    assert rows == [["STT", "Họ và tên", "SĐT"], ["1", "Đỗ Thị Hồng Ước", "0900000006"], ["2", "Nguyễn Văn Tý"]]


def test_excel_says_its_separator_in_the_first_line(tmp_path: Path) -> None:
    (sheet,) = read(tmp_path, "sep=;\r\nHọ tên;Ghi chú\r\nSáu;a,b,c\r\n".encode())
    assert sheet.rows == [[], ["Họ tên", "Ghi chú"], ["Sáu", "a,b,c"]]


def test_titles_with_commas_do_not_decide_the_separator(tmp_path: Path) -> None:
    words = "LĐLĐ Quận 1, TP.HCM, năm 2020\nCĐCS May\n\nHọ tên;SĐT;Tổ\nSáu;09;1\nBảy;09;2\n"
    (sheet,) = read(tmp_path, words.encode())
    assert sheet.rows[3:] == [["Họ tên", "SĐT", "Tổ"], ["Sáu", "09", "1"], ["Bảy", "09", "2"]]


def test_numbers_are_what_was_typed_and_days_are_days(tmp_path: Path) -> None:

    path = tmp_path / "file"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, [912345678, 1.5, True, "007"])
        page.write_datetime(0, 4, date(2020, 5, 12), book.add_format({"num_format": "dd/mm/yyyy"}))
        page.write_formula(0, 5, "=A1+1", None, 912345679)
    (sheet,) = files.read(path)
    assert sheet.rows == [["912345678", "1.5", "TRUE", "007", "2020-05-12", "912345679"]]


def test_cells_joined_downwards_hold_for_all_their_rows(tmp_path: Path) -> None:

    path = tmp_path / "file"
    with xlsxwriter.Workbook(path) as book:
        page = book.add_worksheet()
        page.write_row(0, 0, ["Tổ", "Họ tên"])
        page.merge_range(1, 0, 3, 0, "May 1")
        for row, name in enumerate(("Sáu", "Bảy", "Tám"), start=1):
            page.write(row, 1, name)
    (sheet,) = files.read(path)
    assert [row[0] for row in sheet.rows] == ["Tổ", "May 1", "May 1", "May 1"]


def test_a_row_keeps_its_number_below_empty_ones(tmp_path: Path) -> None:
    (sheet,) = read(tmp_path, xlsx([[], [], ["", "Họ tên"], [], ["", "Sáu"]]))
    assert sheet.rows[2] == ["", "Họ tên"]
    assert sheet.rows[4] == ["", "Sáu"]


def test_the_name_of_a_file_decides_nothing(one_world: World) -> None:
    hanh = make.sign_in(one_world.app, one_world.hanh)
    assert "đọc được 1 dòng" in plain(upload(hanh, people(("Vũ Thị Sáu",)), name="x.csv"))
    assert "đọc được 2 dòng" in plain(upload(hanh, sheets.csv(LINES), name="x.xlsx"))


def test_the_first_sheet_with_headings_is_read_and_the_others_are_told(one_world: World) -> None:
    hanh = make.sign_in(one_world.app, one_world.hanh)
    data = xlsx([("Bìa",)], "Bìa", more={"Tổ 1": LINES, "Tổ 2": LINES, "Ẩn": LINES}, hidden=("Ẩn",))
    words = plain(upload(hanh, data))
    assert "trang “Tổ 1”" in words
    assert "Trang “Tổ 2” cũng có danh sách" in words
    assert "Ẩn" not in words


# --- the child ----------------------------------------------------------------------------------------------------


def test_the_child_knows_nothing_of_the_application(tmp_path: Path) -> None:
    """It must start fast and hold no secrets: no module of ours, no environment, no network library."""
    code = (
        "import sys, runpy, json, os\n"
        f"sys.argv = [{str(CHILD)!r}]\n"
        f"runpy.run_path({str(CHILD)!r}, run_name='child')\n"
        "print(json.dumps([sorted(m.split('.')[0] for m in sys.modules), sorted(os.environ)]))"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-s", "-c", code], capture_output=True, env=files._environment(), check=True
    )
    modules, environ = json.loads(done.stdout)
    assert not {"app", "flask", "sqlalchemy", "socket", "http"} & set(modules)
    assert set(environ) <= {"PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONUTF8", "LC_CTYPE"}


def test_a_child_that_takes_too_long_is_ended(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(people(("Vũ Thị Sáu",)))
    with pytest.raises(FileRefused, match="lâu quá"):
        files.read(path, seconds=0.001)


def test_the_child_is_bound_in_memory_and_writes_no_file(tmp_path: Path) -> None:
    code = (
        f"import os, runpy; m = runpy.run_path({str(CHILD)!r}, run_name='child'); m['bind']()\n"
        "try:\n    bytearray(700_000_000); print('too much memory')\nexcept MemoryError:\n    pass\n"
        "try:\n    os.write(os.open('x', os.O_CREAT | os.O_WRONLY), b'x'); print('wrote')\nexcept OSError:\n    pass\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", code], capture_output=True, text=True, cwd=tmp_path, env=files._environment()
    )
    assert done.stdout == "", done.stdout + done.stderr


def test_limits_are_what_the_page_says() -> None:
    assert child.FILE == 5_000_000
    assert child.ROWS >= 20_000


def test_a_kept_file_is_ours_alone(one_app: Flask) -> None:

    with one_app.app_context():
        made = chance.row_id()
        files.keep(made, b"x")
        assert files.path_of(made).stat().st_mode & 0o077 == 0
        assert os.stat(files.folder()).st_mode & 0o077 == 0
        assert made in [upload for upload, _ in files.kept()]
        files.remove(made)
        files.remove(made)
        assert made not in [upload for upload, _ in files.kept()]
