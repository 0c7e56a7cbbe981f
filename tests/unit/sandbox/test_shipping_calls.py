"""Asking apps for shipping methods: what they are told, and what becomes of their answers."""

from typing import Any

import pytest

from tests.contract.story_teller import ADDRESS
from tests.unit.sandbox.shipping_app import FREE, FREE_ID, SHOPPER, Counter, manifest

LIST, FILTER = "shipping_list_methods_for_checkout", "checkout_filter_shipping_methods"
BUILT_IN = ["Standard", "Express", "Next day"]


def test_the_app_hears_of_the_cart_and_of_what_the_store_itself_offers() -> None:
    till = Counter.open()
    till.fill()
    till.methods()
    listed, filtered = till.app.requests
    assert listed.url == "http://app.test/list"
    assert listed.header("saleor-signature") == till.box.sign(listed.body)
    body = listed.json()
    assert body["issuingPrincipal"] is None
    assert body["checkout"]["user"] == {"email": SHOPPER}
    assert body["checkout"]["lines"] == [
        {
            "quantity": 2,
            "isGift": False,
            "undiscountedUnitPrice": {"amount": 75.0},
            "variant": {
                "pricing": {
                    "onSale": False,
                    "price": {"gross": {"amount": 81.0}, "net": {"amount": 75.0}},
                    "priceUndiscounted": {"gross": {"amount": 81.0}},
                    "discount": None,
                }
            },
        }
    ]
    standard = body["shippingMethods"][0]
    assert standard == {
        "id": "U2hpcHBpbmdNZXRob2Q6MQ==",
        "name": "Standard",
        "active": True,
        "message": "",
        "price": {"amount": 5.0, "currency": "USD"},
        "minimumDeliveryDays": 3,
        "maximumDeliveryDays": 5,
        "minimumOrderPrice": None,
    }
    assert [each["name"] for each in body["shippingMethods"]] == BUILT_IN
    assert [each["id"] for each in filtered.json()["shippingMethods"]][-1] == FREE_ID


def test_who_calculates_is_who_caused_it() -> None:
    till = Counter.open()
    till.fill()
    till.calculate(by=till.box.app_token("saleor.loyalty"))
    principal = till.app.requests[0].json()["issuingPrincipal"]
    assert principal == {"__typename": "App", "identifier": "saleor.loyalty"}


def test_an_apps_method_is_shown_beside_the_stores_own() -> None:
    till = Counter.open()
    till.fill()
    methods = till.methods()
    assert list(methods) == [*BUILT_IN, "Free for members"]
    assert methods["Free for members"] == {
        "id": FREE_ID,
        "name": "Free for members",
        "active": True,
        "message": "",
        "price": {"amount": 0.0},
        "metadata": [{"key": "loyalty", "value": "gold"}],
    }


def test_without_an_address_the_app_is_asked_all_the_same_with_no_methods() -> None:
    till = Counter.open()
    till.fill(address=None, by=None)
    assert list(till.methods()) == ["Free for members"]
    body = till.app.requests[0].json()
    assert (body["checkout"]["shippingAddress"], body["shippingMethods"]) == (None, [])


def test_a_country_sees_only_the_methods_that_serve_it() -> None:
    till = Counter.open()
    till.fill(address={**ADDRESS, "country": "DE"})
    assert list(till.methods()) == ["Standard", "Express", "Free for members"]


def test_pricing_is_at_the_channels_country_wherever_the_cart_goes() -> None:
    till = Counter.open()
    till.fill(address={**ADDRESS, "country": "DE"})
    till.methods()
    (line,) = till.app.requests[0].json()["checkout"]["lines"]
    assert line["variant"]["pricing"]["price"]["gross"] == {"amount": 81.0}
    subtotal = till.read("subtotalPrice { gross { amount } }")["subtotalPrice"]
    assert subtotal["gross"]["amount"] == 150.0


@pytest.mark.parametrize(
    "failure",
    [500, 404, 302, None, b"not json", {"methods": [FREE]}, "text", 7.5, []],
    ids=str,
)
def test_a_failure_is_an_app_without_methods(failure: Any) -> None:
    till = Counter.open()
    till.fill()
    till.app.listed = failure
    assert list(till.methods()) == BUILT_IN
    assert till.app.asked() == [LIST, FILTER], "one try, no retry"


