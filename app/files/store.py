"""The folder `files/` of the state: each file under the SHA-256 of what lies there, so that a copy of it proves itself
without any key."""

import hashlib
import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from flask import current_app

from app import chance
from app.files.rules import FileLost


def folder() -> Path:
    found: Path = current_app.extensions["settings"].state / "files"
    return found


def path_of(digest: str) -> Path:
    return folder() / digest[:2] / digest[2:]


def write(data: bytes) -> str:
    """Keep the bytes for good, readable by us only; their digest. They are there whole or not at all."""
    digest = hashlib.sha256(data).hexdigest()
    path = path_of(digest)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    passing = path.with_name(f".{chance.token(8)}")
    with os.fdopen(os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    passing.replace(path)
    _keep_name(path.parent)
    return digest


def _keep_name(place: Path) -> None:
    descriptor = os.open(place, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def read(digest: str) -> bytes:
    """The bytes as they were written. Raises `FileLost` where they are gone or changed."""
    try:
        data = path_of(digest).read_bytes()
    except FileNotFoundError as error:
        raise FileLost() from error
    if hashlib.sha256(data).hexdigest() != digest:
        raise FileLost()
    return data


def remove(digest: str) -> None:
    path_of(digest).unlink(missing_ok=True)


def each() -> Iterator[tuple[str, datetime]]:
    """(digest, when it was written) of what lies there; what never came to a whole file has a name of its own."""
    for path in sorted(folder().glob("??/*")):
        yield path.parent.name + path.name, datetime.fromtimestamp(path.stat().st_mtime, UTC)
