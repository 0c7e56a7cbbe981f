"""Two processes on one PostgreSQL take the same shoppers in: each is one member, nobody waits."""

from collections import Counter

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.db.database import open_database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.ledger import Account, Cause
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.members.refs import Enrollment
from saleor_loyalty_app.members.service import member_for_guest
from saleor_loyalty_app.messages.models import OutboxMessage
from saleor_loyalty_app.stores.refs import StoreRef
from tests import nursery
from tests.audited import drifts_of
from tests.crash import newcomer_race
from tests.crash.newcomer_race import KINDS, ROUNDS, shoppers
from tests.order_books import KEYS, NOW, live_store, program

pytestmark = [pytest.mark.crash, pytest.mark.timeout(120)]

WAITS, ANSWER = 40, 20
DOCUMENT = program() | {
    "earning": {
        "rules": [
            {"id": "base", "then": {"type": "points_per_money"}},
            {
                "id": "size",
                "trigger": "question_answered",
                "on": ["size"],
                "then": {"type": "points", "points": ANSWER},
            },
        ]
    },
    "bonuses": {"questions": [{"id": "size", "text": {"en": "Size?"}, "kind": "text"}]},
}


def furnish(conn: Connection) -> StoreRef:
    """A store in which points wait for each of the shoppers."""
    store = live_store(conn, DOCUMENT)
    for one in (one for kind in KINDS for one in shoppers(kind)):
        guest = member_for_guest(conn, store.id, one.email, Enrollment(), keys=KEYS, now=NOW)
        ledger.earn(
            conn,
            Account(store.id, guest.id, "points"),
            WAITS,
            Cause(source="test", part="points", actor="test", reason={"code": "adjusted"}),
            key=f"waits:{one.user}",
            now=NOW,
            effective_at=NOW,
            available_from=NOW,
            expires_at=None,
        )
    return store


def test_two_processes_make_one_member_of_each_shopper_without_a_deadlock(
    postgres_url: str,
) -> None:
    database = open_database(postgres_url, pool_size=1)
    store = database.write(furnish)
    together = nursery.context.Barrier(2)
    racing = [
        nursery.context.Process(
            target=newcomer_race.run, args=(postgres_url, store, first, together, NOW)
        )
        for first in (True, False)
    ]
    for process in racing:
        process.start()
    for process in racing:
        process.join(90)
        assert process.exitcode == 0

    members, messages = table(Member).c, table(OutboxMessage).c
    everybody = [one for kind in KINDS for one in shoppers(kind)]

    def read(conn: Connection) -> None:
        known = conn.execute(
            sa.select(members.user_id, members.id, members.state).where(
                members.user_id.is_not(None)
            )
        ).all()
        assert sorted(row.user_id for row in known) == sorted(one.user for one in everybody)
        assert {row.state for row in known} == {"active"}
        for row in known:
            account = Account(store.id, row.id, "points")
            held = ledger.balance(conn, account, now=NOW)
            assert held.available == WAITS + ANSWER, row.user_id
        told = Counter(conn.execute(sa.select(messages.kind)).scalars())
        assert (told["welcome"], told["bonus_given"]) == (len(everybody), len(everybody))
        left = sa.select(sa.func.count()).where(
            members.state == "guest", members.merged_into.is_(None)
        )
        assert conn.execute(left).scalar_one() == 0
        deadlocks = sa.text(
            "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
        )
        assert conn.execute(deadlocks).scalar_one() == 0
        assert drifts_of(conn, store.id, now=NOW) == []

    assert len(everybody) == 2 * ROUNDS
    database.read(read)
    database.close()
