"""Newcomers get the bonus for an account once, and only for one that is new."""

from datetime import timedelta

import pytest

from saleor_loyalty_app.flows.receive_event import receive
from saleor_loyalty_app.handlers.customers import ACCOUNTS_DELETED, CUSTOMERS
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge
from tests.integration.api.newcomers import (
    ACCOUNT,
    EMAIL,
    ask,
    begin_session,
    booked,
    open_shop_of_campaigns,
)
from tests.webhook_edge import SECRETS, event_body


@pytest.fixture
def shop(edge: ApiEdge) -> StoreRef:
    """A shop with a campaign for all and one for the tier of all."""
    return open_shop_of_campaigns(edge)


class TestRegistrationBonus:
    def say(self, edge: ApiEdge, store: StoreRef, typename: str, **fields: object) -> None:
        handler = ACCOUNTS_DELETED if typename == "AccountDeleted" else CUSTOMERS
        user = ACCOUNT | {"languageCode": "TR", "dateJoined": "2026-12-01T00:00:00+00:00"}
        user |= {"updatedAt": edge.clock().isoformat()} | fields
        body = event_body(typename, store.app_id, user=user)
        receive(edge.database, handler, store, body, now=edge.clock(), secrets=SECRETS)

    def test_an_account_that_is_older_than_its_first_visit_gets_none(
        self, edge: ApiEdge, shop: StoreRef
    ) -> None:
        begin_session(edge, shop)
        self.say(edge, shop, "CustomerUpdated")
        assert booked(edge) == []

    def test_the_event_that_comes_after_the_visit_brings_it_once(
        self, edge: ApiEdge, shop: StoreRef
    ) -> None:
        begin_session(edge, shop)
        for _ in range(2):
            edge.clock.advance(timedelta(seconds=1))
            self.say(edge, shop, "AccountConfirmed")
        assert booked(edge) == [100]

    def test_it_comes_never_twice_after_the_account_was_deleted_and_made_again(
        self, edge: ApiEdge, shop: StoreRef
    ) -> None:
        begin_session(edge, shop)
        edge.clock.advance(timedelta(seconds=1))
        self.say(edge, shop, "AccountConfirmed")
        edge.clock.advance(timedelta(days=1))
        self.say(edge, shop, "AccountDeleted")
        edge.clock.advance(timedelta(days=1))
        anew = "VXNlcjo2"
        edge.saleor.answers["Shopper"] = {"user": ACCOUNT | {"id": anew}}
        again = (anew, EMAIL)
        assert ask(edge, shop, "PUT", "me/birthday", {"month": 2, "day": 28}, user=again).is_success
        self.say(edge, shop, "AccountConfirmed", id=anew)
        mine = ask(edge, shop, "GET", "me", user=again).json()
        assert (mine["points"]["available"], mine["points"]["lifetime"]) == (0, 0)
        assert sum(booked(edge)) == 0
