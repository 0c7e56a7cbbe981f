"""What staff see beside customers, orders and vouchers in the Dashboard."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members.models import MemberIdentity
from saleor_loyalty_app.orders import refresh
from sandbox.box import id_of
from tests.contract.story_teller import Cast
from tests.integration.api.spending_scene import SpendingScene, told
from tests.order_books import KEYS
from tests.redemption_stage import OTHER, SHOPPER
from tests.signing import SigningKey

API = "/api/dashboard/v1/widgets"
Data = dict[str, Any]


@pytest.fixture
def scene(database: Database, key: SigningKey) -> Iterator[SpendingScene]:
    """A shopper who is written to in Turkish, with 1000 points; the staff read English."""
    made = SpendingScene(database, key, limits={})
    made.stage.give(1000)
    row = {
        "store_id": made.stage.store.id,
        "member_id": made.stage.members[SHOPPER],
        "email": SHOPPER,
        "email_key": KEYS.current(made.stage.store.id, SHOPPER),
        "confirmed": True,
        "language": "TR_TR",
        "updated_at": made.stage.now,
    }
    identities = table(MemberIdentity)
    made.stage.database.write(lambda conn: conn.execute(sa.insert(identities).values(row)))
    yield made
    made.close()


def ask(scene: SpendingScene, path: str, **changes: Any) -> httpx.Response:
    return scene.edge.get(f"{API}/{path}", staff(scene, **changes))


def staff(scene: SpendingScene, **changes: Any) -> dict[str, str]:
    return scene.edge.staff(scene.stage.store, **changes) | {"Accept-Language": "en"}


def seen(answer: httpx.Response) -> Data:
    assert answer.status_code == 200, answer.text
    found: Data = answer.json()
    return found


def refund(scene: SpendingScene, order: str, line: str, quantity: int) -> httpx.Response:
    body = {"order_id": order, "lines": [{"id": line, "quantity": quantity}]}
    return scene.edge.send("POST", f"{API}/order/refund-preview", staff(scene), body)


def book(scene: SpendingScene, order: str) -> None:
    """Saleor told of the order, and it was looked at."""
    stage = scene.stage
    stage.database.write(
        lambda conn: refresh.expect_refresh(conn, stage.store.id, order, now=stage.now)
    )
    stage.box.clock.advance(timedelta(minutes=6))
    stage.book_orders()


def buy(scene: SpendingScene, *, points: int = 500) -> str:
    """Two shirts, paid with points in part; gives the order's id."""
    checkout = scene.stage.cart()
    scene.spend(checkout, points)
    order = scene.stage.pay_and_complete(checkout)
    book(scene, order)
    return order


def test_a_customers_balance_and_movements_are_told_in_two_languages(scene: SpendingScene) -> None:
    order = buy(scene)
    told_now = seen(ask(scene, f"customer?customer_id={scene.stage.users[SHOPPER]}"))
    assert told_now["live"] is True
    assert told_now["may_give"] is True
    assert told_now["member"]["id"] == str(scene.stage.members[SHOPPER])
    assert told_now["member"]["language"] == "tr"
    assert told_now["points"]["available"] == 500
    assert told_now["points"]["worth"] == {"amount": "5.00", "currency": "USD"}
    earned = next(one for one in told_now["entries"] if one["kind"] == "earn")
    number = str(scene.stage.box.node(order).number)
    assert earned["state"] == "pending"
    assert earned["order_number"] == number
    assert f"Order {number} earned" in earned["explanation"][0]
    assert earned["for_customer"]["language"] == "tr"
    assert "puan" in earned["for_customer"]["text"]
    assert "points" not in earned["for_customer"]["text"]


def test_a_customer_who_is_not_in_the_books_has_nothing_and_no_member(
    scene: SpendingScene,
) -> None:
    found = seen(ask(scene, "customer?customer_id=VXNlcjo5OTk="))
    assert found["member"] is None
    assert found["entries"] == []
    assert found["points"]["available"] == found["debt"] == 0


