"""What the pages of this slice share: their blueprint."""

from app.web.guard import Blueprint

pages = Blueprint("home", "app.home.views")