@pytest.mark.parametrize(
    "change",
    [
        {"currency": "TRY"},
        {"currency": "usd"},
        {"currency": None},
        {"amount": -1},
        {"amount": "NaN"},
        {"amount": "Infinity"},
        {"amount": "a lot"},
        {"amount": None},
        {"amount": True},
        {"name": "n" * 101},
        {"name": None},
        {"name": 5},
        {"id": None},
        {"id": ["free"]},
        {"description": "d" * 256},
        {"minimum_delivery_days": -1},
        {"maximum_delivery_days": "soon"},
        {"maximum_delivery_days": 1.5},
    ],
    ids=str,
)
def test_a_bad_item_is_left_out_and_the_others_stay(change: dict[str, Any]) -> None:
    till = Counter.open()
    till.fill()
    good = {"id": "good", "name": "Good", "amount": 1, "currency": "USD"}
    till.app.listed = [{**FREE, **change}, "item", None, good]
    assert list(till.methods()) == [*BUILT_IN, "Good"]


@pytest.mark.parametrize(
    "change",
    [{"id": 7}, {"amount": "0.00"}, {"amount": 1e1}, {"name": ""}, {"maximum_delivery_days": "5"}],
    ids=str,
)
def test_odd_items_that_saleor_takes_are_taken(change: dict[str, Any]) -> None:
    till = Counter.open()
    till.fill()
    till.app.listed = [{**FREE, **change}]
    assert len(till.methods()) == len(BUILT_IN) + 1


@pytest.mark.parametrize("metadata", [None, "none", {"": "empty key"}, {"key": 1}], ids=str)
def test_bad_metadata_is_dropped_and_the_method_stays(metadata: Any) -> None:
    till = Counter.open()
    till.fill()
    till.app.listed = [{**FREE, "metadata": metadata}]
    assert till.methods()["Free for members"]["metadata"] == []


def test_an_excluded_method_stays_but_is_not_active() -> None:
    till = Counter.open()
    till.fill()
    standard = till.methods()["Standard"]["id"]
    reason = "Members get it free"
    excluded = [{"id": standard, "reason": reason}, {"id": FREE_ID, "reason": "x"}]
    till.app.filtered = {"excluded_methods": excluded}
    shown = till.calculate()
    assert shown["Standard"]["shippingMethod"]["active"] is False
    assert shown["Standard"]["shippingMethod"]["message"] == reason
    assert shown["Free for members"]["shippingMethod"]["active"] is False
    assert shown["Express"]["shippingMethod"]["active"] is True
    refused = till.refusal("checkoutDeliveryMethodUpdate", f', deliveryMethodId: "{standard}"')
    assert refused == ("deliveryMethodId", "DELIVERY_METHOD_NOT_APPLICABLE")


@pytest.mark.parametrize(
    "answer",
    [
        500,
        b"{",
        [],
        {"excluded_methods": None},
        {"excluded_methods": [{"id": "U2hpcHBpbmdNZXRob2Q6OTk=", "reason": "unknown"}]},
        {"excluded_methods": [{"id": "not an id", "reason": "bad"}, None]},
        {"excluded_methods": [{"id": "U2hpcHBpbmdNZXRob2Q6MQ=="}]},
        {"excluded_methods": [{"id": "U2hpcHBpbmdNZXRob2Q6MQ==", "reason": ""}]},
        {"excluded_methods": [{"id": "T3JkZXI6MQ==", "reason": "of another type"}]},
    ],
    ids=str,
)
def test_a_filter_that_fails_or_gives_no_reason_excludes_nothing(answer: Any) -> None:
    till = Counter.open()
    till.fill()
    till.app.filtered = answer
    assert all(method["active"] for method in till.methods().values())


def test_reasons_of_two_apps_are_joined() -> None:
    till = Counter.open()
    till.box.install(manifest(id="other.app", name="Other"))
    till.fill()
    standard = till.methods()["Standard"]["id"]
    till.app.filtered = {"excluded_methods": [{"id": standard, "reason": "Sorry."}]}
    assert till.calculate()["Standard"]["shippingMethod"]["message"] == "Sorry. Sorry."


@pytest.mark.parametrize(
    ("missing", "asked"),
    [("MANAGE_SHIPPING", [FILTER]), ("MANAGE_CHECKOUTS", [LIST])],
)
def test_an_app_without_the_permission_is_not_asked(missing: str, asked: list[str]) -> None:
    rights = {"MANAGE_SHIPPING", "MANAGE_CHECKOUTS", "MANAGE_USERS"} - {missing}
    till = Counter.open(installed=manifest(permissions=sorted(rights)))
    till.fill()
    till.methods()
    assert till.app.asked() == asked


