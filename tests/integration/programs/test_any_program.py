"""Whatever a program says in all its sections, and whatever happens: undone, nothing of it is left.

Facts are orders, refunds, what staff change in paid orders, deeds, events of other systems, rewards
that are taken, and the work of the background between them; campaigns run beside the program.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import Phase, example, given, note, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.flows import campaign_desk as desk
from saleor_loyalty_app.flows.preview_checkout import preview_checkout
from saleor_loyalty_app.members.repository import member_by_user
from saleor_loyalty_app.programs import plugin_kinds
from saleor_loyalty_app.saleor.checkout_preview import CheckoutPreview, preview_of
from tests.any_history import AYSE, Fact, Shop
from tests.any_program import BASE, BIRTHDAY, DEEDS, GROSS, campaigns, documents
from tests.order_books import books_of, program
from tests.order_samples import START, line, shopper, taxed
from tests.plugin_samples import KINDS


@pytest.fixture(autouse=True, scope="module")
def kinds() -> Iterator[None]:
    with plugin_kinds.using(KINDS):
        yield


@pytest.fixture
def quick(sqlite_url: str) -> Iterator[Database]:
    """An empty SQLite database, for many short histories."""
    opened = open_database(sqlite_url, synchronous="NORMAL")
    yield opened
    opened.close()


#: A history costs as much as five examples of other properties; shrinking would cost minutes.
FEW = settings(
    max_examples=max(5, settings().max_examples // 5),
    phases=(Phase.explicit, Phase.reuse, Phase.generate),
)
NUMBERS = st.integers(1, 3)
SHARES = st.sampled_from([Decimal(one) for one in ("0.1", "0.25", "0.5", "0.99", "1")])
FACTS: st.SearchStrategy[Fact] = st.one_of(
    st.tuples(st.just("buy"), NUMBERS, GROSS),
    st.tuples(st.just("buy"), NUMBERS, GROSS),
    st.tuples(st.just("refund"), NUMBERS, SHARES),
    st.tuples(st.just("edit"), NUMBERS, st.sampled_from(["less", "cheaper", "more"])),
    st.tuples(st.just("happen"), st.sampled_from(sorted(DEEDS))),
    st.tuples(st.just("report"), NUMBERS),
    st.tuples(st.just("remove"), NUMBERS),
    st.sampled_from([("work",), ("work",), ("claim",), ("release",)]),
)
FIRST: st.SearchStrategy[Fact] = st.tuples(st.just("buy"), st.just(1), GROSS)
HISTORIES = st.tuples(FIRST, st.lists(FACTS, min_size=3, max_size=12)).map(
    lambda two: [two[0], *two[1]]
)
POLICIES = st.sampled_from(["within_balance", "unlimited"])


@FEW
@given(data=st.data(), policy=POLICIES, history=HISTORIES, random=st.randoms())
def test_any_history_under_any_program_keeps_the_limits_and_undone_leaves_nothing(
    quick: Database, data: st.DataObject, policy: str, history: list[Fact], random: Any
) -> None:
    document = data.draw(documents(policy=policy))
    shop = Shop(quick, document, data.draw(campaigns()), data.draw(campaigns()))
    for fact in history:
        shop.do(fact)
        shop.check_limits()
    shop.do(("work",))
    shop.check_limits()

    if policy == "within_balance":
        # Points that are set aside for a reward are not there to be taken back.
        shop.do(("release",))
    undone: list[Fact] = [("cancel", number) for number in shop.orders]
    undone += [("remove", reference) for reference in (1, 2, 3)] + [("release",), ("work",)]
    random.shuffle(undone)
    for fact in [*undone, *undone, ("work",)]:
        shop.do(fact)
    shop.undo_deeds()
    shop.do(("work",))

    assert not any(shop.balances().values())
    assert (shop.uses(), shop.spent(), shop.pieces()) == ([], 0, 0)
    assert (shop.tags(), shop.unsent()) == (frozenset(), 0)
    shop.check_limits()


def checkout_like(
    gross: list[str], user: Mapping[str, Any] = AYSE, language: str = "EN"
) -> CheckoutPreview:
    """A cart with what an order of these lines has."""
    lines = [line(f"L{at}", 2, amount) for at, amount in enumerate(gross)]
    total = sum((one["totalPrice"]["gross"]["amount"] for one in lines), Decimal(0))
    channel = {
        "slug": "default-channel",
        "currencyCode": "USD",
        "taxConfiguration": {"pricesEnteredWithTax": True},
    }
    checkout = {
        "id": "C1",
        "channel": channel,
        "subtotalPrice": taxed(total),
        "shippingPrice": taxed(0),
        "totalPrice": taxed(total),
        "languageCode": language,
        "user": {"id": user["id"]},
        "lines": lines,
    }
    found = preview_of({"checkout": checkout})
    assert found is not None
    return found


def promised(shop: Shop, gross: list[str]) -> int:
    """The points that a cart is told to earn."""

    def preview(conn: Connection) -> int:
        member = member_by_user(conn, shop.store.id, AYSE["id"])
        cart = checkout_like(gross)
        return preview_checkout(
            conn, shop.store, cart, member, is_owner=True, now=START, language="en"
        ).points

    return shop.database.read(preview)


@FEW
@given(data=st.data(), carts=st.lists(GROSS, min_size=2, max_size=3), works=st.booleans())
def test_a_preview_says_what_the_order_then_earns(
    quick: Database, data: st.DataObject, carts: list[list[str]], works: bool
) -> None:
    shop = Shop(quick, data.draw(documents()), data.draw(campaigns()))
    for number, gross in enumerate(carts):
        points = promised(shop, gross)
        assert shop.buy(number, gross).posted.get(("points", "points"), 0) == points
        if works:
            shop.do(("work",))


@FEW
@given(
    data=st.data(),
    carts=st.lists(GROSS, min_size=2, max_size=3),
    shares=st.lists(SHARES, min_size=3, max_size=3),
)
def test_refunds_after_three_revisions_and_ended_campaigns_take_back_what_was_frozen(
    quick: Database, data: st.DataObject, carts: list[list[str]], shares: list[Decimal]
) -> None:
    document, terms = data.draw(documents()), data.draw(campaigns())
    kept, revised = Shop(quick, document, terms), Shop(quick, document, terms)
    for shop in (kept, revised):
        for number, gross in enumerate(carts):
            shop.do(("buy", number, gross))
            shop.do(("work",))
    for _ in range(3):
        revised.publish(data.draw(documents()))
        revised.do(("work",))
    [campaign] = revised.campaigns
    quick.write(
        lambda conn: desk.stop_campaign(
            conn, revised.store, campaign, actor="user:1", now=revised.now
        )
    )
    for shop in (kept, revised):
        for number, share in zip(range(len(carts)), shares, strict=False):
            shop.do(("refund", number, share))
        books = quick.read(lambda conn, one=shop: books_of(conn, one.store))  # type: ignore[misc]
        note(f"{books.orders}")
    assert orders_of(kept) == orders_of(revised)


def orders_of(shop: Shop) -> dict[tuple[str, str, str], tuple[int, int]]:
    """What orders have booked and were forgiven, by number, unit and part."""
    return dict(shop.database.read(lambda conn: books_of(conn, shop.store)).orders)


#: Rules that ask neither for what was before nor for what is left of a cap in points.
FREE: list[dict[str, Any]] = [
    BASE | {"caps": {"per_order": 900}},
    {"id": "status", "then": {"type": "status_points", "factor": "0.5"}},
    BIRTHDAY | {"caps": {"per_member": {"points": 500, "period": "day"}}},
    {
        "id": "visits",
        "trigger": "custom_event",
        "then": {"type": "points", "points": 20},
        "caps": {"per_member": {"times": 2, "period": "day"}},
    },
    *(
        {
            "id": f"line-{kind}",
            "trigger": "milestone",
            "milestone": {"line": {"type": kind} | at},
            "then": {"type": "points", "points": 70},
        }
        for kind, at in (
            ("orders", {"min": 2}),
            ("points", {"min": 800}),
            ("spend", {"limits": [{"currency": "USD", "min": "150"}]}),
        )
    ),
]
COMMUTING = program() | {
    "earning": {"rules": FREE},
    "tiers": {
        "enabled": True,
        "levels": [
            {
                "id": "gold",
                "names": {"en": "Gold"},
                "requirements": {"spend": {"limits": [{"currency": "USD", "min": "90"}]}},
                "entry_points": 40,
            }
        ],
    },
    "events": {"types": [{"id": "visit", "name": {"en": "Visit"}}]},
}
DOUBLE = {
    "kind": "points",
    "name": "Double",
    "texts": {"en": {"title": "Double"}},
    "starts_at": (START - timedelta(days=2)).isoformat(),
    "ends_at": (START + timedelta(days=2)).isoformat(),
    "times": "2",
}


@FEW
@given(carts=st.lists(GROSS, min_size=2, max_size=3), random=st.randoms())
@example(carts=[["75.00"], ["74.99", "0.01"]], random=None)
def test_the_order_of_facts_in_a_day_does_not_change_its_totals_where_rules_commute(
    quick: Database, carts: list[list[str]], random: Any
) -> None:
    facts: list[Fact] = [("buy", number, gross) for number, gross in enumerate(carts)]
    facts += [("report", number) for number in (1, 2, 3)] + [("happen", "birthday"), ("work",)]
    shuffled = [*facts]
    if random is None:
        shuffled.reverse()
    else:
        random.shuffle(shuffled)
    first, second = Shop(quick, COMMUTING, DOUBLE), Shop(quick, COMMUTING, DOUBLE)
    for shop, history in ((first, facts), (second, shuffled)):
        for fact in [*history, ("work",)]:
            shop.do(fact)
    assert first.balances() == second.balances()
    assert first.spent() == second.spent() > 0


STRAYS: st.SearchStrategy[Fact] = st.tuples(
    st.just("stray"),
    NUMBERS,
    GROSS,
    st.sampled_from([{"user": None, "userEmail": ""}, {"user": AYSE | {"isStaff": True}}]),
)


@FEW
@given(terms=campaigns(), history=st.lists(STRAYS | FACTS, min_size=4, max_size=8))
@example(
    terms=DOUBLE | {"budget": {"points": 500, "when_reached": "stop"}},
    history=[
        ("stray", 1, ["50.00"], {"user": None, "userEmail": ""}),
        ("buy", 2, ["50.00"]),
        ("buy", 1, ["50.00"]),
        ("buy", 3, ["0.01"]),
    ],
)
def test_orders_that_find_their_owner_later_exceed_no_budget(
    quick: Database, terms: dict[str, Any], history: list[Fact]
) -> None:
    shop = Shop(quick, COMMUTING, terms | {"audience": {}})
    for fact in history:
        if fact[0] not in ("claim", "release"):
            shop.do(fact)
        shop.check_limits()
    for number in shop.orders:
        shop.do(("cancel", number))
    assert shop.spent() == 0


def test_a_newcomers_preview_says_what_their_first_order_then_earns(quick: Database) -> None:
    """Also what a campaign gives to those who speak the language of the checkout."""
    in_turkish = DOUBLE | {"audience": {"languages": ["tr"]}}
    shop = Shop(quick, COMMUTING, in_turkish)
    newcomer = shopper("U7", "can@example.com")

    def preview(conn: Connection, language: str) -> int:
        cart = checkout_like(["20.00"], newcomer, language)
        return preview_checkout(
            conn, shop.store, cart, None, is_owner=True, now=START, language="en"
        ).points

    told = {code: quick.read(lambda conn, code=code: preview(conn, code)) for code in ("EN", "TR")}  # type: ignore[misc]
    earned = shop.look_at(9, ["20.00"], user=newcomer, languageCodeEnum="TR").posted
    assert told == {"EN": 200, "TR": 400}
    assert earned[("points", "points")] == told["TR"]
