"""The person of this request: flask-login's current user, read from the session row behind the cookie."""

from typing import cast

import sqlalchemy as sa
from flask import Flask, Request, Response, current_app, g, request, session, url_for
from flask_login import LoginManager, current_user

from app import chance, clock
from app.accounts import actions, queries, rules
from app.accounts.models import SignInSession
from app.accounts.queries import Actor
from app.db import db, writing

TOKEN = "phien"
DEVICE = "may"

login_manager = LoginManager()


def init_app(app: Flask) -> None:
    login_manager.init_app(app)
    login_manager.request_loader(_actor_of)


def me() -> Actor:
    """The signed-in person; only on routes whose policy asks for one."""
    return cast(Actor, current_user._get_current_object())


def _actor_of(request: Request) -> Actor | None:
    token = session.get(TOKEN)
    if not token:
        return None
    actor = queries.actor_of_session(token, clock.now())
    if actor is not None:
        _touch(actor)
    return actor


def _touch(actor: Actor) -> None:
    """One of the two writes that a GET may make (the other is a reading's record)."""
    row = db.session.execute(
        sa.select(SignInSession.made, SignInSession.seen).where(SignInSession.id == actor.session_id)
    ).first()
    if row is not None and row.seen < clock.now() - rules.TOUCH_EVERY:
        with writing():
            actions.touch_session(actor.session_id, row.made, bool(actor.roles), actor.shared)


SETS_UP = frozenset(
    f"accounts.{name}"
    for name in (
        "own_second_step",
        "begin_second_step",
        "confirm_second_step",
        "stop_second_step",
        "password",
        "change_password",
        "sign_out",
    )
)


def detour(actor: Actor, endpoint: str) -> str | None:
    """Where the settings ask a second step of a role (`SECOND_STEP_FOR`), whoever holds it has to set one up first."""
    asked: tuple[str, ...] = current_app.extensions["settings"].second_step_for
    if endpoint in SETS_UP or not actor.holds(*asked) or queries.has_second_step(actor.person_id):
        return None
    return url_for("accounts.own_second_step")


def device_of() -> str:
    """The browser's own id, made at first need and the same all through a request."""
    if "device" not in g:
        found = request.cookies.get(DEVICE, "")
        g.device = found if 20 <= len(found) <= 64 else chance.token()
    return cast(str, g.device)


def keep_device(answer: Response, shared: bool = False) -> Response:
    """The browser keeps its id for a year. It has it from the page of the form on, so that two clicks come from one.
    One that others use too keeps it until its window is closed."""
    life = None if shared else 365 * 86400
    secure = current_app.config["SESSION_COOKIE_SECURE"]
    answer.set_cookie(DEVICE, device_of(), max_age=life, httponly=True, samesite="Lax", secure=secure)
    return answer


def device_words(agent: str) -> str:
    """A browser in words a member recognises in the list of sessions."""
    place = next((words for mark, words in SYSTEMS if mark in agent), "máy khác")
    app = next((words for mark, words in BROWSERS if mark in agent), "trình duyệt khác")
    return f"{app}, {place}"


SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "điện thoại Android"),
    ("Windows", "máy tính Windows"),
    ("Macintosh", "máy Mac"),
    ("Linux", "máy tính Linux"),
)
BROWSERS = (
    ("Zalo", "Zalo"),
    ("coc_coc", "Cốc Cốc"),
    ("Edg", "Edge"),
    ("Firefox", "Firefox"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
