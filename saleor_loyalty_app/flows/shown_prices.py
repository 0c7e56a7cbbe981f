"""What goods cost everybody now, read from Saleor and remembered for a short while."""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import Future
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


@dataclass(frozen=True, slots=True)
class Claim:
    """What a request wants to know of prices in a channel.

    `known` is remembered, `mine` is for this request to ask for, and `others` ask for the rest
    already. Whoever holds a claim with something in `mine` has to `ask`, or to `give_up`.
    """

    store: StoreRef
    channel: str
    wanted: tuple[str, ...]
    known: Mapping[str, Prices]
    mine: tuple[str, ...]
    answer: Future[Mapping[str, Prices]]
    others: tuple[Future[Mapping[str, Prices]], ...]

    def prices(self, answers: Iterable[Mapping[str, Prices]]) -> dict[str, Prices]:
        """All that is wanted, out of what is known and what was answered."""
        found = dict(self.known)
        for answer in answers:
            found |= answer
        return {one: found[one] for one in self.wanted}


_Key = tuple[int, str, str]


class PriceBook:
    """The prices of products of any store, for a short while. Thread-safe.

    What is not remembered is asked for once, however many wait for it.
    """

    def __init__(self) -> None:
        #: The oldest first.
        self._known: OrderedDict[_Key, tuple[datetime, Prices]] = OrderedDict()
        self._asked: dict[_Key, Future[Mapping[str, Prices]]] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        with self._lock:
            return len(self._known)

    def claim(
        self, store: StoreRef, channel: str, products: Sequence[str], *, now: datetime
    ) -> Claim:
        """What is remembered of products, by the slug or id that each is asked by."""
        wanted = tuple(dict.fromkeys(products))
        known: dict[str, Prices] = {}
        mine: list[str] = []
        others: dict[int, Future[Mapping[str, Prices]]] = {}
        answer: Future[Mapping[str, Prices]] = Future()
        with self._lock:
            for one in wanted:
                key = (store.id, channel, one)
                remembered, asked = self._known.get(key), self._asked.get(key)
                if remembered is not None and now - remembered[0] < REMEMBERED:
                    known[one] = remembered[1]
                elif asked is not None:
                    others[id(asked)] = asked
                else:
                    mine.append(one)
                    self._asked[key] = answer
        return Claim(store, channel, wanted, known, tuple(mine), answer, tuple(others.values()))

    def ask(self, access: StoreAccess, claim: Claim, *, now: datetime) -> Mapping[str, Prices]:
        """Asks Saleor for what is for this claim to ask, also for all who wait for it.

        Network calls.

        Raises:
            What `StoreAccess.ask` raises; who waits is told the same.
        """
        try:
            fresh = _asked(access, claim.store, claim.channel, claim.mine, now)
        except BaseException as failure:
            self.give_up(claim, failure)
            raise
        with self._lock:
            self._remember(claim, fresh, now)
            self._settle(claim)
        claim.answer.set_result(fresh)
        return fresh

    def give_up(self, claim: Claim, failure: BaseException) -> None:
        """Nothing comes of a claim: who waits for it is told why, and the next one asks anew."""
        with self._lock:
            self._settle(claim)
        claim.answer.set_exception(failure)

    def _settle(self, claim: Claim) -> None:
        for one in claim.mine:
            del self._asked[claim.store.id, claim.channel, one]

    def _remember(self, claim: Claim, fresh: Mapping[str, Prices], now: datetime) -> None:
        for one, prices in fresh.items():
            key = (claim.store.id, claim.channel, one)
            self._known[key] = now, prices
            self._known.move_to_end(key)
        while self._known:
            oldest, (since, _) = next(iter(self._known.items()))
            if now - since < REMEMBERED and len(self._known) <= _KEPT:
                return
            del self._known[oldest]


def price_page(
    access: StoreAccess, store: StoreRef, channel: str, after: str, *, now: datetime
) -> PricePage:
    """The next page of all that a channel sells; `after` is "" for the first one.

    A page that is too costly for Saleor is asked for in halves. Network calls.

    Raises:
        What `StoreAccess.ask` raises.
    """
    found = _affordable(access, store, channel, after, now)
    prices = [price for edge in found["edges"] for price in _prices(edge["node"])]
    info = found["pageInfo"]
    return PricePage(tuple(prices), info["endCursor"] if info["hasNextPage"] else None)


def _affordable(
    access: StoreAccess, store: StoreRef, channel: str, after: str, now: datetime
) -> dict[str, Any]:
    size = PAGE
    while True:
        try:
            return _connection(access, store, channel, size, after=after or None, now=now)
        except SaleorQueryTooCostly:
            if size <= _SMALLEST:
                raise
            size //= 2


def _asked(
    access: StoreAccess, store: StoreRef, channel: str, products: Sequence[str], now: datetime
) -> dict[str, Prices]:
    ids = [one for one in products if names(one, "Product")]
    slugs = [one for one in products if one not in set(ids)]
    found: dict[str, Prices] = dict.fromkeys(products)
    for field, chosen in (("ids", ids), ("slug", slugs)):
        for begin in range(0, len(chosen), PAGE):
            part = chosen[begin : begin + PAGE]
            where = {field: part if field == "ids" else {"oneOf": part}}
            page = _connection(access, store, channel, len(part), where=where, now=now)
            for edge in page["edges"]:
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
    now: datetime,
    after: str | None = None,
    where: Mapping[str, object] | None = None,
) -> dict[str, Any]:
    # The app sees what is not published; shoppers are told nothing of it. To Saleor a product is
    # published, though nobody sees it, before the date that its owner set: both have to be asked.
    variables = {
        "channel": channel,
        "first": first,
        "after": after,
        "where": {**(where or {}), "isPublished": True, "publishedFrom": now.isoformat()},
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
