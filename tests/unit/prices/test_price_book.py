"""What is remembered of prices: asked for once, told without a question, and not kept for long."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from saleor_loyalty_app.flows.shown_prices import REMEMBERED, PriceBook
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.saleor.errors import SaleorUnavailable
from saleor_loyalty_app.stores.refs import StoreRef

NOW = datetime(2027, 3, 1, tzinfo=UTC)
STORE = StoreRef(
    1, "https://shop.example/graphql/", "APP", "UTC", "en", "3.23", True, True, True, True, True
)


class Shop:
    """A Saleor that sells nothing, or that does not answer."""

    def __init__(self, *, answers: bool = True) -> None:
        self.answers = answers
        self.asked: list[Any] = []

    def ask(self, _store: StoreRef, _document: str, variables: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(variables["where"]["slug"]["oneOf"])
        if not self.answers:
            raise SaleorUnavailable("no answer")
        return {"products": {"edges": []}}


def of(shop: Shop) -> StoreAccess:
    return cast(StoreAccess, shop)


def test_what_one_request_asks_for_the_next_one_waits_for() -> None:
    book, shop, store = PriceBook(), Shop(), STORE
    first = book.claim(store, "web", ["tee", "mug"], now=NOW)
    second = book.claim(store, "web", ["mug", "hat"], now=NOW)
    elsewhere = book.claim(store, "shop", ["mug"], now=NOW)
    assert (first.mine, second.mine, elsewhere.mine) == (("tee", "mug"), ("hat",), ("mug",))
    [waits] = second.others
    assert not waits.done()
    book.ask(of(shop), first, now=NOW)
    own = book.ask(of(shop), second, now=NOW)
    assert shop.asked == [["tee", "mug"], ["hat"]]
    assert second.prices([own, waits.result(0)]) == {"mug": None, "hat": None}
    third = book.claim(store, "web", ["tee", "hat"], now=NOW)
    assert (third.mine, third.others) == ((), ())
    assert third.prices([]) == {"tee": None, "hat": None}


def test_who_waits_for_what_fails_is_told_and_the_next_one_asks_anew() -> None:
    book, shop, store = PriceBook(), Shop(answers=False), STORE
    first, second = (book.claim(store, "web", ["tee"], now=NOW) for _ in range(2))
    with pytest.raises(SaleorUnavailable):
        book.ask(of(shop), first, now=NOW)
    with pytest.raises(SaleorUnavailable):
        second.others[0].result(0)
    assert book.claim(store, "web", ["tee"], now=NOW).mine == ("tee",)


def test_what_is_older_than_it_may_be_told_is_not_kept() -> None:
    book, shop, store = PriceBook(), Shop(), STORE
    for step in range(10):
        at = NOW + step * REMEMBERED / 2
        book.ask(of(shop), book.claim(store, "web", [f"tee-{step}"], now=at), now=at)
        # Being read does not make it younger.
        book.claim(store, "web", ["tee-0"], now=NOW + timedelta(seconds=1))
    assert len(book) == 2
