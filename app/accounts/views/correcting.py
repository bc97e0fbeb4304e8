"""What is wrong about one's name or a way in: written by its owner, decided by an officer of the unit."""

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for

from app.accounts import actions, policies, queries
from app.accounts.actions.corrections import Field
from app.accounts.current import me
from app.accounts.forms import CorrectionForm
from app.accounts.rules import FIELD_WORDS
from app.accounts.views.blueprint import Answer, Malformed, pages, way_back
from app.db import writing
from app.refusal import NotThere, RuleBroken
from app.web.errors import STATUS

FIELDS: dict[str, Field] = {"ten": "name", "dien-thoai": "phone", "thu": "email"}


def _field(said: str) -> Field:
    if said not in FIELDS:
        raise NotThere()
    return FIELDS[said]


@pages.get("/toi/sua/<field>", policy=policies.signed_in)
def own_correction(field: str) -> Answer:
    return _page(field, CorrectionForm(), None)


def _page(said: str, form: CorrectionForm, refusal: RuleBroken | None) -> str:
    field, person = _field(said), me().person_id
    asked = [line for line in queries.corrections_of(person) if line.field == field and line.agreed is None]
    if not form.is_submitted() and asked:
        form.value.data = asked[0].value
    elif not form.is_submitted() and field == "name":
        form.value.data = me().name
    return render_template(
        "accounts/own_correction.html",
        form=form,
        said=said,
        field=field,
        words=FIELD_WORDS[field],
        asked=asked[0] if asked else None,
        unmarked=field == "name" and queries.is_unmarked(person),
        refusal=refusal,
        tiep=way_back(""),
    )


@pages.post("/toi/sua/<field>", policy=policies.signed_in)
def ask_correction(field: str) -> Answer:
    form = CorrectionForm()
    try:
        if not form.validate():
            raise Malformed()
        with writing():
            counts = actions.ask_correction(me().person_id, _field(field), form.value.data or "")
    except RuleBroken as refusal:
        if isinstance(refusal, NotThere):
            raise
        return _page(field, form, None if isinstance(refusal, Malformed) else refusal), STATUS[refusal.kind]
    flash("Đã ghi lại tên." if counts else "Đã gửi BCH. Khi BCH xem xong, anh/chị thấy ở trang đầu.")
    return redirect(way_back(url_for("home.mine")), 303)


@pages.post("/toi/sua/<field>/thoi", policy=policies.signed_in)
def take_back_correction(field: str) -> Answer:
    with writing():
        actions.take_back_correction(me().person_id, _field(field))
    flash("Đã thôi đề nghị ấy.")
    return redirect(url_for("home.mine"), 303)


@pages.post("/toi/sua/da-biet", policy=policies.signed_in)
def acknowledge_corrections() -> Answer:
    with writing():
        actions.acknowledge_corrections(me().person_id)
    return redirect(url_for("home.first_page"), 303)


@pages.post("/don-vi/<code>/doan-vien/de-nghi", policy=policies.officer_or_admin)
def decide_correction(code: str) -> Answer:
    """`dong-y`, or anything else: leave it as it is."""
    actor = me()
    unit = queries.own_unit(actor, code, "officer", "admin")
    agreed = request.form.get("tra_loi") == "dong-y"
    try:
        asked = UUID(request.form.get("de_nghi", ""))
    except ValueError:
        raise NotThere() from None
    with writing():
        actions.decide_correction(actor.person_id, unit.id, asked, agreed)
    flash("Đã sửa trong danh sách; người đề nghị được báo." if agreed else "Đã giữ như cũ; người đề nghị được báo.")
    return redirect(url_for("accounts.members", code=unit.code), 303)
