"""Node, for what is written in JavaScript."""

import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def node() -> str:
    """The machine's Node, or the one in the environment."""
    found = shutil.which("node") or shutil.which("node", path=ROOT / ".venv" / "bin")
    if found is None:
        pytest.fail("Node 20 or newer is needed to test the components: run make pages.")
    return found
