"""kill -9 between any two steps of webhooks and tasks: nothing is lost, nothing doubled."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.crash import story
from tests.crash.conftest import NewScene
from tests.crash.doomed import Doom
from tests.order_books import Books

pytestmark = [pytest.mark.crash, pytest.mark.timeout(7200)]

#: Every kind of step belongs to one of so many runs of the story, at reduced and at full depth. In
#: one run Saleor, which tries a webhook six times, then outlasts the deaths that one webhook meets.
LANES = (72, 12)


@pytest.fixture(scope="module")
def undisturbed() -> list[Books]:
    """The books of the story that nobody killed, filled by whoever needs them first."""
    return []


@pytest.fixture
def calm(new_scene: NewScene, undisturbed: list[Books]) -> list[Books]:
    """The books after each chapter of the story without a single death."""
    if not undisturbed:
        scene = new_scene("sqlite")
        scene.keep_serving()
        scene.until_up()
        undisturbed += story.tell(scene)
        scene.stop()
        assert scene.deaths() == 0
        sold, changed, expired = undisturbed
        assert sold.balances.keys() < changed.balances.keys()
        assert changed.lots
        assert (expired.balances, expired.lots) == ({}, {})
    return undisturbed


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_killed_between_any_two_steps_the_books_end_as_if_nothing_had_happened(
    kind: str,
    new_scene: NewScene,
    calm: list[Books],
    depth: Callable[[int, int], int],
    tmp_path: Path,
) -> None:
    lanes = depth(*LANES)
    first = 0 if kind == "sqlite" else lanes // 2
    died_at: set[str] = set()
    came_up: Counter[str] = Counter()
    for lane in range(first, first + depth(1, lanes)):
        doom = Doom(tmp_path / f"journal-{lane}", lane % lanes, lanes)
        scene = new_scene(kind, doom=doom)
        scene.keep_serving()
        assert story.tell(scene) == calm, f"lane {lane}"
        scene.stop()
        steps = [line.partition(" ") for line in doom.journal.read_text().splitlines()]
        deaths = {what for how, _, what in steps if how == "died"}
        assert len(deaths) > 2
        died_at |= deaths
        came_up.update({what for _, _, what in steps})
    for worker in ("webhook orders", "refresh_orders", "reconcile_orders", "import_history"):
        assert any(what.startswith(worker) for what in came_up)
    if depth(0, 1):
        # A step that comes up in few runs, because of a death there, may not in the run it dies in.
        usual = {what for what, runs in came_up.items() if runs >= lanes * 3 / 4}
        assert len(usual & died_at) > 0.9 * len(usual), sorted(usual - died_at)
