"""Adding one member: whom they may already be is shown before they are kept."""

from uuid import UUID

from flask import render_template, request

from app import chance, clock, text
from app.accounts import actions, passwords, policies, queries, rules
from app.accounts.actions import Entered
from app.accounts.current import me
from app.accounts.forms import MemberForm
from app.accounts.queries import Similar
from app.accounts.views.blueprint import Answer, pages
from app.accounts.views.member import form_for, listing_unit, to_member, unit_model
from app.db import writing
from app.refusal import RuleBroken
from app.units.queries import UnitRow
from app.web.errors import STATUS
from app.web.forms import form_id


@pages.get("/don-vi/<code>/doan-vien/them", policy=policies.officer_or_admin)
def adding(code: str) -> Answer:
    unit = listing_unit(code)
    return _page(unit, form_for(unit, None), chance.token(16))


def _page(
    unit: UnitRow,
    form: MemberForm,
    key: str,
    refusal: RuleBroken | None = None,
    near: list[Similar] | None = None,
    shared: bool = False,
) -> str:
    return render_template(
        "accounts/adding.html",
        unit=unit,
        form=form,
        form_id=key,
        refusal=refusal,
        near=near or [],
        shared=shared,
        seen=_asked(form.entered()) if near or shared else "",
    )


def _asked(entered: Entered) -> str:
    """What the page has been asked about: another name or number is asked about anew."""
    return "|".join((text.fold(entered.name), entered.phone, entered.own))


@pages.post("/don-vi/<code>/doan-vien/them", policy=policies.officer_or_admin)
def add(code: str) -> Answer:
    unit = listing_unit(code)
    form, key = form_for(unit, None), form_id() or chance.token(16)
    if not form.validate():
        return _page(unit, form, key), 400
    entered, person = form.entered(), _person_of(unit, key)
    made = queries.member_code_of(person)
    if made:  # the same form once more
        return to_member(unit, made)
    phone = rules.read_phone(entered.phone) or ""
    near = queries.similar(unit.id, entered.name, phone, entered.own)
    shared = queries.given_by_another("phone", phone)
    if (near or shared) and request.form.get("seen") != _asked(entered):
        return _page(unit, form, key, near=near, shared=shared), 409
    try:
        with writing():
            made = actions.add_member(me().person_id, person, unit_model(unit), clock.today(), entered)
    except RuleBroken as refusal:
        return _page(unit, form, key, refusal), STATUS[refusal.kind]
    return to_member(unit, made, f"Đã thêm {entered.name}, mã đoàn viên {made}.")


def _person_of(unit: UnitRow, key: str) -> UUID:
    """Who this very form makes: sent twice, it makes one person."""
    return UUID(hex=passwords.keyed("add", f"{me().person_id}:{unit.id}:{key}")[:32])
