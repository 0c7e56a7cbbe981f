"""Each counter that is spoiled is found, on both databases."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.adjustments.models import Adjustment
from saleor_loyalty_app.bonuses.models import BonusGiven
from saleor_loyalty_app.campaigns.models import Campaign, CampaignSpent, CampaignUse
from saleor_loyalty_app.custom_events.models import ReceivedEvent
from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.audit_sums import SUMS
from saleor_loyalty_app.goodwill.models import GoodwillPrompt
from saleor_loyalty_app.ledger.auditing import all_at_once
from saleor_loyalty_app.ledger.models import Entry, Hold
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.milestones.models import MilestonePassed
from saleor_loyalty_app.orders.models import OrderUnit
from saleor_loyalty_app.programs.models import CapUse, DeedAward, RulePerk
from saleor_loyalty_app.rewards.models import (
    Redemption,
    RedemptionUse,
    RewardClaim,
    RewardStock,
)
from saleor_loyalty_app.tiers.models import MemberTier, TierReward
from tests.any_history import Shop
from tests.factories import make_member
from tests.integration.audit.busy_shop import busy_shop, found_after
from tests.kept_postgres import KeptPostgres
from tests.postgres import create_database, drop_database
from tests.redemption_rows import gift_values

DAY = timedelta(days=1)
Wrong = Callable[[Shop], list[sa.Executable]]


@pytest.fixture(scope="module")
def sqlite_books(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """A SQLite database of this file."""
    path = tmp_path_factory.mktemp("busy") / "books.sqlite3"
    shutil.copy(sqlite_template, path)
    with closing(open_database(f"sqlite:///{path}", pool_size=2)) as opened:
        yield opened


@pytest.fixture(scope="module")
def postgres_books(postgres_server_url: str) -> Iterator[Database]:
    """A PostgreSQL database of this file."""
    name = f"loyalty_busy_{os.getpid()}"
    kept = KeptPostgres(create_database(postgres_server_url, name))
    with kept.opened() as opened:
        yield opened
    kept.close()
    drop_database(postgres_server_url, name)


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def shop(request: pytest.FixtureRequest) -> Shop:
    """A shop in which everything has counted something, and somebody has done nothing.

    Whatever is spoiled in it is undone within the same transaction.
    """
    shop = busy_shop(request.getfixturevalue(f"{request.param}_books"))
    shop.write(make_member)
    return shop


def one_of(model: Any, *where: Any) -> Any:
    """The number of one row."""
    rows = table(model)
    return sa.select(sa.func.min(rows.c.id)).where(*where).scalar_subquery()


def more(model: Any, column: str, *where: Any, by: int = 1) -> Wrong:
    """A number is raised in one row, or in all that match where rows have no number."""
    rows = table(model)
    which = [rows.c.id == one_of(model, *where)] if "id" in rows.c else list(where)
    change = sa.update(rows).where(*which).values({column: rows.c[column] + by})
    return lambda _: [change]


def set_to(model: Any, *where: Any, **values: Any) -> Wrong:
    rows = table(model)
    return lambda _: [sa.update(rows).where(*where).values(values)]


def gone(model: Any, *where: Any) -> Wrong:
    return lambda _: [sa.delete(table(model)).where(*where)]


def stranger(shop: Shop) -> Any:
    """The number of who has done nothing."""
    return one_of(Member, table(Member).c.id != shop.member)


def charged_use(shop: Shop) -> list[sa.Executable]:
    """A case that says that nothing was left uncharged, and has no entry."""
    values = {
        "store_id": shop.store.id,
        "redemption_id": one_of(Redemption),
        "order_id": "O9",
        "order_number": "9",
        "kind": "second",
        "by_stranger": False,
        "state": "charged",
        "seen_at": shop.now,
        "decided_by": "user:1",
        "kept": "1",
        "restored": 0,
        "restorings": 0,
    }
    return [sa.insert(table(RedemptionUse)).values(values)]


def adjusted(shop: Shop) -> list[sa.Executable]:
    values = {
        "store_id": shop.store.id,
        "member_id": shop.member,
        "points": 77,
        "reason": "goodwill",
        "note": "",
        "state": "posted",
        "requested_by": "user:1",
        "request_key": "k",
        "request_hash": "h",
        "requested_at": shop.now,
        "requested_on": "2026-11-22",
        "within_budget": True,
        "decided_by": "",
        "decision_note": "",
        "entry_id": one_of(Entry),
    }
    return [sa.insert(table(Adjustment)).values(values)]


def goodwill(shop: Shop) -> list[sa.Executable]:
    values = {
        "store_id": shop.store.id,
        "member_id": shop.member,
        "order_id": "O1",
        "order_number": "1",
        "channel": "default-channel",
        "currency": "USD",
        "signal": "late_delivery",
        "facts": {},
        "suggested": "points",
        "points": 5,
        "amount_milli": 0,
        "as_code": False,
        "automatic": False,
        "state": "given",
        "opened_at": shop.now,
        "opened_by": "app",
        "note": "",
        "decision_note": "",
        "decided_by": "user:1",
        "given": 5,
        "code_state": "",
        "code_why": "",
        "redemption": "",
    }
    return [sa.insert(table(GoodwillPrompt)).values(values)]


def money(shop: Shop) -> list[sa.Executable]:
    campaign = one_of(Campaign)
    return [
        sa.insert(table(CampaignSpent)).values(
            campaign_id=campaign, currency="USD", money_milli=5000
        )
    ]


def stray(shop: Shop) -> list[sa.Executable]:
    return [
        sa.insert(table(CapUse)).values(
            store_id=shop.store.id,
            member_id=shop.member,
            rule_id="base",
            source="order:NONE",
            at=shop.now,
            points=3,
            times=1,
        )
    ]


def perk(shop: Shop) -> list[sa.Executable]:
    """A reward that no plan gives, and that there is not."""
    values = {
        "store_id": shop.store.id,
        "member_id": shop.member,
        "source": "order:O1",
        "rule_id": "base",
        "kind": "issue_reward",
        "state": "given",
        "detail": {"redemption": "rd_none"},
        "turns": 1,
        "changed_at": shop.now,
    }
    return [sa.insert(table(RulePerk)).values(values)]


def loose_gift(shop: Shop) -> list[sa.Executable]:
    """A reward for nothing that no rule gave."""
    values = gift_values(shop.store.id, shop.member, shop.now)
    return [sa.insert(table(Redemption)).values(values)]


_R, _P, _V = table(Redemption).c, table(MilestonePassed).c, table(ReceivedEvent).c
_CU, _OU = table(CapUse).c, table(OrderUnit).c
_OF_ORDER, _OF_DEED = _CU.source.startswith("order:"), _CU.source.startswith("deed:")
WRONGS: dict[str, list[Wrong]] = {
    "order_booked": [
        more(OrderUnit, "booked", _OU.booked > 0),
        gone(OrderUnit, _OU.unit == "points"),
    ],
    "order_postings": [more(OrderUnit, "postings")],
    "order_target": [more(OrderUnit, "waived", _OU.unit == "points")],
    "cap_points": [
        more(CapUse, "points", _OF_ORDER),
        more(CapUse, "points", _OF_DEED, by=-1),
        gone(CapUse),
    ],
    "cap_times": [more(CapUse, "times", _OF_ORDER), more(CapUse, "times", _OF_DEED)],
    "cap_place": [
        lambda shop: set_to(CapUse, _OF_ORDER, at=shop.now - DAY)(shop),
        lambda shop: set_to(CapUse, _OF_DEED, at=shop.now - DAY)(shop),
        lambda shop: set_to(CapUse, _OF_ORDER, member_id=stranger(shop))(shop),
    ],
    "cap_stray": [stray],
    "campaign_points": [more(Campaign, "spent_points", by=-1), more(Campaign, "spent_points")],
    "campaign_money": [money],
    "campaign_use": [more(CampaignUse, "points"), gone(CampaignUse)],
    "reward_stock": [more(RewardStock, "drawn"), gone(RewardStock)],
    "claim_returned": [
        set_to(RewardClaim, table(RewardClaim).c.returned_at.is_not(None), returned_at=None)
    ],
    "redemption_spent": [set_to(Redemption, _R.state == "released", state="consumed")],
    "redemption_held": [set_to(Hold, table(Hold).c.state == "open", state="captured")],
    "redemption_restored": [more(Redemption, "restored")],
    "redemption_steps": [more(Redemption, "restorings")],
    "use_restored": [charged_use],
    "bonus_given": [more(BonusGiven, "points")],
    "bonus_flag": [gone(BonusGiven)],
    "deed_booked": [
        set_to(
            DeedAward,
            table(DeedAward).c.trigger == "birthday",
            grants=[{"rule": "birthday", "unit": "points", "points": 51, "reason": {}}],
        )
    ],
    "deed_reversed": [
        set_to(DeedAward, table(DeedAward).c.reversed_at.is_not(None), reversed_at=None)
    ],
    "milestone_points": [more(MilestonePassed, "points", _P.state == "given")],
    "milestone_taken": [set_to(MilestonePassed, _P.state == "given", state="taken")],
    "milestone": [gone(MilestonePassed)],
    "tier": [
        set_to(MemberTier, tier="gold", earned="gold"),
        set_to(MemberTier, tier="", earned=""),
        gone(MemberTier),
    ],
    "tier_reward": [more(TierReward, "points", sa.true())],
    "event_points": [more(ReceivedEvent, "points", _V.reversed_at.is_(None))],
    "event_status": [more(ReceivedEvent, "status_points")],
    "event_taken": [more(ReceivedEvent, "taken_back", _V.reversed_at.is_not(None))],
    "perk": [perk],
    "perk_loose": [loose_gift],
    "perk_reward": [perk],
    "adjustment": [adjusted],
    "goodwill": [goodwill],
}


@pytest.mark.parametrize("check", sorted(WRONGS))
def test_each_counter_that_is_spoiled_is_found(shop: Shop, check: str) -> None:
    for wrong in WRONGS[check]:
        found = found_after(shop, wrong(shop))
        assert check in {one.check for one in found}, found
        assert all(one.expected != one.found for one in found)
        assert all(one.store_id == shop.store.id for one in found)
    shop.check_audit()


def test_every_sum_has_a_wrong() -> None:
    assert set(SUMS) <= set(WRONGS)


def test_no_sum_looks_rows_up_one_by_one_whatever_postgresql_believes_of_their_number(
    shop: Shop,
) -> None:
    def look(conn: sa.Connection) -> None:
        if conn.dialect.name != "postgresql":
            pytest.skip("SQLite has no other way to join")
        with all_at_once(conn):
            for check, statement in SUMS.items():
                asked = statement.compile(conn, compile_kwargs={"literal_binds": True})
                plan = conn.exec_driver_sql(f"EXPLAIN {asked}".replace("%", "%%")).scalars()
                assert not [line for line in plan if "Nested Loop" in line], check

    shop.database.read(look, snapshot=True)
