"""Whatever shoppers, staff, Saleor and the app do in whatever order: nobody loses by us.

After each deed the books add up and what is live is held; at the end every point is spent, back or
owed, every code is dead, and no cart that was paid stayed without its order because of us.
"""

import itertools
from collections.abc import Iterator

import pytest
import stamina
from hypothesis import Phase, given, note, settings
from hypothesis import strategies as st
from structlog.testing import capture_logs

from saleor_loyalty_app.db.database import Database
from tests.integration.rewards.deeds import stories
from tests.integration.rewards.deeds.endings import end
from tests.integration.rewards.deeds.world import Deed, World

_numbers = itertools.count(1)


@pytest.fixture(autouse=True)
def no_waiting() -> Iterator[None]:
    """What Saleor does not answer is not asked again at once."""
    stamina.set_testing(True, attempts=1)
    yield
    stamina.set_testing(False)


def play(
    database: Database, story: list[Deed], *, version: str = "3.23", unpaid: bool = False
) -> World:
    """Tells a story to its end."""
    world = World.open(database, next(_numbers), version=version, unpaid=unpaid)
    try:
        with capture_logs() as logs:
            for deed in story:
                note(f"{deed}")
                world.tell(deed)
            note("the end")
            end(world)
        assert not [entry for entry in logs if "exc_info" in entry]
    finally:
        world.stage.http.close()
    return world


#: A story costs a second or two; shrinking would cost minutes, and is done by hand.
@settings(
    max_examples=max(8, settings().max_examples // 3),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
@given(
    story=stories.STORIES,
    version=st.sampled_from(["3.23", "3.23", "3.22"]),
    unpaid=st.sampled_from([False, False, True]),
)
def test_nobody_loses_by_any_mix_of_deeds(
    database: Database, story: list[Deed], version: str, unpaid: bool
) -> None:
    play(database, story, version=version, unpaid=unpaid)
