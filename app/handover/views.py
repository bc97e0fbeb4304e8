"""`/don-vi/<mã>/ban-giao`: looking at it changes nothing."""

from flask import render_template, request
from werkzeug.wrappers import Response

from app.accounts import policies
from app.accounts.current import me
from app.documents import pdf
from app.handover import papers, queries
from app.web.downloads import DOCX, PDF, download, keeps_no_file, zalo
from app.web.guard import Blueprint

pages = Blueprint("handover", __name__)


def _asked(code: str) -> queries.Handover:
    typed = request.args.get("khac", "").strip()[:40] or request.args.get("nhan", "").strip()[:40]
    return queries.handover(me(), code, request.args.get("ma", "")[:40], typed)


@pages.get("/don-vi/<code>/ban-giao", policy=policies.officer)
def handover(code: str) -> str:
    return render_template("handover/handover.html", page=_asked(code))


@pages.get("/don-vi/<code>/ban-giao.pdf", policy=policies.officer)
def minutes(code: str) -> str | Response:
    if keeps_no_file():
        return zalo()
    made = pdf.render("handover/typst/minutes.typ", papers.minutes(_asked(code)))
    return download(made, f"Biên bản bàn giao {code}.pdf", PDF)


@pages.get("/don-vi/<code>/ban-giao.docx", policy=policies.officer)
def word_minutes(code: str) -> str | Response:
    if keeps_no_file():
        return zalo()
    return download(papers.word_minutes(papers.minutes(_asked(code))), f"Biên bản bàn giao {code}.docx", DOCX)
