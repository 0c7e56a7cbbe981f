"""What one process does in a race of two for what caps leave."""

from datetime import datetime
from threading import Barrier

from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.flows.award_deed import award_deed
from saleor_loyalty_app.programs.deeds import DeedFacts
from saleor_loyalty_app.stores.refs import StoreRef
from tests.integration.orders.purchases import bought, receive


def run(
    url: str, store: StoreRef, owner: int, numbers: range, together: Barrier, now: datetime
) -> None:
    """Receives orders and awards birthdays, each at the same time as the other process."""
    database = open_database(url, pool_size=1)
    try:
        for number in numbers:
            together.wait(120)
            receive(database, store, bought(number), now)
            together.wait(120)
            _celebrate(database, store, owner, number, now)
    finally:
        database.close()


def _celebrate(database: Database, store: StoreRef, owner: int, number: int, now: datetime) -> None:
    deed = DeedFacts(trigger="birthday", on="", at=now, key=f"birthday:{number}")
    database.write(lambda conn: award_deed(conn, store, owner, deed, now=now))
