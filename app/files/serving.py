"""A file as an answer. The route that gives it has a policy, and a query that let the actor reach its subject."""

from flask import Response, make_response

from app.files import queries
from app.files.queries import FileRow
from app.web.downloads import download

ENDINGS = {"image/jpeg": "jpg", "image/png": "png", "application/pdf": "pdf"}
NOTHING_RUNS = "default-src 'none'; sandbox; frame-ancestors 'none'"


def answer(file: FileRow, stem: str, saved: bool = False) -> Response:
    """The file under this name. A picture, which is of our own drawing, is shown; a PDF, and whatever is `saved`, is
    saved and never opened here. No cache but the reader's own keeps it."""
    if saved or not file.is_picture:
        made = download(queries.body(file), f"{stem}.{ENDINGS[file.kind]}", file.kind)
    else:
        made = make_response(queries.body(file))
        made.headers["Content-Type"] = file.kind
        made.headers["Content-Disposition"] = "inline"
    made.headers["Content-Security-Policy"] = NOTHING_RUNS
    made.headers["X-Content-Type-Options"] = "nosniff"
    made.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    made.headers["Cache-Control"] = "private, no-store"
    return made
