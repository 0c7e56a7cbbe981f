"""kill -9 between any two steps of a redemption: it ends as if nothing had happened."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.crash import spending_story
from tests.crash.conftest import NewScene
from tests.crash.doomed import Doom
from tests.crash.spending_scene import PROGRAM_WITH_SPENDING, SETTINGS, Spending
from tests.crash.spending_story import Told

pytestmark = [pytest.mark.crash, pytest.mark.timeout(14400)]

#: Every kind of step belongs to one of so many runs of the story, at reduced and at full depth.
LANES = (32, 12)
#: Whoever works on redemptions, and every transaction that writes to them.
ABOUT = r"^(spend|release|drive_redemptions|clean_checkouts|webhook checkouts)\b|redemption"


def begun(new_scene: NewScene, kind: str, doom: Doom | None = None) -> Spending:
    """A store that is open, with an app that is started again whenever it was killed."""
    scene = new_scene(kind, doom=doom, program=PROGRAM_WITH_SPENDING, settings=SETTINGS)
    scene.keep_serving()
    scene.open_for_business()
    spending = Spending(scene)
    spending.give()
    return spending


@pytest.fixture(scope="module")
def undisturbed() -> list[Told]:
    """The end of the story that nobody disturbed, filled by whoever needs it first."""
    return []


@pytest.fixture
def calm(new_scene: NewScene, undisturbed: list[Told]) -> Told:
    """How the story ends without a death, but for those that it tells of itself."""
    if not undisturbed:
        spending = begun(new_scene, "sqlite")
        undisturbed.append(spending_story.tell(spending))
        spending.scene.stop()
    return undisturbed[0]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_killed_between_any_two_steps_every_redemption_ends_as_if_nothing_had_happened(
    kind: str,
    new_scene: NewScene,
    calm: Told,
    depth: Callable[[int, int], int],
    tmp_path: Path,
) -> None:
    lanes = depth(*LANES)
    first = 0 if kind == "sqlite" else lanes // 2
    died_at: set[str] = set()
    seen: set[str] = set()
    for lane in range(first, first + depth(1, lanes)):
        doom = Doom(tmp_path / f"journal-{lane}", lane % lanes, lanes, ABOUT)
        spending = begun(new_scene, kind, doom)
        assert spending_story.tell(spending) == calm, f"lane {lane}"
        spending.scene.stop()
        steps = [line.partition(" ") for line in doom.journal.read_text().splitlines()]
        deaths = {what for how, _, what in steps if how == "died"}
        assert len(deaths) > 3
        died_at |= deaths
        seen |= {what for _, _, what in steps}
    for worker in ("spend", "release", "drive_redemptions", "webhook checkouts", "clean_checkouts"):
        assert any(what.startswith(worker) for what in seen), worker
    if depth(0, 1):
        # What is missing came up in another lane only, because of a death there.
        assert len(died_at) > 0.8 * len(seen)
