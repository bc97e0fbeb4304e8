"""The second step at sign-in, and codes that count like passwords: tries in a row make one wait."""

from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from flask import flash, redirect, render_template, url_for

from app.accounts import actions, policies
from app.accounts.forms import SecondStepForm
from app.accounts.views.blueprint import Answer, Malformed, attempt_for, opened_session, pages, with_token
from app.accounts.views.halfway import Halfway, halfway
from app.db import writing
from app.refusal import RuleBroken
from app.web.errors import STATUS
from app.web.limits import limiter

T = TypeVar("T")


def proved(person: UUID, typed: str, entry: str, then: Callable[[], T]) -> T:
    """What `then` gives, in the transaction in which the code was used up. Raises `SignInRests`, `CodeNotRight`. Wrong
    ones are counted apart from wrong passwords, and a right password forgets none of them."""
    attempt, secret = attempt_for(person, "", "second"), actions.secret_of(person)
    which = actions.counter(attempt, person)
    with writing():
        actions.hold(person)
        actions.refuse_resting(attempt, which)
        if right := actions.prove(secret, typed, entry):
            actions.forget_failures(attempt)
            given = then()
        else:
            actions.count_failure(attempt, which)
    if not right:
        raise actions.CodeNotRight()
    return given


@pages.get("/dang-nhap/ma", policy=policies.anyone)
def second_step() -> Answer:
    return _ask(SecondStepForm(), None) if halfway() else _from_the_start()


def _from_the_start() -> Answer:
    flash("Đã quá 10 phút hoặc mật khẩu vừa đổi. Anh/chị đăng nhập lại.")
    return redirect(url_for("accounts.sign_in"), 303)


def _ask(form: SecondStepForm, refusal: RuleBroken | None) -> str:
    return render_template("accounts/second_step.html", form=form, refusal=refusal)


@pages.post("/dang-nhap/ma", policy=policies.anyone)
@limiter.limit("300 per minute")
def pass_second_step() -> Answer:
    half, form = halfway(), SecondStepForm()
    if half is None:
        return _from_the_start()
    try:
        if not form.validate():
            raise Malformed()
        token = _pass(half, form.typed.data or "")
    except RuleBroken as refusal:
        return _ask(form, None if isinstance(refusal, Malformed) else refusal), STATUS[refusal.kind]
    return with_token(token, half.to, half.shared)


def _pass(half: Halfway, typed: str) -> str:
    return proved(half.person, typed, half.entry, lambda: opened_session(half.person, half.shared))
