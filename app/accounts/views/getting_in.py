"""Signing in and out, the first sign-in, a lost password."""

import contextlib
from uuid import UUID

from flask import flash, make_response, redirect, render_template, request, session, url_for

from app import clock
from app.accounts import actions, passwords, policies, queries
from app.accounts.current import keep_device, me
from app.accounts.forms import CodeForm, NewPasswordForm, ResetForm, SignInForm
from app.accounts.models import Account, Person
from app.accounts.rules import check_password
from app.accounts.views.blueprint import (
    Answer,
    Malformed,
    attempt_for,
    own_words,
    pages,
    way_back,
)
from app.accounts.views.halfway import Entered, admitted, enter
from app.db import db, writing
from app.refusal import NotThere, RuleBroken
from app.units import queries as units
from app.web.errors import STATUS
from app.web.limits import limiter


@pages.get("/dang-nhap", policy=policies.anyone)
def sign_in() -> Answer:
    shared = request.args.get("may") == "chung"
    form = SignInForm(data={"shared": shared})
    return keep_device(make_response(_sign_in_page(form, None, request.args.get("tiep", ""))), shared)


def _sign_in_page(form: SignInForm, refusal: RuleBroken | None, tiep: str) -> str:
    return render_template("accounts/sign_in.html", form=form, refusal=refusal, tiep=tiep)


@pages.post("/dang-nhap", policy=policies.anyone)
@limiter.limit("900 per minute; 9000 per hour")
def open_session() -> Answer:
    form = SignInForm()
    try:
        if not form.validate():
            raise Malformed()
        entered = _let_in(form.name.data or "", form.password.data or "", form.shared.data)
    except RuleBroken as refusal:
        shown = None if isinstance(refusal, Malformed) else refusal
        return _sign_in_page(form, shown, request.form.get("tiep", "")), STATUS[refusal.kind]
    return admitted(entered, way_back(url_for("home.first_page")))


def _let_in(name: str, password: str, shared: bool) -> Entered:
    """Who came. Raises `SignInRefused` or `SignInRests`. What the password check found counts only if the name does not
    rest at the moment of writing, so that tries side by side gain nothing."""
    person = actions.find_person(name)
    account = db.session.get(Account, person) if person else None
    attempt = attempt_for(person, name)
    which = actions.counter(attempt, person)
    actions.refuse_resting(attempt, which)
    present = account.password_hash if account else None
    right = passwords.matches(present, password)
    fresh = passwords.hashed(password) if right and present and passwords.outdated(present) else None
    with writing():
        actions.hold(person)
        actions.refuse_resting(attempt, which)
        entered = _settle(person, present, fresh, shared) if right and person else None
        if entered is None:
            actions.count_failure(attempt, which)
    if entered is None:
        raise actions.SignInRefused()
    return entered


def _settle(person: UUID, present: str | None, fresh: str | None, shared: bool) -> Entered | None:
    """Sign in, unless the password was changed since it was checked."""
    account = db.session.get_one(Account, person)
    if account.password_hash != present:
        return None
    if fresh:
        actions.rehash(person, fresh)
    return enter(person, shared)


@pages.post("/thoat", policy=policies.signed_in)
def sign_out() -> Answer:
    actor = me()
    with contextlib.suppress(NotThere), writing():  # it may have ended from elsewhere a moment ago
        actions.end_session(actor.person_id, actor.session_id)
    session.clear()
    flash("Đã thoát.")
    answer = redirect(url_for("accounts.sign_in", may="chung" if actor.shared else None), 303)
    if actor.shared:
        answer.headers["Clear-Site-Data"] = '"storage"'
    return answer


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
    return keep_device(make_response(_choose_password(person, code, NewPasswordForm(), None)))


def _choose_password(person: Person, code: str, form: NewPasswordForm, refusal: RuleBroken | None) -> str:
    return render_template(
        "accounts/activation.html",
        form=form,
        person=person,
        member_code=queries.member_code_of(person.id),
        place=queries.place_words(person.id, clock.today()),
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
            raise Malformed()
        check_password(form.password.data or "", own_words(person.id))
    except RuleBroken as refusal:
        return _choose_password(person, code, form, None if isinstance(refusal, Malformed) else refusal), 400
    fresh, owner = passwords.hashed(form.password.data or ""), person.id
    with writing():
        actions.use_code("slip", code, owner, fresh)
        entered = enter(owner, form.shared.data)
    return admitted(entered, url_for("home.first_time"))


@pages.get("/kich-hoat/<code>/khong-phai-toi", policy=policies.anyone)
@limiter.limit("900 per minute")
def not_me(code: str) -> Answer:
    """Whom to tell that a slip came to the wrong hands. Nothing has been used up: its owner can still come in by it."""
    try:
        person = _slip_owner(code)
    except actions.CodeUsed as refusal:
        return _ask_code(code, refusal), STATUS[refusal.kind]
    today = clock.today()
    found = units.names({queries.first_unit(person.id, today) or 0}, today)
    return render_template("accounts/not_me.html", units=list(found.values()), code=code)


def _slip_owner(code: str) -> Person:
    """Whose slip it is; raises `CodeUsed`."""
    found = actions.person_of_slip(code)
    if found is None:
        raise actions.CodeUsed()
    return db.session.get_one(Person, found)


# --- a lost password ----------------------------------------------------------------------------------------------


@pages.get("/quen-mat-khau", policy=policies.anyone)
def lost_password() -> Answer:
    return keep_device(make_response(_lost_page(ResetForm(), None)))


def _lost_page(form: ResetForm, refusal: RuleBroken | None) -> str:
    return render_template("accounts/lost_password.html", form=form, refusal=refusal)


@pages.post("/quen-mat-khau", policy=policies.anyone)
@limiter.limit("300 per minute")
def reset_password() -> Answer:
    form = ResetForm()
    try:
        if not form.validate():
            raise Malformed()
        entered = _reset(form.name.data or "", form.code.data or "", form.password.data or "", form.shared.data)
    except RuleBroken as refusal:
        return _lost_page(form, None if isinstance(refusal, Malformed) else refusal), STATUS[refusal.kind]
    return admitted(entered, url_for("home.first_page"))


def _reset(name: str, code: str, password: str, shared: bool) -> Entered:
    """Who came. Wrong codes count like wrong passwords: six digits would not withstand a patient stranger
    otherwise."""
    check_password(password, [name])
    person = actions.find_person(name)
    attempt = attempt_for(person, name, "reset")
    which = actions.counter(attempt, person)
    actions.refuse_resting(attempt, which)
    digits = "".join(c for c in code if c.isdigit())
    fresh = passwords.hashed(password)
    with writing():
        actions.hold(person)
        actions.refuse_resting(attempt, which)
        entered = _try_reset(digits, person, fresh, attempt, shared)
        if entered is None:
            actions.count_failure(attempt, which)
        elif person:
            check_password(password, own_words(person))  # only who knows the code may learn what they sign in by
    if entered is None:
        raise actions.CodeWrong()
    return entered


def _try_reset(code: str, person: UUID | None, fresh: str, attempt: actions.Attempt, shared: bool) -> Entered | None:
    if person is None:
        return None
    try:
        actions.use_code("reset", code, person, fresh)
    except actions.CodeUsed:
        return None
    actions.forget_failures(attempt)
    return enter(person, shared)
