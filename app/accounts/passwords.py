"""Hashing: argon2id, t=2, m=19 MiB, p=1 (OWASP). Always outside `writing()`: a hash takes 25 ms."""

import hmac

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app

from app.text import same_secret

_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Verified where there is no account, so that an unknown name takes as long as a wrong password.
_nobody = _hasher.hash("không ai cả")


def hashed(password: str) -> str:
    return _hasher.hash(same_secret(password))


def matches(password_hash: str | None, password: str) -> bool:
    """Whether the password is the right one; takes the same time where there is none to compare with."""
    try:
        _hasher.verify(password_hash or _nobody, same_secret(password))
    except (VerificationError, InvalidHashError):
        return False
    return bool(password_hash)


def outdated(password_hash: str) -> bool:
    return _hasher.check_needs_rehash(password_hash)


def keyed(kind: str, value: str) -> str:
    """A keyed hash for things that are looked up but never shown: names in the delay table, short codes."""
    return _mac(f"{kind}:{value}", "sha256").hex()


def derived(kind: str, asked: str, letters: str, length: int) -> str:
    """A secret code that the same question always has, so that it can be shown again and need not be kept."""
    number = int.from_bytes(_mac(f"derived {kind}:{asked}", "sha512"), "big")
    code = ""
    while len(code) < length:
        number, place = divmod(number, len(letters))
        code += letters[place]
    return code


def _mac(message: str, digest: str) -> bytes:
    key = current_app.secret_key
    assert isinstance(key, str)
    return hmac.digest(key.encode(), message.encode(), digest)
