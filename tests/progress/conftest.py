"""A small year, for every test of completion."""

from datetime import date

import pytest

from app import clock
from app.db import writing
from app.steps import actions as steps
from app.steps.rules import REGISTERED
from tests.progress.small_year import STEPS, STUDY
from tests.world import World


@pytest.fixture
def year(world: World) -> World:
    """Hòa has studied at a meeting and says no to a deed; Thu has studied on paper; Lan has studied online."""
    with world.app.app_context():
        with writing():
            programme = steps.define_programme("2020", 2020, "Kế hoạch 08", "Nêu gương", "")
            steps.define_steps(programme, STEPS)
            chosen = programme.id
        with writing():
            at = clock.start_of(date(2020, 5, 8))
            steps.record(world.hoa, chosen, STUDY, at, "meeting", world.hanh)
            steps.record(world.hoa, chosen, REGISTERED, at, "online", world.hoa, "declined")
            steps.record(world.thu, chosen, STUDY, at, "paper", world.hanh)
            steps.record(world.lan, chosen, STUDY, at, "online", world.lan)
    return world
