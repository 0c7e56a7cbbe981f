"""What the client makes of Saleor's answers."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal

import httpx
import pytest
import respx
import stamina

from saleor_loyalty_app.saleor.breaker import FAILURES, REST
from saleor_loyalty_app.saleor.client import Endpoint, SaleorClient
from saleor_loyalty_app.saleor.errors import (
    SaleorPermissionDenied,
    SaleorQueryError,
    SaleorQueryTooCostly,
    SaleorUnavailable,
)
from saleor_loyalty_app.saleor.network import trusted

SHOP = Endpoint("https://shop.example.com/graphql/", "secret-token")
OTHER = Endpoint("https://other.example.com/graphql/", "other-token")
QUERY = "query Q($n: Int) { shop { name } }"
MUTATION = "mutation M { doIt { ok } }"
OK = httpx.Response(200, json={"data": {"shop": {"name": "A"}}})
BUSY = httpx.Response(503)


class Seconds:
    """A monotonic clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


@pytest.fixture
def client(seconds: Seconds) -> Iterator[SaleorClient]:
    stamina.set_testing(True, attempts=3)
    with httpx.Client(verify=trusted()) as http:
        yield SaleorClient(http, now=lambda: datetime(2027, 1, 1, tzinfo=UTC), seconds=seconds)
    stamina.set_testing(False)


@pytest.fixture
def shop() -> Iterator[respx.Route]:
    with respx.mock:
        yield respx.post(SHOP.api_url)


def test_the_token_and_the_document_go_out_and_data_comes_back(
    client: SaleorClient, shop: respx.Route
) -> None:
    shop.mock(return_value=OK)
    assert client.execute(SHOP, QUERY, {"n": 3}) == {"shop": {"name": "A"}}
    request = shop.calls.last.request
    assert request.headers["authorization"] == "Bearer secret-token"
    assert json.loads(request.content) == {"query": QUERY, "variables": {"n": 3}}


def test_the_token_does_not_show_in_representations() -> None:
    assert "secret-token" not in repr(SHOP)


def test_money_is_never_a_float(client: SaleorClient, shop: respx.Route) -> None:
    shop.mock(return_value=httpx.Response(200, content=b'{"data": {"a": 0.1, "b": 12.30}}'))
    data = client.execute(SHOP, QUERY)
    assert (data["a"], data["b"]) == (Decimal("0.1"), Decimal("12.30"))


def test_decimals_and_times_go_out_as_text(client: SaleorClient, shop: respx.Route) -> None:
    shop.mock(return_value=OK)
    client.execute(SHOP, QUERY, {"a": Decimal("0.10"), "t": datetime(2027, 1, 1, tzinfo=UTC)})
    sent = json.loads(shop.calls.last.request.content)["variables"]
    assert sent == {"a": "0.10", "t": "2027-01-01T00:00:00+00:00"}


@pytest.mark.parametrize(
    "trouble",
    [
        httpx.Response(429),
        httpx.Response(500),
        httpx.Response(502, text="<html>"),
        httpx.Response(503),
        httpx.ConnectError("refused"),
        httpx.ConnectTimeout("slow"),
    ],
)
def test_reads_are_repeated_when_saleor_is_busy(
    client: SaleorClient, shop: respx.Route, trouble: httpx.Response | Exception
) -> None:
    shop.mock(side_effect=[trouble, trouble, OK])
    assert client.execute(SHOP, QUERY) == {"shop": {"name": "A"}}
    assert shop.call_count == 3


def test_reads_are_given_up_after_three_attempts(client: SaleorClient, shop: respx.Route) -> None:
    shop.mock(return_value=BUSY)
    with pytest.raises(SaleorUnavailable) as failure:
        client.execute(SHOP, QUERY)
    assert (failure.value.reason, shop.call_count) == ("status_503", 3)


@pytest.mark.parametrize(
    "trouble", [httpx.Response(429), BUSY, httpx.ConnectError("refused"), httpx.ReadTimeout("slow")]
)
def test_mutations_are_never_repeated(
    client: SaleorClient, shop: respx.Route, trouble: httpx.Response | Exception
) -> None:
    shop.mock(side_effect=[trouble, OK])
    with pytest.raises(SaleorUnavailable):
        client.execute(SHOP, MUTATION)
    assert shop.call_count == 1


@pytest.mark.parametrize(
    ("value", "attempts"),
    [("1", 2), ("Fri, 01 Jan 2027 00:00:02 GMT", 2), ("600", 1), ("nonsense", 2), ("²", 2)],
)
def test_retry_after_is_obeyed_unless_it_is_too_long(
    client: SaleorClient, shop: respx.Route, value: str, attempts: int
) -> None:
    busy = httpx.Response(429, headers=[(b"retry-after", value.encode())])
    shop.mock(side_effect=[busy, OK])
    if attempts == 1:
        with pytest.raises(SaleorUnavailable) as failure:
            client.execute(SHOP, QUERY)
        assert failure.value.retry_after == 600
    else:
        client.execute(SHOP, QUERY)
    assert shop.call_count == attempts


def test_a_slow_read_is_not_repeated_at_once(client: SaleorClient, shop: respx.Route) -> None:
    shop.mock(side_effect=httpx.ReadTimeout("slow"))
    with pytest.raises(SaleorUnavailable) as failure:
        client.execute(SHOP, QUERY)
    assert (failure.value.reason, shop.call_count) == ("timeout", 1)


