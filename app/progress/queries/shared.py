"""What the completion pages share: the year, the heads of the table, the totals under it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app import clock
from app.progress import rules
from app.refusal import NotThere
from app.steps import queries as steps
from app.steps.models import Programme
from app.steps.rules import CONFIRMED, NOTHING, REGISTERED, Share, remaining


def programme_now() -> Programme:
    found = steps.current_programme(clock.today())
    if found is None:
        raise NotThere()
    return found


def programme_of(year: int | None) -> Programme:
    """The programme of the year, or the present one. Raises `NotThere`."""
    return programme_now() if year is None else steps.programme_of_year(year)


@dataclass(frozen=True)
class Table:
    """The heads of a table of these steps; `density` says how many there are: few, some or many."""

    columns: list[rules.Column]
    density: str

    @classmethod
    def of(cls, asked: Sequence[steps.Step]) -> "Table":
        return cls(rules.columns([(step.key, step.heading) for step in asked]), rules.density(len(asked)))


@dataclass(frozen=True)
class Total:
    """A step's totals: of `asked`, how many have done it, said no, still have it before them."""

    step: steps.Step
    share: Share

    @property
    def left(self) -> int:
        return remaining(self.share)


def totals(asked: Sequence[steps.Step], shares: Mapping[str, Share]) -> list[Total]:
    return [Total(step, share_of(step.key, shares)) for step in asked]


def share_of(key: str, shares: Mapping[str, Share]) -> Share:
    """The total of a step as pages show it, from the kept ones."""
    kept = shares.get(key, NOTHING)
    return rules.to_confirm(shares.get(REGISTERED, NOTHING), kept) if key == CONFIRMED else kept
