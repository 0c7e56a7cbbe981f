"""What the guides say of the components is so, and the recipes have the types they need."""

import re
import subprocess
from pathlib import Path

import pytest

from saleor_loyalty_app.api.components.files import NAMES, component_files
from tests.unit.components.test_sources import COMPILER, ROOT, run

GUIDES = ROOT / "docs" / "storefront"
PAGES = sorted(GUIDES.glob("*.md"))
SOURCES = sorted((ROOT / "storefront" / "components").glob("*.js"))


@pytest.fixture(scope="module")
def guide() -> str:
    return (GUIDES / "components.md").read_text("utf-8")


@pytest.fixture(scope="module")
def sources() -> str:
    return "\n".join(file.read_text("utf-8") for file in SOURCES)


def observed(sources: str) -> set[str]:
    """The attributes that the components look at."""
    lists = re.findall(r"(?:ATTRIBUTES|GOODS|observedAttributes) = \[(.*?)\];", sources)
    return {name for one in lists for name in re.findall(r'"([a-z-]+)"', one)}


def test_every_attribute_is_told_and_none_that_is_not_there(guide: str, sources: str) -> None:
    known = observed(sources) | {"theme"}
    tables = re.findall(r"^\| `([a-z-]+)` \|", guide, re.MULTILINE)
    assert {*tables} <= known
    assert {name for name in known if f"`{name}`" not in guide} == set()


def test_every_event_variable_and_part_is_told(guide: str, sources: str) -> None:
    events = set(re.findall(r"loyalty:(?:[a-z]+)", sources))
    events |= {f"loyalty:{name}" for name in re.findall(r'this\.tell\("([a-z]+)"', sources)}
    assert events - set(re.findall(r"loyalty:[a-z]+", guide)) == set()
    variables = set(re.findall(r"--loyalty-[a-z-]+", sources))
    assert variables == set(re.findall(r"--loyalty-[a-z-]+", guide))
    named = re.findall(r'\bpart: [`"]([a-z ${}]+)[`"]', sources)
    parts = {part for one in named for part in one.split() if part.isalpha()}
    assert len(parts) > 20
    assert {part for part in parts if f"`{part}`" not in guide} == set()


def test_the_files_and_their_size_are_told(guide: str) -> None:
    assert [name for name in NAMES if f"`{name}`" not in guide] == []
    size = round(len(component_files()["loyalty.js"].compressed) / 1000)
    assert f"are {size} kB compressed" in guide


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_the_guides_lead_somewhere(page: Path) -> None:
    for link in re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text("utf-8")):
        assert link.startswith("https://") or (page.parent / link).exists(), link


def test_the_files_of_the_next_recipe_have_their_types(node: str) -> None:
    run(node, COMPILER, "-p", "docs/storefront/nextjs/tsconfig.json")


def test_the_mobile_script_is_one_that_a_shell_reads() -> None:
    subprocess.run(["bash", "-n", GUIDES / "mobile.sh"], check=True)
