"""Signing in and out, the first sign-in, a lost password, and the sessions of oneself."""

from typing import Any
from uuid import UUID

from flask import Response, flash, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response as Wsgi

from app import clock
from app.accounts import actions, passwords, policies, queries
from app.accounts.current import DEVICE, TOKEN, device_of, device_words, me
from app.accounts.forms import ChangePasswordForm, CodeForm, NewPasswordForm, ResetForm, SignInForm
from app.accounts.models import Account, Person
from app.accounts.rules import check_password
from app.db import db, writing
from app.refusal import RuleBroken
from app.web.errors import STATUS
from app.web.guard import Blueprint
from app.web.limits import limiter

pages = Blueprint("accounts", __name__)
Answer = str | Wsgi | tuple[str, int]


def way_back() -> str:
    """Where sign-in leads: a page of ours that was asked for before, never another site."""
    asked = request.values.get("tiep", "")
    plain = asked.startswith("/") and asked.isprintable() and not any(odd in asked for odd in ("//", "\\"))
    return asked if plain else url_for("home.first_page")


@pages.get("/dang-nhap", policy=policies.anyone)
def sign_in() -> Answer:
    return render_template("accounts/sign_in.html", form=SignInForm(), refusal=None, tiep=request.args.get("tiep", ""))


@pages.post("/dang-nhap", policy=policies.anyone)
@limiter.limit("900 per minute; 9000 per hour")
def open_session() -> Answer:
    form = SignInForm()
    if not form.validate():
        return _sign_in_again(form, None, 400)
    try:
        token, device = _let_in(form.name.data or "", form.password.data or "")
    except RuleBroken as refusal:
        return _sign_in_again(form, refusal, STATUS[refusal.kind])
    return _with_token(token, device, way_back())


def _sign_in_again(form: SignInForm, refusal: RuleBroken | None, status: int) -> Answer:
    page = render_template("accounts/sign_in.html", form=form, refusal=refusal, tiep=request.form.get("tiep", ""))
    return page, status


def _let_in(name: str, password: str) -> tuple[str, str]:
    """(session token, device id). Raises `SignInRefused` or `SignInRests`. What the password check found counts only
    if the name does not rest at the moment of writing, so that tries side by side gain nothing."""
    person = actions.find_person(name)
    account = db.session.get(Account, person) if person else None
    device = device_of()
    attempt = actions.Attempt(passwords.keyed("name", str(person or actions.read_name(name))), device)
    which = actions.counter(attempt, person)
    actions.refuse_resting(attempt, which)
    present = account.password_hash if account else None
    right = passwords.matches(present, password)
    fresh = passwords.hashed(password) if right and present and passwords.outdated(present) else None
    with writing():
        actions.hold(person)
        actions.refuse_resting(attempt, which)
        token = _settle(attempt, which, person, present, fresh) if right and person else None
        if token is None:
            actions.count_failure(attempt, which)
    if token is None:
        raise actions.SignInRefused()
    return token, device


def _settle(attempt: actions.Attempt, which: str, person: Any, present: str | None, fresh: str | None) -> str | None:
    """Sign in, unless the password was changed since it was checked."""
    account = db.session.get_one(Account, person)
    if account.password_hash != present:
        return None
    if fresh:
        actions.rehash(person, fresh)
    return actions.open_session(person, attempt, device_words(request.user_agent.string))


def _with_token(token: str, device: str, to: str) -> Response:
    """A fresh cookie session holding the token, and the browser's own id for a year."""
    session.clear()
    session.permanent = True
    session[TOKEN] = token
    answer = make_response(redirect(to, 303))
    answer.set_cookie(DEVICE, device, max_age=365 * 86400, httponly=True, samesite="Lax", secure=request.is_secure)
    return answer


@pages.post("/thoat", policy=policies.signed_in)
def sign_out() -> Answer:
    actor = me()
    with writing():
        actions.end_session(actor.person_id, actor.session_id)
    session.clear()
    flash("Đã thoát.")
    return redirect(url_for("accounts.sign_in"), 303)


# --- the first time -----------------------------------------------------------------------------------------------


@pages.get("/kich-hoat", policy=policies.anyone)
def activation_code() -> Answer:
    code = actions.tidy_code(request.args.get("code", ""))
    if code:
        return redirect(url_for("accounts.activation", code=code), 303)
    return _ask_code("", None, "code" in request.args), 200


def _ask_code(typed: str, refusal: RuleBroken | None, empty: bool = False) -> str:
    form = CodeForm(formdata=None, data={"code": typed})
    return render_template("accounts/activation_code.html", form=form, refusal=refusal, empty=empty)


