"""A shop in which every counter beside the ledger has counted something."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.audit_counters import audit_all
from saleor_loyalty_app.ledger.auditing import Drift
from tests.any_history import Shop
from tests.any_program import BASE, BIRTHDAY, REWARD
from tests.order_books import program
from tests.order_samples import START

_MONTH = {"per_member": {"points": 5000, "times": 9, "period": "month"}}
RULES: list[dict[str, Any]] = [
    {**BASE, "caps": _MONTH},
    {"id": "status", "scope": "line", "then": {"type": "status_points", "factor": "1"}},
    {**BIRTHDAY, "caps": _MONTH},
    {
        "id": "visits",
        "trigger": "custom_event",
        "on": ["visit"],
        "then": {"type": "points", "points": 20},
        "caps": _MONTH,
    },
    {
        "id": "line",
        "trigger": "milestone",
        "milestone": {"line": {"type": "points", "min": 300}, "keep": False},
        "then": {"type": "points", "points": 70},
    },
]
LEVELS = [
    {
        "id": "silver",
        "names": {"en": "Silver"},
        "requirements": {"status_points": {"min": 100}},
        "entry_points": 40,
    },
    {"id": "gold", "names": {"en": "Gold"}, "requirements": {"status_points": {"min": 9000}}},
]
CAMPAIGN = {
    "kind": "points",
    "name": "More",
    "texts": {"en": {"title": "More"}},
    "starts_at": (START - timedelta(days=2)).isoformat(),
    "ends_at": (START + timedelta(days=2)).isoformat(),
    "times": "2",
    "budget": {"points": 90000, "when_reached": "stop"},
}


def document(*more: dict[str, Any], **settings: Any) -> dict[str, Any]:
    """A program in which every section says something."""
    return program(availability={"after": "payment", "days": 0}, **settings) | {
        "earning": {"rules": [*RULES, *more]},
        "tiers": {"enabled": True, "levels": LEVELS},
        "bonuses": {"birthdays": {"asked": True}},
        "events": {"types": [{"id": "visit", "name": {"en": "Visit"}}]},
        "rewards": {"items": [REWARD]},
    }


def busy_shop(database: Database) -> Shop:
    """Orders, one partly refunded, deeds, one taken back, a reward that is taken, one given up."""
    shop = Shop(database, document(), CAMPAIGN)
    # Members are met by a walk once it is certain that they are there.
    shop.now += timedelta(minutes=5)
    shop.do(("buy", 1, ["70.00", "33.33"]))
    shop.do(("work",))
    shop.do(("buy", 2, ["12.34"]))
    shop.do(("refund", 1, Decimal("0.25")))
    shop.do(("happen", "birthday"))
    for reference in (1, 2):
        shop.do(("report", reference))
    shop.do(("remove", 2))
    shop.do(("claim",))
    shop.do(("release",))
    shop.do(("claim",))
    shop.do(("work",))
    shop.check_audit()
    return shop


def spoil(shop: Shop, wrong: Iterable[sa.Executable]) -> None:
    """Somebody changes rows behind the app's back."""

    def write(conn: sa.Connection) -> None:
        for statement in wrong:
            conn.execute(statement)

    shop.database.write(write)


class _Back(Exception):
    """Nothing of a transaction stays."""


def found_after(shop: Shop, wrong: Iterable[sa.Executable]) -> list[Drift]:
    """What the audit finds after somebody changed rows behind the app's back; all is undone."""
    found: list[Drift] = []

    def write(conn: sa.Connection) -> None:
        for statement in wrong:
            assert conn.execute(statement).rowcount, f"it changes nothing: {statement}"
        found.extend(audit_all(conn, shop.store, now=shop.now))
        raise _Back

    with pytest.raises(_Back):
        shop.database.write(write)
    return found
