"""What goods cost everybody now, read from Saleor and remembered for a short while."""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.prices.personal import ShownPrice
from saleor_loyalty_app.saleor.errors import SaleorQueryError, SaleorQueryTooCostly
from saleor_loyalty_app.saleor.global_ids import names
from saleor_loyalty_app.stores.refs import StoreRef

#: So long an answer of Saleor's is repeated.
REMEMBERED = timedelta(seconds=60)
#: So many products are asked for at once by shoppers, and by the reading of all.
MOST = 100
PAGE = 50
#: Products with a great many variants are read in pages no smaller than this.
_SMALLEST = 5
_KEPT = 20_000

#: The prices of a product's variants; None = the channel sells no such product.
Prices = tuple[ShownPrice, ...] | None


@dataclass(frozen=True, slots=True)
class PricePage:
    """Prices of a page of products, and where the next page begins; None = nowhere."""

    prices: tuple[ShownPrice, ...]
    cursor: str | None


class PriceBook:
    """The prices of products of any store, the least used forgotten first. Thread-safe."""

    def __init__(self) -> None:
        self._known: OrderedDict[tuple[int, str, str], tuple[datetime, Prices]] = OrderedDict()
        self._lock = threading.Lock()

    def read(
        self,
        access: StoreAccess,
        store: StoreRef,
        channel: str,
        products: Sequence[str],
        *,
        now: datetime,
    ) -> dict[str, Prices]:
        """The prices of products in a channel, by the slug or id that each was asked by.

        Network calls, for what is not remembered.

        Raises:
            What `StoreAccess.ask` raises.
        """
        wanted = list(dict.fromkeys(products))
        found = self._remembered(store.id, channel, wanted, now)
        lacking = [one for one in wanted if one not in found]
        if lacking:
            fresh = _asked(access, store, channel, lacking)
            self._remember(store.id, channel, fresh, now)
            found |= fresh
        return {one: found[one] for one in wanted}

    def _remembered(
        self, store_id: int, channel: str, wanted: Sequence[str], now: datetime
    ) -> dict[str, Prices]:
        found = {}
        with self._lock:
            for one in wanted:
                known = self._known.get((store_id, channel, one))
                if known is not None and now - known[0] < REMEMBERED:
                    self._known.move_to_end((store_id, channel, one))
                    found[one] = known[1]
        return found

    def _remember(
        self, store_id: int, channel: str, fresh: Mapping[str, Prices], now: datetime
    ) -> None:
        with self._lock:
            for one, prices in fresh.items():
                self._known[store_id, channel, one] = now, prices
                self._known.move_to_end((store_id, channel, one))
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)


def price_page(access: StoreAccess, store: StoreRef, channel: str, after: str) -> PricePage:
    """The next page of all that a channel sells; `after` is "" for the first one.

    A page that is too costly for Saleor is asked for in halves. Network calls.

    Raises:
        What `StoreAccess.ask` raises.
    """
    found = _affordable(access, store, channel, after)
    prices = [price for edge in found["edges"] for price in _prices(edge["node"])]
    info = found["pageInfo"]
    return PricePage(tuple(prices), info["endCursor"] if info["hasNextPage"] else None)


def _affordable(access: StoreAccess, store: StoreRef, channel: str, after: str) -> dict[str, Any]:
    size = PAGE
    while True:
        try:
            return _connection(access, store, channel, size, after=after or None)
        except SaleorQueryTooCostly:
            if size <= _SMALLEST:
                raise
            size //= 2


def _asked(
    access: StoreAccess, store: StoreRef, channel: str, products: Sequence[str]
) -> dict[str, Prices]:
    ids = [one for one in products if names(one, "Product")]
    slugs = [one for one in products if one not in set(ids)]
    found: dict[str, Prices] = dict.fromkeys(products)
    for field, chosen in (("ids", ids), ("slug", slugs)):
        for begin in range(0, len(chosen), PAGE):
            part = chosen[begin : begin + PAGE]
            where = {field: part if field == "ids" else {"oneOf": part}}
            for edge in _connection(access, store, channel, len(part), where=where)["edges"]:
                node = edge["node"]
                for reference in (node["id"], node["slug"]):
                    if reference in found:
                        found[reference] = _prices(node)
    return found


def _connection(
    access: StoreAccess,
    store: StoreRef,
    channel: str,
    first: int,
    *,
    after: str | None = None,
    where: Mapping[str, object] | None = None,
) -> dict[str, Any]:
    # The app sees what is not published; shoppers are told nothing of it.
    variables = {
        "channel": channel,
        "first": first,
        "after": after,
        "where": {**(where or {}), "isPublished": True},
    }
    found = access.ask(store, "queries/shown_prices", variables).get("products")
    if not isinstance(found, dict):
        raise SaleorQueryError("no products in the answer")
    return found


def _prices(node: Mapping[str, Any]) -> tuple[ShownPrice, ...]:
    return tuple(
        _price(node["id"], variant)
        for variant in node["variants"] or ()
        if (variant["pricing"] or {}).get("price") is not None
    )


def _price(product_id: str, variant: Mapping[str, Any]) -> ShownPrice:
    pricing = variant["pricing"]
    price, regular = pricing["price"], pricing["priceUndiscounted"] or pricing["price"]
    return ShownPrice(
        variant_id=variant["id"],
        product_id=product_id,
        currency=price["net"]["currency"],
        gross=_amount(price["gross"]),
        net=_amount(price["net"]),
        regular_gross=_amount(regular["gross"]),
        regular_net=_amount(regular["net"]),
        on_sale=bool(pricing["onSale"]),
    )


def _amount(money: Mapping[str, Any]) -> Decimal:
    return Decimal(str(money["amount"]))
