"""Records as their authors and their reviewers reach them.

An author's own texts are opened here (`sheet`, `own_texts`, `comments`); another's only by `actions.open_text`.
"""

from app.records.queries.heads import FormRow, Head, declined, drafts_of, form, form_for, head, head_of, returned_kinds
from app.records.queries.letter import Letter
from app.records.queries.queue import (
    QueuePage,
    QueueRow,
    Review,
    ReviewPage,
    Waiting,
    has_conflict,
    queue,
    queue_page,
    review,
    same_decision,
    settled,
    waiting_for,
)
from app.records.queries.readers import (
    Readers,
    Sent,
    UnitReaders,
    home_unit,
    named,
    open_to,
    readers_before,
    readers_of,
    sent_version,
    unit_readers,
    unseen_kinds,
)
from app.records.queries.readings import ReadingLine, RecordReaders, Said, comments, may_read_today, readings_of
from app.records.queries.sheets import Sheet, own_texts, sheet, was_drafted, was_sent

__all__ = [
    "FormRow",
    "Head",
    "Letter",
    "QueuePage",
    "QueueRow",
    "Readers",
    "ReadingLine",
    "RecordReaders",
    "Review",
    "ReviewPage",
    "Said",
    "Sent",
    "Sheet",
    "UnitReaders",
    "Waiting",
    "comments",
    "declined",
    "drafts_of",
    "form",
    "form_for",
    "has_conflict",
    "head",
    "head_of",
    "home_unit",
    "may_read_today",
    "named",
    "open_to",
    "own_texts",
    "queue",
    "queue_page",
    "readers_before",
    "readers_of",
    "readings_of",
    "returned_kinds",
    "review",
    "same_decision",
    "sent_version",
    "settled",
    "sheet",
    "unit_readers",
    "unseen_kinds",
    "waiting_for",
    "was_drafted",
    "was_sent",
]
