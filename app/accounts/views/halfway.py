"""Between the password and the code: who has given the one and is asked for the other. It is kept in the signed cookie
for ten minutes, opens no page, and counts no more once the password is changed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import Response, make_response, redirect, session, url_for

from app import chance, clock
from app.accounts import queries
from app.accounts.current import keep_device
from app.accounts.models import Account
from app.accounts.rules.second_step import HALFWAY_LIFE
from app.accounts.views.blueprint import opened_session, with_token
from app.db import db

HALFWAY = "nua_duong"


@dataclass(frozen=True)
class Entered:
    """Somebody whose password (or code in place of it) was right. No `token`: the second step is still to come."""

    person: UUID
    shared: bool
    token: str


def enter(person: UUID, shared: bool) -> Entered:
    """A new session in this browser, unless a second step is asked of the person; inside `writing()`."""
    return Entered(person, shared, "" if queries.has_second_step(person) else opened_session(person, shared))


def admitted(entered: Entered, to: str) -> Response:
    """On to the page asked for, or to the second step before it."""
    if entered.token:
        return with_token(entered.token, to, entered.shared)
    session.clear()
    session.permanent = not entered.shared
    session[HALFWAY] = {
        "person": entered.person.hex,
        "shared": entered.shared,
        "to": to,
        "entry": chance.token(),
        "at": clock.now().isoformat(),
        "changed": _changed(entered.person),
    }
    return keep_device(make_response(redirect(url_for("accounts.second_step"), 303)), entered.shared)


def _changed(person: UUID) -> str:
    return db.session.get_one(Account, person, populate_existing=True).changed_at.isoformat()


@dataclass(frozen=True)
class Halfway:
    """`entry` makes two clicks on one page one use of a code."""

    person: UUID
    shared: bool
    to: str
    entry: str


def halfway() -> Halfway | None:
    """Whoever is halfway in this browser; None for nobody, for too late, and after another password."""
    kept = session.get(HALFWAY)
    if not kept or clock.now() > datetime.fromisoformat(kept["at"]) + HALFWAY_LIFE:
        return None
    found = Halfway(UUID(kept["person"]), kept["shared"], kept["to"], kept["entry"])
    return found if _changed(found.person) == kept["changed"] else None
