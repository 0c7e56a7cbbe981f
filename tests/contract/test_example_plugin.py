"""The example plugin, installed beside the app as anybody would install it, works and is found."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "loyalty-plugin-example"
LIST_HANDLERS = """
from saleor_loyalty_app.handlers.registry import load_registry
registry = load_registry()
print([handler.path for handler in registry.handlers if handler.kind == "plugin"])
print([(found.distribution, found.version) for found in registry.plugins], registry.broken)
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the example installed from its own build, and nothing else."""
    folder = tmp_path_factory.mktemp("site")
    done = subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
         "--no-deps", "--target", str(folder), str(EXAMPLE)],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder


def run(installed: Path, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=installed,
        env={**os.environ, "PYTHONPATH": f"{installed}{os.pathsep}{ROOT}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_its_own_tests_pass_against_the_installed_package(installed: Path) -> None:
    tests = str(EXAMPLE / "tests")
    told = run(installed, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--rootdir", tests, tests)
    assert "6 passed" in told


def test_the_app_finds_it_by_its_entry_point(installed: Path) -> None:
    handlers, plugins = run(installed, "-c", LIST_HANDLERS).splitlines()
    assert handlers == "['/api/webhooks/profile-points-profile-complete']"
    assert plugins == "[('loyalty-plugin-example', '1.0.0')] ()"
