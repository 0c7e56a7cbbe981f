"""Two processes on one PostgreSQL ask at the same time for what a cap leaves."""

from typing import Any

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.database import open_database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.programs.models import CapUse
from tests import nursery
from tests.crash import cap_race
from tests.factories import make_member
from tests.integration.orders.purchases import AYSE
from tests.order_books import NOW, books_of, live_store, program

pytestmark = [pytest.mark.crash, pytest.mark.timeout(600)]

RULES: list[dict[str, Any]] = [
    {
        "id": "base",
        "then": {"type": "points_per_money"},
        "caps": {"per_member": {"points": 1500, "period": "month"}},
    },
    {
        "id": "birthday",
        "trigger": "birthday",
        "then": {"type": "points", "points": 50},
        "caps": {"per_member": {"times": 1, "period": "day"}},
    },
]


def test_two_processes_do_not_exceed_a_cap(postgres_url: str) -> None:
    """Orders of 1000 points each and birthdays; each step is done by both at the same time."""
    database = open_database(postgres_url, pool_size=1)
    document = program() | {"earning": {"rules": RULES}}
    store = database.write(lambda conn: live_store(conn, document))
    owner = database.write(lambda conn: make_member(conn, store.id, user_id=AYSE["id"]))
    together = nursery.context.Barrier(2)
    racing = [
        nursery.context.Process(
            target=cap_race.run, args=(postgres_url, store, owner, numbers, together, NOW)
        )
        for numbers in (range(4), range(4, 8))
    ]
    for process in racing:
        process.start()
    for process in racing:
        process.join(240)
        assert process.exitcode == 0

    uses = table(CapUse)
    query = sa.select(uses.c.rule_id, sa.func.sum(uses.c.points), sa.func.sum(uses.c.times))
    rows = database.read(lambda conn: conn.execute(query.group_by(uses.c.rule_id)).all())
    used = {rule: (int(points), int(times)) for rule, points, times in rows}
    assert used == {"base": (1500, 2), "birthday": (50, 1)}
    balances = database.read(lambda conn: books_of(conn, store)).balances
    assert balances == {("U1", "points"): 1550}
    database.close()
