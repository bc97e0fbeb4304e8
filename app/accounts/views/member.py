"""One member's page, and what its officers correct, end and take back there."""

from collections.abc import Callable, Mapping
from datetime import date
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy.exc import IntegrityError

from app import chance, clock
from app.accounts import actions, policies, queries
from app.accounts.current import me
from app.accounts.forms import LeaveForm, MemberForm
from app.accounts.queries import MemberPage
from app.accounts.views.blueprint import Answer, pages
from app.db import db, writing
from app.refusal import NotThere, RuleBroken
from app.text import one_line
from app.units import queries as units
from app.units.models import Unit
from app.units.queries import UnitRow
from app.web.errors import STATUS
from app.web.pager import asked_number


def listing_unit(code: str) -> UnitRow:
    """The unit whose list this is: the actor works in exactly it, and it counts members. Raises `NotThere`."""
    unit = queries.own_unit(me(), code, "officer", "admin")
    if not unit.counts_members:
        raise NotThere()
    return unit


def unit_model(unit: UnitRow) -> Unit:
    return db.session.get_one(Unit, unit.id)


def page_of(unit: UnitRow, member: str) -> MemberPage:
    return queries.member_page(unit, member, clock.now(), clock.today())


def present(unit: UnitRow, member: str) -> MemberPage:
    """The page of somebody who is a member now. Raises `NotThere`."""
    page = page_of(unit, member)
    if page.state != "here":
        raise NotThere()
    return page


def to_member(unit: UnitRow, member: str, said: str = "") -> Answer:
    if said:
        flash(said)
    return redirect(url_for("accounts.member", code=unit.code, member=member), 303)


@pages.get("/don-vi/<code>/doan-vien/<member>", policy=policies.officer_or_admin)
def member(code: str, member: str) -> Answer:
    return show_member(listing_unit(code), member)


def show_member(unit: UnitRow, member: str, shown: Mapping[str, object] | None = None) -> str:
    page = page_of(unit, member)
    return render_template("accounts/member.html", page=page, shown=shown, form_id=chance.token(16))


@pages.get("/don-vi/<code>/doan-vien/<member>/sua", policy=policies.officer_or_admin)
def correction(code: str, member: str) -> Answer:
    unit = listing_unit(code)
    page = present(unit, member)
    return _correction(unit, page, form_for(unit, page))


def form_for(unit: UnitRow, page: MemberPage | None) -> MemberForm:
    """The form of somebody, filled with what is known; it offers the tổ of the unit."""
    entry = page.entry if page else None
    form = MemberForm(data=vars(entry) | {"phone": entry.phone, "email": entry.email} if entry else None)
    form.offer(units.groups_of(unit.id, clock.today()))
    return form


def _correction(unit: UnitRow, page: MemberPage, form: MemberForm, refusal: RuleBroken | None = None) -> str:
    return render_template("accounts/correction.html", unit=unit, page=page, form=form, refusal=refusal)


@pages.post("/don-vi/<code>/doan-vien/<member>/sua", policy=policies.officer_or_admin)
def correct(code: str, member: str) -> Answer:
    unit = listing_unit(code)
    page = present(unit, member)
    form = form_for(unit, page)
    if not form.validate():
        return _correction(unit, page, form), 400
    try:
        with writing():
            changed = actions.correct(me().person_id, page.person_id, unit.id, vars(form.entered()))
    except RuleBroken as refusal:
        return _correction(unit, page, form, refusal), STATUS[refusal.kind]
    return to_member(unit, member, "Đã sửa." if changed else "Không có gì khác với trước.")


# --- leaving and coming back --------------------------------------------------------------------------------------


@pages.get("/don-vi/<code>/doan-vien/<member>/thoi-sinh-hoat", policy=policies.officer_or_admin)
def leaving(code: str, member: str) -> Answer:
    unit = listing_unit(code)
    return _leaving(unit, present(unit, member), LeaveForm(data={"on": clock.today()}))


def _leaving(unit: UnitRow, page: MemberPage, form: LeaveForm, refusal: RuleBroken | None = None) -> str:
    return render_template("accounts/leaving.html", unit=unit, page=page, form=form, refusal=refusal)


@pages.post("/don-vi/<code>/doan-vien/<member>/thoi-sinh-hoat", policy=policies.officer_or_admin)
def leave(code: str, member: str) -> Answer:
    unit = listing_unit(code)
    page = page_of(unit, member)
    form = LeaveForm()
    if not form.validate():
        return _leaving(unit, page, form), 400
    if page.state == "here":
        try:
            _end(unit, page.person_id, form.on.data)
        except RuleBroken as refusal:
            return _leaving(unit, page, form, refusal), STATUS[refusal.kind]
    return to_member(unit, member)


def _end(unit: UnitRow, person: UUID, on: date) -> None:
    with writing():
        actions.let_leave(me().person_id, person, unit_model(unit), on)


def _then(code: str, member: str, work: Callable[[UUID, UUID, Unit], None], said: str) -> Answer:
    """Do it for whoever is or was a member of the unit, and show their page."""
    unit = listing_unit(code)
    person = queries.person_here(unit.id, member)
    with writing():
        work(me().person_id, person, unit_model(unit))
    return to_member(unit, member, said)


@pages.post("/don-vi/<code>/doan-vien/<member>/thoi-sinh-hoat/hoan-tac", policy=policies.officer_or_admin)
def undo_leave(code: str, member: str) -> Answer:
    return _then(code, member, actions.undo_leave, "Đã hoàn tác, người này vẫn sinh hoạt như trước.")


@pages.post("/don-vi/<code>/doan-vien/<member>/tro-lai", policy=policies.officer_or_admin)
def come_back(code: str, member: str) -> Answer:
    return _then(code, member, actions.come_back, "Đã ghi trở lại sinh hoạt từ hôm nay, với mã và tài khoản cũ.")


@pages.post("/don-vi/<code>/doan-vien/<member>/tam-mien/ket-thuc", policy=policies.officer_or_admin)
def end_exemptions(code: str, member: str) -> Answer:
    return _then(code, member, actions.end_exemptions, "Đã kết thúc tạm miễn từ hôm nay.")


@pages.post("/don-vi/<code>/doan-vien/<member>/bo-khoi-danh-sach", policy=policies.officer_or_admin)
def unadd(code: str, member: str) -> Answer:
    unit = listing_unit(code)
    page = present(unit, member)
    try:
        with writing():
            actions.unadd_member(me().person_id, page.person_id, unit_model(unit))
    except IntegrityError:  # something hangs on them that is not ours to remove
        raise actions.AddedIsUsed() from None
    flash(f"Đã bỏ {page.name} khỏi danh sách, như chưa từng thêm.")
    return redirect(url_for("accounts.members", code=unit.code), 303)


@pages.get("/don-vi/<code>/doan-vien/da-thoi", policy=policies.officer_or_admin)
def leavers(code: str) -> Answer:
    """Those who left the unit: whoever comes back is the same person, with the same code and account."""
    unit = listing_unit(code)
    search = one_line(request.args.get("tim", "")[:80])
    rows = queries.leavers(unit.id, clock.today(), search, asked_number(request.args.get("trang")))
    return render_template("accounts/leavers.html", unit=unit, rows=rows, search=search)
