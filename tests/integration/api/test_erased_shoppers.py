"""Whoever was erased while the account stays is brought back by joining, and by nothing else."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.converge_order import Outcome, converge_page
from saleor_loyalty_app.flows.erase_member import erase_address, erase_member
from saleor_loyalty_app.flows.receive_event import receive
from saleor_loyalty_app.handlers.customers import CUSTOMERS
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.models import Member, MemberIdentity
from saleor_loyalty_app.members.repository import member_by_user
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge
from tests.integration.api.member_desk import MemberDesk
from tests.integration.api.newcomers import (
    ACCOUNT,
    EMAIL,
    USER,
    VERSIONS,
    ask,
    begin_session,
    booked,
    messages,
    open_shop,
    rows,
    states,
)
from tests.integration.api.partner_system import PartnerSystem
from tests.order_samples import START, line, order, paid, shopper
from tests.webhook_edge import event_body

#: Another account of nobody who was ever erased.
OTHER = ("VXNlcjo2", "can@example.com")
Deed = Callable[[ApiEdge, StoreRef], object]


def keys_of(edge: ApiEdge) -> EmailKeys:
    """The keys of addresses that the app has."""
    keys: EmailKeys = edge.app.state.faces.email_keys
    return keys


def saleor_tells(typename: str, **fields: object) -> Deed:
    def tell(edge: ApiEdge, store: StoreRef) -> None:
        user = (
            ACCOUNT
            | fields
            | {
                "languageCode": "TR",
                "dateJoined": "2026-12-01T00:00:00+00:00",
                "updatedAt": edge.clock().isoformat(),
            }
        )
        body = event_body(typename, store.app_id, user=user)
        receive(edge.database, CUSTOMERS, store, body, now=edge.clock(), secrets=keys_of(edge))

    return tell


def buy(
    edge: ApiEdge,
    store: StoreRef,
    number: int = 1,
    user: tuple[str, str] | None = (USER, EMAIL),
    email: str = EMAIL,
) -> Outcome:
    """An order of 50 dollars, which is worth 50 points, as a page of the books."""
    edge.clock.advance(timedelta(seconds=1))
    told = order(
        line(gross="50"),
        transactions=[paid("50", minutes=(edge.clock() - START).total_seconds() / 60)],
        id=f"O{number}",
        number=str(number),
        user=None if user is None else shopper(*user),
        userEmail=email if user is None else user[1],
        created=edge.clock().isoformat(),
        updatedAt=edge.clock().isoformat(),
    )
    now, keys = edge.clock(), keys_of(edge)

    def book(conn: sa.Connection) -> Outcome:
        [found] = converge_page(conn, store, [told], Look.read(now), now=now, secrets=keys)
        return found

    return edge.database.write(book)


def buy_as_guest(edge: ApiEdge, store: StoreRef) -> Outcome:
    return buy(edge, store, user=None)


def visit_elsewhere(edge: ApiEdge, store: StoreRef) -> None:
    """Another system tells that they were there."""
    event = {
        "external_id": "v-1",
        "type": "visit",
        "user_id": USER,
        "at": edge.clock().isoformat(),
    }
    system = PartnerSystem(edge, store, event_types=["visit"])
    answer = system.send("POST", "events", event)
    assert answer.status_code == 404, answer.text


DEEDS: dict[str, Deed] = {
    "created": saleor_tells("CustomerCreated"),
    "updated": saleor_tells("CustomerUpdated"),
    "confirmed": saleor_tells("AccountConfirmed"),
    "visit": begin_session,
    "order": buy,
    "guest_order": buy_as_guest,
    "partner_event": visit_elsewhere,
}


def join(edge: ApiEdge, store: StoreRef) -> None:
    answer = ask(edge, store, "POST", "me/membership", VERSIONS)
    assert answer.json()["state"] == "active", answer.text


def erase(edge: ApiEdge, store: StoreRef) -> None:
    def write(conn: sa.Connection) -> None:
        member = member_by_user(conn, store.id, USER)
        assert member is not None
        erase_member(conn, store, member.id, keys=keys_of(edge), now=edge.clock())

    edge.database.write(write)


def names(edge: ApiEdge) -> int:
    """Of how many people it is known who they are."""
    query = sa.select(sa.func.count()).select_from(table(MemberIdentity))
    return int(edge.database.read(lambda conn: conn.execute(query).scalar_one()))


@pytest.fixture(params=["automatic", "opt_in"])
def shop(edge: ApiEdge, request: pytest.FixtureRequest) -> StoreRef:
    """A shop one of whose members was erased, and has the account still."""
    store = open_shop(edge, enrollment=request.param)
    join(edge, store)
    erase(edge, store)
    edge.clock.advance(timedelta(days=1))
    return store


def estimated(edge: ApiEdge, store: StoreRef, user: tuple[str, str] = (USER, EMAIL)) -> int:
    goods = {"gross": "50", "net": "50"}
    body = {"channel": "default-channel", "currency": "USD", "lines": [goods]}
    return int(ask(edge, store, "POST", "estimate", body, user=user).json()["points"])


@pytest.mark.parametrize("deed", DEEDS)
def test_nothing_but_joining_brings_them_back(edge: ApiEdge, shop: StoreRef, deed: str) -> None:
    before = (messages(edge), booked(edge))
    for name in (deed, *DEEDS):
        DEEDS[name](edge, shop)
        edge.clock.advance(timedelta(seconds=1))
        assert (states(edge), names(edge)) == (["erased"], 0), name
    assert (messages(edge), booked(edge)) == before
    assert MemberDesk(edge, shop).drifts() == []
    join(edge, shop)
    assert (states(edge), names(edge)) == (["erased", "active"], 1)


def test_another_address_of_the_account_does_not_bring_them_back_either(
    edge: ApiEdge, shop: StoreRef
) -> None:
    moved = ACCOUNT | {"email": "other@example.com"}
    mine = (USER, "other@example.com")
    edge.saleor.answers["Shopper"] = {"user": moved}
    edge.saleor.answers["Me"] = {"me": moved}
    saleor_tells("CustomerUpdated", email=mine[1])(edge, shop)
    assert buy(edge, shop, user=mine).withheld == "erased"
    assert estimated(edge, shop, mine) == 0
    origin = {"origin": "https://shop.example.com"}
    assert ask(edge, shop, "POST", "session", origin, user=mine).status_code == 201
    page = ask(edge, shop, "GET", "me/membership", user=mine).json()
    assert (page["takes_part"], page["may_join"], states(edge)) == (False, True, ["erased"])
    answer = ask(edge, shop, "POST", "me/membership", VERSIONS, user=mine)
    assert answer.json()["state"] == "active", answer.text
    saleor_tells("CustomerUpdated", email=mine[1], firstName="A")(edge, shop)
    assert sum(buy(edge, shop, 2, mine).posted.values()) > 0
    assert states(edge) == ["erased", "active"]


def test_what_they_buy_meanwhile_earns_nothing_and_is_estimated_so(
    edge: ApiEdge, shop: StoreRef
) -> None:
    had = booked(edge)
    assert estimated(edge, shop) == 0
    for user in ((USER, EMAIL), None):
        found = buy(edge, shop, user=user)
        assert (found.member_id, found.withheld, found.posted) == (None, "erased", {})
    join(edge, shop)
    again = buy(edge, shop)
    assert (again.withheld, again.posted) == ("erased", {}), "it was bought while they were erased"
    earns = estimated(edge, shop)
    assert earns > 0
    assert sum(buy(edge, shop, 2).posted.values()) == earns
    assert booked(edge) == [*had, earns]
    assert MemberDesk(edge, shop).drifts() == []


def test_they_are_offered_to_join(edge: ApiEdge, shop: StoreRef) -> None:
    def told(user: tuple[str, str] = (USER, EMAIL)) -> tuple[str, bool, bool]:
        page = ask(edge, shop, "GET", "me/membership", user=user).json()
        return page["state"], page["takes_part"], page["may_join"]

    automatic = estimated(edge, shop, OTHER) > 0
    assert told() == ("none", False, True)
    assert told(OTHER) == ("none", automatic, not automatic)
    join(edge, shop)
    assert told() == ("active", True, False)


def test_somebody_else_is_none_the_wiser(edge: ApiEdge, shop: StoreRef) -> None:
    automatic = estimated(edge, shop, OTHER) > 0
    buy(edge, shop, 3, OTHER)
    assert states(edge) == ["erased", "active" if automatic else "invited"]


def test_a_guest_who_was_erased_earns_nothing_until_they_join(edge: ApiEdge) -> None:
    shop, address = open_shop(edge), "guest@example.com"
    assert buy(edge, shop, 1, None, address).posted
    edge.database.write(
        lambda conn: erase_address(conn, shop, address, keys=keys_of(edge), now=edge.clock())
    )
    assert buy(edge, shop, 2, None, address).withheld == "erased"
    assert buy(edge, shop, 3, (USER, address)).withheld == "erased"
    assert states(edge) == ["erased"]


def test_an_account_that_is_in_the_books_keeps_an_address_that_somebody_erased_had(
    edge: ApiEdge, shop: StoreRef
) -> None:
    buy(edge, shop, 3, OTHER)
    [_, known] = rows(edge, Member, "id")
    found = buy(edge, shop, 4, (OTHER[0], EMAIL))
    assert found.member_id == known.id


def test_once_the_fingerprint_is_forgotten_they_are_new(edge: ApiEdge) -> None:
    shop = open_shop(edge)
    join(edge, shop)
    erase(edge, shop)
    edge.clock.advance(timedelta(days=3 * 366))
    begin_session(edge, shop)
    assert states(edge) == ["erased", "active"]
