"""Shoppers in their browsers: what our components ask when people look, spend, undo and buy.

    python -m bench.shopping  (a `Plan` as JSON on standard input, `Found` on standard output)

Each shopper opens page after page at random, with a pause between two. A page asks what the
components on it ask (storefront/components), at once, with a browser's preflights and cache: the
head of each page `me`; a product `estimate`; the account `me/history` and `me/preferences`; the
cart `checkouts/{id}` and `program`. Points are spent and given back as <loyalty-redeem> does it,
with its key for each wish, its polling, and its reading of everything again afterwards. Requests go
to one of the app's processes at random, as behind a balancer; carts, money and orders go to Saleor.
"""

import asyncio
import json
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field, fields
from typing import Any
from urllib.parse import quote

import uvloop

from bench.storefront import Cart, Store
from bench.wire import Answer, Wire

ORIGIN = "http://shop.example"
API = "/api/storefront/v1/"
#: What a browser keeps of an answer with `Cache-Control: public, max-age=30`.
CACHED_SECONDS = 30.0
LONGEST_WAIT = 60.0
PAGES = ("product", "account", "cart")
#: Of those who click on spend, so many click twice: both requests carry the same key.
DOUBLE_CLICKS = 0.1
REFUSED = (404, 409, 422)
TOO_SLOW = (503, 504)


@dataclass(frozen=True, slots=True)
class Plan:
    """Who shops where, for how long.

    Attributes:
        think: seconds between two pages, on average.
        arrival: seconds in which all come, one after the other.
        shares: how often they open each of the `PAGES`.
        seconds: how long they stay after that.
    """

    store_port: int
    app_ports: list[int]
    emails: list[str]
    password: str
    channel: str
    seconds: float
    think: float
    arrival: float
    seed: int = 4
    shares: tuple[int, ...] = (40, 20, 40)


@dataclass(slots=True)
class Found:
    """What they found.

    Attributes:
        calls: by name: (seconds since all were there, milliseconds, status) of each answer.
        refusals: how often the app refused a wish, by code.
        faults: what should not have been: no answer, 429, 5xx, two answers to one wish.
        deeds: what was done, counted: redeemed, undone, bought.
        seconds: from the moment at which all were there.
        processor: seconds of processor time that the shoppers themselves took.
    """

    calls: dict[str, list[tuple[float, float, int]]] = field(default_factory=dict)
    refusals: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    deeds: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    processor: float = 0.0

    @classmethod
    def of(cls, told: dict[str, Any]) -> "Found":
        """What a process printed."""
        counted = {name: Counter(told[name]) for name in ("refusals", "deeds")}
        return cls(**told | counted)


@dataclass(slots=True)
class _Street:
    """What all shoppers share."""

    plan: Plan
    store: Store
    apps: list[Wire]
    found: Found
    all_there_at: float
    ends_at: float


class StoreTooSlow(Exception):
    """The app told that the store did not answer in time; counted among the refusals."""


class Unfit(Exception):
    """An answer that no shopper should get; the text says which."""


