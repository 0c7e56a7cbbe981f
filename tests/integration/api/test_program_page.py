"""What everybody may see of a store's program."""

from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.publish_program import publish
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.stores.models import Store
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.switches import Part, set_switch
from tests.api_edge import ApiEdge
from tests.factories import make_channel
from tests.program_samples import PURCHASES, program_of, rule_of

SPENDING = {
    "minimum_points": 90,
    "step": 50,
    "maximum_share": 40,
    "minimum_orders": [{"channel": "default-channel", "currency": "USD", "money": "20"}],
}
SHIPPING = {
    "offers": [
        {
            "id": "free-over-90",
            "name": {"en": "Free shipping", "tr": "Ücretsiz kargo"},
            "prices": [{"channel": "default-channel", "currency": "USD", "price": "0"}],
            "thresholds": [{"channel": "default-channel", "currency": "USD", "money": "90"}],
        },
        {
            "id": "cheap-for-members",
            "name": {"en": "Member shipping", "tr": "Üye kargosu"},
            "prices": [{"channel": "default-channel", "currency": "USD", "price": "2.5"}],
            "when": {"type": "member", "value": True},
        },
    ]
}


def put_into_force(edge: ApiEdge, store: StoreRef, program: Program) -> None:
    edge.database.write(lambda conn: publish(conn, store, program, by="user:1", now=edge.clock()))


@pytest.fixture
def full(edge: ApiEdge, store: StoreRef) -> StoreRef:
    """A store with two channels, a rule on Mondays, limits on spending, and shipping offers."""
    edge.database.write(
        lambda conn: make_channel(conn, store.id, slug="channel-tr", currency="TRY")
    )
    mondays = rule_of(
        {"type": "multiplier", "factor": "2"},
        "mondays",
        name={"en": "Double on Mondays", "tr": "Pazartesi iki kat"},
        when={"type": "weekday", "days": ["mon"]},
        priority=200,
    )
    off = rule_of({"type": "points_per_unit", "points": 5}, "off", enabled=False)
    put_into_force(
        edge, store, program_of(PURCHASES, mondays, off, spending=SPENDING, shipping=SHIPPING)
    )
    return store


def shown(edge: ApiEdge, store: StoreRef, query: str = "", language: str = "en") -> dict[str, Any]:
    answer = edge.program(f"?store={store.api_url}{query}", {"Accept-Language": language})
    assert answer.status_code == 200, answer.text
    page: dict[str, Any] = answer.json()
    return page


def test_it_tells_what_earns_what_points_are_worth_and_what_ships_free(
    edge: ApiEdge, full: StoreRef
) -> None:
    page = shown(edge, full, "&channel=default-channel")
    assert page["program"] == {
        "name": "Points program",
        "point_name": "point",
        "points_name": "points",
    }
    assert [rule["id"] for rule in page["rules"]] == ["mondays", "purchases"]
    assert page["rules"][0]["name"] == "Double on Mondays"
    assert "Monday" in page["rules"][0]["when"]
    assert page["rules"][1]["when"] is None
    [terms] = page["channels"]
    assert (terms["earn"]["points"], terms["earn"]["amount"]) == (1, "1")
    assert terms["earn"]["text"] == "1 point per $1.00"
    assert (terms["worth"]["points"], terms["worth"]["amount"]) == (1, "0.02")
    assert terms["spending"] == {
        "minimum_points": 100,
        "step": 50,
        "maximum_share": 40,
        "minimum_order": {"amount": "20.00", "currency": "USD"},
        "hold_minutes": 60,
    }
    free, cheap = terms["shipping"]
    assert (free["name"], free["price"]["amount"]) == ("Free shipping", "0.00")
    assert free["threshold"] == {"amount": "90.00", "currency": "USD"}
    assert free["when"] is None
    assert (cheap["price"]["amount"], cheap["threshold"]) == ("2.50", None)
    assert "member" in cheap["when"]


def test_texts_are_in_the_language_of_who_asks(edge: ApiEdge, full: StoreRef) -> None:
    page = shown(edge, full, "&channel=default-channel", "tr-TR, en;q=0.5")
    assert page["program"]["points_name"] == "puan"
    assert page["rules"][0]["name"] == "Pazartesi iki kat"
    assert page["channels"][0]["shipping"][0]["name"] == "Ücretsiz kargo"
    assert page["channels"][0]["earn"]["text"] != "1 point per $1.00"


def test_without_a_channel_all_of_the_program_are_told(edge: ApiEdge, full: StoreRef) -> None:
    page = shown(edge, full)
    assert [one["channel"] for one in page["channels"]] == ["default-channel", "channel-tr"]
    turkish = page["channels"][1]
    assert turkish["shipping"] == []
    assert turkish["spending"]["minimum_order"] is None


