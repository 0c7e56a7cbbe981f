"""The example of a condition and an effect, installed beside the app, is found and decides."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "loyalty-rules-example"
LIST_KINDS = """
from saleor_loyalty_app.handlers.registry import load_registry
registry = load_registry()
print(sorted(registry.kinds.conditions), sorted(registry.kinds.effects))
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
    assert "9 passed" in told


def test_the_app_finds_its_kinds_by_its_entry_point(installed: Path) -> None:
    kinds, plugins = run(installed, "-c", LIST_KINDS).splitlines()
    assert kinds == "['green-rules.season'] ['green-rules.deposit']"
    assert plugins == "[('loyalty-rules-example', '1.0.0')] ()"


def test_the_schema_of_that_process_knows_their_settings(installed: Path) -> None:
    schema = json.loads(run(installed, "-m", "saleor_loyalty_app", "program", "schema"))
    [case] = schema["$defs"]["PluginEffect"]["allOf"]
    assert case["if"]["properties"]["kind"] == {"const": "green-rules.deposit"}
    assert set(case["then"]["properties"]["settings"]["properties"]) == {
        "sku_begins", "points", "more_from", "more"
    }  # fmt: skip
    assert "allOf" not in schema["$defs"]["PluginLineCondition"]
