"""kill -9 between any two steps of a redemption: it ends as if nothing had happened."""

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.crash import spending_story
from tests.crash.conftest import NewScene
from tests.crash.doomed import Doom
from tests.crash.spending_scene import PROGRAM_WITH_SPENDING, SETTINGS, Spending
from tests.crash.spending_story import Told

pytestmark = [pytest.mark.crash, pytest.mark.timeout(14400)]

#: Every kind of step belongs to one of so many runs of the story, at reduced and at full depth.
LANES = (72, 12)
#: At reduced depth the story is told with deaths once, beside the undisturbed one on SQLite.
KINDS = (
    ("sqlite", "postgresql") if os.environ.get("LOYALTY_TEST_DEPTH") == "soak" else ("postgresql",)
)
#: The lane of no step at all.
NOBODY = -1
WORKERS = ("spend", "release", "drive_redemptions", "clean_checkouts", "webhook checkouts")
#: Whoever works on redemptions, and every transaction that writes to them.
ABOUT = rf"^({'|'.join(WORKERS)})\b|redemption"


def begun(new_scene: NewScene, kind: str, doom: Doom | None = None) -> Spending:
    """A store that is open, with an app that is started again whenever it was killed."""
    scene = new_scene(kind, doom=doom, program=PROGRAM_WITH_SPENDING, settings=SETTINGS)
    scene.keep_serving()
    scene.open_for_business()
    spending = Spending(scene)
    spending.give()
    return spending


@dataclass(frozen=True)
class Calm:
    """The end of the story, and the kinds of steps that it takes, where nobody disturbs it."""

    told: Told
    steps: set[str]


def journal_of(doom: Doom) -> tuple[set[str], set[str]]:
    """The kinds of steps that were taken, and those that were died at."""
    steps = [line.partition(" ") for line in doom.journal.read_text().splitlines()]
    return {what for _, _, what in steps}, {what for how, _, what in steps if how == "died"}


@pytest.fixture(scope="module")
def undisturbed() -> list[Calm]:
    """The undisturbed story, filled by whoever needs it first."""
    return []


@pytest.fixture
def calm(new_scene: NewScene, undisturbed: list[Calm], tmp_path: Path) -> Calm:
    """How the story ends without a death, but for those that it tells of itself."""
    if not undisturbed:
        doom = Doom(tmp_path / "journal", NOBODY, 1, ABOUT)
        spending = begun(new_scene, "sqlite", doom)
        told = spending_story.tell(spending)
        spending.scene.stop()
        seen, died = journal_of(doom)
        assert not died
        undisturbed.append(Calm(told, seen))
    return undisturbed[0]


@pytest.mark.parametrize("kind", KINDS)
def test_killed_between_any_two_steps_every_redemption_ends_as_if_nothing_had_happened(
    kind: str,
    new_scene: NewScene,
    calm: Calm,
    depth: Callable[[int, int], int],
    tmp_path: Path,
) -> None:
    lanes = depth(*LANES)
    first = 0 if kind == "sqlite" else lanes // 2
    died: set[str] = set()
    came_up: Counter[str] = Counter()
    for lane in range(first, first + depth(1, lanes)):
        doom = Doom(tmp_path / f"journal-{lane}", lane % lanes, lanes, ABOUT)
        spending = begun(new_scene, kind, doom)
        assert spending_story.tell(spending) == calm.told, f"lane {lane}"
        spending.scene.stop()
        seen, deaths = journal_of(doom)
        came_up.update(seen)
        assert len(deaths) > 3
        died |= deaths
    for worker in WORKERS:
        assert any(what.startswith(worker) for what in calm.steps), worker
    if depth(0, 1):
        # A step may not come up in the run it dies in, because of a death before it.
        usual = {what for what, runs in came_up.items() if runs >= lanes * 5 / 6}
        assert len(usual - died) < 0.1 * len(usual), sorted(usual - died)
