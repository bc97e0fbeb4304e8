"""Who has not been in yet, by tổ; and the slips that let them in, ten to a page."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, render_template, request, url_for

from app import chance, clock
from app.accounts import actions, policies, queries, rules
from app.accounts.current import me
from app.accounts.queries import MemberRow
from app.accounts.views.blueprint import Answer, pages
from app.db import writing
from app.documents import pdf
from app.refusal import RuleBroken
from app.units.queries import UnitRow
from app.web.downloads import PDF, download, keeps_no_file, zalo
from app.web.forms import form_id
from app.web.templating import outside

AT_ONCE = 40  # people in one transaction: nobody else waits for long


class NobodyWaits(RuleBroken):
    kind = "conflict"
    words = "Không còn ai chờ phiếu ở đây. Người giữ nhiệm vụ công đoàn nhận phiếu từ cấp trên."


@pages.get("/don-vi/<code>/doan-vien/phieu", policy=policies.officer_or_admin)
def slips(code: str) -> Answer:
    unit = queries.own_unit(me(), code, "officer", "admin")
    groups = queries.outside_by_group(unit.id, clock.today())
    return render_template("accounts/slips.html", unit=unit, groups=groups, form_id=chance.token(16))


@pages.post("/don-vi/<code>/doan-vien/phieu", policy=policies.officer_or_admin)
def print_slips(code: str) -> Answer:
    """The slips as a PDF, for one tổ (`to`) or for everybody who waits. The same button pressed again makes the same
    slips; a new one ends those printed before."""
    if keeps_no_file():
        return zalo()
    actor, today = me(), clock.today()
    unit = queries.own_unit(actor, code, "officer", "admin")
    groups = queries.outside_by_group(unit.id, today)
    named = {member.person_id: (member, group.group) for group in groups for member in group.printable}
    chosen = request.form.get("to", "")
    wanted = [p for p, (_, group) in named.items() if not chosen or (group.code if group else "-") == chosen]
    issued = issue(actor, wanted, queries.levels_above(actor, unit.id, today))
    if not issued:
        raise NobodyWaits()
    made = [slip_for(unit, *named[person], slip) for person, slip in issued.items()]
    return slips_paper(unit, made, chosen or code)


def slips_paper(unit: UnitRow, made: list[dict[str, Any]], of: str) -> Response:
    """The PDF of these slips, ten to a page."""
    site = outside(url_for("accounts.activation_code")).partition("://")[2]
    data = {"title": f"Phiếu kích hoạt, {unit.short}", "site": site, "slips": made}
    return download(pdf.render("accounts/typst/slips.typ", data), f"Phiếu kích hoạt {of}.pdf", PDF)


def issue(actor: queries.Actor, people: list[UUID], levels: list[int]) -> dict[UUID, str]:
    issued: dict[UUID, str] = {}
    asked = form_id() or chance.token(16)
    for start in range(0, len(people), AT_ONCE):
        with writing():
            issued |= actions.make_first_slips(actor, people[start : start + AT_ONCE], levels, asked)
    return issued


def slip_for(
    unit: UnitRow, member: MemberRow, group: UnitRow | None, slip: str, ends: datetime | None = None
) -> dict[str, Any]:
    """A member's slip, with their tổ."""
    return slip_of(f"{unit.short}, {group.short}" if group else unit.short, member.name, member.code, slip, ends)


def slip_of(unit: str, name: str, member: str, slip: str, ends: datetime | None = None) -> dict[str, Any]:
    """What stands on somebody's slip; one made now ends in its time."""
    until = ends or clock.now() + rules.ACTIVATION_LIFE
    return {
        "unit": unit,
        "name": name,
        "member": member,
        "code": "-".join(slip[at : at + 4] for at in range(0, 16, 4)),
        "until": clock.short_date(until),
        "qr": pdf.qr(outside(url_for("accounts.activation", code=slip))),
    }