class Shopper:
    """One shopper with a browser of their own."""

    def __init__(self, street: _Street, number: int) -> None:
        self._street = street
        self._email = street.plan.emails[number]
        self._random = random.Random(f"{street.plan.seed}:{number}")
        self._wishes = 0
        self._token: str | None = None
        self._signing_in = asyncio.Lock()
        self._cart: Cart | None = None
        self._redemption: dict[str, Any] | None = None
        self._known: dict[str, tuple[float, Answer]] = {}
        self._preflights: set[str] = set()

    async def live(self) -> None:
        """Opens pages until the time is over; a fault is noted, and they go on."""
        share = self._random.random()
        await asyncio.sleep(share * self._street.plan.arrival)
        while time.monotonic() < self._street.ends_at:
            [page] = self._random.choices(PAGES, weights=self._street.plan.shares)
            try:
                await self._opens(page)
            except StoreTooSlow:
                # Told as it should be: the shopper goes on shopping.
                pass
            except (Unfit, TimeoutError, OSError, asyncio.IncompleteReadError) as fault:
                self._street.found.faults.append(f"{page}: {fault!r}"[:500])
            await asyncio.sleep(self._pause())

    def _pause(self) -> float:
        mean = self._street.plan.think
        return min(4 * mean, max(0.1 * mean, self._random.expovariate(1 / mean)))

    # Pages

    async def _opens(self, page: str) -> None:
        if page == "product":
            await self._product()
        elif page == "account":
            await self._account()
        else:
            await self._cart_with_points()

    async def _product(self) -> None:
        goods = self._random.choice(self._street.store.goods)
        await asyncio.gather(
            self._head(),
            self._cached(
                "estimate",
                f"estimate?store={self._store_name}&channel={self._street.plan.channel}"
                f"&gross={goods.price}&currency={goods.currency}&product_slug={goods.slug}",
            ),
        )

    async def _account(self) -> None:
        await asyncio.gather(
            self._head(),
            self._ask("history", "GET", "me/history?first=10"),
            self._ask("preferences", "GET", "me/preferences"),
            self._program(),
        )
        if self._random.random() < 0.2:
            news = {"news": {"email": self._random.random() < 0.5}}
            await self._ask("change of preferences", "PUT", "me/preferences", body=news)

    async def _cart_page(self) -> dict[str, Any]:
        """Everything that a cart page shows; gives the checkout as the app sees it."""
        assert self._cart is not None
        _, seen, _ = await asyncio.gather(
            self._head(), self._ask("checkout", "GET", self._checkout_path), self._program()
        )
        found: dict[str, Any] = seen.body["spending"]
        self._redemption = found["redemption"]
        return found

    async def _cart_with_points(self) -> None:
        if self._cart is None:
            self._cart = await self._street.store.fill_cart(self._email, self._random)
        spending = await self._cart_page()
        if self._redemption is None:
            if spending["refusal"] is None and self._random.random() < 0.6:
                await self._spend(spending)
                await self._cart_page()
        elif self._random.random() < 0.5:
            await self._undo(self._redemption["id"])
            await self._cart_page()
        elif self._random.random() < 0.5:
            await self._buy()

    # What is done on them

    async def _spend(self, spending: dict[str, Any]) -> None:
        least, most, step = (spending[one] for one in ("minimum_points", "most_points", "step"))
        points = self._random.randrange(least, max(least, most) + 1, step)
        self._wishes += 1
        wish = {"checkout_id": self._cart.id if self._cart else "", "points": points}
        key = {"Idempotency-Key": f"{self._email}-{self._wishes}"}
        clicks = 2 if self._random.random() < DOUBLE_CLICKS else 1
        answers = await asyncio.gather(
            *(
                self._ask("redeem", "POST", "redemptions", body=wish, headers=key)
                for _ in range(clicks)
            )
        )
        made = [one.body["id"] for one in answers if one.status in (201, 202)]
        if len(set(made)) > 1:
            raise Unfit(f"one wish became {made}")
        if not made:
            return
        settled = await self._until(answers[-1], made[0], ("held", "issued"))
        self._street.found.deeds["redeemed"] += settled["state"] == "attached"

    async def _undo(self, redemption: str) -> None:
        answer = await self._ask("undo", "DELETE", f"redemptions/{redemption}")
        if answer.status in (200, 202):
            settled = await self._until(answer, redemption, ("held", "issued", "attached"))
            self._street.found.deeds["undone"] += settled["state"] == "released"

    async def _until(self, answer: Answer, redemption: str, waits: tuple[str, ...]) -> Any:
        """Polls as `Client.settled` of our components does."""
        began, asked = time.monotonic(), 0
        while answer.body.get("state") in waits and not answer.body.get("error"):
            if time.monotonic() - began > LONGEST_WAIT:
                raise Unfit(f"{redemption} is still {answer.body['state']}")
            later = float(answer.headers.get("retry-after", 1))
            await asyncio.sleep(max(later, min(5.0, 1.4 ** max(0, asked - 2))))
            asked += 1
            answer = await self._ask("redemption", "GET", f"redemptions/{redemption}")
        return answer.body

    async def _buy(self) -> None:
        if self._cart is not None:
            await self._street.store.buy(self._cart, self._email)
            self._cart, self._redemption = None, None
            self._street.found.deeds["bought"] += 1

    # What all pages ask

    async def _head(self) -> None:
        await self._ask("me", "GET", f"me?channel={self._street.plan.channel}")

    async def _program(self) -> None:
        path = f"program?store={self._store_name}&channel={self._street.plan.channel}"
        await self._cached("program", path)

    @property
    def _store_name(self) -> str:
        return f"127.0.0.1:{self._street.plan.store_port}"

    @property
    def _checkout_path(self) -> str:
        assert self._cart is not None
        return f"checkouts/{quote(self._cart.id, safe='')}?store={self._store_name}"

    async def _cached(self, name: str, path: str) -> None:
        """Asks for what anybody may know, unless this browser still knows it."""
        known = self._known.get(path)
        if known and time.monotonic() - known[0] < CACHED_SECONDS:
            return
        etag = {"If-None-Match": known[1].headers["etag"]} if known else {}
        answer = await self._sent(name, "GET", path, {"Origin": ORIGIN, **etag}, None)
        kept = known[1] if known and answer.status == 304 else answer
        self._known[path] = (time.monotonic(), kept)

    async def _ask(
        self,
        name: str,
        method: str,
        path: str,
        *,
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Asks in the shopper's name; a token that ran out is renewed once."""
        for renewed in (False, True):
            async with self._signing_in:
                if self._token is None:
                    self._token = await self._begin_session()
                token = self._token
            sent = {"Origin": ORIGIN, "Authorization": f"Bearer {token}", **(headers or {})}
            await self._preflight(method, path, sent)
            answer = await self._sent(name, method, path, sent, body)
            if answer.status != 401 or renewed:
                return answer
            if self._token == token:
                self._token = None
        raise AssertionError

    async def _preflight(self, method: str, path: str, sent: dict[str, str]) -> None:
        place = f"{method} {path.partition('?')[0]}"
        if place not in self._preflights:
            self._preflights.add(place)
            wanted = ", ".join(name.lower() for name in sent if name != "Origin")
            asked = {
                "Origin": ORIGIN,
                "Access-Control-Request-Method": method,
                "Access-Control-Request-Headers": wanted,
            }
            await self._sent("preflight", "OPTIONS", path, asked, None)

    async def _begin_session(self) -> str:
        """What the storefront's server does once it knows who is there."""
        token = await self._street.store.sign_in(self._email)
        headers = {"Authorization": f"Bearer {token}"}
        made = await self._sent("session", "POST", "session", headers, {"origin": ORIGIN})
        found: str = made.body["token"]
        return found

    async def _sent(
        self, name: str, method: str, path: str, headers: dict[str, str], body: Any
    ) -> Answer:
        wire = self._random.choice(self._street.apps)
        answer = await wire.ask(method, API + path, headers=headers, body=body)
        at, found = time.monotonic() - self._street.all_there_at, self._street.found
        if at >= 0:
            found.calls.setdefault(name, []).append((at, answer.milliseconds, answer.status))
        if answer.status in REFUSED:
            found.refusals[answer.body["error"]["code"]] += 1
        elif answer.status in TOO_SLOW and answer.body["error"]["code"].startswith("saleor_"):
            found.refusals[answer.body["error"]["code"]] += 1
            raise StoreTooSlow
        elif answer.status >= 400 and answer.status != 401:
            raise Unfit(f"{method} {path}: {answer.status} {answer.body}")
        return answer


async def shop(plan: Plan) -> Found:
    """All of them shop at once."""
    wires = [Wire(port) for port in plan.app_ports]
    store = Store(Wire(plan.store_port), plan.channel, plan.password)
    await store.open()
    there = time.monotonic() + plan.arrival
    found = Found()
    street = _Street(plan, store, wires, found, there, there + plan.seconds)
    shoppers = [Shopper(street, number) for number in range(len(plan.emails))]
    before = time.process_time()
    await asyncio.gather(*(one.live() for one in shoppers))
    found.seconds = time.monotonic() - there
    found.processor = time.process_time() - before
    store.close()
    for wire in wires:
        wire.close()
    return found


def main() -> None:
    """Reads the plan, shops, and tells what was found."""
    plan = Plan(**json.load(sys.stdin))
    found = uvloop.run(shop(plan))
    print(json.dumps({one.name: getattr(found, one.name) for one in fields(found)}))


if __name__ == "__main__":
    main()
