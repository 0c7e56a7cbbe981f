"""Checkouts at the web edge: verified, read once, and written only where a code of ours is on."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app import metrics
from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.inbox_problems import review_inbox
from saleor_loyalty_app.flows.receive_event import Outcome, receive
from saleor_loyalty_app.handlers.checkouts import CHECKOUTS
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.stores.refs import StoreRef
from tests.redemption_rows import make_ayse, make_redemption
from tests.signing import SigningKey
from tests.webhook_edge import SECRETS, WebhookEdge, counted, event_body, refused


@pytest.fixture
def edge(database: Database, clock: ManualClock) -> Iterator[WebhookEdge]:
    made = WebhookEdge(database, [CHECKOUTS], clock)
    yield made
    made.close()


class Writes:
    """Counts the statements of a database that change something."""

    def __init__(self, database: Database) -> None:
        self.statements: list[str] = []
        sa.event.listen(database.engine, "before_cursor_execute", self)

    def __call__(self, _conn: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.lstrip().upper().startswith(("SELECT", "PRAGMA", "BEGIN")):
            self.statements.append(statement)


def spent(edge: WebhookEdge, store: StoreRef, **values: Any) -> RedemptionRef:
    now = edge.clock()
    return edge.database.write(
        lambda conn: make_redemption(conn, store, make_ayse(conn, store), now=now, **values)
    )


def send(edge: WebhookEdge, store: StoreRef, key: SigningKey, **checkout: Any) -> int:
    told = {"id": "C9", "email": None, "voucherCode": None, "user": None} | checkout
    return edge.deliver("checkouts", store, key, "CheckoutUpdated", checkout=told).status_code


def test_a_checkout_that_is_no_news_writes_nothing(edge: WebhookEdge, key: SigningKey) -> None:
    store = edge.store(key)
    made = spent(edge, store)
    writes = Writes(edge.database)
    before = counted(metrics.webhooks, "checkouts", "unconcerned")
    for more in (
        {},
        {"voucherCode": "SUMMER"},
        {"id": "C1", "voucherCode": made.code, "user": {"id": "U1"}},
    ):
        assert send(edge, store, key, **more) == 200
    assert counted(metrics.webhooks, "checkouts", "unconcerned") == before + 3
    assert writes.statements == []
    assert edge.rows("inbox_message") == edge.rows("redemption_sighting") == []


def test_a_code_of_ours_on_a_foreign_checkout_is_noted_once(
    edge: WebhookEdge, key: SigningKey
) -> None:
    store = edge.store(key)
    made = spent(edge, store)
    for _ in range(3):
        assert send(edge, store, key, voucherCode=made.code, user={"id": "U9"}) == 200
    [row] = edge.rows("redemption_sighting")
    assert (row.checkout_id, row.user_id, row.foreign_checkout) == ("C9", "U9", True)
    assert row.due_at == edge.clock()
    assert edge.rows("inbox_message") == []


def test_a_code_that_is_missing_on_its_checkout_is_looked_for(
    edge: WebhookEdge, key: SigningKey
) -> None:
    store = edge.store(key)
    spent(edge, store)
    assert send(edge, store, key, id="C1", user={"id": "U1"}) == 200
    [row] = edge.rows("redemption")
    assert row.due_at == edge.clock()


def test_codes_of_another_store_are_none_of_ours(edge: WebhookEdge, key: SigningKey) -> None:
    store, other = edge.store(key), edge.store(key)
    made = spent(edge, store)
    assert send(edge, other, key, voucherCode=made.code) == 200
    assert edge.rows("redemption_sighting") == []


def test_signature_and_recipient_are_checked_as_ever(
    edge: WebhookEdge, key: SigningKey, other_key: SigningKey
) -> None:
    store = edge.store(key)
    made = spent(edge, store)
    body = event_body(
        "CheckoutUpdated", store.app_id, checkout={"id": "C9", "voucherCode": made.code}
    )
    assert edge.post("checkouts", body, edge.headers(store, body, other_key)).status_code != 200
    before = refused("wrong_recipient")
    foreign = event_body("CheckoutUpdated", "QXBwOjk5", checkout={"id": "C9"})
    assert edge.post("checkouts", foreign, edge.headers(store, foreign, key)).status_code == 401
    assert refused("wrong_recipient") == before + 1
    assert edge.rows("redemption_sighting") == []


@pytest.mark.parametrize(
    "checkout",
    [{"id": ""}, {"id": "C" * 201}, {"id": "C9", "voucherCode": "X" * 256}, {"id": 7}, []],
)
def test_what_no_saleor_sends_is_refused_and_not_kept(
    edge: WebhookEdge, key: SigningKey, checkout: Any
) -> None:
    store = edge.store(key)
    answer = edge.deliver("checkouts", store, key, "CheckoutUpdated", checkout=checkout)
    assert answer.status_code == 400
    assert edge.rows("dead_letter") == []


def test_a_checkout_that_is_completed_by_now_is_no_news(edge: WebhookEdge, key: SigningKey) -> None:
    store = edge.store(key)
    answer = edge.deliver("checkouts", store, key, "CheckoutUpdated", checkout=None)
    assert answer.status_code == 200


def test_what_saleor_could_not_fill_is_told_to_the_owner_until_it_is_quiet(
    edge: WebhookEdge, key: SigningKey, clock: ManualClock
) -> None:
    store = edge.store(key)
    errors = [{"message": "no", "path": ["event", "checkout", "user"]}]
    answer = edge.deliver(
        "checkouts", store, key, "CheckoutUpdated", checkout={"id": "C9"}, errors=errors
    )
    assert answer.status_code == 200
    [row] = edge.rows("store_problem")
    assert (row.problem_key, row.resolved_at) == ("unkept-webhook-errors-checkouts", None)
    for hours, is_over in ((5, False), (2, True)):
        clock.advance(timedelta(hours=hours))
        review_inbox(edge.database, store, clock())
        [row] = edge.rows("store_problem")
        assert (row.resolved_at is not None) == is_over


def test_a_caller_that_waits_gets_the_same(edge: WebhookEdge, key: SigningKey) -> None:
    store = edge.store(key)
    made = spent(edge, store)

    def take_in(code: str | None) -> Outcome:
        told = {"id": "C9", "voucherCode": code}
        body = event_body("CheckoutUpdated", store.app_id, checkout=told)
        return receive(edge.database, CHECKOUTS, store, body, now=edge.clock(), secrets=SECRETS)

    assert take_in(None) is Outcome.unconcerned
    assert take_in(made.code) is Outcome.accepted
    assert take_in(made.code) is Outcome.unconcerned
