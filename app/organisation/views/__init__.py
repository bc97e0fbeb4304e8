"""How the tree of units changes, and how officers come and go."""

from app.organisation.views import changes  # noqa: F401 (it adds its pages)
from app.organisation.views.blueprint import pages

__all__ = ["pages"]
