"""Three pages: a unit's members × steps, by name; a federation's units × steps; a unit seen from above, in numbers. And
the figures of a day as they were closed."""

from app.progress.queries.above import (
    Counts,
    CountsPage,
    FederationPage,
    UnitLine,
    counts_page,
    federation_page,
)
from app.progress.queries.cut_offs import ClosedPage, Way, closed_page, ways
from app.progress.queries.shared import Table, Total, programme_now
from app.progress.queries.unit import Cell as MemberCell
from app.progress.queries.unit import Choice, MemberLine, Summary, UnitPage, unit_page

__all__ = [
    "Choice",
    "ClosedPage",
    "Counts",
    "CountsPage",
    "FederationPage",
    "MemberCell",
    "MemberLine",
    "Summary",
    "Table",
    "Total",
    "UnitLine",
    "UnitPage",
    "Way",
    "closed_page",
    "counts_page",
    "federation_page",
    "programme_now",
    "unit_page",
    "ways",
]
