"""Whatever is sent to the API, it answers as its OpenAPI document says, and never with a 5xx."""

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode, checks
from schemathesis.core.result import Ok

from saleor_loyalty_app.api.errors import ErrorBody
from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import open_database
from tests.api_edge import ApiEdge
from tests.signing import SigningKey

CHECKS = [
    checks.not_a_server_error,
    checks.response_schema_conformance,
    checks.status_code_conformance,
    checks.content_type_conformance,
]


@pytest.fixture
def sqlite_edge(sqlite_url: str, clock: ManualClock, key: SigningKey) -> Iterator[ApiEdge]:
    """The API on SQLite."""
    database = open_database(sqlite_url, pool_size=2)
    edge = ApiEdge(database, clock, key)
    yield edge
    edge.close()
    database.close()


def send_anything(operation: Any, headers: dict[str, str]) -> None:
    """Sends whatever fits the operation, and what does not, and looks at the answers."""

    good = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    bad = operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)

    @given(case=good | bad)
    @settings(suppress_health_check=list(HealthCheck), deadline=None)
    def sent(case: Any) -> None:
        answer = case.call(headers=headers)
        case.validate_response(answer, checks=CHECKS)

    sent()


@pytest.mark.parametrize("face", ["storefront", "dashboard"])
def test_no_request_gets_a_5xx_or_an_answer_that_is_not_documented(
    sqlite_edge: ApiEdge, face: str
) -> None:
    store = sqlite_edge.store()
    schema = schemathesis.openapi.from_asgi("/openapi.json", sqlite_edge.app).include(
        path_regex=f"^/api/{face}/"
    )
    tokens = {"storefront": sqlite_edge.shopper(store), "dashboard": sqlite_edge.staff(store)}
    covered: set[str] = set()
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()
        covered.add(operation.path)
        for headers in (tokens[face], {}, {"Authorization": "Bearer nothing"}):
            send_anything(operation, headers)
    assert len(covered) == {"storefront": 2, "dashboard": 3}[face]


def test_every_route_documents_examples_and_failures(sqlite_edge: ApiEdge) -> None:
    document = sqlite_edge.app.openapi()
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            responses = operation["responses"]
            assert {"200", "401", "503"} <= set(responses), (path, method)
            for status, response in responses.items():
                if status == "200":
                    continue
                content = response["content"]["application/json"]
                assert content["schema"]["$ref"].endswith("/ErrorBody"), (path, status)
                for example in content["examples"].values():
                    body = ErrorBody.model_validate(example["value"])
                    assert not body.error.message.startswith("error."), body.error.code
    assert "examples" in document["components"]["schemas"]["Me"]
    assert "examples" in document["components"]["schemas"]["History"]
