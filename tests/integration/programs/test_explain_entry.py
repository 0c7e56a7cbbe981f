"""Explanations of entries that the real convergence of an order posted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection, event

from saleor_loyalty_app import ledger, shapes
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.converge_order import converge_order
from saleor_loyalty_app.flows.explain_entry import (
    Explanation,
    explain_entries,
    explain_entry,
)
from saleor_loyalty_app.ledger.errors import EntryNotFound
from saleor_loyalty_app.ledger.models import Entry
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.programs import repository
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef
from tests.factories import make_member, make_store
from tests.order_books import KEYS
from tests.program_samples import PURCHASES, program_of, rule_of

CREATED = datetime(2026, 11, 27, 11, 30, tzinfo=UTC)
FRIDAY = rule_of(
    {"type": "multiplier", "factor": "2"},
    "friday",
    name={"en": "Friday", "tr": "Cuma"},
    when={"type": "weekday", "days": ["fri"]},
)


def money(amount: str) -> dict[str, Any]:
    return {"amount": Decimal(amount), "currency": "USD"}


def taxed(amount: str) -> dict[str, Any]:
    return {"gross": money(amount), "net": money(amount)}


def order(*, refunded: str = "0", minutes: int = 1) -> OrderSnapshot:
    """Two bottles of juice for 12.35 each, paid at once."""
    moment = (CREATED + timedelta(minutes=minutes)).isoformat()
    paid = {"id": "1", "type": "CHARGE_SUCCESS", "createdAt": moment, "amount": money("24.70")}
    back = {"id": "2", "type": "REFUND_SUCCESS", "createdAt": moment, "amount": money(refunded)}
    charged = str(Decimal("24.70") - Decimal(refunded))
    return shapes.convert(
        {
            "id": "T3JkZXI6MQ==",
            "number": "1001",
            "status": "UNFULFILLED",
            "created": CREATED.isoformat(),
            "updatedAt": moment,
            "channel": {"slug": "default-channel", "currencyCode": "USD"},
            "user": {
                "id": "VXNlcjox",
                "email": "ayse@example.com",
                "isActive": True,
                "isConfirmed": True,
            },
            "userEmail": "ayse@example.com",
            "total": taxed("24.70"),
            "shippingPrice": taxed("0"),
            "totalCharged": money(charged),
            "totalRefunded": money(refunded),
            "lines": [
                {
                    "id": "TGluZTox",
                    "quantity": 2,
                    "totalPrice": taxed("24.70"),
                    "undiscountedTotalPrice": taxed("24.70"),
                }
            ],
            "transactions": [
                {
                    "id": "VHJhbnM6MQ==",
                    "createdAt": moment,
                    "chargedAmount": money(charged),
                    "refundedAmount": money(refunded),
                    "events": [paid, back] if Decimal(refunded) else [paid],
                }
            ],
        },
        OrderSnapshot,
    )


def live_store(conn: Connection) -> StoreRef:
    store = make_store(conn, timezone="Europe/Istanbul")
    repository.insert_revision(
        conn,
        store.id,
        program_of(PURCHASES, FRIDAY),
        by="u",
        now=CREATED,
        effective_from=CREATED - timedelta(days=1),
    )
    return store


def look_at(conn: Connection, store: StoreRef, snapshot: OrderSnapshot) -> None:
    now = snapshot.updated_at + timedelta(minutes=1)
    converge_order(conn, store, snapshot, Look.read(now), now=now, secrets=KEYS)


def ids_of_entries(conn: Connection, store: StoreRef) -> list[int]:
    entries = table(Entry)
    query = sa.select(entries.c.id).where(entries.c.store_id == store.id).order_by(entries.c.id)
    return list(conn.execute(query).scalars())


def explanations(conn: Connection, store: StoreRef, language: str) -> list[Explanation]:
    return explain_entries(conn, store.id, ids_of_entries(conn, store), language=language)


def test_an_order_that_earned_and_was_refunded_is_explained(database: Database) -> None:
    def go(conn: Connection) -> None:
        store = live_store(conn)
        look_at(conn, store, order())
        look_at(conn, store, order(refunded="10.00", minutes=30))

        earned, reduced = explanations(conn, store, "en")

        assert earned.amount == 49
        assert earned.sentences == (
            "Order 1001 earned 49 points.",
            (
                "2 × line 1: $24.70, 1 point per $1.00 × 2 (Friday) = 49.4 points"
                " (rule “Points on every purchase”)."
            ),
            "Together 49.4 points, rounded down to 49 points.",
        )
        assert reduced.amount == -20
        assert reduced.sentences[:2] == (
            "20 points taken back from order 1001, because money was refunded.",
            "When it was paid, the order was worth 49 points.",
        )

    database.write(go)


def test_the_explanation_is_there_in_turkish(database: Database) -> None:
    def go(conn: Connection) -> None:
        store = live_store(conn)
        look_at(conn, store, order())

        (earned,) = explanations(conn, store, "tr")

        assert earned.sentences[0] == "1001 numaralı sipariş 49 puan kazandırdı."
        assert "× 2 (Cuma) = 49,4 puan (kural: “Her alışverişe puan”)" in earned.sentences[1]

    database.write(go)


def test_a_later_program_does_not_change_the_explanation(database: Database) -> None:
    def go(conn: Connection) -> None:
        store = live_store(conn)
        look_at(conn, store, order())
        before = explanations(conn, store, "en")
        repository.insert_revision(
            conn,
            store.id,
            program_of(rule_of({"type": "points_per_money", "factor": "9"}, "purchases")),
            by="u",
            now=CREATED,
            effective_from=CREATED + timedelta(days=1),
        )
        assert explanations(conn, store, "en") == before

    database.write(go)


def adjusted(conn: Connection, store: StoreRef, amount: int, note: str) -> int:
    account = ledger.Account(store.id, make_member(conn, store.id), "points")
    ledger.lock_accounts(conn, [account])
    cause = ledger.Cause("staff:1", "points", "user:1", reason={"code": "adjusted", "note": note})
    return ledger.adjust(
        conn, account, amount, cause, key="1", now=CREATED, effective_at=CREATED
    ).entry_id


def test_an_entry_without_order_and_program_is_explained_by_its_reason(
    database: Database,
) -> None:
    def go(conn: Connection) -> None:
        store = make_store(conn)
        entry_id = adjusted(conn, store, 50, "late parcel")
        found = explain_entry(conn, store.id, entry_id, language="en")
        assert found.sentences == ("The store adjusted the balance (+50 points): late parcel",)

    database.write(go)


def test_entries_come_in_the_order_asked_for_and_unknown_ones_are_left_out(
    database: Database,
) -> None:
    def go(conn: Connection) -> None:
        store = live_store(conn)
        look_at(conn, store, order())
        look_at(conn, store, order(refunded="10.00", minutes=30))
        first, second = ids_of_entries(conn, store)
        found = explain_entries(conn, store.id, [second, 999_999, first, second], language="en")
        assert [item.entry_id for item in found] == [second, first]

    database.write(go)


def test_a_page_of_entries_costs_three_queries(database: Database) -> None:
    def go(conn: Connection) -> None:
        store = live_store(conn)
        look_at(conn, store, order())
        look_at(conn, store, order(refunded="10.00", minutes=30))
        ids = ids_of_entries(conn, store)
        statements: list[str] = []

        def note(*arguments: Any) -> None:
            statements.append(arguments[2])

        event.listen(conn, "before_cursor_execute", note)
        explain_entries(conn, store.id, ids, language="en")
        event.remove(conn, "before_cursor_execute", note)
        assert len(statements) == 3

    database.write(go)


def test_an_entry_of_another_store_is_not_found(database: Database) -> None:
    def go(conn: Connection) -> None:
        entry_id = adjusted(conn, make_store(conn), 5, "")
        other = make_store(conn)
        with pytest.raises(EntryNotFound):
            explain_entry(conn, other.id, entry_id, language="en")

    database.write(go)


def test_an_order_whose_state_is_gone_keeps_its_headline(database: Database) -> None:
    def go(conn: Connection) -> None:
        store = live_store(conn)
        account = ledger.Account(store.id, make_member(conn, store.id), "points")
        ledger.lock_accounts(conn, [account])
        cause = ledger.Cause(
            "order:gone", "points", "app", reason={"code": "order_earned", "order": "7"}
        )
        entry_id = ledger.earn(
            conn,
            account,
            5,
            cause,
            key="1",
            now=CREATED,
            effective_at=CREATED,
            available_from=CREATED,
            expires_at=None,
        ).entry_id
        found = explain_entry(conn, store.id, entry_id, language="en")
        assert found.sentences == ("Order 7 earned 5 points.",)

    database.write(go)


def test_switching_earning_off_leaves_nothing_to_explain(database: Database) -> None:
    def go(conn: Connection) -> None:
        store = replace(live_store(conn), earning_on=False)
        look_at(conn, store, order())
        assert explanations(conn, store, "en") == []

    database.write(go)
