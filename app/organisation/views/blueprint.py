"""What the pages of this slice share."""

from werkzeug.wrappers import Response as Wsgi

from app.refusal import RuleBroken
from app.web.guard import Blueprint

pages = Blueprint("organisation", "app.organisation.views")
Answer = str | Wsgi | tuple[str, int]


class Malformed(RuleBroken):
    """The form says for itself what is to be mended."""

    kind = "invalid"