def test_who_may_not_give_points_is_told_so(scene: SpendingScene) -> None:
    rights = {"permissions": ["MANAGE_ORDERS"], "user_permissions": ["MANAGE_ORDERS"]}
    user = scene.stage.users[SHOPPER]
    assert seen(ask(scene, f"customer?customer_id={user}", **rights))["may_give"] is False


def test_an_order_shows_what_it_brought_and_cost_and_what_can_be_refunded(
    scene: SpendingScene,
) -> None:
    order = buy(scene)
    found = seen(ask(scene, f"order?order_id={order}"))
    assert found["number"] == str(scene.stage.box.node(order).number)
    assert found["member"]["user_id"] == scene.stage.users[SHOPPER]
    assert found["earned"] > 0
    assert (found["state"], found["waits_for"], found["note"]) == ("pending", "fulfillment", None)
    assert [(one["points"], one["restored"]) for one in found["spent"]] == [(500, 0)]
    assert found["spent"][0]["discount"] == {"amount": "5.00", "currency": "USD"}
    assert [(one["quantity"], one["left"]) for one in found["lines"]] == [(2, 2)]
    assert found["lines"][0]["name"] == "Linen shirt"
    assert {one["kind"] for one in found["entries"]} == {"earn", "redeem"}
    earned = next(one for one in found["entries"] if one["kind"] == "earn")
    assert "2 × Linen shirt" in earned["explanation"][1]


def test_what_a_refund_is_said_to_do_is_what_it_does(scene: SpendingScene) -> None:
    """The preview beside an order, against the books after the refund."""
    stage = scene.stage
    order = buy(scene)
    [line] = seen(ask(scene, f"order?order_id={order}"))["lines"]
    foretold = seen(refund(scene, order, line["id"], 1))
    assert foretold["takes_back"] > 0
    assert foretold["restores"] == 250
    assert foretold["forgiven"] == 0
    assert foretold["sentences"][-1] == "250 points that were spent return to the customer."

    before = stage.balance()
    stage.teller.cast = Cast(stage.box.staff_token(), stage.box.gateway().token, None)
    transaction = stage.teller.read(order, "transactions { id }")["transactions"][0]["id"]
    stage.teller.grant_and_refund(order, transaction, line=line["id"])
    book(scene, order)
    after = stage.balance()
    assert before.pending - after.pending == foretold["takes_back"]
    assert after.available - before.available == foretold["restores"]


def test_a_refund_of_everything_takes_and_restores_everything(scene: SpendingScene) -> None:
    order = buy(scene)
    found = seen(ask(scene, f"order?order_id={order}"))
    foretold = seen(refund(scene, order, found["lines"][0]["id"], 99))
    assert (foretold["takes_back"], foretold["restores"]) == (found["earned"], 500)
    points = scene.stage.points()
    assert seen(refund(scene, order, found["lines"][0]["id"], 99)) == foretold
    assert scene.stage.points() == points, "a preview changes nothing"


def test_an_order_that_is_not_paid_says_what_it_waits_for(scene: SpendingScene) -> None:
    draft = scene.stage.draft()
    found = seen(ask(scene, f"order?order_id={draft}"))
    assert (found["earned"], found["state"], found["waits_for"]) == (0, "none", "payment")
    assert found["note"] == "Points come once the order is paid in full."


def test_a_saleor_that_does_not_answer_costs_the_lines_only(scene: SpendingScene) -> None:
    order = buy(scene)

    def down(_operation: str) -> None:
        raise httpx.ConnectError("down")

    scene.stage.network.before = down
    found = seen(ask(scene, f"order?order_id={order}"))
    assert found["lines"] is None
    assert found["problem"]["code"] == "saleor_unavailable"
    assert found["earned"] > 0
    assert told(refund(scene, order, "T3JkZXJMaW5lOjE=", 1)) == (503, "saleor_unavailable")


def test_an_order_that_nobody_knows_is_said_to_be_gone(scene: SpendingScene) -> None:
    for unknown in ("T3JkZXI6OTk5OTk=", "VXNlcjox", "x"):
        found = seen(ask(scene, f"order?order_id={unknown}"))
        assert (found["number"], found["lines"]) == (None, None)
        assert found["problem"]["code"] == "order_gone"
        assert told(refund(scene, unknown, "T3JkZXJMaW5lOjE=", 1)) == (404, "order_gone")


