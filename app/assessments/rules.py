"""What a step of a sheet means for the year."""

from app.records.rules import Step

KIND = "assessment"

DOES = frozenset({Step.KEEP, Step.SUBMIT, Step.AMEND, Step.TYPE_IN})
UNDOES = frozenset({Step.WITHDRAW, Step.REFUSE})


def is_done_by(step: Step) -> bool | None:
    """True: kept or sent, it is done, and the unit sees this and nothing more of what is kept. False: taken back, it
    is open again. None: nothing changes."""
    return True if step in DOES else False if step in UNDOES else None
