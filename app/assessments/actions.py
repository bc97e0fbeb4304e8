"""What a change of a sheet means for the steps of the year."""

from app.assessments.content import KIND
from app.records import actions as records
from app.records.actions import Change
from app.records.rules import Step
from app.steps import actions as steps
from app.steps.queries import programme_of_year
from app.steps.rules import ASSESSMENT

DOES = frozenset({Step.KEEP, Step.SUBMIT, Step.AMEND})


def follow(change: Change) -> None:
    """Kept or sent, it is done; taken back, it is open again. The unit sees this and nothing more of what is kept."""
    if change.kind != KIND:
        return
    programme = programme_of_year(change.year).id
    if change.step in DOES:
        steps.record(change.person_id, programme, ASSESSMENT, change.at, "online", by=change.by)
    elif change.step is Step.WITHDRAW:
        steps.withdraw(change.person_id, programme, ASSESSMENT, change.by)


if follow not in records.watchers:
    records.watchers.append(follow)
