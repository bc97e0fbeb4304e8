"""Who may use a route. Whether a row is theirs is the query's answer."""

from app.accounts.queries import Actor
from app.web.guard import Policy


def _holds(*names: str) -> "Policy":
    return Policy(" or ".join(names), lambda actor: isinstance(actor, Actor) and actor.holds(*names))


anyone = Policy("anyone", lambda actor: True, public=True)
signed_in = Policy("signed in", lambda actor: isinstance(actor, Actor))
member = Policy("member", lambda actor: isinstance(actor, Actor) and bool(actor.memberships))
officer = _holds("officer")
admin = _holds("admin")
officer_or_admin = _holds("officer", "admin")
