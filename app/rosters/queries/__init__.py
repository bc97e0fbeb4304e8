"""Uploads and their lines, and what a unit has to compare them with."""

from app.rosters.queries.compare import (
    around,
    known,
    loadable_below,
    only_officers,
    stamp,
    units_at_and_below,
)
from app.rosters.queries.pages import (
    PreviewPage,
    ResultLine,
    StartPage,
    preview,
    result_lines,
    start_page,
)
from app.rosters.queries.uploads import (
    Leaver,
    Place,
    is_kept,
    latest,
    leavers,
    leaving_ids,
    leaving_names,
    place,
    plan_of,
    rows_of,
    settled,
    upload_of,
)
from app.units.queries import groups_of

__all__ = [
    "Leaver",
    "Place",
    "PreviewPage",
    "ResultLine",
    "StartPage",
    "around",
    "groups_of",
    "is_kept",
    "known",
    "latest",
    "leavers",
    "leaving_ids",
    "leaving_names",
    "loadable_below",
    "only_officers",
    "place",
    "plan_of",
    "preview",
    "result_lines",
    "rows_of",
    "settled",
    "stamp",
    "start_page",
    "units_at_and_below",
    "upload_of",
]
