"""`/toi/thong-bao`, the choice of mail, and the link under every mail that ends it."""

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app.accounts import policies
from app.accounts.current import me
from app.db import writing
from app.notices import actions, queries, stopping
from app.refusal import NotThere
from app.web.forms import csrf
from app.web.guard import Blueprint
from app.web.pager import asked_number

pages = Blueprint("notices", __name__)


@pages.get("/toi/thong-bao", policy=policies.signed_in)
def inbox() -> str:
    page = queries.inbox(me().person_id, asked_number(request.args.get("trang")))
    return render_template("notices/inbox.html", page=page)


@pages.post("/toi/thong-bao/da-doc", policy=policies.signed_in)
def read_all() -> Response:
    actor, up_to = me(), request.form.get("den", "")
    with writing():
        actions.read_all(actor.person_id, int(up_to) if up_to.isascii() and up_to.isdigit() and len(up_to) < 19 else 0)
    return redirect(url_for("notices.inbox"), 303)


@pages.post("/toi/thong-bao/<int:notice_id>/mo", policy=policies.signed_in)
def open_line(notice_id: int) -> Response:
    """Opening a line marks it as read, and so it is a button: a GET changes nothing."""
    actor = me()
    place = queries.place_of(actor.person_id, notice_id)
    with writing():
        actions.read(actor.person_id, notice_id)
    return redirect(url_for(place.endpoint, _anchor=place.anchor, **place.values), 303)


@pages.post("/toi/thu-moi-ngay", policy=policies.signed_in)
def choose_mail() -> Response:
    actor, wanted = me(), request.form.get("nhan") == "co"
    with writing():
        actions.choose_mail(actor.person_id, wanted)
    flash("Đã bật. Khi có việc mới, Công đoàn gửi một thư mỗi ngày." if wanted else "Đã tắt. Công đoàn không gửi thư.")
    return redirect(url_for("home.mine", _anchor="thu"), 303)


@pages.get("/thoi-nhan-thu/<token>", policy=policies.anyone)
def stop(token: str) -> str:
    if stopping.person_of(token) is None:
        raise NotThere()
    return render_template("notices/stop.html", done=False)


@pages.post("/thoi-nhan-thu/<token>", policy=policies.anyone)
def stop_now(token: str) -> str:
    """No session and no form of ours are asked for: the link itself is the right, and a mail program may send it by
    itself (RFC 8058). All that it can do is end the mail."""
    person = stopping.person_of(token)
    if person is None:
        raise NotThere()
    with writing():
        actions.choose_mail(person, False)
    return render_template("notices/stop.html", done=True)


csrf.exempt(stop_now)
