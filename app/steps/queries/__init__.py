"""Programmes, their steps, and where a person or a unit stands."""

from app.steps.queries.programmes import (
    Step,
    current_programme,
    open_programmes,
    programme_of_year,
    programmes,
    steps_of,
)
from app.steps.queries.standings import (
    Answers,
    Belonging,
    Given,
    Standing,
    answers,
    belongings,
    has_done,
    how_far,
    standing_of,
    standings,
)
from app.steps.queries.totals import (
    Alike,
    answered_alike,
    asked_alike,
    counted_units,
    tallies,
    total_below,
    units_dated,
)

__all__ = [
    "Alike",
    "Answers",
    "Belonging",
    "Given",
    "Standing",
    "Step",
    "answered_alike",
    "answers",
    "asked_alike",
    "belongings",
    "counted_units",
    "current_programme",
    "has_done",
    "how_far",
    "open_programmes",
    "programme_of_year",
    "programmes",
    "standing_of",
    "standings",
    "steps_of",
    "tallies",
    "total_below",
    "units_dated",
]
