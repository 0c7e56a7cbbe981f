"""Who will be in the control group once they are a member is promised no points before."""

from typing import Any

import pytest
from sqlalchemy import Connection

from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.flows.history_preview import why_withheld
from saleor_loyalty_app.members.email_keys import bucket_of
from saleor_loyalty_app.members.repository import member_by_user
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge
from tests.factories import make_member, make_revision
from tests.integration.api.test_sessions import ME, SHOP
from tests.order_books import KEYS, program
from tests.order_samples import line, order, paid, shopper

HALF = 50
API = "/api/storefront/v1"
CHECKOUT = "Q2hlY2tvdXQ6ZDIyYzE4YjQtMDc3Mi00YjE3LThmYzktZTJhN2E1NTUxZjYy"


def live(edge: ApiEdge, store: StoreRef, **settings: Any) -> None:
    document = program()
    document["settings"] = {**document.get("settings", {}), "hold_out_percent": HALF, **settings}
    edge.database.write(lambda conn: make_revision(conn, store.id, document))


def addresses(store: StoreRef) -> dict[bool, str]:
    """An address in the control group and one that is not, by that."""
    found: dict[bool, str] = {}
    for number in range(50):
        email = f"shopper{number}@example.com"
        found.setdefault(bucket_of(store.id, email) < HALF * 100, email)
    return found


def bought(edge: ApiEdge, store: StoreRef, user: tuple[str, str]) -> int:
    told = order(line(gross="50"), transactions=[paid("50")], user=shopper(*user))
    now = edge.clock()
    found = edge.database.write(
        lambda conn: converge_order(conn, store, told, Look.webhook(now), now=now, secrets=KEYS)
    )
    return found.posted.get(("points", "points"), 0)


def by_saleor(edge: ApiEdge, store: StoreRef, user: tuple[str, str]) -> dict[str, str]:
    return edge.shopper(store, user_id=user[0], email=user[1])


def by_session(edge: ApiEdge, store: StoreRef, user: tuple[str, str]) -> dict[str, str]:
    """The header of a loyalty token."""
    edge.saleor.answers["Me"] = {"me": ME | {"id": user[0], "email": user[1]}}
    answer = edge.send("POST", f"{API}/session", by_saleor(edge, store, user), {"origin": SHOP})
    return {"Authorization": f"Bearer {answer.json()['token']}"}


def of_goods(edge: ApiEdge, store: StoreRef, headers: dict[str, str], user_id: str) -> int:
    body = {
        "channel": "default-channel",
        "currency": "USD",
        "lines": [{"gross": "50", "net": "50"}],
    }
    return int(edge.send("POST", f"{API}/estimate", headers, body).json()["points"])


def of_checkout(edge: ApiEdge, store: StoreRef, headers: dict[str, str], user_id: str) -> int:
    price = {one: {"amount": 50, "currency": "USD"} for one in ("gross", "net")}
    free = {one: {"amount": 0, "currency": "USD"} for one in ("gross", "net")}
    checkout = {
        "id": CHECKOUT,
        "languageCode": "EN",
        "displayGrossPrices": True,
        "voucherCode": None,
        "user": {"id": user_id},
        "channel": {
            "slug": "default-channel",
            "currencyCode": "USD",
            "taxConfiguration": {"pricesEnteredWithTax": True},
        },
        "subtotalPrice": price,
        "shippingPrice": free,
        "totalPrice": price,
        "lines": [{"id": "L1", "quantity": 1, "isGift": False, "totalPrice": price}],
    }
    edge.saleor.answers["CheckoutPreview"] = {"checkout": checkout}
    answer = edge.get(f"{API}/checkouts/{CHECKOUT}", headers)
    return int(answer.json()["earning"]["points"])


@pytest.mark.parametrize("held_out", [True, False])
@pytest.mark.parametrize("token", [by_saleor, by_session])
@pytest.mark.parametrize("estimate", [of_goods, of_checkout])
def test_an_estimate_of_who_is_new_says_what_the_order_then_earns(
    edge: ApiEdge, store: StoreRef, held_out: bool, token: Any, estimate: Any
) -> None:
    user = ("VXNlcjox", addresses(store)[held_out])
    # The token is older than the program: nobody was taken in by it.
    headers = token(edge, store, user)
    live(edge, store)
    told = estimate(edge, store, headers, user[0])
    assert (told > 0) is not held_out
    assert bought(edge, store, user) == told
    member = edge.database.read(lambda conn: member_by_user(conn, store.id, user[0]))
    assert member is not None
    assert member.hold_out is held_out


@pytest.mark.parametrize("held_out", [True, False])
@pytest.mark.parametrize("user_id", ["VXNlcjox", None])
def test_a_trial_of_an_order_says_why_it_earns_nothing(
    edge: ApiEdge, store: StoreRef, held_out: bool, user_id: str | None
) -> None:
    email = addresses(store)[held_out]
    live(edge, store)
    told = order(
        line(gross="50"),
        transactions=[paid("50")],
        user=None if user_id is None else shopper(user_id, email),
        userEmail=email,
    )
    now = edge.clock()

    def work(conn: Connection) -> tuple[str, str]:
        revision = revision_at(conn, store.id, now)
        assert revision is not None
        settings = revision.program.settings
        foreseen = why_withheld(conn, store, told, settings, at=now, keys=KEYS, now=now)
        found = converge_order(conn, store, told, Look.webhook(now), now=now, secrets=KEYS)
        return foreseen, found.withheld

    expected = "hold_out" if held_out else ""
    assert edge.database.write(work) == (expected, expected)


@pytest.mark.parametrize("held_out", [True, False])
def test_whoever_comes_in_at_last_is_drawn_by_the_share_of_then(
    edge: ApiEdge, store: StoreRef, held_out: bool
) -> None:
    """They were seen while one had to join, under another share."""
    user = ("VXNlcjox", addresses(store)[held_out])
    live(edge, store)

    def invited(conn: Connection) -> None:
        make_member(
            conn,
            store.id,
            user_id=user[0],
            state="invited",
            bucket=bucket_of(store.id, user[1]),
            hold_out=not held_out,
            enrolled_at=None,
            first_enrolled_at=None,
        )

    edge.database.write(invited)
    told = of_goods(edge, store, by_saleor(edge, store, user), user[0])
    assert (told > 0) is not held_out
    assert bought(edge, store, user) == told


def test_nobody_is_promised_less_where_nobody_is_watched(edge: ApiEdge, store: StoreRef) -> None:
    user = ("VXNlcjox", addresses(store)[True])
    live(edge, store, hold_out_percent=0)
    told = of_goods(edge, store, by_saleor(edge, store, user), user[0])
    assert told > 0
    assert bought(edge, store, user) == told
