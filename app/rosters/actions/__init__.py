"""A list: taken in, read, looked at, loaded all or nothing, taken back within a day."""

from app.rosters.actions.applying import apply
from app.rosters.actions.meanings import Found, Judged, Meaning, meanings
from app.rosters.actions.reading import read
from app.rosters.actions.undoing import Undone, UndoTooLate, UndoWouldLose, look_before_undo, note_undone, undo
from app.rosters.actions.uploads import (
    NotAnswered,
    PlanChanged,
    StillLoading,
    answer,
    answer_all,
    ask_to_apply,
    choose_columns,
    decide_groups,
    drop,
    start,
    tick,
    tidy,
)

__all__ = [
    "Found",
    "Judged",
    "Meaning",
    "NotAnswered",
    "PlanChanged",
    "StillLoading",
    "UndoTooLate",
    "UndoWouldLose",
    "Undone",
    "answer",
    "answer_all",
    "apply",
    "ask_to_apply",
    "choose_columns",
    "decide_groups",
    "drop",
    "look_before_undo",
    "meanings",
    "note_undone",
    "read",
    "start",
    "tick",
    "tidy",
    "undo",
]
