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
from app.web.forms import parse_date
from app.web.guard import Blueprint
from app.web.pager import asked_number

pages = Blueprint("progress", __name__)


@pages.get("/don-vi/<code>/hoan-thanh", policy=policies.officer)
def completion(code: str) -> str | Response:
    """By name in one's own unit; counts where it lies below; a federation's own page is its units; a tổ is a part of
    the page of the unit that its members belong to. With `in=1`, all in one list, for paper; with `nam`, those of
    another year; with `ngay`, the figures as they were closed on that day."""
    if "ngay" in request.args:
        return _closed(code)
    reach = accounts.reach(me(), code, "officer")
    number, prints = asked_number(request.args.get("trang")), "in" in request.args
    if not reach.unit.counts_members:
        if not reach.unit.federation:
            return _in_its_unit(reach.unit)
        return _page("federation", queries.federation_page(reach.unit, number, prints, year=_year()))
    if not reach.names:
        return _page("counts", queries.counts_page(reach.unit, _year()))
    return _page("unit", queries.unit_page(reach.unit, _choice(prints=prints), number, _year()))


def _page(template: str, page: queries.FederationPage | queries.CountsPage | queries.UnitPage) -> str:
    ways = queries.ways(page.unit.code, page.programme.year)
    return render_template(f"progress/{template}.html", page=page, ways=ways, year=_year())


def _year() -> int | None:
    """The year that was asked for."""
    typed = request.args.get("nam", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) == 4 else None


def _closed(code: str) -> str:
    page = _closed_page(code, prints="in" in request.args)
    ways = queries.ways(page.code, page.year, page.day)
    return render_template("progress/closed.html", page=page, ways=ways)


def _closed_page(code: str, prints: bool = False, whole: bool = False) -> queries.ClosedPage:
    day = parse_date(request.args["ngay"])
    if day is None:
        raise NotThere()
    return queries.closed_page(me(), code, day, asked_number(request.args.get("trang")), prints, whole)


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
    if "ngay" in request.args:
        page = _closed_page(code, whole=True)
        return download(spreadsheets.of_closed(page), f"Số liệu chốt {page.day} {page.code}.xlsx", XLSX)
    reach = accounts.reach(me(), code, "officer")
    if not reach.unit.counts_members and reach.unit.federation:
        made = spreadsheets.of_federation(queries.federation_page(reach.unit, 1, whole=True, year=_year()))
    elif reach.names and reach.unit.counts_members:
        made = spreadsheets.of_unit(queries.unit_page(reach.unit, _choice(whole=True), 1, _year()))
    else:
        raise NotThere()
    return download(made, f"Hoàn thành {reach.unit.code}.xlsx", XLSX)


def _in_its_unit(group: UnitRow) -> Response:
    above = next((unit for unit in units.ancestors(group.id, clock.today()) if unit.counts_members), None)
    if above is None:
        raise NotThere()
    accounts.reach(me(), above.code, "officer")
    return redirect(url_for("progress.completion", code=above.code, to=group.code), 303)
