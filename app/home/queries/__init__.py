"""The pages that answer "what do I do now"; the units below; what is held about me."""

from app.home.queries.around import Contact, contact, home_unit_above, home_units, owner
from app.home.queries.below import UnitsPage, units_page
from app.home.queries.first import FirstPage, asks_for_marks, begins_at, first_page
from app.home.queries.mine import Mine, mine

__all__ = [
    "Contact",
    "FirstPage",
    "Mine",
    "UnitsPage",
    "asks_for_marks",
    "begins_at",
    "contact",
    "first_page",
    "home_unit_above",
    "home_units",
    "mine",
    "owner",
    "units_page",
]
