"""What I agree to: asked one by one, with two buttons alike; taken back at any time."""

from flask import flash, redirect, render_template, request, url_for

from app.accounts import actions, policies, queries
from app.accounts.current import me
from app.accounts.rules.consents import Purpose, purpose_of
from app.accounts.views.blueprint import Answer, Malformed, pages, way_back
from app.db import writing
from app.refusal import NotThere


@pages.get("/toi/dong-y", policy=policies.signed_in)
def consents() -> Answer:
    return render_template("accounts/consents.html", lines=queries.consents_of(me().person_id))


@pages.post("/toi/dong-y/<purpose>", policy=policies.signed_in)
def answer_consent(purpose: str) -> Answer:
    """The answer of the two buttons; then back to where the question stood."""
    actor, what = me(), _purpose(purpose)
    said = request.form.get("tra_loi")
    if said not in ("dong-y", "khong"):
        raise Malformed()
    with writing():
        (actions.consent if said == "dong-y" else actions.refuse_consent)(actor.person_id, what)
    flash("Đã ghi: đồng ý." if said == "dong-y" else "Đã ghi: không đồng ý.")
    return redirect(way_back(url_for("accounts.consents")), 303)


@pages.post("/toi/dong-y/<purpose>/rut-lai", policy=policies.signed_in)
def withdraw_consent(purpose: str) -> Answer:
    actor, what = me(), _purpose(purpose)
    with writing():
        actions.withdraw_consent(actor.person_id, what)
    flash("Đã rút lại, có hiệu lực từ bây giờ.")
    return redirect(url_for("accounts.consents"), 303)


def _purpose(slug: str) -> Purpose:
    found = purpose_of(slug)
    if found is None:
        raise NotThere()
    return found
