"""`/don-vi/<mã>/hoan-thanh`: who has done what."""

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import clock
from app.accounts import policies
from app.accounts import queries as accounts
from app.accounts.current import me
from app.progress import queries, spreadsheets
from app.refusal import NotThere
from app.units import queries as units
from app.units.queries import UnitRow
from app.web.downloads import XLSX, download, keeps_no_file, zalo
from app.web.guard import Blueprint
from app.web.pager import asked_number

pages = Blueprint("progress", __name__)


@pages.get("/don-vi/<code>/hoan-thanh", policy=policies.officer)
def completion(code: str) -> str | Response:
    """By name in one's own unit; counts where it lies below; a federation's own page is its units; a tổ is a part of
    the page of the unit that its members belong to. With `in=1`, all in one list, for paper."""
    reach = accounts.reach(me(), code, "officer")
    number, prints = asked_number(request.args.get("trang")), "in" in request.args
    if not reach.unit.counts_members:
        if not reach.unit.federation:
            return _in_its_unit(reach.unit)
        page = queries.federation_page(reach.unit, number, prints)
        return render_template("progress/federation.html", page=page)
    if not reach.names:
        return render_template("progress/counts.html", page=queries.counts_page(reach.unit))
    return render_template("progress/unit.html", page=queries.unit_page(reach.unit, _choice(prints=prints), number))


def _choice(prints: bool = False, whole: bool = False) -> queries.Choice:
    return queries.Choice(
        group=request.args.get("to", "")[:20],
        step=request.args.get("viec", "")[:80],
        state=request.args.get("con", "")[:10],
        prints=prints,
        whole=whole,
    )


@pages.get("/don-vi/<code>/hoan-thanh.xlsx", policy=policies.officer)
def completion_sheet(code: str) -> str | Response:
    """The same for a spreadsheet, as the filter is set and whole: by name in one's own unit; a federation's units in
    counts. Of a unit below there is none: its page says all that is told above it."""
    if keeps_no_file():
        return zalo()
    reach = accounts.reach(me(), code, "officer")
    if not reach.unit.counts_members and reach.unit.federation:
        made = spreadsheets.of_federation(queries.federation_page(reach.unit, 1, whole=True))
    elif reach.names and reach.unit.counts_members:
        made = spreadsheets.of_unit(queries.unit_page(reach.unit, _choice(whole=True), 1))
    else:
        raise NotThere()
    return download(made, f"Hoàn thành {reach.unit.code}.xlsx", XLSX)


def _in_its_unit(group: UnitRow) -> Response:
    above = next((unit for unit in units.ancestors(group.id, clock.today()) if unit.counts_members), None)
    if above is None:
        raise NotThere()
    accounts.reach(me(), above.code, "officer")
    return redirect(url_for("progress.completion", code=above.code, to=group.code), 303)
