"""A change of a sheet, in the same transaction, for the steps of the year."""

from app.assessments import rules
from app.records import actions as records
from app.records.actions import Change
from app.steps import actions as steps
from app.steps.queries import programme_of_year
from app.steps.rules import ASSESSMENT


def follow(change: Change) -> None:
    if change.kind != rules.KIND:
        return
    programme = programme_of_year(change.year).id
    done = rules.is_done_by(change.step)
    if done:
        steps.record(change.person_id, programme, ASSESSMENT, change.at, change.source, by=change.by)
    elif done is False:
        steps.withdraw(change.person_id, programme, ASSESSMENT, change.by)


if follow not in records.watchers:
    records.watchers.append(follow)
