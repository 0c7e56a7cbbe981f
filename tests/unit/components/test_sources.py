"""The components' own tests and types, by Node and the TypeScript of the Dashboard's pages."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
COMPILER = ROOT / "dashboard_extension" / "node_modules" / "typescript" / "bin" / "tsc"


def run(*command: str | Path) -> str:
    result = subprocess.run(
        [str(part) for part in command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_the_logic_of_the_components_holds(node: str) -> None:
    told = run(node, "--test", "--test-reporter=tap", "storefront/tests/")
    assert "# fail 0" in told
    assert "# pass 0" not in told


def test_the_types_of_the_components_hold(node: str) -> None:
    if not COMPILER.exists():
        pytest.fail("TypeScript is not installed: run make pages.")
    run(node, COMPILER, "-p", "storefront/jsconfig.json")
