"""Files for saving."""

import re

from flask import Response, make_response, render_template, request

from app.text import fold

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
JSON = "application/json"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def download(made: bytes, name: str, kind: str) -> Response:
    """A file that the browser saves under this name, which may have marks and spaces."""
    stem, _, ending = name.rpartition(".")
    plain = re.sub(r"[^a-z0-9]+", "-", fold(stem)).strip("-")
    answer = make_response(made)
    answer.headers["Content-Type"] = kind
    answer.headers["Content-Disposition"] = f'attachment; filename="{plain or "tep"}.{ending}"'
    return answer


def keeps_no_file() -> bool:
    """Whether this is the browser inside Zalo, which saves nothing: there `zalo()` says how to go on."""
    return "Zalo" in request.user_agent.string


def zalo() -> str:
    return render_template("errors/zalo.html")
