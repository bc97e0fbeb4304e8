"""`/don-vi/<mã>/thay-doi`: opening, renaming, moving, merging, splitting, closing a unit; each shown first."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for

from app import chance, clock
from app.accounts import policies
from app.accounts.current import me
from app.accounts.queries import Actor
from app.accounts.rules import read_phone
from app.db import db, writing
from app.organisation import desk as desks
from app.organisation.actions import changes
from app.organisation.actions.changes import Asked
from app.organisation.desk import Preview
from app.organisation.forms import FORMS, ChangeForm
from app.organisation.queries import changes as queries
from app.organisation.queries.changes import Desk
from app.organisation.rules import changes as rules
from app.organisation.rules.changes import Verb
from app.organisation.views.blueprint import Answer, Malformed, pages
from app.refusal import RuleBroken
from app.units import queries as units
from app.units.models import UnitChange
from app.units.queries import UnitRow
from app.units.rules import read_member_code
from app.web.errors import STATUS

DONE: dict[Verb, str] = {
    "open": "Đã mở đơn vị.",
    "rename": "Đã đổi tên.",
    "move": "Đã chuyển đơn vị.",
    "merge": "Đã sáp nhập.",
    "split": "Đã tách đơn vị.",
    "close": "Đơn vị đã kết thúc hoạt động.",
}


class Otherwise(RuleBroken):
    kind = "conflict"
    words = "Từ lúc anh/chị xem đã có thay đổi. Anh/chị xem lại bảng dưới đây rồi bấm lần nữa."


@pages.get("/don-vi/<code>/thay-doi", policy=policies.officer_or_admin)
def show_changes(code: str) -> Answer:
    actor = me()
    page = queries.changes_page(actor, queries.desk(actor, code))
    return render_template("organisation/changes.html", page=page)


@pages.get("/don-vi/<code>/thay-doi/<verb>", policy=policies.officer_or_admin)
def ask_change(code: str, verb: str) -> Answer:
    found = queries.desk(me(), code)
    what = queries.may(found, verb)
    return _page(found, what, _form(found, what, {"day": clock.today(), "name": _name_of(found, what)}))


def _name_of(found: Desk, verb: Verb) -> str:
    return found.unit.name if verb == "rename" else ""


def _form(found: Desk, verb: Verb, shown: dict[str, Any] | None = None) -> ChangeForm:
    form = FORMS[verb](data=shown)
    if verb == "open":
        form.kind.choices = queries.kinds_below(found.unit)
    elif verb == "split":
        form.groups.choices = [(row.code, row.short) for row in queries.groups_of(found.unit)]
    return form


def _page(
    found: Desk, verb: Verb, form: ChangeForm, preview: Preview | None = None, refusal: RuleBroken | None = None
) -> Answer:
    targets = queries.targets(me(), found, verb) if verb in ("move", "merge", "close") else []
    html = render_template(
        "organisation/change.html",
        desk=found,
        verb=verb,
        slug=next(slug for slug, one in rules.SLUGS.items() if one == verb),
        words=rules.WORDS[verb],
        form=form,
        preview=preview,
        refusal=refusal,
        targets=targets,
        sent={name: request.form.getlist(name) for name in request.form if name not in NOT_SENT_ON},
        form_id=request.form.get("form_id") or str(chance.row_id()),
    )
    return html, STATUS[refusal.kind] if refusal else 400 if form.errors else 200


NOT_SENT_ON = ("csrf_token", "form_id", "xac-nhan", "da-xem")


@pages.post("/don-vi/<code>/thay-doi/<verb>", policy=policies.officer_or_admin)
def make_change(code: str, verb: str) -> Answer:
    """First the preview; with `xac-nhan`, and the mark of the preview that was seen, the change itself."""
    actor, change_id = me(), _change_id()
    before = db.session.get(UnitChange, change_id) if change_id else None
    if before is not None and before.by == actor.person_id:
        return redirect(url_for("organisation.show_changes", code=_at(before)), 303)  # a double click
    found = queries.desk(actor, code)
    what = queries.may(found, verb)
    form, preview = _form(found, what), None
    try:
        wish = _wish(actor, found, what, form)
        preview = desks.rehearse(actor.person_id, found.at.id, wish.ids, wish.asked, wish.about)
        if "xac-nhan" not in request.form:
            return _page(found, what, form, preview)
        if preview.mark != request.form.get("da-xem"):
            raise Otherwise()
        with writing():
            changes.change(actor.person_id, change_id or chance.row_id(), found.at.id, wish.asked)
    except Malformed:
        return _page(found, what, form)
    except RuleBroken as refusal:
        return _page(found, what, form, preview, refusal)
    flash(DONE[what] if wish.asked.on <= clock.today() else f"Đã ghi, có hiệu lực từ {clock.long_date(wish.asked.on)}.")
    return redirect(url_for("organisation.show_changes", code=found.at.code), 303)


def _change_id() -> UUID | None:
    try:
        return UUID(request.form.get("form_id", ""))
    except ValueError:
        return None


def _at(made: UnitChange) -> str:
    return units.get(made.at_unit, clock.today()).code


@dataclass(frozen=True)
class Wish:
    """What the form asks for, read: which units the balance shows, and what the change meets."""

    asked: Asked
    ids: list[int]
    about: rules.Concerned


def _wish(actor: Actor, found: Desk, verb: Verb, form: ChangeForm) -> Wish:
    """Raises `Malformed`, `DayOutOfRange`, `NoSuchUnit`, `UnknownMembers`, `NobodyChosen`."""
    if not form.validate():
        raise Malformed()
    on: date = form.day.data
    rules.check_day(on, clock.today())
    said = form.data
    other = queries.target(actor, said["other"], on) if said.get("other") else None
    groups, people = _chosen(found, said, on) if verb == "split" else ({}, {})
    if verb == "split" and not groups and not people:
        raise rules.NobodyChosen()
    asked = Asked(
        verb=verb,
        unit=found.unit.id,
        on=on,
        other=other.id if other else None,
        name=said.get("name") or "",
        short=said.get("short") or "",
        code=(said.get("code") or "").upper(),
        kind=said.get("kind") or "",
        phone=read_phone(said.get("phone") or "") or said.get("phone") or None,
        groups=tuple(groups.values()),
        people=tuple(people.values()),
    )
    about = queries.concerned(
        verb, found.unit, other, asked.short or asked.name, on, (set(asked.groups), set(asked.people))
    )
    return Wish(asked, _weighed(found, verb, other), about)


def _chosen(found: Desk, said: dict[str, Any], on: date) -> tuple[dict[str, int], dict[str, UUID]]:
    groups = {row.code: row.id for row in queries.groups_of(found.unit) if row.code in (said["groups"] or [])}
    typed = [word.strip(",;") for word in (said["people"] or "").split()]
    codes = {word: read_member_code(word) or "" for word in typed if word.strip(",;")}
    people = queries.members_by_code(found.unit.id, [code for code in codes.values() if code], on)
    unknown = [word for word, code in codes.items() if code not in people]
    if unknown:
        raise rules.UnknownMembers(codes=", ".join(unknown[:10]))
    return groups, people


def _weighed(found: Desk, verb: Verb, other: UnitRow | None) -> list[int]:
    """The units whose sums are shown: what stands above before and after, then the unit and what becomes of it."""
    above = [found.unit.parent_id] if verb != "open" and found.unit.parent_id else []
    more = [other.id] if other else []
    parents = [other.parent_id] if other and verb != "move" and other.parent_id else []
    return [*above, *(more if verb == "move" else parents), found.unit.id, *(more if verb != "move" else [])]


@pages.post("/don-vi/<code>/thay-doi/<uuid:change_id>/hoan-tac", policy=policies.officer_or_admin)
def undo_change(code: str, change_id: UUID) -> Answer:
    actor = me()
    queries.desk(actor, code)
    queries.made_here(actor, change_id)
    with writing():
        changes.undo(actor.person_id, change_id)
    flash("Đã hoàn tác: mọi thứ như trước thay đổi ấy.")
    return redirect(url_for("organisation.show_changes", code=code), 303)
