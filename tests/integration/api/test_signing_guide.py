"""The guide to signed requests runs as it stands, in each language."""

import os
import re
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from socket import socket

import pytest
import uvicorn
from sqlalchemy.engine import Connection

from saleor_loyalty_app.clock import ManualClock, system_clock
from saleor_loyalty_app.db.database import open_database
from saleor_loyalty_app.flows.publish_program import publish
from tests.api_edge import ApiEdge
from tests.factories import make_channel
from tests.integration.api.partner_system import PartnerSystem
from tests.program_samples import program_of
from tests.signing import SigningKey

GUIDE = Path(__file__).parents[3] / "docs" / "developers" / "signed-requests.md"
EXAMPLE = re.compile(r"^```(python|js|sh)\n(.*?)^```", re.MULTILINE | re.DOTALL)
#: What runs an example; the member is its argument.
RUNNERS = {
    "python": [sys.executable, "{file}"],
    "js": ["node", "{file}"],
    "sh": ["bash", "-euo", "pipefail", "{file}"],
}


@pytest.fixture
def system(sqlite_url: str, key: SigningKey) -> Iterator[PartnerSystem]:
    """A system that must sign, on the clock that the examples go by."""
    database = open_database(sqlite_url, pool_size=2)
    edge = ApiEdge(database, ManualClock(system_clock()), key)
    store = edge.store()

    def begin(conn: Connection) -> None:
        make_channel(conn, store.id, slug="channel-tr", currency="TRY")
        publish(conn, store, program_of(), by="user:1", now=edge.clock())

    database.write(begin)
    yield PartnerSystem(edge, store, must_sign=True)
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


@pytest.mark.parametrize("language", RUNNERS)
def test_an_example_gives_points_by_what_it_signs(
    system: PartnerSystem, address: str, tmp_path: Path, language: str
) -> None:
    if not GUIDE.exists():
        pytest.skip("the documentation is not here")
    for needed in {"js": ["node"], "sh": ["curl", "openssl"]}.get(language, []):
        if shutil.which(needed) is None:
            pytest.skip(f"{needed} is needed")
    examples = dict(EXAMPLE.findall(GUIDE.read_text("utf-8")))
    assert examples.keys() == RUNNERS.keys()
    script = tmp_path / f"example.{'mjs' if language == 'js' else language}"
    script.write_text(examples[language], "utf-8")
    ayse = system.desk.join(1, "Ayşe", "Yılmaz")
    command = [part.format(file=script) for part in RUNNERS[language]]
    result = subprocess.run(
        [*command, str(ayse)],
        env={**os.environ, "LOYALTY": address, "KEY": system.token, "no_proxy": "*"},
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    assert "75" in result.stdout
    assert "true" in result.stdout.lower()
    assert system.desk.points(ayse) == 75
