"""The floors of the house hold: who may import whom (contracts in pyproject.toml)."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
LINT = (
    "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
)


def test_every_import_contract_is_kept() -> None:
    # In a process of its own: the linter reads source files and leaves state behind.
    result = subprocess.run(
        [sys.executable, "-c", LINT], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_an_import_from_a_higher_floor_would_be_found(tmp_path: Path) -> None:
    house = tmp_path / "house"
    for floor, text in {"low": "import house.high\n", "high": ""}.items():
        (house / floor).mkdir(parents=True)
        (house / floor / "__init__.py").write_text(text)
    (house / "__init__.py").write_text("")
    (tmp_path / "pyproject.toml").write_text(
        '[tool.importlinter]\nroot_package = "house"\n'
        '[[tool.importlinter.contracts]]\nname = "floors"\ntype = "layers"\n'
        'containers = ["house"]\nexhaustive = true\nlayers = ["high", "low"]\n'
    )
    result = subprocess.run(
        [sys.executable, "-c", LINT],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 1
    assert "house.low is not allowed to import house.high" in result.stdout
