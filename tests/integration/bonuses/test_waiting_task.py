"""The task of the bonuses that wait looks at the stores in which earning is on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.bonuses import waiting
from saleor_loyalty_app.bonuses.models import BonusWaiting
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.process import Process, migrate_database, open_process
from saleor_loyalty_app.programs.deeds import DeedFacts
from saleor_loyalty_app.settings import load_settings
from saleor_loyalty_app.tasks import bonus_tasks
from tests.factories import make_member
from tests.order_books import books_of, live_store, program

POINTS = {
    "id": "registration",
    "trigger": "account_confirmed",
    "then": {"type": "points", "points": 100},
}


@pytest.fixture
def process(tmp_path: Path) -> Iterator[Process]:
    """A process on a new database."""
    settings = load_settings(
        environment="test",
        database_url=f"sqlite:///{tmp_path}/books.sqlite3",
        secret_key="a secret for tests",
        app_url="http://localhost:8000",
        clock_file=tmp_path / "clock",
    )
    migrate_database(settings)
    opened = open_process(settings)
    yield opened
    opened.close()


def test_more_than_a_page_is_given_where_earning_is_on_and_waits_where_it_is_off(
    process: Process,
) -> None:
    members = bonus_tasks.BONUSES + 5

    def write(conn: sa.Connection) -> list[int]:
        deed = DeedFacts("account_confirmed", "", process.clock(), "account_confirmed")
        stores = []
        for earning_on in (True, False):
            document = program() | {"earning": {"rules": [POINTS]}}
            store = live_store(conn, document, earning_on=earning_on)
            for number in range(members):
                waiting.note(
                    conn, store.id, make_member(conn, store.id, user_id=f"U{number}"), deed
                )
            stores.append(store)
        return [store.id for store in stores]

    earning, _ = process.database.write(write)
    assert bonus_tasks.give_those_waiting(process.background), "more is waiting"
    assert not bonus_tasks.give_those_waiting(process.background)

    store = next(one for one in process.background.active_stores() if one.id == earning)
    books = process.database.read(lambda conn: books_of(conn, store))
    assert sum(books.balances.values()) == members * 100
    left = process.database.read(
        lambda conn: conn.execute(sa.select(table(BonusWaiting).c.store_id)).scalars().all()
    )
    assert (len(left), earning in left) == (members, False)
