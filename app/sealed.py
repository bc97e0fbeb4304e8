"""Encrypted texts and their key store.

A free text about a person is kept as AES-256-GCM under a data key of its owner; the data key lies, wrapped by the
master key, in a store of its own outside the database and its backup. Whoever is erased loses the key, and with it
every copy of the texts, those in old backups too.

A sealed value is: format byte 1 · owner's id (16 bytes) · nonce (12) · ciphertext and tag. Table, column, row id and
owner are associated data: a value moved to another place does not open.
"""

import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from flask import current_app
from sqlalchemy.dialects import postgresql, sqlite

from app import chance, clock
from app.db import Model, UtcDateTime, db

FORMAT = b"\x01"
SHORTEST = 1 + 16 + 12 + 16  # of an empty text
_keys = sa.MetaData()
sealed_key = sa.Table(
    "sealed_key",
    _keys,
    sa.Column("owner", sa.Uuid, primary_key=True),
    sa.Column("wrapped", sa.LargeBinary, nullable=False),
    sa.Column("made", UtcDateTime, nullable=False),
)


class Sealed(sa.types.TypeDecorator[bytes]):
    """The type of a column that holds a sealed value; `each_sealed` finds all of them by it."""

    impl = sa.LargeBinary
    cache_ok = True


class Unreadable(Exception):
    """The key is gone, or the value was changed or moved: the text cannot be read any more."""


class StillThere(Exception):
    """A destroyed key still stands in the log of the key store."""


@dataclass(frozen=True)
class Place:
    """Where a sealed value stands. `row` is a UUID: sealed tables have no countable ids."""

    table: str
    column: str
    row: UUID

    def bound(self, owner: UUID) -> bytes:
        return f"{self.table}|{self.column}|{self.row}|{owner}".encode()


class KeyStore:
    """The wrapped data keys, one an owner, in a database of their own."""

    def __init__(self, engine: sa.Engine, master_key: bytes) -> None:
        self._engine = engine
        self._master = AESGCM(master_key)
        if not sa.inspect(engine).has_table(sealed_key.name):
            self._make_table()

    def _make_table(self) -> None:
        """Two processes that start at once wait for each other here: the second finds the table."""
        with self._engine.connect().execution_options(writing=True) as connection, connection.begin():
            if self._engine.dialect.name == "postgresql":
                connection.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtext(sealed_key.name))))
            _keys.create_all(connection)

    def check(self) -> None:
        """Raises `Unreadable` where the master key is not the one that the keys here were wrapped with."""
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(sealed_key.c.owner, sealed_key.c.wrapped).limit(1)).first()
        if row is not None:
            self._unwrap(row.owner, row.wrapped)

    def find(self, owner: UUID) -> AESGCM | None:
        with self._engine.connect() as connection:
            wrapped = connection.scalar(sa.select(sealed_key.c.wrapped).where(sealed_key.c.owner == owner))
        return None if wrapped is None else AESGCM(self._unwrap(owner, wrapped))

    def make(self, owner: UUID) -> AESGCM:
        """The owner's key, made now if there is none; two who make it at once get the same one."""
        nonce = chance.random_bytes(12)
        wrapped = nonce + self._master.encrypt(nonce, AESGCM.generate_key(256), owner.bytes)
        with self._engine.connect().execution_options(writing=True) as connection, connection.begin():
            values = {"owner": owner, "wrapped": wrapped, "made": clock.now()}
            insert = postgresql.insert if self._engine.dialect.name == "postgresql" else sqlite.insert
            connection.execute(insert(sealed_key).values(values).on_conflict_do_nothing())
        found = self.find(owner)
        if found is None:
            raise Unreadable("the key store did not keep a key")
        return found

    def forget(self, owner: UUID) -> None:
        """Destroy the owner's key: nothing sealed for them can be read again. Raises `StillThere` where that could not
        be made true on disk yet; it may be called again."""
        with self._engine.connect().execution_options(writing=True) as connection, connection.begin():
            connection.execute(sa.delete(sealed_key).where(sealed_key.c.owner == owner))
        if self._engine.dialect.name == "sqlite":
            self._empty_wal()

    def _empty_wal(self) -> None:
        """The write-ahead log may still hold the key; a reader elsewhere can keep it from being emptied for a while."""
        raw = self._engine.raw_connection()
        try:
            for _ in range(100):
                busy = raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
                if not busy:
                    return
                time.sleep(0.05)
        finally:
            raw.close()
        raise StillThere("the key was destroyed, but a reader keeps its copy in the write-ahead log: try again")

    def _unwrap(self, owner: UUID, wrapped: bytes) -> bytes:
        try:
            return self._master.decrypt(wrapped[:12], wrapped[12:], owner.bytes)
        except InvalidTag as error:
            raise Unreadable("the master key does not open this key store") from error