def test_a_dead_token_is_answered_with_200_and_a_code(
    client: SaleorClient, shop: respx.Route
) -> None:
    error = {
        "message": "To access this path, you need one of the following permissions: MANAGE_ORDERS",
        "path": ["orders"],
        "extensions": {"exception": {"code": "PermissionDenied"}},
    }
    shop.mock(return_value=httpx.Response(200, json={"errors": [error], "data": {"orders": None}}))
    with pytest.raises(SaleorPermissionDenied) as failure:
        client.execute(SHOP, QUERY)
    assert "MANAGE_ORDERS" in str(failure.value)


@pytest.mark.parametrize("status", [401, 403])
def test_a_closed_door_is_a_missing_permission(
    client: SaleorClient, shop: respx.Route, status: int
) -> None:
    body = {"errors": [{"message": "Storefront traffic is not allowed"}]}
    shop.mock(return_value=httpx.Response(status, json=body))
    with pytest.raises(SaleorPermissionDenied):
        client.execute(SHOP, QUERY)


def test_too_costly_a_query_says_what_it_costs(client: SaleorClient, shop: respx.Route) -> None:
    error = {
        "message": "The query exceeds the maximum cost",
        "extensions": {"cost": {"requestedQueryCost": 80_000, "maximumAvailable": 50_000}},
    }
    shop.mock(return_value=httpx.Response(400, json={"errors": [error]}))
    with pytest.raises(SaleorQueryTooCostly) as failure:
        client.execute(SHOP, QUERY)
    assert (failure.value.requested, failure.value.maximum) == (80_000, 50_000)
    assert shop.call_count == 1


@pytest.mark.parametrize("status", [200, 400])
def test_a_wrong_query_is_not_repeated(
    client: SaleorClient, shop: respx.Route, status: int
) -> None:
    body = {"errors": [{"message": "Cannot query field 'nam' on type 'Shop'."}]}
    shop.mock(return_value=httpx.Response(status, json=body))
    with pytest.raises(SaleorQueryError) as failure:
        client.execute(SHOP, QUERY)
    assert "'nam'" in failure.value.message
    assert shop.call_count == 1


@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<html>maintenance</html>"),
        httpx.Response(200, json=[1]),
        httpx.Response(200, json={"hello": 1}),
        httpx.Response(200, content=b"[" * 100_000),
        httpx.Response(200, content=b"\xff\xfe\x00"),
        httpx.Response(200, json={"data": None}),
        httpx.Response(302, headers={"location": "http://169.254.169.254/"}),
        httpx.Response(404, text="no"),
    ],
)
def test_what_is_no_graphql_answer_is_not_believed(
    client: SaleorClient, shop: respx.Route, answer: httpx.Response
) -> None:
    shop.mock(return_value=answer)
    with pytest.raises(SaleorUnavailable):
        client.execute(SHOP, QUERY)


def test_an_endless_answer_is_cut_off(
    client: SaleorClient, shop: respx.Route, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("saleor_loyalty_app.saleor.client.LARGEST_ANSWER", 1000)
    shop.mock(return_value=httpx.Response(200, content=b" " * 1001))
    with pytest.raises(SaleorUnavailable, match="too_large"):
        client.execute(SHOP, QUERY)


def test_a_store_that_does_not_answer_rests_and_others_go_on(
    client: SaleorClient, shop: respx.Route, seconds: Seconds
) -> None:
    other = respx.post(OTHER.api_url).mock(return_value=OK)
    shop.mock(return_value=BUSY)
    for _ in range(FAILURES):
        with pytest.raises(SaleorUnavailable):
            client.execute(SHOP, MUTATION)
    with pytest.raises(SaleorUnavailable) as failure:
        client.execute(SHOP, QUERY)
    assert (failure.value.reason, failure.value.retry_after) == ("resting", REST)
    assert shop.call_count == FAILURES
    client.execute(OTHER, QUERY)
    assert other.call_count == 1

    seconds.now += REST
    with pytest.raises(SaleorUnavailable, match="status_503"):
        client.execute(SHOP, MUTATION)
    with pytest.raises(SaleorUnavailable, match="resting"):
        client.execute(SHOP, MUTATION)

    seconds.now += REST
    shop.mock(return_value=OK)
    client.execute(SHOP, QUERY)
    client.execute(SHOP, QUERY)


def test_refusals_and_throttling_do_not_make_a_store_rest(
    client: SaleorClient, shop: respx.Route
) -> None:
    wrong = httpx.Response(400, json={"errors": [{"message": "no"}]})
    for answer in (wrong, httpx.Response(429)):
        shop.mock(return_value=answer)
        for _ in range(FAILURES + 1):
            with pytest.raises((SaleorQueryError, SaleorUnavailable)):
                client.execute(SHOP, MUTATION)
    shop.mock(return_value=OK)
    assert client.execute(SHOP, QUERY)


def test_every_request_is_observed_with_its_outcome(shop: respx.Route, seconds: Seconds) -> None:
    shop.mock(side_effect=[BUSY, OK])
    seen: list[tuple[str, str, float]] = []

    def observe(operation: str, outcome: str, took: float) -> None:
        seen.append((operation, outcome, took))

    stamina.set_testing(True, attempts=3)
    with httpx.Client(verify=trusted()) as http:
        client = SaleorClient(
            http, now=lambda: datetime(2027, 1, 1, tzinfo=UTC), seconds=seconds, observe=observe
        )
        client.execute(SHOP, QUERY)
    stamina.set_testing(False)
    assert seen == [("Q", "saleor_unavailable", 0.0), ("Q", "ok", 0.0)]
