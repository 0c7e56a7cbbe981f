"""A recipe with a story in steps: what it says is done in a store in a box."""

import re
from typing import Any

from saleor_loyalty_app.programs.yaml_text import parse_yaml
from tests.unit.programs.test_recipes import FOLDER

_BLOCK = re.compile(r"^```yaml( story)?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def recipe(name: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The document of the recipe `name`, and all steps of its story."""
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8")
    found = [(bool(story), parse_yaml(body)) for story, body in _BLOCK.findall(text)]
    [section] = [body for story, body in found if not story]
    return section, [step for story, body in found if story for step in body]
