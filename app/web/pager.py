"""A page of a long list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """`items` are rows `first`… of `total`; pages count from 1."""

    items: Sequence[T]
    number: int
    size: int
    total: int

    @property
    def first(self) -> int:
        return (self.number - 1) * self.size + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.number * self.size, self.total)

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.size))


def asked_number(value: str | None) -> int:
    """The page number in a query string; 1 for anything that is none."""
    return int(value) if value and value.isascii() and value.isdigit() and 0 < int(value) < 100_000 else 1


def within(number: int, size: int, total: int) -> int:
    """The page asked for, or the last one where the list is shorter than that."""
    return min(number, max(1, -(-total // size)))
