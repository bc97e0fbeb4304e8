"""`/`, `/toi`, and the list of units."""

from collections.abc import Mapping

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import chance, clock
from app.accounts import policies
from app.accounts import queries as accounts
from app.accounts.actions import make_reset, take_off
from app.accounts.current import me
from app.db import writing
from app.documents import pdf
from app.home import queries
from app.home.held import NEVER
from app.home.views.blueprint import pages
from app.refusal import NotThere
from app.units.queries import UnitRow
from app.web.downloads import PDF, download, keeps_no_file, zalo
from app.web.forms import form_id
from app.web.templating import formal_date, sentence


@pages.get("/", policy=policies.signed_in)
def first_page() -> str:
    """What do I do now."""
    page = queries.first_page(me())
    return render_template("home/officer.html" if page.units else "home/member.html", page=page)


@pages.get("/toi/lan-dau", policy=policies.signed_in)
def first_time() -> Response:
    """Where the first sign-in leads: by way of the tone marks that a list left out of the name, to the first thing to
    do."""
    actor = me()
    to = queries.begins_at(actor)
    if queries.asks_for_marks(actor.person_id):
        to = url_for("accounts.own_correction", field="ten", tiep=to)
    return redirect(to, 303)


@pages.get("/toi", policy=policies.signed_in)
def mine() -> str:
    return render_template("home/mine.html", page=queries.mine(me()))


@pages.get("/toi/ai-xem-duoc-gi", policy=policies.signed_in)
def seen_of_mine() -> Response:
    """The page of one's own unit; of who has none, what is said on `/toi`."""
    code = queries.own_code(me())
    to = url_for("home.seen", code=code) if code else url_for("home.mine", _anchor="ai-xem")
    return redirect(to, 303)


@pages.get("/don-vi/<code>/ai-xem-duoc-gi", policy=policies.signed_in)
def seen(code: str) -> str:
    """Who sees what, for everybody whom it concerns; it prints on one A4."""
    return render_template("home/seen.html", page=queries.seen_page(me(), code), never=NEVER)


@pages.get("/don-vi/<code>/ai-xem-duoc-gi.pdf", policy=policies.signed_in)
def seen_paper(code: str) -> str | Response:
    """The same for the notice board."""
    if keeps_no_file():
        return zalo()
    page = queries.seen_page(me(), code)
    data = {
        "title": f"Ai xem được gì, {page.unit.short}",
        "above": page.above[0].name if page.above else "",
        "unit": page.unit.name,
        "about": page.unit.short,
        "day": formal_date(page.day),
        "held": [[sentence(words) for words in (one.what, one.unit, one.above, one.kept)] for one in page.held],
        "never": NEVER,
        "readers": page.reader_lines,
        "seers": page.above_names or "Cấp trên",
        "members": page.counts.members if page.counts else 0,
        "year": page.counts.programme.year if page.counts else 0,
        "totals": [[one.step.title, f"{one.share.done}/{one.share.asked}"] for one in page.counts.totals]
        if page.counts
        else [],
    }
    return download(pdf.render("home/typst/seen.typ", data), f"Ai xem được gì {page.unit.code}.pdf", PDF)


@pages.get("/don-vi/<code>", policy=policies.officer_or_admin)
def unit(code: str) -> Response:
    """The unit's address on paper leads to what an officer most often wants of it."""
    found = accounts.reach(me(), code, "officer", "admin").unit
    page = "progress.completion" if accounts.reaches(me(), found.id, "officer") else "home.units_below"
    return redirect(url_for(page, code=found.code), 303)


@pages.get("/don-vi/<code>/loi-nhan", policy=policies.officer)
def message(code: str) -> str:
    """Words for the unit's Zalo group: numbers and a link."""
    own = accounts.own_unit(me(), code, "officer")
    return render_template("home/message.html", page=queries.message_page(own, request.args.get("to", "")[:20]))


@pages.get("/don-vi/<code>/don-vi", policy=policies.officer_or_admin)
def units_below(code: str) -> str:
    """The units below, and their officers: whom to call."""
    found = accounts.reach(me(), code, "officer", "admin").unit
    return _units(found)


def _units(unit: UnitRow, shown: Mapping[str, object] | None = None) -> str:
    page = queries.units_page(me(), unit)
    return render_template("home/units.html", page=page, shown=shown, form_id=chance.token(16))


@pages.post("/don-vi/<code>/can-bo/<member>/ma-dat-lai", policy=policies.officer_or_admin)
def make_officer_reset(code: str, member: str) -> str:
    """A code for an officer who lost the password, read out by the level above."""
    actor, today = me(), clock.today()
    found = accounts.reach(actor, code, "officer", "admin").unit
    officer = _officer(found, member)
    levels = accounts.levels_above(actor, found.id, today)
    with writing():
        digits = make_reset(actor, officer.person_id, levels, form_id())
    until = accounts.code_ends(officer.person_id, "reset")
    shown = {"name": officer.name, "code": f"{digits[:3]} {digits[3:]}", "until": until}
    return _units(queries.home_unit_above(actor, found.id) or found, shown)


def _officer(unit: UnitRow, member: str) -> accounts.Officer:
    """The officer of exactly this unit with this member code. Raises `NotThere`."""
    officers = accounts.officers_of(unit.id, clock.today())
    found = next((one for one in officers if accounts.member_code_of(one.person_id) == member), None)
    if found is None:
        raise NotThere()
    return found


@pages.post("/don-vi/<code>/can-bo/<member>/hai-lop/tat", policy=policies.officer_or_admin)
def take_off_second_step(code: str, member: str) -> Response:
    """For an officer who has lost the telephone and the recovery codes, by the level above."""
    actor = me()
    found = accounts.reach(actor, code, "officer", "admin").unit
    officer = _officer(found, member)
    with writing():
        take_off(actor, officer.person_id)
    flash(f"Đã tắt xác thực hai lớp của {officer.name}. Người ấy được báo khi vào lại.")
    above = queries.home_unit_above(actor, found.id) or found
    return redirect(url_for("home.units_below", code=above.code), 303)
