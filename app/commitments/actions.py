"""A change of a commitment, in the same transaction, for the steps of the year; and of who is asked for one."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from app import clock
from app.accounts import actions as accounts
from app.accounts.queries import is_officer_anywhere
from app.commitments import rules
from app.records import actions as records
from app.records import queries
from app.records.actions import Change
from app.steps import actions as steps
from app.steps.queries import programme_of_year


def follow(change: Change) -> None:
    if change.kind not in rules.KINDS:
        return
    programme = programme_of_year(change.year).id
    for effect in rules.effects(change.step):
        if effect.outcome is None:
            steps.withdraw(change.person_id, programme, effect.key, change.by)
        else:
            steps.record(change.person_id, programme, effect.key, change.at, change.source, change.by, effect.outcome)


if follow not in records.watchers:
    records.watchers.append(follow)


@contextmanager
def ask_anew(people: list[UUID]) -> Iterator[None]:
    """Around every change of what these people hold: whoever becomes an officer is asked for the commitment, and the
    no that they gave as a member does not answer it."""
    today = clock.today()
    said_no = [record for record in queries.declined(people, rules.COMMITMENT) if _is_open(record.year)]
    members = [record for record in said_no if not is_officer_anywhere(record.person_id, today)]
    yield
    for record in members:
        if is_officer_anywhere(record.person_id, today):
            records.ask_again(record)


def _is_open(year: int) -> bool:
    return programme_of_year(year).state == "open"


# First, and so around all the others: the totals are counted before and after the change, and what is done here moves
# them by itself.
if ask_anew not in accounts.watchers:
    accounts.watchers.insert(0, ask_anew)
