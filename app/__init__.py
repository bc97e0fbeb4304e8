"""Làm Theo: the assembly. It knows every slice; none of them knows it."""

import logging
import sqlite3
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Flask, Response, jsonify
from flask_alembic import Alembic
from werkzeug.exceptions import HTTPException
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter, Map
from whitenoise import WhiteNoise

from app import clock, commands, sealed
from app import db as database
from app.accounts import actions as accounts
from app.accounts import current, policies
from app.accounts import views as accounts_views
from app.accounts.queries import holdings as accounts_holdings
from app.administration import views as administration_views
from app.assessments import views as assessments_views
from app.commitments import views as commitments_views
from app.config import Settings, UnsafeStart, read
from app.db import Model, db
from app.files.queries import holdings as files_holdings
from app.handover import views as handover_views
from app.home import navigation
from app.home import queries as home
from app.home import views as home_views
from app.jobs.transport import Transport
from app.lessons import views as lessons_views
from app.lessons.queries import holdings as lessons_holdings
from app.migrating import render_item, stands_at
from app.notices import sources as notices
from app.notices import views as notices_views
from app.notices.queries import holdings as notices_holdings
from app.organisation import commands as _followed  # noqa: F401 (it registers periodic work)
from app.organisation import views as organisation_views
from app.progress import commands as _figures  # noqa: F401 (it registers periodic work)
from app.progress import views as progress_views
from app.quizzes import commands as _periodic  # noqa: F401 (it registers periodic work)
from app.quizzes import views as quizzes_views
from app.quizzes.queries import holdings as quizzes_holdings
from app.records import views as records_views
from app.records.queries import holdings as records_holdings
from app.rosters import commands as _lists  # noqa: F401 (it registers background work)
from app.rosters import views as rosters_views
from app.rosters.queries import holdings as rosters_holdings
from app.steps import actions as steps
from app.steps.queries import holdings as steps_holdings
from app.units import actions as units
from app.web import errors, guard, templating
from app.web.forms import csrf
from app.web.headers import SecurityHeaders
from app.web.limits import limiter

HERE = Path(__file__).parent
THIS_MACHINE = ("127.0.0.1", "localhost", "[::1]")  # whoever watches /readyz from here knows no other name
PAGES = (
    accounts_views.pages,
    home_views.pages,
    handover_views.pages,
    lessons_views.pages,
    quizzes_views.pages,
    records_views.pages,
    rosters_views.pages,
    assessments_views.pages,
    commitments_views.pages,
    progress_views.pages,
    notices_views.pages,
    administration_views.pages,
    organisation_views.pages,
)
HOLDINGS = (
    *accounts_holdings.HOLDINGS,
    *steps_holdings.HOLDINGS,
    *records_holdings.HOLDINGS,
    *files_holdings.HOLDINGS,
    *notices_holdings.HOLDINGS,
    *lessons_holdings.HOLDINGS,
    *quizzes_holdings.HOLDINGS,
    *rosters_holdings.HOLDINGS,
)


class SmallNumber(IntegerConverter):
    """A number in an address: small enough for every database."""

    def __init__(self, map: Map) -> None:
        super().__init__(map, max=2**31 - 1)


alembic = Alembic(metadatas=Model.metadata, run_mkdir=False)


def create_app(settings: Settings | None = None) -> Flask:
    """The application. Raises `config.UnsafeStart` or `db.NotDurable` rather than start unsafely."""
    settings = settings or read()
    app = Flask(__name__, static_folder="static")
    app.config.from_mapping(_config(settings))
    app.extensions["settings"] = settings
    app.url_map.converters["int"] = SmallNumber
    if settings.mode == "demo":
        _set_clock(settings)
    _storage(app, settings)
    for extension in (csrf, limiter, templating, errors, current):
        extension.init_app(app)
    _join_slices(app)
    _machine_pages(app)
    guard.close(app)
    app.after_request(_keep_private)
    commands.init_app(app)
    _middleware(app, settings)
    return app


def _set_clock(settings: Settings) -> None:
    try:
        clock.begin_story(clock.read_offset(settings.state))
    except ValueError as error:
        raise UnsafeStart(f"{settings.state / 'clock-offset'} is damaged: `make demo` makes the demo anew") from error


def _config(settings: Settings) -> dict[str, Any]:
    return {
        "SECRET_KEY": settings.secret_key,
        "TESTING": settings.mode == "test",
        "SQLALCHEMY_ENGINES": {"default": _engine(settings.database_url), "keys": _engine(settings.keys_url)},
        "ALEMBIC": {"script_location": str(HERE.parent / "migrations"), "file_template": "%%(rev)s_%%(slug)s"},
        "ALEMBIC_CONTEXT": {"render_as_batch": True, "compare_type": True, "render_item": render_item},
        "TRUSTED_HOSTS": [urlsplit(settings.public_url).netloc, *THIS_MACHINE] if settings.public_url else None,
        "MAX_CONTENT_LENGTH": 1_000_000,
        "MAX_FORM_MEMORY_SIZE": 1_000_000,
        "PERMANENT_SESSION_LIFETIME": timedelta(days=180),
        "SESSION_COOKIE_NAME": "lamtheo",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.production,
        "SESSION_REFRESH_EACH_REQUEST": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "WTF_CSRF_SSL_STRICT": False,
        "RATELIMIT_ENABLED": settings.mode != "test",
        "PREFERRED_URL_SCHEME": "https" if settings.production else "http",
    }


