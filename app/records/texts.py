"""Sealing what is written and opening it again. Who may open is decided elsewhere: see `actions.open_text`.

Sealing asks the key store and hashes, so it comes before `writing()`: an action is given what was sealed.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from app import chance
from app.records import rules
from app.records.rules import Body, Section
from app.sealed import Place, Unreadable, seal, unseal


def _draft(record: UUID) -> Place:
    return Place("record", "sealed_draft", record)


def _version(version: UUID) -> Place:
    return Place("record_version", "sealed_body", version)


def _comment(comment: UUID) -> Place:
    return Place("record_comment", "sealed_text", comment)


def _deed(deed: UUID) -> Place:
    return Place("deed", "sealed_text", deed)


def _open(value: bytes, place: Place) -> str:
    try:
        return unseal(value, place)
    except Unreadable as gone:
        raise rules.TextGone() from gone


def seal_draft(record: UUID, author: UUID, body: Body) -> bytes:
    return seal(author, rules.canonical(body), _draft(record))


def open_draft(record: UUID, value: bytes) -> Body:
    body: Body = json.loads(_open(value, _draft(record)))
    return body


@dataclass(frozen=True)
class SealedDeed:
    id: UUID
    n: int
    text: bytes
    due: date


@dataclass(frozen=True)
class Snapshot:
    """A text made ready to be sent."""

    version: UUID
    body: bytes
    digest: str
    deeds: tuple[SealedDeed, ...]


def snapshot(author: UUID, sections: Sequence[Section], body: Body) -> Snapshot:
    """What is sent of this body: sealed, digested with a fresh salt, its deeds apart. The body has no faults."""
    sent = rules.written(sections, body)
    version, salt = chance.row_id(), chance.random_bytes(16)
    text = rules.canonical({"salt": salt.hex(), "text": sent})
    deeds = tuple(_sealed_deed(author, n, deed) for n, deed in enumerate(rules.all_deeds(sections, sent), start=1))
    return Snapshot(version, seal(author, text, _version(version)), rules.digest(salt, sent), deeds)


def _sealed_deed(author: UUID, n: int, deed: dict[str, str]) -> SealedDeed:
    made = chance.row_id()
    text = rules.canonical({"what": deed["what"], "how": deed["how"]})
    return SealedDeed(made, n, seal(author, text, _deed(made)), date.fromisoformat(deed["until"]))


def open_version(version: UUID, value: bytes) -> Body:
    body: Body = json.loads(_open(value, _version(version)))["text"]
    return body


@dataclass(frozen=True)
class SealedComment:
    id: UUID
    part: str
    text: bytes


def seal_comments(author: UUID, comments: Mapping[str, str]) -> tuple[SealedComment, ...]:
    """What a reviewer says (part key → text), with the key of the record's author; empty ones are none."""
    ids = {part: chance.row_id() for part, text in comments.items() if text}
    return tuple(SealedComment(made, part, seal(author, comments[part], _comment(made))) for part, made in ids.items())


def open_comment(comment: UUID, value: bytes) -> str:
    return _open(value, _comment(comment))


def open_deed(deed: UUID, value: bytes) -> dict[str, str]:
    """What and how."""
    found: dict[str, str] = json.loads(_open(value, _deed(deed)))
    return found
