"""What this slice holds about a person."""

from app.accounts.queries.holdings import belonging, getting_in, trail

HOLDINGS = (*belonging.HOLDINGS, *getting_in.HOLDINGS, *trail.HOLDINGS)
