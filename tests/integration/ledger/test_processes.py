"""Two processes at once on the same members: no deadlock for good, and no drift."""

import subprocess
import sys
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.ledger import Account
from saleor_loyalty_app.ledger import errors as ledger_errors
from saleor_loyalty_app.ledger import statements as sql
from tests.factories import make_member, make_store
from tests.integration.ledger.books import NOW, cause

ROOT = Path(__file__).parents[3]


def open_accounts(database: Database, number: int) -> list[Account]:
    def make(conn: Connection) -> list[Account]:
        store = make_store(conn).id
        return [Account(store, make_member(conn, store), "points") for _ in range(number)]

    return database.write(make)


@pytest.mark.timeout(3600)
def test_crossing_transfers_and_merges_from_two_processes_neither_stop_nor_drift(
    postgres_url: str, depth: Callable[[int, int], int]
) -> None:
    database = open_database(postgres_url, pool_size=2)
    accounts = open_accounts(database, 4)
    operations, patience = depth(400, 20_000), depth(200, 3_000)
    workers = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.integration.ledger.worker",
                postgres_url,
                f"worker-{seed}",
                str(seed),
                str(operations),
                str(accounts[0].store_id),
                *(str(account.member_id) for account in accounts),
            ],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
        )
        for seed in (1, 2)
    ]
    try:
        for worker in workers:
            _, errors = worker.communicate(timeout=patience)
            assert worker.returncode == 0, errors
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    assert database.read(lambda conn: ledger.audit(conn), snapshot=True) == []
    posted = database.read(
        lambda conn: conn.execute(sa.select(sa.func.count()).select_from(sql.entry)).scalar_one()
    )
    assert posted > operations
    database.close()


def test_the_first_use_of_an_account_and_of_a_key_cannot_race(database: Database) -> None:
    """Eight threads post the same earning to an account that has no row yet."""
    [account] = open_accounts(database, 1)
    start = threading.Barrier(8)
    results: list[ledger.Posted] = []

    def post() -> None:
        start.wait()
        results.append(
            database.write(
                lambda conn: ledger.earn(
                    conn,
                    account,
                    100,
                    cause(),
                    key="once",
                    now=NOW,
                    effective_at=NOW,
                    available_from=NOW,
                    expires_at=None,
                )
            )
        )

    threads = [threading.Thread(target=post) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert [result.created for result in results].count(True) == 1
    assert len({result.entry_id for result in results}) == 1
    assert len(results) == 8
    assert database.read(lambda conn: ledger.balance(conn, account, now=NOW)).total == 100


def test_two_spendings_at_once_never_spend_the_same_points(database: Database) -> None:
    [account] = open_accounts(database, 1)

    def earn(conn: Connection) -> None:
        ledger.earn(
            conn,
            account,
            100,
            cause(),
            key="earned",
            now=NOW,
            effective_at=NOW,
            available_from=NOW,
            expires_at=None,
        )

    database.write(earn)
    start = threading.Barrier(6)
    outcomes: list[bool] = []

    def spend(number: int) -> None:
        start.wait()
        try:
            database.write(
                lambda conn: ledger.redeem(
                    conn, account, 30, cause("redemption:1"), key=f"spend:{number}", now=NOW
                )
            )
            outcomes.append(True)
        except ledger_errors.InsufficientPoints:
            outcomes.append(False)

    threads = [threading.Thread(target=spend, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(outcomes) == [False, False, False, True, True, True]
    view = database.read(lambda conn: ledger.balance(conn, account, now=NOW + timedelta(days=1)))
    assert view.available == 10
