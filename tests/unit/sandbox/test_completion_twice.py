"""A checkout that is completed, or deleted, while Saleor waits for a shipping app."""

import json
from collections.abc import Callable

import pytest

from sandbox import Request, Response
from tests.unit.sandbox.shipping_app import FREE, Counter

COMPLETE = "mutation ($id: ID!) { checkoutComplete(id: $id) { order { id } errors { code } } }"
DELETE = "mutation ($id: ID!) { checkoutDelete(id: $id) { errors { code } } }"


@pytest.fixture
def till() -> Counter:
    """A till whose cart is covered by the channel's trust, with a delivery gone stale."""
    till = Counter.open()
    till.fill()
    till.choose(till.calculate()["Standard"]["id"])
    till.box.node(till.checkout).channel.allow_unpaid_orders = True
    till.box.node(till.checkout).deliveries_stale_at = till.box.now()
    return till


def _meanwhile(till: Counter, act: Callable[[], None]) -> None:
    """Do something the first time that the store asks for methods."""
    waiting = [act]

    def answer(_request: Request) -> Response:
        if waiting:
            waiting.pop()()
        return Response(200, json.dumps([FREE]).encode())

    till.box.send = answer


def test_both_callers_get_the_one_order(till: Counter) -> None:
    answers = []
    given = {"id": till.checkout}
    _meanwhile(till, lambda: answers.append(till.box.execute(COMPLETE, given)))
    answers.append(till.box.execute(COMPLETE, given))
    (first, second) = (each["data"]["checkoutComplete"] for each in answers)
    assert first == second
    assert first["errors"] == []
    assert len(till.box.store.orders) == 1
    assert [each.event for each in till.box.emitted].count("ORDER_CREATED") == 1


def test_a_checkout_deleted_meanwhile_becomes_no_order(till: Counter) -> None:
    staff, given = till.teller.cast.staff, {"id": till.checkout}

    def delete() -> None:
        assert till.box.execute(DELETE, given, staff)["data"]["checkoutDelete"]["errors"] == []

    _meanwhile(till, delete)
    answer = till.box.execute(COMPLETE, given)["data"]["checkoutComplete"]
    assert answer == {"order": None, "errors": [{"code": "NOT_FOUND"}]}
    assert not till.box.store.orders
