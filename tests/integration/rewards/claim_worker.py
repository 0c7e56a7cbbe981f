"""One of several processes whose shoppers want the same rewards at the same time.

Usage: python -m tests.integration.rewards.claim_worker URL STORE NAME ROUNDS USER…
Writes how many rewards were taken.
"""

import sys
from datetime import UTC, datetime
from functools import partial

import httpx
from sqlalchemy import Connection

from saleor_loyalty_app.db.database import open_database
from saleor_loyalty_app.flows.drive_redemption import Driver
from saleor_loyalty_app.flows.spend_points import Spender
from saleor_loyalty_app.flows.spending_scene import Scene
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.rewards.errors import RewardGone, RewardLimit
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.rewards.spend_request import Bearer, SpendRequest
from saleor_loyalty_app.saleor.client import SaleorClient
from saleor_loyalty_app.saleor.network import trusted
from saleor_loyalty_app.stores.repository import store_by_id
from saleor_loyalty_app.stores.secrets import TokenCipher

NOW = datetime(2027, 1, 1, 12, tzinfo=UTC)
SCENE = Scene("default-channel", "USD", None)


def main(url: str, store_id: str, name: str, rounds: str, *users: str) -> None:
    """Every user wants the reward in every round; what is refused is no failure."""
    database = open_database(url, pool_size=2)
    cipher = TokenCipher(["a secret of the tests with 32 and more characters: fZ8q"])
    client = SaleorClient(httpx.Client(verify=trusted()), now=lambda: NOW)
    spender = Spender(Driver(StoreAccess(database, client, cipher), lambda: NOW), lambda: NOW)
    store = database.read(lambda conn: store_by_id(conn, int(store_id)))
    assert store is not None

    def take(conn: Connection, request: SpendRequest) -> RedemptionRef:
        return spender._set_aside(conn, store, request, SCENE, NOW)

    taken = 0
    for turn in range(int(rounds)):
        for user in users:
            wish = SpendRequest(
                user, f"shopper:{user}", Bearer("default-channel"), 0, f"{name}-{turn}", "reward"
            )
            try:
                database.write(partial(take, request=wish))
                taken += 1
            except (RewardGone, RewardLimit):
                continue
    database.close()
    sys.stdout.write(f"{taken}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
