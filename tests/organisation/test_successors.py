"""What was addressed to a unit that has become another is that one's to answer; until the merger is taken back."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from app import chance, clock
from app.accounts import actions, queries
from app.accounts.actions import corrections
from app.accounts.models import CorrectionAsked
from app.db import db, writing
from app.organisation.actions import changes
from app.organisation.actions.changes import Asked
from app.organisation.rules.changes import Verb
from app.refusal import NotThere
from app.steps.actions import rebuild
from app.units import queries as units
from tests import make
from tests.world import World

DAY = timedelta(days=1)


def do(world: World, deed: Callable[[], Any]) -> Any:
    with world.app.app_context(), writing():
        return deed()


def change(world: World, verb: Verb, code: str, into: str | None, later: int = 0) -> UUID:
    """A change of a unit from today, or so many days later."""
    made = chance.row_id()

    def deed() -> None:
        other = make.unit(into).id if into else None
        asked = Asked(verb, make.unit(code).id, clock.today() + later * DAY, other)
        changes.change(world.huy, made, make.unit("Q1").id, asked)

    do(world, deed)
    return made


def introduced(world: World, to: str = "MSH") -> str:
    """Lan leaves BTX for another unit; the code that she carries."""
    return do(
        world,
        lambda: actions.introduce(world.cuc, world.lan, make.unit("BTX"), clock.today(), make.unit(to).id),
    )


@pytest.fixture
def third(world: World) -> World:
    """A third union, TBM, beside MSH and BTX."""
    do(world, lambda: change_open(world))
    return world


def change_open(world: World) -> None:
    asked = Asked(
        "open", make.unit("Q1").id, clock.today() - 20 * DAY, name="CĐCS Thứ Ba", code="TBM", kind="grassroots"
    )
    changes.change(world.huy, chance.row_id(), make.unit("Q1").id, asked)


def arriving(world: World, code: str, by: str = "") -> list[str]:
    with world.app.app_context():
        return [one.name for one in queries.arriving(make.unit(code).id, clock.today(), by)]


# --- introductions ------------------------------------------------------------------------------------------------


def test_an_introduction_leads_to_what_the_unit_has_become(third: World) -> None:
    code = introduced(third)
    assert arriving(third, "TBM") == arriving(third, "TBM", code) == []
    made = change(third, "merge", "MSH", "TBM")
    name = make.name_of(third.app, third.lan)
    assert arriving(third, "TBM") == arriving(third, "TBM", code) == [name]
    with third.app.app_context():
        way = queries.on_the_way(third.lan, clock.today())
        assert way is not None
        assert way.to_unit is not None
        assert (way.from_unit.code, way.to_unit.code) == ("BTX", "TBM")
    do(third, lambda: changes.undo(third.huy, made))
    assert arriving(third, "TBM") == []
    assert arriving(third, "MSH") == [name]


def test_the_successor_receives_by_it(third: World) -> None:
    code = introduced(third)
    change(third, "merge", "MSH", "TBM")
    assert do(third, lambda: actions.receive(third.huy, code, make.unit("TBM"))) == third.lan
    with third.app.app_context():
        assert [one.unit_id for one in queries.memberships_of(third.lan, clock.today())] == [make.unit("TBM").id]
        assert rebuild() == []


def test_until_the_day_the_old_unit_receives(third: World) -> None:
    introduced(third)
    change(third, "merge", "MSH", "TBM", later=5)
    assert arriving(third, "TBM") == []
    assert len(arriving(third, "MSH")) == 1
    with clock.shifted(5 * DAY):
        assert len(arriving(third, "TBM")) == 1


def test_whoever_is_on_the_way_from_a_unit_that_ended_still_reads_so(third: World) -> None:
    code = introduced(third, "TBM")
    change(third, "merge", "BTX", "MSH")
    with third.app.app_context():
        way = queries.on_the_way(third.lan, clock.today())
        assert way is not None
        assert way.from_unit.code == "BTX"
        (one,) = queries.arriving(make.unit("TBM").id, clock.today(), code)
        assert one.from_unit == "CĐCS Tiểu học Bến Thành Xanh"


def test_an_introduction_to_a_unit_that_ended_without_successor_is_good_where_the_code_is_shown(third: World) -> None:
    code = introduced(third, "TBM")
    change(third, "close", "TBM", None)
    assert arriving(third, "MSH") == []
    assert len(arriving(third, "MSH", code)) == 1
    assert do(third, lambda: actions.receive(third.hanh, code, make.unit("MSH"))) == third.lan


# --- corrections, and two persons who are one ---------------------------------------------------------------------


def asked(world: World) -> UUID:
    do(world, lambda: corrections.ask_correction(world.bich, "phone", "0900000777"))
    with world.app.app_context():
        return db.session.scalars(sa.select(CorrectionAsked.id)).one()


def test_what_somebody_asked_to_have_corrected_is_decided_by_the_successor(third: World) -> None:
    which = asked(third)
    change(third, "merge", "MSH", "BTX")
    with third.app.app_context():
        assert [one.id for one in queries.corrections_for(make.unit("BTX").id, third.cuc)] == [which]
        assert queries.corrections_for(make.unit("TBM").id, third.cuc) == []
    with pytest.raises(NotThere):
        do(third, lambda: corrections.decide_correction(third.cuc, make.unit("TBM").id, which, True))
    do(third, lambda: corrections.decide_correction(third.cuc, make.unit("BTX").id, which, True))
    with third.app.app_context():
        assert ("phone", "0900000777") in queries.names_of(third.bich)


def test_two_who_were_made_one_can_be_set_apart_in_the_successor(third: World) -> None:
    do(third, lambda: actions.merge(third.hanh, make.unit("MSH"), third.hoa, third.bich))
    change(third, "merge", "MSH", "BTX")
    with pytest.raises(NotThere):
        do(third, lambda: actions.unmerge(third.cuc, make.unit("TBM"), third.hoa, third.bich))
    do(third, lambda: actions.unmerge(third.cuc, make.unit("BTX"), third.hoa, third.bich))
    with third.app.app_context():
        for person in (third.hoa, third.bich):
            assert [one.unit_id for one in queries.memberships_of(person, clock.today())] == [make.unit("BTX").id]
        assert rebuild() == []


def test_a_chain_of_mergers_leads_to_its_end(third: World) -> None:
    change(third, "merge", "MSH", "TBM", later=1)
    change(third, "merge", "TBM", "BTX", later=2)
    with third.app.app_context():
        ids = {code: make.unit(code).id for code in ("MSH", "TBM", "BTX")}
        today = clock.today()
        assert units.stands_for(ids["BTX"], today) == {ids["BTX"]}
        assert units.stands_for(ids["TBM"], today + DAY) == {ids["TBM"], ids["MSH"]}
        assert units.stands_for(ids["BTX"], today + 2 * DAY) == set(ids.values())
        became = units.became(ids["MSH"], today + 2 * DAY)
        assert became is not None
        assert became.code == "BTX"
