"""A change of a commitment, in the same transaction, for the steps of the year."""

from app.commitments import rules
from app.records import actions as records
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
            steps.record(change.person_id, programme, effect.key, change.at, "online", change.by, effect.outcome)


if follow not in records.watchers:
    records.watchers.append(follow)
