"""new-handler writes what works at once, and never over anything."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from graphql import OperationDefinitionNode, parse

from saleor_loyalty_app.handlers.scaffold import ScaffoldTarget, new_handler
from saleor_loyalty_app.saleor.webhook_events import EVENTS, UnknownEvent


def test_a_new_plugin_passes_its_own_tests(tmp_path: Path) -> None:
    folder = tmp_path / "Bonus Points"
    made = new_handler("VOUCHER_CODES_CREATED", folder)
    assert made.is_new_package
    assert made.to_add == ()
    result = run_tests(folder)
    assert result.returncode == 0, result.stdout + result.stderr
    assert "2 passed" in result.stdout


def test_a_second_handler_joins_the_package_and_says_what_to_add(tmp_path: Path) -> None:
    folder = tmp_path / "bonus"
    new_handler("ORDER_CREATED", folder)
    before = (folder / "bonus" / "__init__.py").read_text("utf-8")
    made = new_handler("gift_card_updated", folder)
    assert not made.is_new_package
    assert made.to_add == (
        "from bonus.gift_card_updated import GIFT_CARD_UPDATED",
        "GIFT_CARD_UPDATED",
    )
    assert (folder / "bonus" / "__init__.py").read_text("utf-8") == before
    result = run_tests(folder)
    assert "4 passed" in result.stdout, result.stdout + result.stderr


def test_what_is_there_is_never_changed(tmp_path: Path) -> None:
    folder = tmp_path / "bonus"
    made = new_handler("ORDER_CREATED", folder)
    before = {path: path.read_text("utf-8") for path in made.files}
    with pytest.raises(ScaffoldTarget, match="exists already"):
        new_handler("ORDER_CREATED", folder)
    assert {path: path.read_text("utf-8") for path in made.files} == before


@pytest.mark.parametrize("event", ["ORDER_CRATED", "PAYMENT_CAPTURE", "", "../x"])
def test_an_event_that_does_not_exist_writes_nothing(event: str, tmp_path: Path) -> None:
    folder = tmp_path / "bonus"
    with pytest.raises(UnknownEvent):
        new_handler(event, folder)
    assert not folder.exists()


def test_a_misspelled_event_is_told_what_was_meant(tmp_path: Path) -> None:
    with pytest.raises(UnknownEvent, match="ORDER_CREATED"):
        new_handler("order_crated", tmp_path / "bonus")


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ({"notes.txt": "mine"}, "not empty"),
        ({"pyproject.toml": "not = [toml"}, "cannot be read"),
        ({"pyproject.toml": "[project]\nname = 'other'\n"}, "one entry point"),
        (
            {
                "pyproject.toml": "[project.entry-points.'saleor_loyalty_app.plugins']\n"
                "a = 'gone:PLUGIN'\n"
            },
            "is not there",
        ),
    ],
)
def test_a_folder_that_is_no_plugin_is_left_alone(
    files: dict[str, str], reason: str, tmp_path: Path
) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(ScaffoldTarget, match=reason):
        new_handler("ORDER_CREATED", tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(files)


def test_a_folder_whose_name_makes_no_package_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ScaffoldTarget, match="no Python package"):
        new_handler("ORDER_CREATED", tmp_path / "123")


@pytest.mark.parametrize("event", EVENTS)
def test_every_event_gets_files_that_can_be_read(event: str, tmp_path: Path) -> None:
    made = new_handler(event, tmp_path / "bonus")
    for path in made.files:
        text = path.read_text("utf-8")
        assert "$" not in text
        if path.suffix == ".py":
            compile(text, path, "exec")
        if path.suffix == ".graphql":
            [operation] = parse(text).definitions
            assert isinstance(operation, OperationDefinitionNode)


def run_tests(folder: Path) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).parents[3]
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{root}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
