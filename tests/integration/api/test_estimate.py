"""What goods would earn, told to everybody."""

from typing import Any

import httpx
import pytest
from sqlalchemy.engine import Connection

from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.publish_program import publish
from saleor_loyalty_app.programs import plugin_kinds
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.plugin_kinds import Kinds, Seen
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.switches import Part, set_switch
from tests.api_edge import ApiEdge
from tests.factories import make_channel
from tests.plugin_samples import condition, if_line
from tests.program_samples import PURCHASES, program_of, rule_of
from tests.signing import SigningKey

PRICED = {"channel": "default-channel", "currency": "USD"}
FREE = {
    "prices": [{"channel": "default-channel", "currency": "USD", "price": "0"}],
    "thresholds": [{"channel": "default-channel", "currency": "USD", "money": "90"}],
}
SHIPPING = {
    "offers": [
        {"id": "free", "name": {"en": "Free shipping"}, **FREE},
        {
            "id": "members",
            "name": {"en": "For members"},
            **FREE,
            "when": {"type": "member", "value": True},
        },
        {
            "id": "abroad",
            "name": {"en": "Abroad"},
            **FREE,
            "when": {"type": "country", "codes": ["DE"]},
        },
    ]
}


@pytest.fixture
def open_store(edge: ApiEdge, store: StoreRef) -> StoreRef:
    """A store that gives more for shoes, for large carts and to new customers."""
    shoes = rule_of(
        {"type": "multiplier", "factor": "2"},
        "shoes",
        name={"en": "Double on shoes", "tr": "Ayakkabıya iki kat"},
        when={"type": "category", "slugs": ["shoes"]},
    )
    large = rule_of(
        {"type": "points_per_order", "points": 50},
        "large",
        name={"en": "Large carts"},
        scope="order",
        when={"type": "order_value", "limits": [{"currency": "USD", "min": "100"}]},
    )
    first = rule_of(
        {"type": "points_per_order", "points": 100},
        "first",
        name={"en": "First order"},
        scope="order",
        when={"type": "nth_order", "max": 1},
    )
    program = program_of(PURCHASES, shoes, large, first, shipping=SHIPPING)
    publish_in(edge, store, program)
    return store


def publish_in(edge: ApiEdge, store: StoreRef, program: Program) -> None:
    def write(conn: Connection) -> None:
        make_channel(conn, store.id, slug="channel-tr", currency="TRY", display_gross_prices=True)
        publish(conn, store, program, by="user:1", now=edge.clock())

    edge.database.write(write)


def asked(edge: ApiEdge, store: StoreRef, *lines: dict[str, Any], **more: Any) -> httpx.Response:
    return edge.send(
        "POST",
        f"/api/storefront/v1/estimate?store={store.api_url}",
        {"Accept-Language": more.pop("language_header", "en")},
        PRICED | {"lines": list(lines)} | more,
    )


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_it_tells_points_their_worth_and_what_is_missing(
    edge: ApiEdge, open_store: StoreRef
) -> None:
    line = {"quantity": 2, "net": "40.50", "categories": ["shoes", "all"]}
    page = asked(edge, open_store, line, {"net": "9.50", "categories": []}).json()
    assert (page["points"], page["worth"]) == (90, {"amount": "1.80", "currency": "USD"})
    assert page["steps"] == [
        {
            "rule": "large",
            "name": "Large carts",
            "missing": {"amount": "50.00", "currency": "USD"},
            "text": "Large carts: $50.00 more",
        }
    ]
    assert [(one["id"], one["missing"]["amount"]) for one in page["shipping"]] == [
        ("free", "40.00")
    ]
    assert [(one["id"], one["needs"]) for one in page["not_judged"]] == [("first", ["nth_order"])]
    assert [(one["id"], one["needs"]) for one in page["shipping_not_judged"]] == [
        ("members", ["member"])
    ]
    assert page["approximate"] is False


def test_shipping_offers_for_members_are_judged_for_a_shopper(
    edge: ApiEdge, open_store: StoreRef
) -> None:
    goods = {"lines": [{"net": "90"}]}
    path = "/api/storefront/v1/estimate"
    page = edge.send("POST", path, edge.shopper(open_store), PRICED | goods).json()
    assert [(one["id"], one["missing"]["amount"]) for one in page["shipping"]] == [
        ("free", "0.00"),
        ("members", "0.00"),
    ]
    assert page["shipping_not_judged"] == []


def test_tags_and_messages_are_not_promised(edge: ApiEdge, store: StoreRef) -> None:
    large = {"type": "order_value", "limits": [{"currency": "USD", "min": "100"}]}
    said = {"en": {"title": "Hello", "body": "Thank you."}}
    rules = [
        rule_of({"type": "message", "texts": said}, "thanks", scope="order", when=large),
        rule_of({"type": "tag", "tag": "fan"}, "fan", scope="order", when=large),
        rule_of(
            {"type": "tag", "tag": "new"},
            "new",
            scope="order",
            when={"type": "nth_order", "max": 1},
        ),
        rule_of({"type": "points_per_order", "points": 5}, "five", scope="order", when=large),
    ]
    publish_in(edge, store, program_of(PURCHASES, *rules))
    page = asked(edge, store, {"net": "60"}).json()
    assert [one["rule"] for one in page["steps"]] == ["five"]
    assert page["not_judged"] == []


def test_what_is_not_said_is_not_guessed(edge: ApiEdge, open_store: StoreRef) -> None:
    page = asked(edge, open_store, {"net": "50"}, language_header="tr").json()
    assert page["points"] == 50
    shoes, _ = page["not_judged"]
    assert (shoes["id"], shoes["name"], shoes["needs"]) == (
        "shoes",
        "Ayakkabıya iki kat",
        ["category"],
    )
    assert "shoes" in shoes["when"]


