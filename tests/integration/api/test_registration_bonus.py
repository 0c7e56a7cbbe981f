"""What a confirmed account brings: with its confirmation, or with joining where one has to join."""

from datetime import timedelta

import pytest

from saleor_loyalty_app.flows.receive_event import receive
from saleor_loyalty_app.handlers.customers import CUSTOMERS
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge
from tests.integration.api.newcomers import (
    ACCOUNT,
    VERSIONS,
    agreed,
    ask,
    begin_session,
    booked,
    messages,
    open_shop,
    states,
)
from tests.webhook_edge import SECRETS, event_body


def say(edge: ApiEdge, store: StoreRef, typename: str, **fields: object) -> None:
    """Saleor tells something of the account, a second after all before."""
    edge.clock.advance(timedelta(seconds=1))
    user = ACCOUNT | {"languageCode": "TR", "dateJoined": "2026-12-01T00:00:00+00:00"}
    user |= {"updatedAt": edge.clock().isoformat()} | fields
    body = event_body(typename, store.app_id, user=user)
    receive(edge.database, CUSTOMERS, store, body, now=edge.clock(), secrets=SECRETS)


def join(edge: ApiEdge, store: StoreRef) -> None:
    answer = ask(edge, store, "POST", "me/membership", VERSIONS)
    assert answer.json()["state"] == "active", answer.text


class TestWhereEverybodyIsTakenIn:
    @pytest.fixture
    def shop(self, edge: ApiEdge) -> StoreRef:
        return open_shop(edge)

    @pytest.mark.parametrize("come", [join, begin_session])
    def test_whoever_comes_with_an_old_account_gets_none_whatever_the_way(
        self, edge: ApiEdge, shop: StoreRef, come: object
    ) -> None:
        assert callable(come)
        come(edge, shop)
        join(edge, shop)
        assert (states(edge), booked(edge), messages(edge)) == (["active"], [], ["welcome"])
        assert len(agreed(edge)) == 2

    @pytest.mark.parametrize("come", [join, begin_session])
    def test_the_confirmation_that_comes_later_brings_it_once(
        self, edge: ApiEdge, shop: StoreRef, come: object
    ) -> None:
        assert callable(come)
        come(edge, shop)
        say(edge, shop, "AccountConfirmed")
        join(edge, shop)
        say(edge, shop, "AccountConfirmed", firstName="A")
        assert booked(edge) == [100]

    def test_so_does_the_one_that_came_before(self, edge: ApiEdge, shop: StoreRef) -> None:
        say(edge, shop, "AccountConfirmed")
        join(edge, shop)
        assert booked(edge) == [100]


class TestWhereOneJoins:
    @pytest.fixture
    def shop(self, edge: ApiEdge) -> StoreRef:
        return open_shop(edge, enrollment="opt_in")

    def test_joining_with_a_confirmed_account_brings_it_once(
        self, edge: ApiEdge, shop: StoreRef
    ) -> None:
        say(edge, shop, "AccountConfirmed")
        assert (states(edge), booked(edge)) == (["invited"], [])
        join(edge, shop)
        join(edge, shop)
        say(edge, shop, "AccountConfirmed", firstName="A")
        assert booked(edge) == [100]

    def test_who_confirms_after_joining_gets_it_then(self, edge: ApiEdge, shop: StoreRef) -> None:
        edge.saleor.answers["Shopper"] = {"user": ACCOUNT | {"isConfirmed": False}}
        join(edge, shop)
        assert booked(edge) == []
        say(edge, shop, "AccountConfirmed")
        assert booked(edge) == [100]