@pages.get("/kich-hoat/<code>", policy=policies.anyone)
@limiter.limit("900 per minute")
def activation(code: str) -> Answer:
    try:
        person = _slip_owner(code)
    except actions.CodeUsed as refusal:
        return _ask_code(code, refusal), STATUS[refusal.kind]
    return _choose_password(person, code, NewPasswordForm(), None)


def _choose_password(person: Person, code: str, form: NewPasswordForm, refusal: RuleBroken | None) -> str:
    return render_template(
        "accounts/activation.html",
        form=form,
        person=person,
        member_code=queries.member_code_of(person.id),
        code=code,
        refusal=refusal,
    )


@pages.post("/kich-hoat/<code>", policy=policies.anyone)
@limiter.limit("900 per minute")
def activate(code: str) -> Answer:
    person = _slip_owner(code)
    form = NewPasswordForm()
    try:
        if not form.validate():
            raise _Malformed()
        check_password(form.password.data or "", [name for _, name in queries.names_of(person.id)])
    except RuleBroken as refusal:
        return _choose_password(person, code, form, None if isinstance(refusal, _Malformed) else refusal), 400
    fresh, device, owner = passwords.hashed(form.password.data or ""), device_of(), person.id
    with writing():
        actions.use_code("slip", code, owner, fresh)
        token = _sign_in_anew(owner, device)
    return _with_token(token, device, url_for("home.first_page"))


class _Malformed(RuleBroken):
    kind = "invalid"


def _slip_owner(code: str) -> Person:
    """Whose slip it is; raises `CodeUsed`."""
    found = actions.person_of_slip(code)
    if found is None:
        raise actions.CodeUsed()
    return db.session.get_one(Person, found)


# --- a lost password ----------------------------------------------------------------------------------------------


@pages.get("/quen-mat-khau", policy=policies.anyone)
def lost_password() -> Answer:
    return render_template("accounts/lost_password.html", form=ResetForm(), refusal=None)


@pages.post("/quen-mat-khau", policy=policies.anyone)
@limiter.limit("300 per minute")
def reset_password() -> Answer:
    form = ResetForm()
    try:
        if not form.validate():
            raise _Malformed()
        return _reset(form)
    except RuleBroken as refusal:
        shown = None if isinstance(refusal, _Malformed) else refusal
        return render_template("accounts/lost_password.html", form=form, refusal=shown), STATUS[refusal.kind]


def _reset(form: ResetForm) -> Answer:
    """Wrong codes count like wrong passwords: six digits would not withstand a patient stranger otherwise."""
    name, password = form.name.data or "", form.password.data or ""
    check_password(password, [name])
    person = actions.find_person(name)
    attempt = actions.Attempt(passwords.keyed("reset", str(person or actions.read_name(name))), device_of())
    which = actions.counter(attempt, person)
    actions.refuse_resting(attempt, which)
    code = "".join(c for c in form.code.data or "" if c.isdigit())
    fresh = passwords.hashed(password)
    with writing():
        actions.hold(person)
        actions.refuse_resting(attempt, which)
        token = _try_reset(code, person, fresh, attempt)
        if token is None:
            actions.count_failure(attempt, which)
    if token is None:
        raise actions.CodeWrong()
    return _with_token(token, attempt.device, url_for("home.first_page"))


def _try_reset(code: str, person: Any, fresh: str, attempt: actions.Attempt) -> str | None:
    if person is None:
        return None
    try:
        actions.use_code("reset", code, person, fresh)
    except actions.CodeUsed:
        return None
    actions.forget_failures(attempt)
    return _sign_in_anew(person, attempt.device)


def _sign_in_anew(person: Any, device: str) -> str:
    attempt = actions.Attempt(passwords.keyed("name", str(person)), device)
    return actions.open_session(person, attempt, device_words(request.user_agent.string))


# --- one's own sessions and password ------------------------------------------------------------------------------


@pages.post("/toi/phien/<session_id>/ket-thuc", policy=policies.signed_in)
def end_session(session_id: str) -> Answer:
    actor = me()
    with writing():
        actions.end_session(actor.person_id, session_id)
    flash("Đã kết thúc phiên ấy. Máy đó phải đăng nhập lại.")
    return redirect(url_for("home.mine") + "#phien", 303)


@pages.get("/toi/mat-khau", policy=policies.signed_in)
def password() -> Answer:
    return render_template("accounts/password.html", form=ChangePasswordForm(), refusal=None)


