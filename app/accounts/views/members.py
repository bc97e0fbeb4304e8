"""The officer's list of members, and the codes that let them in."""

from collections.abc import Mapping
from uuid import UUID

from flask import render_template, request

from app import chance, clock
from app.accounts import actions, policies, queries
from app.accounts.current import me
from app.accounts.queries import MembersChoice
from app.accounts.views.blueprint import Answer, pages
from app.accounts.views.member import show_member
from app.db import writing
from app.text import one_line
from app.units.queries import UnitRow
from app.web.forms import form_id
from app.web.pager import asked_number


@pages.get("/don-vi/<code>/doan-vien", policy=policies.officer_or_admin)
def members(code: str) -> Answer:
    return _list(queries.own_unit(me(), code, "officer", "admin"))


def _list(unit: UnitRow, shown: Mapping[str, object] | None = None) -> str:
    """The page of the list that the address asks for. Its buttons carry an id: the same button pressed twice shows the
    same code."""
    choice = MembersChoice(one_line(request.args.get("tim", "")[:80]), request.args.get("con") == "chua-vao")
    page = queries.members_page(unit, clock.today(), choice, asked_number(request.args.get("trang")))
    corrections = queries.corrections_for(unit.id, me().person_id)
    asked = {"tim": choice.search or None, "con": "chua-vao" if choice.waiting else None}
    return render_template(
        "accounts/members.html",
        page=page,
        asked=asked,
        shown=shown,
        corrections=corrections,
        form_id=chance.token(16),
    )


@pages.post("/don-vi/<code>/doan-vien/<member>/ma-dat-lai", policy=policies.officer_or_admin)
def make_reset(code: str, member: str) -> Answer:
    actor, today = me(), clock.today()
    unit = queries.own_unit(actor, code, "officer", "admin")
    person_id, name = _member(unit, member)
    levels = queries.levels_above(actor, unit.id, today)
    with writing():
        digits = actions.make_reset(actor, person_id, levels, form_id())
    until = queries.code_ends(person_id, "reset")
    shown = {"kind": "reset", "name": name, "code": f"{digits[:3]} {digits[3:]}", "until": until}
    return show_member(unit, member, shown) if request.form.get("o") == "trang-rieng" else _list(unit, shown)


@pages.post("/don-vi/<code>/doan-vien/<member>/phieu", policy=policies.officer_or_admin)
def make_slip(code: str, member: str) -> Answer:
    actor, today = me(), clock.today()
    unit = queries.own_unit(actor, code, "officer", "admin")
    person_id, name = _member(unit, member)
    levels = queries.levels_above(actor, unit.id, today)
    with writing():
        slip = actions.make_first_slip(actor, person_id, levels, form_id())
    grouped = "-".join(slip[i : i + 4] for i in range(0, 16, 4))
    until = queries.code_ends(person_id, "slip")
    shown = {"kind": "slip", "name": name, "code": grouped, "path": slip, "member": member, "until": until}
    return show_member(unit, member, shown) if request.form.get("o") == "trang-rieng" else _list(unit, shown)


def _member(unit: UnitRow, code: str) -> tuple[UUID, str]:
    person = queries.member_of_unit(unit.id, code, clock.today())
    return person.id, person.name
