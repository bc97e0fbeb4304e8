"""The pages that answer "what do I do now"; the units below; what is held about me."""

from app.home.queries.around import Contact, contact, home_unit_above, home_units, owner
from app.home.queries.below import UnitsPage, units_page
from app.home.queries.first import FirstPage, asks_for_marks, begins_at, first_page
from app.home.queries.message import MessagePage, message_page
from app.home.queries.mine import Mine, mine
from app.home.queries.own_data import OwnData, OwnPart, own_data, own_part, readable
from app.home.queries.seen import SeenPage, own_code, seen_page

__all__ = [
    "Contact",
    "FirstPage",
    "MessagePage",
    "Mine",
    "OwnData",
    "OwnPart",
    "SeenPage",
    "UnitsPage",
    "asks_for_marks",
    "begins_at",
    "contact",
    "first_page",
    "home_unit_above",
    "home_units",
    "message_page",
    "mine",
    "own_code",
    "own_data",
    "own_part",
    "owner",
    "readable",
    "seen_page",
    "units_page",
]
