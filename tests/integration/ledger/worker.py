"""One of several processes that work on the same members' books.

Usage: python -m tests.integration.ledger.worker URL NAME SEED OPERATIONS STORE MEMBER…
"""

import sys
from datetime import timedelta

from saleor_loyalty_app.db.database import open_database
from saleor_loyalty_app.ledger import Account
from tests.integration.ledger.books import NOW
from tests.integration.ledger.driver import WEIGHTS, Driver

#: Mostly what concerns two members at once, from either side.
CROSSING = WEIGHTS | {"transfer": 25, "merge": 15, "settle_page": 5}


def main(url: str, name: str, seed: str, operations: str, store: str, *members: str) -> None:
    """Works on the members' points until all operations are done."""
    accounts = [Account(int(store), int(member), "points") for member in members]
    database = open_database(url, pool_size=2)
    try:
        driver = Driver(name, accounts, NOW, int(seed), weights=CROSSING, batch=1)
        driver.run(database, int(operations), pace=timedelta(hours=20))
    finally:
        database.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
