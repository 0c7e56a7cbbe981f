"""Two processes on PostgreSQL want the same rewards: neither stock nor limit is ever exceeded."""

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa

from saleor_loyalty_app.db.database import open_database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.rewards import claims
from saleor_loyalty_app.rewards.models import RewardClaim
from tests.audited import drifts_of
from tests.claim_stage import item_of
from tests.factories import make_channel, make_member, make_revision, make_store
from tests.integration.rewards.claim_worker import NOW
from tests.program_samples import document_of
from tests.redemption_rows import give_points
from tests.redemption_stage import RATES

ROOT = Path(__file__).parents[3]
USERS = ["VXNlcjox", "VXNlcjoy", "VXNlcjoz"]


@pytest.mark.timeout(900)
def test_the_last_piece_and_the_last_time_go_to_one(
    postgres_url: str,
) -> None:
    database = open_database(postgres_url, pool_size=2)

    def furnish(conn: sa.Connection) -> int:
        store = make_store(conn)
        make_channel(conn, store.id, slug="default-channel", currency="USD")
        item = item_of("amount", 100, amount="1", stock=5, limit={"times": 2, "period": "ever"})
        document = document_of(currencies=RATES, rewards={"items": [item]})
        make_revision(conn, store.id, document)
        for user in USERS:
            member = make_member(conn, store.id, user_id=user)
            give_points(conn, store, member, 100_000, now=NOW)
        return store.id

    store_id = database.write(furnish)
    workers = [
        subprocess.Popen(
            [
                sys.executable,
                "-m",
                "tests.integration.rewards.claim_worker",
                postgres_url,
                str(store_id),
                name,
                "6",
                *(USERS if name == "a" else reversed(USERS)),
            ],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for name in "ab"
    ]
    counted = 0
    try:
        for worker in workers:
            told, errors = worker.communicate(timeout=400)
            assert worker.returncode == 0, errors
            counted += int(told)
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    rows = table(RewardClaim)
    by_member = sa.select(sa.func.count()).select_from(rows).group_by(rows.c.member_id)
    mine = database.read(lambda conn: list(conn.execute(by_member).scalars()))
    assert counted == sum(mine) == 5
    assert max(mine) <= 2
    assert database.read(lambda conn: claims.drawn(conn, store_id)) == {"reward": 5}
    assert database.read(lambda conn: drifts_of(conn, store_id), snapshot=True) == []
    database.close()