@pages.post("/toi/mat-khau", policy=policies.signed_in)
@limiter.limit("60 per minute")
def change_password() -> Answer:
    actor, form = me(), ChangePasswordForm()
    try:
        if not form.validate():
            raise _Malformed()
        check_password(form.password.data or "", [name for _, name in queries.names_of(actor.person_id)])
        _require_present(actor.person_id, form.present.data or "")
    except RuleBroken as refusal:
        shown = None if isinstance(refusal, _Malformed) else refusal
        return render_template("accounts/password.html", form=form, refusal=shown), STATUS[refusal.kind]
    fresh, device = passwords.hashed(form.password.data or ""), device_of()
    with writing():
        actions.hold(actor.person_id)
        if queries.actor_of_session(session.get(TOKEN, ""), clock.now()) is None:
            raise SessionGone()
        actions.change_password(actor.person_id, fresh)
        token = _sign_in_anew(actor.person_id, device)
    answer = _with_token(token, device, url_for("home.mine"))
    flash("Đã đổi mật khẩu. Các máy khác phải đăng nhập lại.")
    return answer


def _require_present(person: UUID, password: str) -> None:
    """Raises `WrongPresent`; whoever found the phone unlocked cannot go on guessing: wrong ones count as at sign-in."""
    attempt = actions.Attempt(passwords.keyed("name", str(person)), device_of())
    which = actions.counter(attempt, person)
    actions.refuse_resting(attempt, which)
    if not passwords.matches(db.session.get_one(Account, person).password_hash, password):
        with writing():
            actions.count_failure(attempt, which)
        raise WrongPresent()


class SessionGone(RuleBroken):
    kind = "conflict"
    words = "Phiên này vừa bị kết thúc từ nơi khác. Anh/chị đăng nhập lại rồi đổi mật khẩu."


class WrongPresent(RuleBroken):
    kind = "invalid"
    words = "Mật khẩu đang dùng chưa đúng. Nếu quên, anh/chị thoát ra rồi nhờ BCH đọc mã đặt lại mật khẩu."


@pages.post("/toi/dat-lai-mat-khau/da-biet", policy=policies.signed_in)
def acknowledge_reset() -> Answer:
    actor = me()
    with writing():
        actions.acknowledge_reset(actor.person_id)
    return redirect(url_for("home.first_page"), 303)


# --- the officer's list -------------------------------------------------------------------------------------------


@pages.get("/don-vi/<code>/doan-vien", policy=policies.officer_or_admin)
def members(code: str) -> Answer:
    unit = queries.own_unit(me(), code, "officer", "admin")
    rows = queries.members(unit.id, clock.today())
    waiting = request.args.get("con") == "chua-vao"
    shown_rows = [row for row in rows if not row.has_password] if waiting else rows
    return render_template(
        "accounts/members.html", unit=unit, rows=shown_rows, all=len(rows), waiting=waiting, shown=None
    )


@pages.post("/don-vi/<code>/doan-vien/<member>/ma-dat-lai", policy=policies.officer_or_admin)
def make_reset(code: str, member: str) -> Answer:
    actor = me()
    unit = queries.own_unit(actor, code, "officer", "admin")
    person = queries.member_of_unit(unit.id, member, clock.today())
    person_id, name = person.id, person.name
    levels = queries.levels_above(actor, unit.id, clock.today())
    with writing():
        digits = actions.make_reset(actor, person_id, levels)
    rows = queries.members(unit.id, clock.today())
    shown = {"kind": "reset", "name": name, "code": f"{digits[:3]} {digits[3:]}"}
    return render_template("accounts/members.html", unit=unit, rows=rows, all=len(rows), waiting=False, shown=shown)


@pages.post("/don-vi/<code>/doan-vien/<member>/phieu", policy=policies.officer_or_admin)
def make_slip(code: str, member: str) -> Answer:
    actor = me()
    unit = queries.own_unit(actor, code, "officer", "admin")
    person = queries.member_of_unit(unit.id, member, clock.today())
    person_id, name = person.id, person.name
    levels = queries.levels_above(actor, unit.id, clock.today())
    with writing():
        slip = actions.make_first_slip(actor, person_id, levels)
    rows = queries.members(unit.id, clock.today())
    grouped = "-".join(slip[i : i + 4] for i in range(0, 16, 4))
    shown = {"kind": "slip", "name": name, "code": grouped, "path": slip, "member": member}
    return render_template("accounts/members.html", unit=unit, rows=rows, all=len(rows), waiting=False, shown=shown)
