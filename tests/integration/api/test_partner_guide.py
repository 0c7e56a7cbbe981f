"""The guide to the partner API runs as it stands, and names every failure."""

import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from socket import socket
from typing import Any

import pytest
import uvicorn

from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import open_database
from saleor_loyalty_app.flows.propose_program import propose_program
from saleor_loyalty_app.flows.publish_program import publish
from saleor_loyalty_app.programs.problems import read_program
from saleor_loyalty_app.programs.repository import find_draft
from tests.api_edge import ApiEdge, openapi_of
from tests.integration.api.conftest import SOLD
from tests.integration.api.partner_system import EVERYTHING, PartnerSystem
from tests.integration.api.test_membership import ACCOUNT, USER
from tests.signing import SigningKey

DOCS = Path(__file__).parents[3] / "docs"
GUIDE = DOCS / "developers" / "partner-api.md"
RECIPE = DOCS / "recipes" / "help-desk.md"
BLOCKS = re.MULTILINE | re.DOTALL


@pytest.fixture
def guide() -> str:
    if not GUIDE.exists():
        pytest.skip("the documentation is not here")
    return GUIDE.read_text("utf-8")


def with_more(document: dict[str, Any]) -> dict[str, Any]:
    """The document with points for visits to a shop, which also watches complaints."""
    rule = {
        "id": "visits",
        "trigger": "custom_event",
        "on": ["store-visit"],
        "then": {"type": "points", "points": 20},
        "caps": {"per_member": {"times": 1, "period": "day"}},
    }
    shop = {"name": "shop", "kind": "string"}
    kind = {"id": "store-visit", "name": {"en": "Visit"}, "properties": [shop]}
    earning = {**document["earning"], "rules": [*document["earning"]["rules"], rule]}
    complaint = {"suggest": {"type": "points", "points": 100}}
    sections = {"events": {"types": [kind]}, "goodwill": {"complaint": complaint}}
    return {**document, "earning": earning, **sections}


@pytest.fixture
def system(sqlite_url: str, clock: ManualClock, key: SigningKey) -> Iterator[PartnerSystem]:
    """A system of a store with a program, and a customer with points."""
    database = open_database(sqlite_url, pool_size=2)
    edge = ApiEdge(database, clock, key)
    store = edge.store()
    database.write(lambda conn: propose_program(conn, store, [SOLD], now=clock()))
    draft = database.read(lambda conn: find_draft(conn, store.id))
    assert draft is not None
    program = read_program(with_more(dict(draft.document)))
    database.write(lambda conn: publish(conn, store, program, by="user:1", now=clock()))
    clock.advance(timedelta(seconds=1))
    edge.saleor.answers["Shopper"] = {"user": ACCOUNT}
    scopes = [*EVERYTHING, "complaints:write"]
    made = PartnerSystem(edge, store, scopes=scopes, event_types=["store-visit"])
    ayse = made.desk.join(5, "Ayşe", "Yılmaz", user_id=USER, email="ayse@example.com")
    made.desk.earn(ayse, 100)
    yield made
    edge.close()
    database.close()


@pytest.fixture
def address(system: PartnerSystem) -> Iterator[str]:
    """Where the API is served over HTTP."""
    listening = socket()
    listening.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(system.edge.app, log_level="error", lifespan="off"))
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listening.close()


def shell(script: str, address: str, token: str) -> str:
    """What a script says that calls the API with a key."""
    result = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        env={**os.environ, "LOYALTY": address, "KEY": token, "no_proxy": "*", "PATIENCE": "100"},
        capture_output=True, text=True, check=False, timeout=240,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    return result.stdout


def test_every_example_runs_one_after_the_other(
    guide: str, system: PartnerSystem, address: str
) -> None:
    if shutil.which("curl") is None or shutil.which("jq") is None:
        pytest.skip("curl and jq are needed")
    examples = re.findall(r"^```sh\n(.*?)^```", guide, BLOCKS)
    assert len(examples) == 10
    said = shell("\n".join(examples), address, system.token)
    assert '"points": 149' in said
    [ayse] = system.look_up(user_id=USER)
    moved = system.send("GET", f"members/{ayse['id']}/statement").json()["items"]
    assert [one["amount"] for one in moved] == [-20, 20, -75, 75, 100]

    # The recipe, with a key that may look and nothing else.
    blocks = re.findall(r"^```(sh desk|text)\n(.*?)^```", RECIPE.read_text("utf-8"), BLOCKS)
    told = dict(blocks)
    desk = PartnerSystem(system.edge, system.store, scopes=["members:read"], day_limit=0)
    assert shell(told["sh desk"], address, desk.token) == told["text"]
    refused = desk.move(ayse["id"], 5)
    assert (refused.status_code, refused.json()["error"]["code"]) == (403, "scope_missing")


def test_every_failure_and_call_is_in_the_guide(guide: str, system: PartnerSystem) -> None:
    for path, methods in openapi_of(system.edge.app)["paths"].items():
        if not path.startswith("/api/partner/"):
            continue
        for method, described in methods.items():
            place = path.removeprefix("/api/partner/v1").replace("{member}", "{id}")
            call = f"{method.upper()} {place}"
            assert f"[`{call}`]" in guide, call
            for status, answer in described["responses"].items():
                if status in ("200", "201"):
                    continue
                for code in answer["content"]["application/json"]["examples"]:
                    assert f"`{code}`" in guide, code
