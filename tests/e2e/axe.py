"""What axe-core finds on a page that keeps people out."""

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

_SCRIPT = Path(__file__).parents[2] / "dashboard_extension/node_modules/axe-core/axe.min.js"
_TAGS = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")


@cache
def _axe() -> str:
    if not _SCRIPT.exists():
        pytest.fail("axe-core is not installed: run make pages.")
    return _SCRIPT.read_text("utf-8")


def findings(page: Page, part: str = "body") -> list[str]:
    """What is wrong in `part` of the page, open shadow trees too: "rule: element", sorted."""
    page.evaluate(_axe())
    found: dict[str, Any] = page.evaluate(
        """([part, tags]) => axe.run(part, {runOnly: tags, resultTypes: ["violations"]})""",
        [part, list(_TAGS)],
    )
    return sorted(
        f"{one['id']}: {json.dumps(node['target'])} {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    )
