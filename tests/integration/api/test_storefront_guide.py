"""The guide for storefronts names every call of the API and every failure that a call documents."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import open_database
from tests.api_edge import ApiEdge, openapi_of
from tests.signing import SigningKey

GUIDE = Path(__file__).parents[3] / "docs" / "storefront-api.md"
FACE = "/api/storefront/v1"
Call = tuple[str, str, dict[str, Any]]


@pytest.fixture
def guide() -> str:
    if not GUIDE.exists():
        pytest.skip("the documentation is not here")
    return GUIDE.read_text("utf-8")


@pytest.fixture
def calls(sqlite_url: str, clock: ManualClock, key: SigningKey) -> Iterator[list[Call]]:
    """Method, place such as "/me/claims/{id}", and what the document says of it."""
    database = open_database(sqlite_url, pool_size=2)
    edge = ApiEdge(database, clock, key)
    yield list(_calls(openapi_of(edge.app)))
    edge.close()
    database.close()


def _calls(document: dict[str, Any]) -> Iterator[Call]:
    for path, methods in document["paths"].items():
        if path.startswith(FACE):
            place = re.sub(r"\{(?!channel)\w+\}", "{id}", path.removeprefix(FACE))
            for method, described in methods.items():
                yield method.upper(), place, described


def test_every_call_is_in_the_table(guide: str, calls: list[Call]) -> None:
    table = guide[guide.index("| call |") : guide.index("## Who asks")]
    told = set(re.findall(r"`([A-Z]+ /[^`]*)`", table))
    assert {f"{method} {place}" for method, place, _ in calls} == told


def test_every_failure_is_told(guide: str, calls: list[Call]) -> None:
    missing = {
        code
        for _, _, described in calls
        for status, answer in described["responses"].items()
        if status not in ("200", "201", "202", "304")
        for code in answer["content"]["application/json"]["examples"]
        if f"`{code}`" not in guide
    }
    assert missing == set()
