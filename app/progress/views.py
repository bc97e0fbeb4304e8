"""`/don-vi/<mã>/hoan-thanh`: who has done what."""

from flask import render_template, request

from app.accounts import policies
from app.accounts import queries as accounts
from app.accounts.current import me
from app.progress import queries
from app.web.guard import Blueprint
from app.web.pager import asked_number

pages = Blueprint("progress", __name__)


@pages.get("/don-vi/<code>/hoan-thanh", policy=policies.officer)
def completion(code: str) -> str:
    """By name in one's own unit; counts where it lies below; a federation's own page is its units."""
    actor = me()
    reach = accounts.reach(actor, code, "officer")
    number = asked_number(request.args.get("trang"))
    if not reach.unit.counts_members:
        return render_template("progress/federation.html", page=queries.federation_page(reach.unit, number))
    if not reach.names:
        return render_template("progress/counts.html", page=queries.counts_page(reach.unit))
    choice = queries.Choice(
        group=request.args.get("to", "")[:20],
        step=request.args.get("viec", "")[:80],
        state=request.args.get("con", "")[:10],
    )
    return render_template("progress/unit.html", page=queries.unit_page(actor, reach.unit, choice, number))
