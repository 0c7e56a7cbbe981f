"""What /health, /ready and /metrics tell, and to whom."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette

from saleor_loyalty_app.api.health import Health
from saleor_loyalty_app.db import migrate
from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.flows.plugin_handler import API_VERSION, Plugin
from saleor_loyalty_app.plugins import Broken, Found
from saleor_loyalty_app.queue import Schedule, schedules
from saleor_loyalty_app.stores import problems
from tests.factories import make_store

NOW = datetime(2027, 1, 1, tzinfo=UTC)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def migrated(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Database]:
    copy = shutil.copy(migrated_sqlite, tmp_path / "migrated.sqlite3")
    opened = open_database(f"sqlite:///{copy}")
    yield opened
    opened.close()


async def get(health: Health, path: str, token: str = "") -> httpx.Response:
    app = Starlette(routes=health.routes())
    transport = httpx.ASGITransport(app=app)
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    async with httpx.AsyncClient(transport=transport, base_url="http://app") as client:
        return await client.get(path, headers=headers)


@pytest.mark.anyio
async def test_health_asks_nobody(database: Database) -> None:
    database.close()
    answer = await get(Health(database, lambda: None), "/health")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"


@pytest.mark.anyio
async def test_a_migrated_database_is_ready_with_detail(migrated: Database) -> None:
    store_id = migrated.write(make_store).id
    migrated.write(
        lambda conn: problems.report_problem(conn, store_id, "permissions", "One is missing", NOW)
    )
    timetable = [Schedule("refresh", NOW - NOW, lambda: False)]
    migrated.write(lambda conn: schedules.register(conn, timetable, now=NOW))
    migrated.write(lambda conn: schedules.lease(conn, "refresh", "a", machine_now=NOW))
    migrated.write(
        lambda conn: schedules.finish(
            conn, "refresh", "a", due_at=NOW, machine_now=NOW, failure="ConnectError"
        )
    )
    answer = await get(Health(migrated, lambda: True), "/ready")
    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "database": "reachable",
        "migrations": {"at": migrate.head(), "head": migrate.head()},
        "worker": "alive",
        "failing_schedules": {"refresh": "ConnectError"},
        "stores": {"active": 1, "problems": {str(store_id): ["permissions"]}},
        "plugins": {},
        "broken_plugins": {},
    }


@pytest.mark.anyio
async def test_a_database_that_was_never_migrated_is_not_ready(database: Database) -> None:
    answer = await get(Health(database, lambda: None), "/ready")
    assert answer.status_code == 503
    assert answer.json()["migrations"] == {"at": None, "head": migrate.head()}


@pytest.mark.anyio
async def test_an_old_process_stays_ready_while_a_new_version_is_rolled_out(
    migrated: Database,
) -> None:
    migrated.write(
        lambda conn: conn.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    )
    answer = await get(Health(migrated, lambda: None), "/ready")
    assert answer.status_code == 200
    assert answer.json()["migrations"] == {"at": "9999", "head": migrate.head()}


@pytest.mark.anyio
async def test_a_dead_worker_is_not_ready(migrated: Database) -> None:
    answer = await get(Health(migrated, lambda: False), "/ready")
    assert (answer.status_code, answer.json()["worker"]) == (503, "dead")


@pytest.mark.anyio
async def test_an_unreachable_database_is_not_ready() -> None:
    gone = open_database("postgresql://nobody@127.0.0.1:1/nothing")
    answer = await get(Health(gone, lambda: None), "/ready")
    gone.close()
    assert (answer.status_code, answer.json()) == (
        503,
        {"ready": False, "database": "unreachable"},
    )


@pytest.mark.anyio
async def test_metrics_are_in_the_text_format(migrated: Database) -> None:
    answer = await get(Health(migrated, lambda: None), "/metrics")
    assert answer.status_code == 200
    assert "# TYPE loyalty_webhooks_total counter" in answer.text


@pytest.mark.anyio
async def test_with_a_token_strangers_learn_only_whether_it_is_ready(migrated: Database) -> None:
    health = Health(migrated, lambda: None, token="s3cret")
    assert (await get(health, "/metrics")).status_code == 401
    assert (await get(health, "/metrics", "wrong")).status_code == 401
    assert (await get(health, "/metrics", "s3cret")).status_code == 200
    assert (await get(health, "/ready")).json() == {"ready": True}
    assert "stores" in (await get(health, "/ready", "s3cret")).json()


@pytest.mark.anyio
async def test_plugins_are_told_and_a_broken_one_leaves_the_app_ready(migrated: Database) -> None:
    plugin = Plugin("bottles", API_VERSION)
    health = Health(
        migrated,
        lambda: None,
        plugins=[Found("bottles", "loyalty-bottles", "1.2", plugin)],
        broken_plugins=[Broken("weather", "loyalty-weather", "ImportError: no module named sky")],
    )
    answer = await get(health, "/ready")
    assert answer.status_code == 200
    assert answer.json()["plugins"] == {"bottles": "1.2"}
    assert answer.json()["broken_plugins"] == {"weather": "ImportError: no module named sky"}
