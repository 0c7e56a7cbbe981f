"""What each rule gave lately is told from the frozen plans, and adds up to what was given."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import sqlalchemy as sa

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.insights.rule_uses import RuleUse, deeds_giving, rule_uses, shares_of
from saleor_loyalty_app.orders.models import OrderState
from saleor_loyalty_app.programs.models import DeedAward
from tests.factories import make_member, make_revision
from tests.integration.insights.ledger_store import US, LedgerStore
from tests.program_samples import document_of

NOW = datetime(2027, 5, 20, 12, tzinfo=UTC)
SINCE = NOW - timedelta(days=30)


def award(
    rule: str, points: str, *multipliers: tuple[str, str], unit: str = "points"
) -> dict[str, Any]:
    told = [{"rule_id": one, "factor": factor} for one, factor in multipliers]
    return {"rule": rule, "unit": unit, "part": "points", "points": points,
            "reason": {"multipliers": told} if told else {}}  # fmt: skip


def plan(*lines: dict[str, Any], order: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:
    return {"lines": [{"id": "1", "quantity": 1, "awards": list(lines)}], "order": list(order)}


def pay(
    kept: LedgerStore, number: int, at: datetime, made: dict[str, Any] | None, withheld: str = ""
) -> None:
    kept.conn.execute(
        sa.insert(table(OrderState)).values(
            store_id=kept.store.id, order_id=f"T3JkZXI6{number}", number=str(number),
            status="FULFILLED", created_at=at, paid_at=at, plan=made,
            withheld=withheld, owner_changes=0, snapshot_hash="", open=False, deferred=False,
            origin="webhook", **US,
        )
    )  # fmt: skip


def deed(kept: LedgerStore, key: str, at: datetime, grants: list[dict[str, Any]]) -> None:
    """A deed of somebody, decided at an instant."""
    store = kept.store.id
    kept.conn.execute(
        sa.insert(table(DeedAward)).values(
            store_id=store, member_id=make_member(kept.conn, store), deed_key=key,
            trigger="birthday", at=at, awarded_at=at, member_facts={}, misses=[], grants=grants,
            revision_id=make_revision(kept.conn, store, document_of()),
        )
    )  # fmt: skip


def test_multipliers_have_what_they_added_and_all_shares_add_up() -> None:
    shares = shares_of(plan(award("base", "60/1", ("weekend", "2"), ("gold", "1.5"))))
    assert shares == {
        ("base", "points"): Fraction(20),
        ("weekend", "points"): Fraction(20),
        ("gold", "points"): Fraction(20),
    }
    assert sum(shares.values()) == 60


def test_a_rule_that_takes_all_away_was_used_and_gave_nothing() -> None:
    assert shares_of(plan(award("base", "0/1", ("excluded", "0")))) == {
        ("base", "points"): 0,
        ("excluded", "points"): 0,
    }


def test_orders_of_the_span_that_earn_are_counted_by_rule(kept: LedgerStore) -> None:
    both = plan(award("base", "41/2"), order=(award("bonus", "5/1"),))
    pay(kept, 1, NOW, both)
    pay(kept, 2, NOW - timedelta(days=29), plan(award("base", "19/2")))
    pay(kept, 3, NOW, plan(award("status", "7/1", unit="status")))
    pay(kept, 4, NOW, both, withheld="hold_out")
    pay(kept, 5, SINCE - timedelta(seconds=1), both)
    found = rule_uses(kept.conn, kept.store.id, SINCE)
    assert found.by_rule == {
        "base": RuleUse(2, Fraction(30)),
        "bonus": RuleUse(1, Fraction(5)),
        "status": RuleUse(1, Fraction(0), Fraction(7)),
    }
    assert (found.orders, found.complete, found.since) == (3, True, SINCE)


def test_of_too_many_orders_the_latest_are_looked_at_and_that_is_told(kept: LedgerStore) -> None:
    for number in range(3):
        pay(kept, number, NOW - timedelta(days=number), plan(award("base", f"{number}/1")))
    found = rule_uses(kept.conn, kept.store.id, SINCE, most=2)
    assert found.by_rule["base"] == RuleUse(2, Fraction(1))
    assert (found.complete, found.since) == (False, NOW - timedelta(days=1))


def test_deeds_that_brought_a_reward_count_beside_those_that_brought_points(
    kept: LedgerStore,
) -> None:
    told = {"rule": "party", "unit": "perk", "points": 0, "reason": {"code": "birthday"}}
    gives = told | {"effect": {"type": "issue_reward", "reward": "mug"}}
    pays = {"rule": "pays", "unit": "points", "points": 50, "reason": {"code": '"effect"'}}
    deed(kept, "birthday:2027", NOW, [gives, pays])
    deed(kept, "birthday:2026", NOW - timedelta(days=29), [gives])
    deed(kept, "birthday:2025", SINCE - timedelta(seconds=1), [gives])
    deed(kept, "answer:size", NOW, [pays])
    found = rule_uses(kept.conn, kept.store.id, SINCE)
    assert found.by_rule == {"party": RuleUse(2)}
    assert rule_uses(kept.conn, kept.store.id, SINCE, most=1).by_rule == {"party": RuleUse(1)}


def test_deeds_of_long_ago_are_not_read_to_count_those_of_late(kept: LedgerStore) -> None:
    conn, store = kept.conn, kept.store.id
    deed(kept, "birthday:2000", NOW, [])
    awards = table(DeedAward)
    row = dict(conn.execute(sa.select(awards)).mappings().one())
    row.pop("id")
    old = NOW - timedelta(days=400)
    more = [row | {"deed_key": f"d:{one}", "awarded_at": old, "at": old} for one in range(2000)]
    conn.execute(sa.insert(awards), more)
    conn.exec_driver_sql("ANALYZE")
    query = deeds_giving(store, SINCE).limit(5000)
    asked = query.compile(conn, compile_kwargs={"literal_binds": True})
    explain = "EXPLAIN QUERY PLAN" if conn.dialect.name == "sqlite" else "EXPLAIN"
    rows = conn.exec_driver_sql(f"{explain} {asked}".replace("%", "%%"))
    plan = "\n".join(str(one[-1]) for one in rows)
    assert "ix_deed_award_awarded" in plan, plan
