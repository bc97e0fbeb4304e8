"""Files as a union's Excel writes them, and loading them as a browser does."""

import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any

import xlsxwriter
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from werkzeug.test import TestResponse

from tests import make

Rows = Sequence[Sequence[Any]]
HEADS = ("STT", "Họ và tên", "Tổ", "Mã đoàn viên", "SĐT")


def xlsx(rows: Rows, name: str = "Danh sách", more: dict[str, Rows] | None = None, hidden: Sequence[str] = ()) -> bytes:
    """A workbook of one sheet, or of several; numbers are written as numbers."""
    kept = io.BytesIO()
    with xlsxwriter.Workbook(kept, {"in_memory": True}) as book:
        for title, cells in ({name: rows} | (more or {})).items():
            page = book.add_worksheet(title)
            for row, line in enumerate(cells):
                page.write_row(row, 0, line)
            if title in hidden:
                page.hide()
    return kept.getvalue()


def csv(rows: Rows, mark: str = ",", encoding: str = "utf-8") -> bytes:
    return "\r\n".join(mark.join(str(cell) for cell in row) for row in rows).encode(encoding)


def people(*lines: Sequence[Any]) -> bytes:
    """A list of members: (name, tổ, code, phone), the last of them optional."""
    return xlsx([HEADS, *([n, *line] for n, line in enumerate(lines, start=1))])


def choose(
    client: FlaskClient, data: bytes, code: str = "MSH", kind: str = "doan-vien", name: str = "ds.xlsx"
) -> TestResponse:
    """Choose the file and press Đọc tệp."""
    path = f"/don-vi/{code}/{kind}/nap-danh-sach"
    return send(client, path, form(client, path), data, name)


def form(client: FlaskClient, path: str) -> dict[str, str]:
    """What the page sends along with the file."""
    page = client.get(path)
    assert page.status_code == 200, page.text
    return dict(re.findall(r'name="(csrf_token|lan)" value="([^"]+)"', page.text))


def send(client: FlaskClient, path: str, fields: dict[str, str], data: bytes, name: str = "ds.xlsx") -> TestResponse:
    answer = client.post(path, data={**fields, "tep": (io.BytesIO(data), name)}, content_type="multipart/form-data")
    answer.request.environ["wsgi.input"].close()  # the test client leaves a large one open
    return answer


def upload(
    client: FlaskClient, data: bytes, code: str = "MSH", kind: str = "doan-vien", name: str = "ds.xlsx"
) -> TestResponse:
    """The page of what was read."""
    answer = choose(client, data, code, kind, name)
    assert answer.status_code == 303, answer.text
    return client.get(answer.location)


def address(answer: TestResponse) -> str:
    """Where this upload is."""
    return str(answer.request.path)


def post(client: FlaskClient, path: str, deed: str, **data: Any) -> TestResponse:
    """Press a button of an upload's page; the answer is the page it leads to."""
    answer = make.post(client, f"{path}/{deed}", data)
    return client.get(answer.location) if answer.status_code == 303 else answer


def load(client: FlaskClient, page: TestResponse, **data: Any) -> TestResponse:
    """Press the button that loads."""
    mark = re.search(r'name="se-lam" value="([^"]+)"', page.text)
    assert mark, page.text
    return post(client, address(page), "nap", **{"se-lam": mark[1], **data})


def plain(answer: TestResponse) -> str:
    """The words of a page, in one line."""
    text = re.sub(r"<[^>]+>", " ", answer.text.replace("\u00a0", " "))
    return re.sub(r"\s+", " ", text)


def cells(data: bytes) -> list[list[str]]:
    """The first sheet of a workbook that came back."""
    assert zipfile.is_zipfile(io.BytesIO(data))
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return [[str(cell) for cell in row] for row in book.get_sheet_by_index(0).to_python()]