def test_what_plugins_ask_of_metadata_is_not_judged(edge: ApiEdge, store: StoreRef) -> None:
    def bottled(_settings: Any, seen: Seen) -> bool:
        return seen.line is not None and "bottle" in seen.line.metadata

    lines: Any = frozenset({"line"})
    kinds = Kinds().with_plugin(
        "shop",
        (condition("bottled", bottled, levels=lines, looks_at=frozenset({"product_metadata"})),),
        (),
    )
    with plugin_kinds.using(kinds):
        rule = rule_of(
            {"type": "multiplier", "factor": "2"}, "bottles", when=if_line("shop.bottled")
        )
        publish_in(edge, store, program_of(PURCHASES, rule))
        page = asked(edge, store, {"net": "50"}).json()
    assert page["points"] == 50
    assert [(one["id"], one["needs"]) for one in page["not_judged"]] == [
        ("bottles", ["product_metadata"])
    ]


def test_a_price_on_the_other_side_of_the_tax_is_told(edge: ApiEdge, open_store: StoreRef) -> None:
    page = asked(edge, open_store, {"gross": "54", "categories": []}).json()
    assert (page["points"], page["approximate"]) == (54, True)
    both = asked(edge, open_store, {"gross": "54", "net": "50", "categories": []}).json()
    assert (both["points"], both["approximate"]) == (50, False)


def test_one_product_is_kept_by_caches(edge: ApiEdge, open_store: StoreRef) -> None:
    query = (
        f"/api/storefront/v1/estimate?store={open_store.api_url}&channel=default-channel"
        "&currency=USD&net=25&category=shoes&category=all"
    )
    answer = edge.get(query)
    assert answer.json()["points"] == 50
    assert answer.headers["cache-control"].startswith("public, max-age=")
    again = edge.get(query, {"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_nothing_is_promised_while_earning_is_off(edge: ApiEdge, open_store: StoreRef) -> None:
    def switch(conn: Connection) -> None:
        for part in (Part.EARNING, Part.SHIPPING):
            set_switch(conn, open_store.id, part, False, edge.clock())

    edge.database.write(switch)
    page = asked(edge, open_store, {"net": "50"}).json()
    assert (page["points"], page["steps"], page["not_judged"], page["shipping"]) == (0, [], [], [])


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"currency": "EUR"}, 400, "currency_mismatch"),
        ({"channel": "no-such"}, 400, "channel_unknown"),
        ({"lines": []}, 422, "request_invalid"),
        ({"lines": [{"net": "1"}] * 101}, 422, "request_invalid"),
        ({"lines": [{"quantity": 1}]}, 422, "request_invalid"),
        ({"lines": [{"net": "-1"}]}, 422, "request_invalid"),
        ({"lines": [{"net": "1e9"}]}, 422, "request_invalid"),
        ({"lines": [{"net": 12.5}]}, 422, "request_invalid"),
        ({"lines": [{"net": "1", "quantity": 0}]}, 422, "request_invalid"),
    ],
)
def test_what_cannot_be_estimated_is_told(
    edge: ApiEdge, open_store: StoreRef, changes: dict[str, Any], status: int, code: str
) -> None:
    body = PRICED | {"lines": [{"net": "1"}]} | changes
    answer = edge.send("POST", f"/api/storefront/v1/estimate?store={open_store.api_url}", {}, body)
    assert told(answer) == (status, code)


def test_goods_that_cost_nothing_earn_nothing(edge: ApiEdge, open_store: StoreRef) -> None:
    assert asked(edge, open_store, {"net": "0"}).json()["points"] == 0


def test_without_a_program_or_a_price_there_is_no_estimate(
    edge: ApiEdge, proposed: StoreRef
) -> None:
    assert told(asked(edge, proposed, {"net": "1"})) == (404, "program_not_published")
    query = f"store={proposed.api_url}&channel=default-channel&currency=USD"
    assert told(edge.get(f"/api/storefront/v1/estimate?{query}")) == (422, "price_missing")


def test_without_a_token_the_store_is_named(edge: ApiEdge, open_store: StoreRef) -> None:
    path, body = "/api/storefront/v1/estimate", PRICED | {"lines": [{"net": "90"}]}
    assert told(edge.send("POST", path, {}, body)) == (400, "store_missing")
    query = "channel=default-channel&currency=USD&net=90"
    assert told(edge.get(f"{path}?{query}", {})) == (400, "store_missing")
    assert edge.get(f"{path}?{query}&store={open_store.api_url}", {}).status_code == 200


def test_an_address_is_counted_for_each_store_by_itself(
    database: Database, clock: ManualClock, key: SigningKey
) -> None:
    edge = ApiEdge(database, clock, key, limits={"estimate": "2/minute"})
    stores = []
    for _ in range(2):
        stores.append(edge.store())
        publish_in(edge, stores[-1], program_of(PURCHASES))
    assert [asked(edge, stores[0], {"net": "1"}).status_code for _ in range(3)] == [200, 200, 429]
    assert asked(edge, stores[1], {"net": "1"}).status_code == 200
    edge.close()


def test_prices_of_a_channel_that_shows_them_with_tax_are_taken_with_tax(
    edge: ApiEdge, open_store: StoreRef
) -> None:
    page = asked(
        edge,
        open_store,
        {"gross": "120", "net": "100", "categories": []},
        channel="channel-tr",
        currency="TRY",
    ).json()
    assert page["points"] == 12
