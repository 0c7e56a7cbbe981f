"""A shopper spends points on a checkout by the API, before a sandbox store."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import httpx
import pytest

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.flows.publish_program import publish
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.programs.problems import read_program
from saleor_loyalty_app.stores.switches import Part, set_switch
from tests.integration.api.spending_scene import SpendingScene, told
from tests.order_books import KEYS
from tests.program_samples import document_of
from tests.redemption_stage import OTHER, RATES, SHOPPER
from tests.signing import SigningKey


@pytest.fixture
def scene(database: Database, key: SigningKey) -> Iterator[SpendingScene]:
    """A shopper with 1000 points, 100 of which are worth a dollar."""
    made = SpendingScene(database, key, limits={})
    made.stage.give(1000)
    yield made
    made.close()


def test_points_become_a_discount_on_the_checkout(scene: SpendingScene) -> None:
    checkout = scene.stage.cart()
    before = scene.stage.price(checkout)
    answer = scene.spend(checkout, 500)
    found = answer.json()
    assert answer.status_code == 201, answer.text
    assert (found["state"], found["points"], found["restored"]) == ("attached", 500, 0)
    assert found["discount"] == {"amount": "5.00", "currency": "USD"}
    assert (found["checkout_id"], found["order_id"]) == (checkout, None)
    assert (found["ending"], found["error"]) == (None, None)
    assert scene.stage.code_on(checkout) == found["code"]
    assert scene.stage.price(checkout) < before
    assert scene.stage.points() == (500, 500)
    assert answer.headers["location"] == f"/api/storefront/v1/redemptions/{found['id']}"
    assert answer.headers["cache-control"] == "private, no-store"
    assert scene.edge.get(answer.headers["location"], scene.headers()).json() == found


def test_the_same_key_is_the_same_request(scene: SpendingScene) -> None:
    checkout = scene.stage.cart()
    first = scene.spend(checkout, 500, key="wish")
    again = scene.spend(checkout, 500, key="wish")
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert scene.stage.points() == (500, 500)


def test_the_same_key_for_something_else_is_refused(scene: SpendingScene) -> None:
    checkout = scene.stage.cart()
    scene.spend(checkout, 500, key="wish")
    answer = scene.spend(checkout, 400, key="wish")
    assert told(answer) == (409, "idempotency_conflict")
    assert answer.json()["error"]["detail"] == {"key": "wish"}


def test_a_key_of_one_shopper_says_nothing_to_another(scene: SpendingScene) -> None:
    scene.stage.give(1000, OTHER)
    scene.spend(scene.stage.cart(), 500, key="wish")
    theirs = scene.stage.cart(email=OTHER)
    answer = scene.spend(theirs, 500, key="wish", headers=scene.headers(OTHER))
    assert answer.status_code == 201
    assert answer.json()["checkout_id"] == theirs


@pytest.mark.parametrize("wish", ["", "a" * 201, "with space", "tab\t", "ü"])
def test_a_key_that_is_none_is_told(scene: SpendingScene, wish: str) -> None:
    headers = scene.headers() | {"Idempotency-Key": wish}
    answer = scene.edge.send(
        "POST",
        "/api/storefront/v1/redemptions",
        {name: value.encode() for name, value in headers.items()},  # type: ignore[misc]
        {"checkout_id": scene.stage.cart(), "points": 500},
    )
    assert told(answer) == (422, "request_invalid")
    assert answer.json()["error"]["detail"]["fields"][0]["field"].lower() == "idempotency-key"


def test_a_request_without_a_key_is_refused(scene: SpendingScene) -> None:
    answer = scene.edge.send(
        "POST",
        "/api/storefront/v1/redemptions",
        scene.headers(),
        {"checkout_id": scene.stage.cart(), "points": 500},
    )
    assert told(answer) == (422, "request_invalid")
    assert scene.stage.points() == (1000, 0)


@pytest.mark.parametrize("points", [0, -1, 1.5, "500", True, None, 10**7 + 1, 10**400, "x" * 1000])
def test_points_are_a_whole_number(scene: SpendingScene, points: object) -> None:
    answer = scene.spend(scene.stage.cart(), points)
    assert told(answer) == (422, "request_invalid")


@pytest.mark.parametrize(
    "checkout", ["x", "Q2hlY2tvdXQ6MQ==", "T3JkZXI6MQ==", "💥", "a" * 200, "../me"]
)
def test_what_is_no_checkout_is_not_asked_for(scene: SpendingScene, checkout: str) -> None:
    asked = len(scene.stage.network.asked)
    assert told(scene.spend(checkout)) == (404, "cart_unknown")
    assert len(scene.stage.network.asked) == asked


def test_nobody_spends_on_the_checkout_of_another(scene: SpendingScene) -> None:
    theirs = scene.stage.cart(email=OTHER)
    assert told(scene.spend(theirs)) == (404, "cart_unknown")
    assert scene.stage.points() == (1000, 0)


def test_too_few_points_are_told_in_the_language_of_the_shopper(scene: SpendingScene) -> None:
    answer = scene.spend(
        scene.stage.cart(), 1100, headers=scene.headers() | {"Accept-Language": "tr"}
    )
    assert told(answer) == (409, "not_enough_points")
    assert answer.json()["error"]["detail"] == {"available": 1000, "needed": 1100}
    assert answer.headers["content-language"] == "tr"
    assert "1000" in answer.json()["error"]["message"].replace(".", "")


def test_a_second_redemption_of_a_cart_is_refused_with_the_first(scene: SpendingScene) -> None:
    checkout = scene.stage.cart()
    first = scene.spend(checkout, 500).json()
    answer = scene.spend(checkout, 300)
    assert told(answer) == (409, "redemption_live")
    assert answer.json()["error"]["detail"] == {"id": first["id"]}


def test_giving_up_takes_the_discount_off_and_gives_the_points_back(scene: SpendingScene) -> None:
    checkout = scene.stage.cart()
    found = scene.spend(checkout, 500).json()
    for _ in range(2):
        answer = scene.give_up(found["id"])
        assert (answer.status_code, answer.json()["state"]) == (200, "released")
        assert answer.json()["code"] is None
    assert scene.stage.code_on(checkout) is None
    assert scene.stage.points() == (1000, 0)
    assert scene.look(found["id"]).json()["state"] == "released"


def test_redemptions_of_others_are_unknown(scene: SpendingScene) -> None:
    found = scene.spend(scene.stage.cart(), 500).json()
    stranger = scene.headers(OTHER)
    assert told(scene.look(found["id"], stranger)) == (404, "redemption_unknown")
    assert told(scene.give_up(found["id"], stranger)) == (404, "redemption_unknown")
    elsewhere = scene.edge.store()
    foreign = scene.edge.shopper(elsewhere, user_id=scene.stage.users[SHOPPER])
    assert told(scene.look(found["id"], foreign)) == (404, "redemption_unknown")
    assert told(scene.give_up(found["id"], foreign)) == (404, "redemption_unknown")
    assert scene.stage.points() == (500, 500)


@pytest.mark.parametrize("redemption", ["r_x", "0", "-1", "a" * 64])
def test_a_redemption_that_never_was_is_unknown(scene: SpendingScene, redemption: str) -> None:
    assert told(scene.look(redemption)) == (404, "redemption_unknown")
    assert told(scene.give_up(redemption)) == (404, "redemption_unknown")


def test_what_was_spent_is_told_with_its_order_and_not_given_up(scene: SpendingScene) -> None:
    checkout = scene.stage.cart()
    found = scene.spend(checkout, 500).json()
    scene.stage.charge(checkout)
    assert told(scene.give_up(found["id"])) == (409, "payment_under_way")
    assert scene.look(found["id"]).json()["state"] == "attached"


def test_a_saleor_that_is_away_is_told_with_when_to_try_again(scene: SpendingScene) -> None:
    checkout = scene.stage.cart()
    origin = scene.stage.store.api_url.split("/")[2]
    scene.stage.network.broken[origin] = lambda _request: httpx.Response(
        503, headers={"Retry-After": "11"}
    )
    answer = scene.spend(checkout, 500, key="wish")
    assert told(answer) == (503, "saleor_unavailable")
    assert answer.headers["retry-after"] == "11"
    preview = scene.preview(checkout)
    assert told(preview) == (503, "saleor_unavailable")
    assert scene.stage.points() == (1000, 0)


def test_a_saleor_that_fails_on_the_way_is_told_as_202_and_gone_on_with(
    scene: SpendingScene,
) -> None:
    checkout = scene.stage.cart()
    origin = scene.stage.store.api_url.split("/")[2]
    network = scene.stage.network

    def away_for_changes(request: httpx.Request) -> httpx.Response:
        if b"mutation" in request.content:
            raise httpx.ReadTimeout("slow", request=request)
        broken = network.broken.pop(origin)
        try:
            return network(request)
        finally:
            network.broken[origin] = broken

    network.broken[origin] = away_for_changes
    answer = scene.spend(checkout, 500, key="wish")
    found = answer.json()
    assert answer.status_code == 202, answer.text
    assert int(answer.headers["retry-after"]) >= 1
    assert (found["state"], found["code"]) == ("held", None)
    polled = scene.edge.get(answer.headers["location"], scene.headers())
    assert (polled.status_code, polled.json()["state"]) == (200, "held")
    assert "retry-after" in polled.headers
    assert scene.stage.points() == (500, 500)
    del network.broken[origin]
    scene.stage.sweep(timedelta(seconds=60))
    polled = scene.edge.get(answer.headers["location"], scene.headers())
    assert polled.json()["state"] == "attached"
    assert "retry-after" not in polled.headers
    again = scene.spend(checkout, 500, key="wish")
    assert (again.status_code, again.json()["id"]) == (201, found["id"])


def test_spending_stops_with_its_switch(scene: SpendingScene) -> None:
    stage = scene.stage
    stage.database.write(
        lambda conn: set_switch(conn, stage.store.id, Part.SPENDING, False, stage.now)
    )
    checkout = stage.cart()
    assert told(scene.spend(checkout)) == (409, "spending_off")
    spending = scene.preview(checkout).json()["spending"]
    assert (spending["most_points"], spending["refusal"]["code"]) == (0, "spending_off")


# What the cart is told to be


def test_the_cart_tells_what_it_earns_and_takes(scene: SpendingScene) -> None:
    checkout = scene.stage.cart()
    answer = scene.preview(checkout)
    page = answer.json()
    assert answer.status_code == 200, answer.text
    assert (page["id"], page["channel"], page["currency"]) == (checkout, "default-channel", "USD")
    assert page["earning"]["points"] > 0
    spending = page["spending"]
    assert (spending["available"], spending["most_points"]) == (1000, 1000)
    assert spending["most_discount"] == {"amount": "10.00", "currency": "USD"}
    assert (spending["minimum_points"], spending["step"]) == (1, 1)
    assert (spending["refusal"], spending["redemption"]) == (None, None)
    assert answer.headers["cache-control"] == "private, no-store"


def test_the_most_that_is_told_can_be_spent(scene: SpendingScene) -> None:
    scene.stage.give(100_000)
    checkout = scene.stage.cart()
    most = scene.preview(checkout).json()["spending"]["most_points"]
    assert told(scene.spend(checkout, most + 100)) == (409, "above_maximum")
    answer = scene.spend(checkout, most)
    assert answer.status_code == 201, answer.text


def test_points_that_are_spent_on_the_cart_are_told_with_it(scene: SpendingScene) -> None:
    checkout = scene.stage.cart()
    earned = scene.preview(checkout).json()["earning"]["points"]
    redemption = scene.spend(checkout, 500).json()
    page = scene.preview(checkout).json()
    assert page["spending"]["redemption"] == redemption
    assert page["spending"]["refusal"] is None
    assert page["spending"]["available"] == 500
    assert page["earning"]["points"] < earned


def test_one_question_to_saleor_is_enough_for_a_cart(scene: SpendingScene) -> None:
    checkout = scene.stage.cart()
    scene.stage.network.asked.clear()
    scene.preview(checkout)
    assert len(scene.stage.network.asked) == 1


def test_without_a_token_nothing_is_told_of_anybodys_points(scene: SpendingScene) -> None:
    checkout = scene.stage.cart()
    scene.spend(checkout, 500)
    page = scene.anonymous_preview(checkout).json()
    assert page["spending"] is None
    assert page["earning"]["points"] > 0


def test_without_a_token_the_store_has_to_be_named(scene: SpendingScene) -> None:
    assert told(scene.preview(scene.stage.cart(), {})) == (400, "store_missing")


def test_the_cart_of_another_shopper_is_unknown(scene: SpendingScene) -> None:
    theirs = scene.stage.cart(email=OTHER)
    assert told(scene.preview(theirs)) == (404, "checkout_unknown")


@pytest.mark.parametrize(
    "checkout", ["x", "Q2hlY2tvdXQ6MQ==", "a" * 200, "%F0%9F%92%A5", "%00", "T3JkZXI6MQ%3D%3D"]
)
def test_what_is_no_cart_is_unknown(scene: SpendingScene, checkout: str) -> None:
    assert told(scene.preview(checkout)) == (404, "checkout_unknown")
    assert told(scene.anonymous_preview(checkout)) == (404, "checkout_unknown")


def test_a_cart_with_a_coupon_takes_no_points_and_says_why(scene: SpendingScene) -> None:
    checkout = scene.stage.cart()
    scene.stage.box.discounts.voucher(Decimal(10), "SUMMER")
    scene.stage.put_code(checkout, "SUMMER")
    spending = scene.preview(checkout).json()["spending"]
    assert (spending["most_points"], spending["refusal"]["code"]) == (0, "other_code")
    assert told(scene.spend(checkout)) == (409, "other_code")


SHIPPING = {
    "offers": [
        {
            "id": "free-over-200",
            "name": {"en": "Free shipping", "tr": "Ücretsiz kargo"},
            "prices": [{"channel": "default-channel", "currency": "USD", "price": "0"}],
            "thresholds": [{"channel": "default-channel", "currency": "USD", "money": "200"}],
        },
        {
            "id": "member-rate",
            "prices": [{"channel": "default-channel", "currency": "USD", "price": "2.5"}],
            "when": {"type": "member", "value": True},
        },
    ]
}


def put_shipping_into_force(scene: SpendingScene) -> None:
    stage = scene.stage
    program = read_program(document_of(currencies=RATES, shipping=SHIPPING))
    stage.database.write(
        lambda conn: publish(conn, stage.store, program, by="user:1", now=stage.now)
    )


def test_what_is_missing_to_better_delivery_is_told(scene: SpendingScene) -> None:
    put_shipping_into_force(scene)
    checkout = scene.stage.cart()
    rate, free = scene.preview(checkout).json()["shipping"]
    assert (rate["id"], rate["missing"]["amount"], rate["threshold"]) == (
        "member-rate",
        "0.00",
        None,
    )
    assert rate["price"] == {"amount": "2.50", "currency": "USD"}
    assert (free["id"], free["name"]) == ("free-over-200", "Free shipping")
    assert free["threshold"] == {"amount": "200.00", "currency": "USD"}
    assert free["missing"] == {"amount": "50.00", "currency": "USD"}
    scene.stage.change_lines(checkout, 3)
    reached = scene.preview(checkout, scene.headers() | {"Accept-Language": "tr"}).json()
    assert [one["missing"]["amount"] for one in reached["shipping"]] == ["0.00", "0.00"]
    assert reached["shipping"][0]["name"] == "Ücretsiz kargo"


def test_points_that_are_spent_do_not_count_against_the_threshold(scene: SpendingScene) -> None:
    put_shipping_into_force(scene)
    checkout = scene.stage.cart()
    assert scene.spend(checkout, 500).status_code == 201
    free = scene.preview(checkout).json()["shipping"][-1]
    assert free["missing"] == {"amount": "50.00", "currency": "USD"}


def test_the_offers_are_those_of_the_carts_own_shopper(scene: SpendingScene) -> None:
    put_shipping_into_force(scene)
    checkout = scene.stage.cart()
    told_to_all = scene.anonymous_preview(checkout).json()["shipping"]
    assert told_to_all == scene.preview(checkout).json()["shipping"]


def test_delivery_that_is_switched_off_is_not_promised(scene: SpendingScene) -> None:
    put_shipping_into_force(scene)
    stage = scene.stage
    stage.database.write(
        lambda conn: set_switch(conn, stage.store.id, Part.SHIPPING, False, stage.now)
    )
    assert scene.preview(stage.cart()).json()["shipping"] == []


def test_the_preview_is_what_the_order_earns(scene: SpendingScene) -> None:
    stage = scene.stage
    checkout = stage.cart()
    scene.spend(checkout, 500)
    promised = scene.preview(checkout).json()["earning"]["points"]
    order = stage.pay_and_complete(checkout)
    [snapshot] = stage.source.orders_by_ids(stage.store, [order]).orders
    stage.database.write(
        lambda conn: converge_order(
            conn, stage.store, snapshot, Look.read(stage.now), now=stage.now, secrets=KEYS
        )
    )
    assert promised == stage.balance().pending > 0
