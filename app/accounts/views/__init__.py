"""Getting in and out, what is one's own, and the officer's list of members."""

from app.accounts.views import (  # noqa: F401 (they add their pages)
    adding,
    consents,
    correcting,
    duties,
    entering,
    getting_in,
    giving,
    listing,
    member,
    members,
    moving,
    own,
    second_step,
    slips,
)
from app.accounts.views.blueprint import pages

__all__ = ["pages"]
