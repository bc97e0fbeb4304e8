"""Getting in and out, what is one's own, and the officer's list of members."""

from app.accounts.views import duties, getting_in, listing, members, own, slips  # noqa: F401 (they add their pages)
from app.accounts.views.blueprint import pages

__all__ = ["pages"]
