"""Turning the second step on and off, for oneself."""

from collections.abc import Callable
from uuid import UUID

from flask import flash, redirect, render_template, url_for

from app import chance, clock
from app.accounts import actions, passwords, policies, queries
from app.accounts.current import detour, me
from app.accounts.forms import FirstCodeForm, PresentPasswordForm, SecondStepForm
from app.accounts.models import Account
from app.accounts.queries import Actor
from app.accounts.rules import second_step as rules
from app.accounts.views.blueprint import Answer, Malformed, attempt_for, pages
from app.accounts.views.entering import proved
from app.accounts.views.own import WrongPresent
from app.db import db, writing
from app.refusal import RuleBroken
from app.web.errors import STATUS
from app.web.forms import Form, form_id
from app.web.limits import limiter
from app.web.qr import qr


@pages.get("/toi/xac-thuc-hai-lop", policy=policies.signed_in)
def own_second_step() -> Answer:
    return _page()


def _page(form: Form | None = None, refusal: RuleBroken | None = None) -> str:
    """What stands now: off, being set up, or on."""
    actor = me()
    step = queries.standing_step(actor.person_id)
    if step is not None and step.confirmed_at is not None:
        left = queries.recovery_left(step.id)
        return _render("on", form or SecondStepForm(), refusal, since=step.confirmed_at, left=left)
    secret = actions.secret_of(actor.person_id) if queries.is_being_set_up(step) else None
    if secret is None:
        return _render("off", form or PresentPasswordForm(), refusal)
    name = queries.member_code_of(actor.person_id) or actor.name
    drawn, plain = qr(rules.address_of(secret.plain, name)), rules.grouped(secret.plain, 4)
    return _render("setting", form or FirstCodeForm(), refusal, drawn=drawn, secret=plain)


def _render(state: str, form: Form, refusal: RuleBroken | None, **facts: object) -> str:
    ready = {"state": state, "form": form, "refusal": refusal, "form_id": chance.token(16), **facts}
    ready["must"] = detour(me(), "") is not None
    return render_template("accounts/own_second_step.html", **ready)


@pages.post("/toi/xac-thuc-hai-lop", policy=policies.signed_in)
@limiter.limit("60 per minute")
def begin_second_step() -> Answer:
    form = PresentPasswordForm()
    try:
        if not form.validate():
            raise Malformed()
        _begin(me(), form.present.data or "")
    except RuleBroken as refusal:
        return _page(form, None if isinstance(refusal, Malformed) else refusal), STATUS[refusal.kind]
    return redirect(url_for("accounts.own_second_step"), 303)


def _begin(actor: Actor, present: str) -> None:
    """Raises `WrongPresent`, `SignInRests`, `ForRoles`. Whoever found the screen unlocked sets nothing up."""
    attempt = attempt_for(actor.person_id, "")
    which = actions.counter(attempt, actor.person_id)
    actions.refuse_resting(attempt, which)
    right = passwords.matches(db.session.get_one(Account, actor.person_id).password_hash, present)
    fresh = actions.new_secret(actor.person_id)
    with writing():
        actions.hold(actor.person_id)
        actions.refuse_resting(attempt, which)
        if right:
            actions.begin_second_step(actor, fresh)
        else:
            actions.count_failure(attempt, which)
    if not right:
        raise WrongPresent()


@pages.post("/toi/xac-thuc-hai-lop/xac-nhan", policy=policies.signed_in)
@limiter.limit("60 per minute")
def confirm_second_step() -> Answer:
    """The first code shows that the telephone has the secret; the recovery codes are told now and never again."""
    return _with_code(lambda actor, typed: _told(actions.confirm_second_step, actor, typed), FirstCodeForm)


@pages.post("/toi/xac-thuc-hai-lop/ma-du-phong", policy=policies.signed_in)
@limiter.limit("60 per minute")
def new_recovery_codes() -> Answer:
    return _with_code(lambda actor, typed: _told(actions.new_recovery_codes, actor, typed))


@pages.post("/toi/xac-thuc-hai-lop/thoi", policy=policies.signed_in)
def stop_second_step() -> Answer:
    """Not to be set up after all; one that is on stays on."""
    actor = me()
    with writing():
        actions.stop_setting_up(actor.person_id)
    return redirect(url_for("accounts.own_second_step"), 303)


@pages.post("/toi/xac-thuc-hai-lop/biet", policy=policies.signed_in)
def acknowledge_step_end() -> Answer:
    actor = me()
    with writing():
        actions.acknowledge_end(actor.person_id)
    return redirect(url_for("home.first_page"), 303)


@pages.post("/toi/xac-thuc-hai-lop/tat", policy=policies.signed_in)
@limiter.limit("60 per minute")
def turn_second_step_off() -> Answer:
    return _with_code(_turn_off)


def _with_code(work: Callable[[Actor, str], Answer], kind: type[SecondStepForm] = SecondStepForm) -> Answer:
    """Do it for a right code. Where nothing stands any more, as after a second click, there is nothing to do."""
    actor, form = me(), kind()
    if queries.standing_step(actor.person_id) is None:
        return redirect(url_for("accounts.own_second_step"), 303)
    try:
        if not form.validate():
            raise Malformed()
        return work(actor, form.typed.data or "")
    except RuleBroken as refusal:
        return _page(form, None if isinstance(refusal, Malformed) else refusal), STATUS[refusal.kind]


def _told(make: Callable[[UUID, str], list[str]], actor: Actor, typed: str) -> Answer:
    """A page with the recovery codes that `make` gives. The form sent twice has the same ones."""
    entry = form_id() or chance.token()
    codes = proved(actor.person_id, typed, entry, lambda: make(actor.person_id, entry))
    shown = [rules.grouped(code, 5) for code in codes]
    return render_template("accounts/recovery_codes.html", codes=shown, today=clock.now())


def _turn_off(actor: Actor, typed: str) -> Answer:
    proved(actor.person_id, typed, form_id() or chance.token(), lambda: actions.turn_off(actor.person_id))
    flash("Đã tắt xác thực hai lớp. Từ nay đăng nhập chỉ cần mật khẩu.")
    return redirect(url_for("accounts.own_second_step"), 303)