def _engine(url: str) -> dict[str, Any]:
    """Errors name no values, which may be private. A connection to a server that has restarted meanwhile is renewed."""
    server = not url.startswith("sqlite")
    return {"url": url, "hide_parameters": True} | ({"pool_pre_ping": True} if server else {})


def _storage(app: Flask, settings: Settings) -> None:
    db.init_app(app)
    alembic.init_app(app)
    with app.app_context():
        for engine in db.engines.values():
            _open(engine, settings)
        app.extensions["key_store"] = sealed.KeyStore(db.get_engine("keys"), settings.master_key)
        app.extensions["key_store"].check()
    try:
        app.extensions["job_transport"] = Transport(app, settings.jobs_file, at_once=settings.mode == "test")
    except sqlite3.DatabaseError as error:
        raise UnsafeStart(f"{settings.jobs_file} is broken ({error}): remove it, it may be lost") from error


def _open(engine: sa.Engine, settings: Settings) -> None:
    """Set the engine up, and refuse a database that is broken or would lose what it acknowledges."""
    database.tune(engine, settings.durable)
    try:
        if settings.durable:
            database.require_durability(engine)
    except sa.exc.DatabaseError as error:
        url = engine.url.render_as_string()
        raise UnsafeStart(f"The database {url} is broken, or not one of ours: {error.orig}") from error


def _join_slices(app: Flask) -> None:
    """What lower floors leave open for upper ones, and every slice's pages."""
    if steps.counting not in accounts.watchers:
        accounts.watchers.append(steps.counting)
    if steps.bring_together not in accounts.joined:
        accounts.joined.append(steps.bring_together)
        accounts.parted.append(steps.set_apart)
    if accounts.require_nobody not in units.before_closing:
        units.before_closing.append(accounts.require_nobody)
    notices.join()
    app.extensions["holdings"] = HOLDINGS
    app.extensions["detour"] = current.detour
    app.extensions["nav"] = navigation.nav
    app.extensions["contact"] = home.contact
    app.extensions["owner"] = home.owner
    for pages in PAGES:
        app.register_blueprint(pages)


def _machine_pages(app: Flask) -> None:
    """What a supervisor asks: is the process alive, is it ready to serve."""
    pages = guard.Blueprint("machine", __name__)

    @pages.get("/healthz", policy=policies.anyone)
    def healthz() -> Any:
        return jsonify(alive=True)

    @pages.get("/readyz", policy=policies.anyone)
    def readyz() -> Any:
        facts = readiness(app)
        return jsonify(facts), 200 if facts["ready"] else 503

    app.register_blueprint(pages)
    with app.app_context():
        app.extensions["migration_heads"] = {script.revision for script in alembic.heads()}


def _keep_private(response: Response) -> Response:
    """What a page shows belongs to the person who asked for it: no cache on the way or on the machine keeps it."""
    response.headers.setdefault("Cache-Control", "private, no-store")
    return response


def readiness(app: Flask) -> dict[str, Any]:
    """Whether the database and the key store answer and keep what they acknowledge, and the database stands at the
    newest migration."""
    settings: Settings = app.extensions["settings"]
    try:
        found = {name: database.durability(engine) for name, engine in db.engines.items()}
        safe = all(value in database.DURABLE[name] for facts in found.values() for name, value in facts.items())
        at_head = stands_at(db.engine) == app.extensions["migration_heads"]
    except (sa.exc.SQLAlchemyError, HTTPException) as error:
        return {"ready": False, "database": type(error).__name__}
    return {
        "ready": (safe or not settings.durable) and at_head,
        "database": db.engine.dialect.name,
        "migrated": at_head,
        "durability": found["default"],
        "key_store": found["keys"],
    }


def _middleware(app: Flask, settings: Settings) -> None:
    """From outside in: security headers, static files, the proxies named in the settings, the application."""
    app.logger.setLevel(logging.INFO)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    inner: Any = app.wsgi_app
    if settings.trusted_proxies:
        inner = ProxyFix(inner, x_for=settings.trusted_proxies, x_proto=settings.trusted_proxies, x_host=0)
    files = WhiteNoise(inner, max_age=3600, immutable_file_test=lambda path, url: True)
    files.add_files(str(HERE / "static"), prefix="static/")
    outermost = SecurityHeaders(files, https=settings.production, answers_faults=settings.mode != "test")
    app.wsgi_app = outermost  # type: ignore[method-assign]
