"""The only place that draws chance: always the operating system's generator, never a seeded one."""

import secrets
import uuid
from collections.abc import Sequence
from random import SystemRandom
from typing import TypeVar

T = TypeVar("T")
READABLE = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # without those that look alike: 0 O, 1 I L…
_system = SystemRandom()


def token(size: int = 32) -> str:
    """A secret of `size` random bytes, in letters that survive a URL."""
    return secrets.token_urlsafe(size)


def code(length: int) -> str:
    """A secret for reading aloud and typing: capital letters and digits."""
    return "".join(secrets.choice(READABLE) for _ in range(length))


def digits(length: int) -> str:
    return "".join(secrets.choice("0123456789") for _ in range(length))


def row_id() -> uuid.UUID:
    return uuid.uuid4()


def random_bytes(size: int) -> bytes:
    return secrets.token_bytes(size)


def shuffled(items: Sequence[T]) -> list[T]:
    return _system.sample(items, len(items))
