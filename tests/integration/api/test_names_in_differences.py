"""What publishing changes is told with the names of the store, as far as they are known."""

import json
from typing import Any

import httpx
import pytest

from saleor_loyalty_app.programs import repository
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge, Data
from tests.integration.api.test_program_editing import USD
from tests.integration.api.test_publishing import seen, send
from tests.integration.api.test_rules_page import connection
from tests.program_samples import PURCHASES, document_of

SHIRTS = {"id": "Q2F0ZWdvcnk6MQ==", "slug": "shirts", "name": "Fine shirts", "parent": None}
RULE = {
    "id": "shirts",
    "name": {"en": "More for shirts"},
    "scope": "line",
    "then": {"type": "points_per_unit", "points": 5},
    "when": {"type": "category", "slugs": ["shirts", "hats"]},
}


@pytest.fixture
def asked(edge: ApiEdge, proposed: StoreRef) -> list[Data]:
    """A draft with a rule on categories; gives what the store is asked."""
    document = document_of(PURCHASES, RULE, currencies=USD)
    edge.database.write(
        lambda conn: repository.put_draft(
            conn, proposed.id, document, by="user:1", now=edge.clock()
        )
    )
    found: list[Data] = []

    def answer(variables: Data) -> Data:
        found.append(variables)
        return connection("categories", SHIRTS)

    edge.saleor.answers["CatalogCategories"] = answer
    return found


def changes(edge: ApiEdge, store: StoreRef) -> str:
    told: list[str] = seen(edge, store)["draft"]["changes"]
    return "\n".join(told)


def test_the_page_names_categories_and_channels_and_asks_once(
    edge: ApiEdge, proposed: StoreRef, asked: list[Data]
) -> None:
    said = changes(edge, proposed)
    assert "category is Fine shirts, hats or below" in said
    assert "(default-channel)” is added" in said
    assert changes(edge, proposed) == said
    assert len(asked) == 1, "it is remembered"
    document: Any = document_of(PURCHASES, RULE, currencies=USD)
    checked = send(edge, proposed, "POST", "/program/check", {"document": document})
    assert checked.status_code == 200, checked.text
    assert "category is Fine shirts, hats or below" in "\n".join(checked.json()["changes"])
    assert len(asked) == 1


def test_a_store_that_does_not_answer_keeps_no_page_back(
    edge: ApiEdge, proposed: StoreRef, asked: list[Data]
) -> None:
    edge.saleor.answers["CatalogCategories"] = httpx.Response(502)
    said = changes(edge, proposed)
    assert "category is shirts, hats or below" in said
    assert "(default-channel)” is added" in said


def test_an_old_program_is_compared_with_names(
    edge: ApiEdge, proposed: StoreRef, asked: list[Data]
) -> None:
    digest = seen(edge, proposed)["draft"]["digest"]
    assert send(edge, proposed, "POST", "/publish", {"digest": digest}).status_code == 200
    plain = document_of(PURCHASES, currencies=USD)
    edge.database.write(
        lambda conn: repository.put_draft(conn, proposed.id, plain, by="user:1", now=edge.clock())
    )
    digest = seen(edge, proposed)["draft"]["digest"]
    assert send(edge, proposed, "POST", "/publish", {"digest": digest}).status_code == 200
    old = send(edge, proposed, "GET", "/publishing/revisions/1").json()
    assert "Fine shirts" in json.dumps(old["changes"], ensure_ascii=False)
