"""An entry that takes something back names what it takes back, and why."""

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.award_deed import award_deed, reverse_deed
from saleor_loyalty_app.flows.explain_entry import explain_entries
from saleor_loyalty_app.flows.take_event import REMOVED
from saleor_loyalty_app.ledger.models import Entry
from saleor_loyalty_app.programs.deeds import DeedFacts
from saleor_loyalty_app.stores.refs import StoreRef
from tests.factories import make_member
from tests.order_books import NOW, live_store, program

VISIT = DeedFacts("custom_event", "visit", NOW, "visit:1")
TEN = DeedFacts("milestone", "ten", NOW, "milestone:ten:orders")
GOLD = DeedFacts("tier_reached", "gold", NOW, "tier:gold")
POINTS = {"type": "points", "points": 20}
STATUS = {"type": "status_points", "points": 20}


def document(then: dict[str, Any]) -> dict[str, Any]:
    visit = {"id": "visits", "trigger": "custom_event", "on": ["visit"], "then": then}
    ten = {
        "id": "ten",
        "name": {"en": "Ten orders", "tr": "On sipariş"},
        "trigger": "milestone",
        "milestone": {"line": {"type": "orders", "min": 10}},
        "then": then,
    }
    gold = {"id": "golden", "trigger": "tier_reached", "on": ["gold"], "then": then}
    names = {"en": "Gold", "tr": "Altın"}
    spend = {"spend": {"limits": [{"currency": "USD", "min": "500"}]}}
    return program() | {
        "tiers": {
            "enabled": True,
            "levels": [{"id": "gold", "names": names, "requirements": spend}],
        },
        "events": {"types": [{"id": "visit", "name": {"en": "Visit", "tr": "Ziyaret"}}]},
        "earning": {"rules": [visit, ten, gold]},
    }


def told(
    conn: Connection, store: StoreRef, deed: DeedFacts, why: str, language: str
) -> tuple[str, ...]:
    """How the last entry is explained, after a deed was booked and taken back."""
    member = make_member(conn, store.id, user_id="U1", enrolled_at=NOW)
    assert award_deed(conn, store, member, deed, now=NOW).created
    assert reverse_deed(conn, store, member, deed.key, now=NOW, why=why).created
    newest = conn.execute(sa.select(sa.func.max(table(Entry).c.id))).scalar_one()
    [found] = explain_entries(conn, store.id, [newest], language=language)
    assert found.kind == "reverse"
    return found.sentences


@pytest.mark.parametrize(
    ("deed", "why", "then", "language", "said"),
    [
        (VISIT, REMOVED, POINTS, "en", "“Visit” was taken back or removed, and with it 20 points."),
        (
            VISIT,
            REMOVED,
            STATUS,
            "tr",
            "“Ziyaret” geri alındığı ya da kaldırıldığı için 20 statü puanı geri alındı.",
        ),
        (
            TEN,
            "below_line",
            STATUS,
            "en",
            "The milestone “Ten orders” is not reached any more: 20 status points taken back.",
        ),
        (
            TEN,
            "below_line",
            POINTS,
            "tr",
            "“On sipariş” dönüm noktasının altına inildiği için 20 puan geri alındı.",
        ),
        (
            GOLD,
            "tier_lost",
            POINTS,
            "en",
            "The tier “Gold” is not reached any more: 20 points taken back.",
        ),
        (
            GOLD,
            "tier_lost",
            STATUS,
            "tr",
            "“Altın” seviyesinin koşulları artık sağlanmadığı için 20 statü puanı geri alındı.",
        ),
    ],
)
def test_what_is_taken_back_is_named(
    database: Database, deed: DeedFacts, why: str, then: dict[str, Any], language: str, said: str
) -> None:
    store = database.write(lambda conn: live_store(conn, document(then)))
    assert database.write(lambda conn: told(conn, store, deed, why, language)) == (said,)