def test_a_voucher_tells_which_redemption_made_it_and_what_became_of_it(
    scene: SpendingScene,
) -> None:
    code = scene.stage.bearer(500)
    voucher = id_of(scene.stage.voucher(code))
    found = seen(ask(scene, f"voucher?voucher_id={voucher}"))
    assert found["redemption"]["id"] == code.public_id
    assert found["member"]["user_id"] == scene.stage.users[SHOPPER]
    assert found["sentences"] == ["Made for 500 points, which are set aside for it."]
    scene.stage.release(code)
    after = seen(ask(scene, f"voucher?voucher_id={voucher}"))
    assert after["redemption"]["state"] == "released"
    assert "given up" in after["sentences"][0]


def test_a_voucher_of_an_order_names_the_order(scene: SpendingScene) -> None:
    order = buy(scene)
    [spent] = seen(ask(scene, f"order?order_id={order}"))["spent"]
    known = scene.stage.spender.find(scene.stage.store, spent["id"], None)
    found = seen(ask(scene, f"voucher?voucher_id={id_of(scene.stage.voucher(known))}"))
    number = str(scene.stage.box.node(order).number)
    assert found["order_number"] == number
    assert found["sentences"] == [f"Made for 500 points, which were spent on order {number}."]


def test_a_voucher_of_somebody_else_is_nothing_of_ours(scene: SpendingScene) -> None:
    found = seen(ask(scene, "voucher?voucher_id=Vm91Y2hlcjo5OTk="))
    assert found == {"redemption": None, "member": None, "order_number": None, "sentences": []}


def test_who_may_see_no_customers_sees_vouchers_without_their_owner(scene: SpendingScene) -> None:
    rights = {"permissions": ["MANAGE_DISCOUNTS"], "user_permissions": ["MANAGE_DISCOUNTS"]}
    voucher = id_of(scene.stage.voucher(scene.stage.bearer(500)))
    found = seen(ask(scene, f"voucher?voucher_id={voucher}", **rights))
    assert found["redemption"] is not None
    assert found["member"] is None
    user = scene.stage.users[OTHER]
    for path in (f"customer?customer_id={user}", "order?order_id=T3JkZXI6MQ=="):
        assert told(ask(scene, path, **rights)) == (403, "missing_user_permission")


def test_another_store_is_told_nothing(scene: SpendingScene) -> None:
    order = buy(scene)
    other = scene.edge.store(saleor_api_url="https://other.example.com/graphql/", app_id="QXBwOjk5")
    headers = scene.edge.staff(other)
    user = scene.stage.users[SHOPPER]
    found = scene.edge.get(f"{API}/customer?customer_id={user}", headers).json()
    assert (found["member"], found["entries"]) == (None, [])
    ours = scene.edge.get(f"{API}/order?order_id={order}", headers).json()
    assert (ours["number"], ours["member"], ours["entries"], ours["spent"]) == (None, None, [], [])


def test_the_first_page_shows_how_large_the_program_is_and_what_is_wrong(
    scene: SpendingScene,
) -> None:
    order = buy(scene)
    earned = seen(ask(scene, f"order?order_id={order}"))["earned"]
    found = seen(ask(scene, "home"))
    assert (found["live"], found["days"], found["members"]) == (True, 30, 2)
    assert (found["issued"], found["redeemed"]) == (earned, 500)
    assert found["outstanding"] == 500 + earned
    assert found["liability"] == [{"amount": f"{(500 + earned) / 100:.2f}", "currency": "USD"}]
    assert (found["cases"], found["problems"]) == (0, [])


@pytest.mark.parametrize("path", ["customer?customer_id=", "order?order_id=%00", "voucher"])
def test_ids_that_cannot_be_ids_are_refused(scene: SpendingScene, path: str) -> None:
    assert told(ask(scene, path)) == (422, "request_invalid")
