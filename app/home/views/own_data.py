"""What is held about me: as a page, on paper, as a file."""

import json

from flask import Response, render_template, request

from app import clock
from app.accounts import policies
from app.accounts.current import me
from app.documents import pdf
from app.home import queries
from app.home.queries import OwnData, OwnPart, readable
from app.home.views.blueprint import pages
from app.refusal import RuleBroken
from app.web.downloads import JSON, PDF, download, keeps_no_file, zalo
from app.web.pager import asked_number


class OthersUseThis(RuleBroken):
    kind = "refused"
    words = (
        "Máy này nhiều người cùng dùng, tệp tải về sẽ nằm lại cho người sau xem. "
        "Anh/chị xem ngay trên trang, hoặc đăng nhập ở máy của mình rồi tải."
    )


@pages.get("/toi/du-lieu", policy=policies.signed_in)
def own_data() -> str:
    page = queries.own_data(me(), whole=False)
    return render_template("home/own_data.html", page=page, parts=page.parts, readable=readable)


@pages.get("/toi/du-lieu/<part>", policy=policies.signed_in)
def own_part(part: str) -> str:
    page = queries.own_part(me(), part, asked_number(request.args.get("trang")))
    return render_template("home/own_part.html", page=page, readable=readable)


@pages.get("/toi/du-lieu.json", policy=policies.signed_in)
def own_file() -> str | Response:
    if keeps_no_file():
        return zalo()
    made = _mine()
    written = json.dumps(made.as_file, ensure_ascii=False, indent=1).encode()
    return download(written, f"Dữ liệu của {made.code or 'tôi'}.json", JSON)


@pages.get("/toi/du-lieu.pdf", policy=policies.signed_in)
def own_paper() -> str | Response:
    if keeps_no_file():
        return zalo()
    made = _mine()
    data = {
        "title": f"Dữ liệu đang giữ về {made.name}",
        "name": made.name,
        "code": made.code,
        "day": clock.stamp(made.made),
        "parts": [_printed(part) for part in made.parts],
        "empty": made.empty,
    }
    return download(pdf.render("home/typst/own_data.typ", data), f"Dữ liệu của {made.code or 'tôi'}.pdf", PDF)


def _mine() -> OwnData:
    """All of it. Raises `OthersUseThis` where the file would stay behind for others."""
    if me().shared:
        raise OthersUseThis()
    return queries.own_data(me())


def _printed(part: OwnPart) -> dict[str, object]:
    columns = part.holding.columns
    return {
        "title": part.holding.title,
        "heads": list(columns.values()),
        "wide": list(columns).index(part.holding.wide) if part.holding.wide else -1,
        "rows": [[readable(value) for value in row] for row in part.rows.items],
    }
