"""Another enrollment is met by everybody, without anybody's news."""

from datetime import timedelta

import sqlalchemy as sa

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.messages.outbox import waiting
from saleor_loyalty_app.tiers.models import MemberTier, TierSweep
from saleor_loyalty_app.tiers.sweeps import sweep_of
from tests.audited import drifts_of
from tests.integration.tiers.test_move_tiers import (
    bought,
    moves,
    publish,
    receive,
    refunded,
    settle,
    tiered,
    tiers,
)
from tests.order_books import NOW, live_store, program


def test_who_takes_part_no_longer_or_again_is_met_and_told_of_no_fall(database: Database) -> None:
    """A guest takes part where everybody does."""
    store = database.write(lambda conn: live_store(conn, tiered()))
    receive(database, store, bought(1, 1, user=None, userEmail="guest@example.com"), NOW)
    at = NOW + timedelta(minutes=5)
    settle(database, store, at)
    assert tiers(database, store) == ["bronze"]
    strict = tiered() | {"settings": program(enrollment="opt_in")["settings"]}
    for document, expected in ((strict, ""), (tiered(), "bronze")):
        at += timedelta(minutes=5)
        publish(database, store, document, at)
        settle(database, store, at)
        assert tiers(database, store) == [expected]
        assert database.read(lambda conn, at=at: drifts_of(conn, store.id, now=at)) == []  # type: ignore[misc]
    told = database.read(lambda conn: waiting(conn, store.id, limit=50))
    assert not [row for row in told if row.kind == "tier_at_risk"]
    assert len([row for row in told if row.kind == "tier_up"]) <= 2


def test_an_update_of_the_app_meets_nobody_anew(database: Database) -> None:
    store = database.write(lambda conn: live_store(conn, tiered()))
    receive(database, store, bought(1, 1), NOW)
    receive(database, store, bought(2, 2), NOW)
    settle(database, store, NOW)
    settle(database, store, NOW + timedelta(minutes=5))
    before, moved = database.read(lambda conn: sweep_of(conn, store.id)), moves(database, store)

    def as_the_version_before_wrote_it(conn: sa.Connection) -> None:
        conn.execute(sa.update(table(TierSweep)).values(enrollment=None))
        conn.execute(sa.update(table(MemberTier)).values(revision_id=None))

    database.write(as_the_version_before_wrote_it)
    at = NOW + timedelta(hours=1)
    settle(database, store, at)
    assert database.read(lambda conn: sweep_of(conn, store.id)) == before
    assert moves(database, store) == moved
    # Nobody's tier is kept as if the tiers had been changed.
    receive(database, store, refunded(2, 60), at)
    settle(database, store, at)
    assert tiers(database, store) == ["bronze"]
    assert database.read(lambda conn: drifts_of(conn, store.id, now=at)) == []
