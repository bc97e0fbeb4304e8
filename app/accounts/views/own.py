"""One's own sessions and password."""

from uuid import UUID

from flask import flash, redirect, render_template, session, url_for

from app import clock
from app.accounts import actions, passwords, policies, queries
from app.accounts.current import TOKEN, me
from app.accounts.forms import ChangePasswordForm
from app.accounts.models import Account
from app.accounts.rules import check_password
from app.accounts.views.blueprint import Answer, Malformed, attempt_for, opened_session, own_words, pages, with_token
from app.db import db, writing
from app.refusal import RuleBroken
from app.web.errors import STATUS
from app.web.limits import limiter


@pages.post("/toi/phien/<session_id>/ket-thuc", policy=policies.signed_in)
def end_session(session_id: str) -> Answer:
    actor = me()
    with writing():
        actions.end_session(actor.person_id, session_id)
    flash("Đã kết thúc phiên ấy. Máy đó phải đăng nhập lại.")
    return redirect(url_for("home.mine") + "#phien", 303)


class SessionGone(RuleBroken):
    kind = "conflict"
    words = "Phiên này vừa bị kết thúc từ nơi khác. Anh/chị đăng nhập lại rồi đổi mật khẩu."


class WrongPresent(RuleBroken):
    kind = "invalid"
    words = "Mật khẩu đang dùng chưa đúng. Nếu quên, anh/chị thoát ra rồi nhờ BCH đọc mã đặt lại mật khẩu."


@pages.get("/toi/mat-khau", policy=policies.signed_in)
def password() -> Answer:
    return _password_page(ChangePasswordForm(), None)


def _password_page(form: ChangePasswordForm, refusal: RuleBroken | None) -> str:
    return render_template("accounts/password.html", form=form, refusal=refusal)


@pages.post("/toi/mat-khau", policy=policies.signed_in)
@limiter.limit("60 per minute")
def change_password() -> Answer:
    actor, form = me(), ChangePasswordForm()
    shared = actor.shared
    try:
        if not form.validate():
            raise Malformed()
        check_password(form.password.data or "", own_words(actor.person_id))
        token = _change(actor.person_id, form.present.data or "", form.password.data or "", shared)
    except RuleBroken as refusal:
        return _password_page(form, None if isinstance(refusal, Malformed) else refusal), STATUS[refusal.kind]
    answer = with_token(token, url_for("home.mine"), shared)
    flash("Đã đổi mật khẩu. Các máy khác phải đăng nhập lại.")
    return answer


def _change(person: UUID, present: str, password: str, shared: bool) -> str:
    """The token of a new session. Raises `WrongPresent`, `SignInRests`, `SessionGone`. Whoever found the phone unlocked
    cannot go on guessing, nor guess side by side: wrong ones count as at sign-in."""
    attempt = attempt_for(person, "")
    which = actions.counter(attempt, person)
    actions.refuse_resting(attempt, which)
    right = passwords.matches(db.session.get_one(Account, person).password_hash, present)
    fresh = passwords.hashed(password) if right else ""
    with writing():
        actions.hold(person)
        actions.refuse_resting(attempt, which)
        token = _replace(person, fresh, shared) if right else None
        if token is None:
            actions.count_failure(attempt, which)
    if token is None:
        raise WrongPresent()
    return token


def _replace(person: UUID, fresh: str, shared: bool) -> str:
    if queries.actor_of_session(session.get(TOKEN, ""), clock.now()) is None:
        raise SessionGone()
    actions.change_password(person, fresh)
    return opened_session(person, shared)


@pages.post("/toi/dat-lai-mat-khau/da-biet", policy=policies.signed_in)
def acknowledge_reset() -> Answer:
    actor = me()
    with writing():
        actions.acknowledge_reset(actor.person_id)
    return redirect(url_for("home.first_page"), 303)