def store() -> KeyStore:
    """The key store of the current application."""
    found: KeyStore = current_app.extensions["key_store"]
    return found


def seal(owner: UUID, text: str, place: Place) -> bytes:
    return seal_bytes(owner, text.encode(), place)


def seal_bytes(owner: UUID, plain: bytes, place: Place) -> bytes:
    key = store().find(owner) or store().make(owner)
    nonce = chance.random_bytes(12)
    return FORMAT + owner.bytes + nonce + key.encrypt(nonce, plain, place.bound(owner))


def unseal(value: bytes, place: Place) -> str:
    """The text. Raises `Unreadable` where its key is gone or the value does not belong to this place."""
    return unseal_bytes(value, place).decode()


def unseal_bytes(value: bytes, place: Place) -> bytes:
    """As `unseal`, of what is no text."""
    if value[:1] != FORMAT or len(value) < SHORTEST:
        raise Unreadable("unknown format")
    owner = UUID(bytes=value[1:17])
    key = store().find(owner)
    if key is None:
        raise Unreadable("the owner's key is gone")
    try:
        return key.decrypt(value[17:29], value[29:], place.bound(owner))
    except InvalidTag as error:
        raise Unreadable("changed, or moved to another place") from error


def each_sealed() -> Iterator[tuple[Place, bytes]]:
    """Every sealed value of the database, by the type of its column."""
    for table in Model.metadata.sorted_tables:
        for column in table.columns:
            if isinstance(column.type, Sealed):
                rows = db.session.execute(sa.select(table.c.id, column).where(column.is_not(None)))
                for row, value in rows:
                    yield Place(table.name, column.name, row), value


@dataclass(frozen=True)
class SealedCheck:
    """What a search for plain traces of sealed texts found. `hits` names places, never the text."""

    texts: int
    bytes: int
    unreadable: int
    hits: list[str]
    at: datetime


SAMPLE = 24


def written(plain: str) -> list[str]:
    """The texts in what was sealed: every string of a body kept as JSON, else the whole of it."""
    try:
        body = json.loads(plain)
    except ValueError:
        return [plain]
    return list(_strings(body)) if isinstance(body, dict | list) else [plain]


def _strings(body: Any) -> Iterator[str]:
    if isinstance(body, str):
        yield body
    for part in body.values() if isinstance(body, dict) else body if isinstance(body, list) else ():
        yield from _strings(part)


def samples(text: str) -> set[bytes]:
    """The first, middle and last 24 bytes of a text, plainly and as JSON escapes them; none where it is shorter."""
    raw = text.encode()
    if len(raw) < SAMPLE:
        return set()
    middle = (len(raw) - SAMPLE) // 2
    parts = {raw[:SAMPLE], raw[middle : middle + SAMPLE], raw[-SAMPLE:]}
    return parts | {json.dumps(part.decode(errors="ignore"))[1:-1].encode() for part in parts}


def check(haystacks: dict[str, bytes]) -> SealedCheck:
    """Decrypt everything and look for samples of it in what the databases hold on disk (name → bytes)."""
    texts = unreadable = 0
    hits: list[str] = []
    for place, value in each_sealed():
        try:
            found = [samples(text) for text in written(unseal(value, place))]
        except Unreadable:
            unreadable += 1
            continue
        texts += sum(map(bool, found))
        hits += [
            f"{place.table}.{place.column} {place.row} in {name}"
            for name, hay in haystacks.items()
            if any(part in hay for parts in found for part in parts)
        ]
    return SealedCheck(texts, sum(map(len, haystacks.values())), unreadable, hits, clock.now())