def test_a_channel_in_which_nothing_is_earned_or_spent_is_left_out(
    edge: ApiEdge, full: StoreRef
) -> None:
    edge.database.write(lambda conn: make_channel(conn, full.id, slug="channel-jp", currency="JPY"))
    assert shown(edge, full, "&channel=channel-jp")["channels"] == []


def test_parts_that_are_switched_off_are_not_promised(edge: ApiEdge, full: StoreRef) -> None:
    def switch(conn: sa.Connection) -> None:
        for part in (Part.EARNING, Part.SPENDING, Part.SHIPPING):
            set_switch(conn, full.id, part, False, edge.clock())

    edge.database.write(switch)
    page = shown(edge, full, "&channel=default-channel")
    [terms] = page["channels"]
    assert (page["rules"], terms["earn"], terms["spending"], terms["shipping"]) == (
        [],
        None,
        None,
        [],
    )
    assert terms["worth"] is not None


@pytest.mark.parametrize("spelling", ["{url}", "{bare}", "{host}", "{upper}"])
def test_the_store_is_named_by_its_address_or_host(
    edge: ApiEdge, full: StoreRef, spelling: str
) -> None:
    host = full.api_url.split("/")[2]
    named = spelling.format(
        url=full.api_url,
        bare=full.api_url.replace("https://", "HTTPS://"),
        host=host,
        upper=host.upper(),
    )
    assert edge.program(f"?store={named}").status_code == 200


@pytest.mark.parametrize(
    ("named", "status", "code"),
    [
        ("https://elsewhere.example/graphql/", 404, "store_not_found"),
        ("elsewhere.example", 404, "store_not_found"),
        ("store-%25.example", 400, "invalid_api_url"),
        ("http://[", 400, "invalid_api_url"),
        ("ftp://store.example/graphql/", 400, "invalid_api_url"),
        ("%00", 400, "invalid_api_url"),
        ("%F0%9F%92%A5", 400, "invalid_api_url"),
        ("", 422, "request_invalid"),
        ("a" * 501, 422, "request_invalid"),
    ],
)
def test_a_store_that_is_none_is_told(
    edge: ApiEdge, full: StoreRef, named: str, status: int, code: str
) -> None:
    answer = edge.program(f"?store={named}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (status, code)


def test_a_host_with_several_stores_is_not_enough(edge: ApiEdge, store: StoreRef) -> None:
    for path in ("a", "b"):
        edge.store(saleor_api_url=f"https://many.example/{path}/graphql/")
    answer = edge.program("?store=many.example")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "store_ambiguous")
    one = edge.program("?store=https://many.example/a/graphql/")
    assert one.json()["error"]["code"] == "program_not_published"


def test_a_wildcard_in_the_name_finds_no_store(edge: ApiEdge, full: StoreRef) -> None:
    answer = edge.program("?store=store_1.example")
    assert answer.status_code == 404


def test_a_store_that_removed_the_app_is_not_told_of(edge: ApiEdge, full: StoreRef) -> None:
    stores = table(Store)
    edge.database.write(
        lambda conn: conn.execute(
            sa.update(stores).where(stores.c.id == full.id).values(active=False)
        )
    )
    answer = edge.program(f"?store={full.api_url}")
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "store_not_found")


def test_before_a_program_is_published_there_is_none(edge: ApiEdge, proposed: StoreRef) -> None:
    answer = edge.program(f"?store={proposed.api_url}")
    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (404, "program_not_published")


def test_a_channel_that_the_store_does_not_have_is_told(edge: ApiEdge, full: StoreRef) -> None:
    answer = edge.program(f"?store={full.api_url}&channel=no-such")
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "channel_unknown")


def test_who_has_the_answer_already_is_not_sent_it_again(edge: ApiEdge, full: StoreRef) -> None:
    query = f"?store={full.api_url}"
    first = edge.program(query)
    etag = first.headers["etag"]
    assert first.headers["cache-control"].startswith("public, max-age=")
    assert "Accept-Language" in first.headers["vary"]
    for known in (etag, f'"other", W/{etag}', "*"):
        again = edge.program(query, {"If-None-Match": known})
        assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
    assert edge.program(query, {"If-None-Match": '"other"'}).status_code == 200
    turkish = edge.program(query, {"Accept-Language": "tr", "If-None-Match": etag})
    assert (turkish.status_code, turkish.headers["content-language"]) == (200, "tr")


def test_a_changed_program_has_another_etag(edge: ApiEdge, full: StoreRef) -> None:
    query = f"?store={full.api_url}"
    etag = edge.program(query).headers["etag"]
    put_into_force(edge, full, program_of(PURCHASES, name="Another"))
    answer = edge.program(query, {"If-None-Match": etag})
    assert answer.status_code == 200
    assert len(answer.json()["rules"]) == 1
