"""What a change of a commitment means for the steps of the year."""

from app.commitments.content import KINDS
from app.records import actions as records
from app.records.actions import Change
from app.records.rules import Step
from app.steps import actions as steps
from app.steps.queries import programme_of_year
from app.steps.rules import CONFIRMED, REGISTERED


def follow(change: Change) -> None:
    """Sent is registered, confirmed is confirmed; a no closes both for the year, and leaves the denominator; what is
    taken back, a yes or a no, opens them again."""
    if change.kind not in KINDS:
        return
    person, programme, by = change.person_id, programme_of_year(change.year).id, change.by
    if change.step is Step.SUBMIT:
        steps.withdraw(person, programme, CONFIRMED, by)
        steps.record(person, programme, REGISTERED, change.at, "online", by)
    elif change.step is Step.CONFIRM:
        steps.record(person, programme, CONFIRMED, change.at, "online", by)
    elif change.step is Step.DECLINE:
        for key in (REGISTERED, CONFIRMED):
            steps.record(person, programme, key, change.at, "online", by, outcome="declined")
    elif change.step in (Step.WITHDRAW, Step.REOPEN):
        for key in (REGISTERED, CONFIRMED):
            steps.withdraw(person, programme, key, by)


if follow not in records.watchers:
    records.watchers.append(follow)