def test_a_deactivated_app_is_not_asked() -> None:
    till = Counter.open()
    till.box.deactivate(next(iter(till.box.store.apps.values())))
    till.fill()
    assert (list(till.methods()), till.app.asked()) == (BUILT_IN, [])


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("totalPrice { gross { amount } }", "CircularSubscriptionSyncEvent"),
        ("subtotalPrice { gross { amount } }", "CircularSubscriptionSyncEvent"),
        ("shippingPrice { gross { amount } }", "CircularSubscriptionSyncEvent"),
        ("shippingMethods { id }", "CircularSubscriptionSyncEvent"),
        ("lines { unitPrice { gross { amount } } }", "CircularSubscriptionSyncEvent"),
        ("lines { totalPrice { gross { amount } } }", "CircularSubscriptionSyncEvent"),
    ],
)
def test_a_forbidden_field_empties_the_checkout_and_the_app_is_asked_still(
    field: str, code: str
) -> None:
    query = (
        "subscription { event { ... on ShippingListMethodsForCheckout"
        f" {{ checkout {{ id {field} }} shippingMethods {{ name }} }} }} }}"
    )
    asking = manifest(filters=False)
    asking["webhooks"][0]["query"] = query
    till = Counter.open(installed=asking)
    till.fill()
    assert "Free for members" in till.methods()
    body = till.app.requests[0].json()
    assert body["checkout"] is None
    assert [method["name"] for method in body["shippingMethods"]] == BUILT_IN
    assert {error["extensions"]["exception"]["code"] for error in body["errors"]} == {code}


@pytest.mark.parametrize("answer", ["refused", "slow", "error", "garbage", "empty"])
def test_faults_play_an_app_that_does_not_answer(answer: str) -> None:
    till = Counter.open()
    till.fill()
    till.box.set_faults(sync_answer=answer)
    assert list(till.methods()) == BUILT_IN
    assert len(till.app.asked()) == (2 if answer == "slow" else 0)
    till.box.set_faults(sync_answer="")
    assert "Free for members" in till.calculate()


def test_what_was_asked_is_seen_among_the_deliveries() -> None:
    till = Counter.open()
    till.fill()
    till.app.listed = 500
    till.methods()
    asked = [parcel for parcel in till.box.deliveries if parcel.delivery.attempts]
    seen = {parcel.delivery.event_type: parcel.delivery.status for parcel in asked}
    assert seen == {LIST.upper(): "FAILED", FILTER.upper(): "SUCCESS"}
    till.box.run_deliveries(till.app, wait=True)
    assert till.app.asked() == [LIST, FILTER], "it is not sent a second time"


def test_webhooks_for_the_two_events_can_be_made_and_changed_by_mutation() -> None:
    till = Counter.open(installed=manifest(webhooks=[]))
    token = till.box.app_token("saleor.loyalty")
    made = till.teller.ask(
        "webhookCreate",
        "input: WebhookCreateInput!",
        "webhook { id syncEvents { eventType } asyncEvents { name } }",
        token,
        input={
            "name": "list",
            "targetUrl": "http://app.test/later",
            "syncEvents": ["SHIPPING_LIST_METHODS_FOR_CHECKOUT"],
            "query": manifest()["webhooks"][0]["query"],
        },
    )["webhook"]
    assert made["syncEvents"] == [{"eventType": "SHIPPING_LIST_METHODS_FOR_CHECKOUT"}]
    assert made["asyncEvents"] == []
    till.fill()
    till.methods()
    assert [request.url for request in till.app.requests] == ["http://app.test/later"]
    till.teller.ask(
        "webhookUpdate",
        "id: ID!, input: WebhookUpdateInput!",
        "webhook { id }",
        token,
        id=made["id"],
        input={
            "syncEvents": ["CHECKOUT_FILTER_SHIPPING_METHODS"],
            "query": manifest()["webhooks"][1]["query"],
        },
    )
    till.app.asked()
    till.calculate()
    assert till.app.asked() == [FILTER]


def test_an_async_payload_shows_what_is_stored_and_asks_nobody() -> None:
    till = Counter.open()
    till.fill()
    till.methods()
    till.app.asked()
    till.change_quantity(3)
    selection = "checkout { shippingMethods { name } }"
    query = f"subscription {{ event {{ ... on CheckoutUpdated {{ {selection} }} }} }}"
    app = next(iter(till.box.store.apps.values()))
    payload = till.box.render(till.box.emitted[-1], query, app)
    assert payload is not None
    names = [method["name"] for method in payload["checkout"]["shippingMethods"]]
    assert names == [*BUILT_IN, "Free for members"]
    assert till.app.asked() == []
