"""`/`, `/toi` and what is held about me, the units below."""

from app.home.views import first, own_data  # noqa: F401 (they add their pages)
from app.home.views.blueprint import pages

__all__ = ["pages"]
