"""Duties in a unit: the level right above gives them and ends them, and prints the slips of those who hold them."""

from flask import flash, redirect, render_template, request, url_for

from app import chance, clock
from app.accounts import actions, policies, queries
from app.accounts.current import me
from app.accounts.forms import DutyForm, EndForm
from app.accounts.rules import DUTY_WORDS
from app.accounts.views.blueprint import Answer, Malformed, pages
from app.accounts.views.slips import NobodyWaits, issue, slip_of, slips_paper
from app.db import db, writing
from app.refusal import NotThere, RuleBroken
from app.units import queries as units
from app.units.models import Unit
from app.units.queries import UnitRow
from app.units.rules import read_member_code
from app.web.downloads import keeps_no_file, zalo
from app.web.errors import STATUS


class NotThisMember(RuleBroken):
    kind = "invalid"
    words = (
        "Đơn vị không có đoàn viên nào vừa mang tên ấy vừa có mã ấy. Anh/chị so lại với văn bản của đơn vị: "
        "họ và tên đủ chữ, mã đoàn viên đủ số."
    )


@pages.get("/don-vi/<code>/nhiem-vu", policy=policies.officer_or_admin)
def duties(code: str) -> Answer:
    unit, today = queries.unit_below(me(), code), clock.today()
    asked = request.args.get("ma", "")
    held = next((one for one in queries.duties_in(unit.id, today) if asked and one.code == asked), None)
    known = {"name": held.name, "member": held.code} if held else {}
    return _page(unit, DutyForm(formdata=None, data={"since": today, **known}))


def _page(unit: UnitRow, form: DutyForm, refusal: RuleBroken | None = None) -> str:
    today = clock.today()
    return render_template(
        "accounts/duties.html",
        unit=unit,
        above=units.get(unit.parent_id or 0, today),
        held=queries.duties_in(unit.id, today),
        ended=queries.ended_duties(unit.id, today),
        form=form,
        refusal=refusal,
        day=today,
    )


@pages.post("/don-vi/<code>/nhiem-vu", policy=policies.officer_or_admin)
def give_duty(code: str) -> Answer:
    unit, form = queries.unit_below(me(), code), DutyForm()
    try:
        if not form.validate():
            raise Malformed()
        _give(unit, form)
    except RuleBroken as refusal:
        return _page(unit, form, None if isinstance(refusal, Malformed) else refusal), STATUS[refusal.kind]
    flash(f"Đã giao: {form.name.data}, {DUTY_WORDS[form.duty.data]}, từ {clock.short_date(form.since.data)}.")
    return redirect(url_for("accounts.duties", code=unit.code), 303)


def _give(unit: UnitRow, form: DutyForm) -> None:
    member = read_member_code(form.member.data or "")
    person = queries.named_member(unit.id, form.name.data or "", member, clock.today()) if member else None
    if person is None:
        raise NotThisMember()
    with writing():
        actions.appoint(me().person_id, person, _row(unit), form.duty.data, form.since.data)


def _row(unit: UnitRow) -> Unit:
    return db.session.get_one(Unit, unit.id)


@pages.post("/don-vi/<code>/can-bo/<member>/ket-thuc", policy=policies.officer_or_admin)
def end_duty(code: str, member: str) -> Answer:
    unit, form = queries.unit_below(me(), code), EndForm()
    held = _of(queries.duties_in(unit.id, clock.today()) + queries.ended_duties(unit.id, clock.today()), member)
    try:
        if not form.validate():
            raise actions.DayTooFar()
        with writing():
            actions.dismiss(me().person_id, held.person_id, _row(unit), form.until.data)
    except RuleBroken as refusal:
        return _page(unit, DutyForm(formdata=None, data={"since": clock.today()}), refusal), STATUS[refusal.kind]
    flash(f"{held.name} thôi nhiệm vụ {held.words} từ {clock.short_date(form.until.data)}.")
    return redirect(url_for("accounts.duties", code=unit.code), 303)


@pages.post("/don-vi/<code>/can-bo/<member>/giao-lai", policy=policies.officer_or_admin)
def reinstate(code: str, member: str) -> Answer:
    """A duty that was ended by mistake goes on as before."""
    unit, today = queries.unit_below(me(), code), clock.today()
    held = _of(queries.ended_duties(unit.id, today) + queries.duties_in(unit.id, today), member)
    with writing():
        actions.reinstate(me().person_id, held.person_id, _row(unit))
    flash(f"{held.name} giữ nhiệm vụ {held.words} như trước.")
    return redirect(url_for("accounts.duties", code=unit.code), 303)


def _of(held: list[queries.DutyHeld], member: str) -> queries.DutyHeld:
    found = next((one for one in held if one.code == member), None)
    if found is None:
        raise NotThere()
    return found


@pages.get("/don-vi/<code>/don-vi/phieu", policy=policies.officer_or_admin)
def officer_slips(code: str) -> Answer:
    """Officers of the units right below who have not been in yet; the chairs' slips can be had alone."""
    unit = _leading(code)
    waiting = queries.officers_outside(unit.id, clock.today())
    return render_template("accounts/officer_slips.html", unit=unit, waiting=waiting, form_id=chance.token(16))


@pages.post("/don-vi/<code>/don-vi/phieu", policy=policies.officer_or_admin)
def print_officer_slips(code: str) -> Answer:
    """The slips as a PDF: of the chairs (`chi`), or of every officer who waits."""
    if keeps_no_file():
        return zalo()
    unit = _leading(code)
    chairs = request.form.get("chi") == "chu-tich"
    waiting = [one for one in queries.officers_outside(unit.id, clock.today()) if not chairs or one.duty == "chair"]
    named = {one.person_id: one for one in waiting}
    issued = issue(me(), list(named), [])
    if not issued:
        raise NobodyWaits()
    made = [slip_of(named[who].unit.short, named[who].name, named[who].code, slip) for who, slip in issued.items()]
    return slips_paper(unit, made, f"cán bộ {unit.code}")


def _leading(code: str) -> UnitRow:
    """The actor's own unit, which leads others. Raises `NotThere`."""
    unit = queries.own_unit(me(), code, "officer", "admin")
    if unit.counts_members:
        raise NotThere()
    return unit
