"""What the pages of this slice share: their blueprint, and a browser that has just been let in."""

from uuid import UUID

from flask import Response, make_response, redirect, request, session
from werkzeug.wrappers import Response as Wsgi

from app.accounts import actions, passwords, queries
from app.accounts.current import TOKEN, device_of, device_words, keep_device
from app.refusal import RuleBroken
from app.web.guard import Blueprint

pages = Blueprint("accounts", "app.accounts.views")
Answer = str | Wsgi | tuple[str, int]


class Malformed(RuleBroken):
    """The form says for itself what is to be mended."""

    kind = "invalid"


def way_back(otherwise: str) -> str:
    """Where a form leads (`tiep`): a page of ours that was asked for before, never another site."""
    asked = request.values.get("tiep", "")
    plain = asked.startswith("/") and asked.isprintable() and not any(odd in asked for odd in ("//", "\\"))
    return asked if plain else otherwise


def attempt_for(person: UUID | None, typed: str, kind: str = "name") -> actions.Attempt:
    """This browser's try to be let in as the person, or under a name that nobody has."""
    return actions.Attempt(passwords.keyed(kind, str(person or actions.read_name(typed))), device_of())


def own_words(person: UUID) -> list[str]:
    """What this person's password may not be: anything they sign in by."""
    return [name for _, name in queries.names_of(person)]


def opened_session(person: UUID, shared: bool = False) -> str:
    """The token of a new session in this browser; inside `writing()`."""
    words = device_words(request.user_agent.string)
    return actions.open_session(person, attempt_for(person, ""), words, session.get(TOKEN, ""), shared)


def with_token(token: str, to: str, shared: bool = False) -> Response:
    """A fresh cookie session holding the token, and the browser's own id; on a machine that others use too both end
    with the window."""
    session.clear()
    session.permanent = not shared
    session[TOKEN] = token
    return keep_device(make_response(redirect(to, 303)), shared)
