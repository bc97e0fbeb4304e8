"""Who may use a route. A route without a policy cannot exist.

A policy answers for the person alone ("is an officer somewhere"); whether a row is theirs is the query's answer. A
slice may say by `app.extensions["detour"]` (actor, endpoint → address or None) where somebody has to go first.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import flask
from flask import Flask, abort, current_app, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response


@dataclass(frozen=True)
class Policy:
    """`admits(actor)` decides; `name` is how docs/access.md calls it; `public` needs no session at all."""

    name: str
    admits: Callable[[Any], bool]
    public: bool = False


class Blueprint(flask.Blueprint):
    """A blueprint whose every rule names its policy."""

    def add_url_rule(  # type: ignore[override]
        self,
        rule: str,
        endpoint: str | None = None,
        view_func: Callable[..., Any] | None = None,
        provide_automatic_options: bool | None = None,
        *,
        policy: Policy,
        **options: Any,
    ) -> None:
        name = endpoint or (view_func.__name__ if view_func else "")
        super().add_url_rule(rule, endpoint, view_func, provide_automatic_options, **options)
        self.record(lambda state: _keep(state, name, policy))


def _keep(state: Any, name: str, policy: Policy) -> None:
    policies = state.app.extensions.setdefault("policies", {})
    policies[f"{state.name_prefix}.{state.name}.{name}".lstrip(".")] = policy


def policy_of(app: Flask, endpoint: str) -> Policy:
    found: Policy = app.extensions["policies"][endpoint]
    return found


def close(app: Flask) -> None:
    """Refuse routes that came by another door, and check every request from now on."""
    policies: dict[str, Policy] = app.extensions.setdefault("policies", {})
    unguarded = {rule.endpoint for rule in app.url_map.iter_rules()} - policies.keys() - {"static"}
    if unguarded:
        raise RuntimeError(f"routes without a policy: {sorted(unguarded)}")

    @app.before_request
    def check() -> Response | None:
        if "\0" in request.path:  # PostgreSQL refuses to look for it
            abort(404)
        if request.endpoint in (None, "static"):
            return None
        policy = policy_of(current_app, request.endpoint)
        if policy.public:
            return None
        if not current_user.is_authenticated:
            why = None if request.method in ("GET", "HEAD") else "het-phien"
            return redirect(url_for("accounts.sign_in", tiep=_way_back(), vi_sao=why), 303)
        if not policy.admits(current_user):
            abort(403)
        detour = current_app.extensions.get("detour")
        to = detour(current_user, request.endpoint) if detour else None
        return redirect(to, 303) if to else None


def _way_back() -> str | None:
    """Where to return after sign-in: the page asked for, or for a POST the page of ours it came from."""
    if request.method in ("GET", "HEAD"):
        return request.full_path.rstrip("?")
    try:
        came = urlsplit(request.referrer or "")
    except ValueError:  # `http://[x` is no address
        return None
    if came.netloc != request.host:
        return None
    return came.path + (f"?{came.query}" if came.query else "")
