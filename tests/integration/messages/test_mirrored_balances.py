"""Balances follow into Saleor's metadata."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from saleor_loyalty_app import ledger
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.mirror_balances import mirror_page
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.ledger import Account
from saleor_loyalty_app.messages.models import BalanceMirror
from saleor_loyalty_app.saleor.client import SaleorClient
from saleor_loyalty_app.stores.models import Store
from tests.message_stage import MessageStage, rows_of


class Saleor:
    """Notes what is written into metadata; refuses once where told to."""

    def __init__(self) -> None:
        self.metadata: dict[str, dict[str, str]] = {}
        self.writes = 0
        self.refuse = False

    def __call__(self, request: httpx.Request) -> httpx.Response:
        asked = json.loads(request.content)
        [name] = [
            one
            for one in (
                "updatePrivateMetadata", "updateMetadata", "deletePrivateMetadata", "deleteMetadata"
            )
            if f"{one}(" in asked["query"]
        ]  # fmt: skip
        if self.refuse:
            return httpx.Response(503)
        self.writes += 1
        place = self.metadata.setdefault("private" if "Private" in name else "public", {})
        for pair in asked["variables"].get("input", []):
            place[pair["key"]] = pair["value"]
        for key in asked["variables"].get("keys", []):
            place.pop(key, None)
        data: dict[str, Any] = {name: {"errors": []}}
        return httpx.Response(200, json={"data": data})


@pytest.fixture
def saleor() -> Saleor:
    return Saleor()


@pytest.fixture
def access(stage: MessageStage, saleor: Saleor) -> Iterator[StoreAccess]:
    cipher = stage.outbound.cipher
    stores = table(Store)
    stage.database.write(
        lambda conn: conn.execute(
            stores.update().values(token_encrypted=cipher.seal(stage.store.api_url, "token"))
        )
    )
    with httpx.Client(transport=httpx.MockTransport(saleor)) as http:
        yield StoreAccess(stage.database, SaleorClient(http, now=stage.clock), cipher)


def test_balances_follow_into_saleor_seldom_and_move_where_the_owner_wants_them(
    stage: MessageStage, saleor: Saleor, access: StoreAccess
) -> None:
    def mirror() -> None:
        mirror_page(access, stage.store, stage.clock)

    mirror()
    member = stage.member()
    stage.wait(seconds=5)
    stage.earn(member, 30, key="a")
    mirror()
    assert saleor.metadata["private"] == {
        "loyalty.points": "30", "loyalty.pending": "0", "loyalty.balance": "30",
    }  # fmt: skip
    stage.wait(seconds=5)
    stage.earn(member, 12, key="b")
    mirror()
    mirror()
    assert saleor.writes == 1
    stage.wait(seconds=61)
    mirror()
    mirror()
    assert saleor.metadata["private"]["loyalty.points"] == "42"
    assert saleor.writes == 2
    stage.wait(minutes=5)
    saleor.refuse = True
    stage.earn(member, 1, key="c")
    mirror()
    assert rows_of(stage.database, BalanceMirror)[0].attempts == 1
    saleor.refuse = False
    stage.wait(minutes=2)
    mirror()
    assert saleor.metadata["private"]["loyalty.points"] == "43"
    account = Account(stage.store.id, member, "points")
    now = stage.clock()
    assert stage.database.read(lambda conn: ledger.balance(conn, account, now=now).total) == 43
