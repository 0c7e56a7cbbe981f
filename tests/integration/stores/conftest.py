"""The app beside a sandbox store."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
import stamina
from fastapi import FastAPI
from pydantic import SecretStr
from starlette.testclient import TestClient

from saleor_loyalty_app.api import errors
from saleor_loyalty_app.api.saleor import manifest, pages, register
from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import metadata
from saleor_loyalty_app.flows.doctor import Doctor
from saleor_loyalty_app.handlers import CORE_HANDLERS, SYNC_HANDLERS
from saleor_loyalty_app.saleor.network import Answer
from saleor_loyalty_app.services import Services, open_services
from saleor_loyalty_app.settings import Environment, Settings
from saleor_loyalty_app.stores import repository
from saleor_loyalty_app.stores.refs import StoreRef
from sandbox import InstalledApp, Sandbox
from sandbox.model.apps import delete_app
from sandbox.model.store import NOBODY
from tests.sandbox_network import Network, sends_to

APP_URL = "http://127.0.0.1:8200"
MANIFEST_URL = f"{APP_URL}/api/manifest"
IDENTIFIER = "saleor.loyalty"
API_URL = "http://127.0.0.1:8100/graphql/"


@dataclass
class World:
    """A store, the app, and all that passes between them."""

    box: Sandbox
    network: Network
    services: Services
    web: TestClient
    clock: ManualClock
    proposals: list[tuple[int, datetime]] = field(default_factory=list)

    @property
    def database(self) -> Database:
        return self.services.database

    def install(self, permissions: list[str] | None = None) -> InstalledApp:
        """What the owner does in the Dashboard; raises InstallationFailed with Saleor's words."""
        return self.box.install_from(MANIFEST_URL, sends_to(self.web), permissions)

    def move_to_turkey(self) -> None:
        """The shop's default country becomes TR."""

        def edit(answer: dict[str, Any]) -> None:
            shop = (answer.get("data") or {}).get("shop") or {}
            if "defaultCountry" in shop:
                shop["defaultCountry"] = {"code": "TR"}

        self.network.edit = edit

    def uninstall(self) -> None:
        """The owner removes the app in Saleor; the app is not told here."""
        [app] = [one for one in self.box.store.apps.values() if one.identifier == IDENTIFIER]
        delete_app(self.box.store, NOBODY, app)

    def store(self) -> StoreRef:
        """The store as the app knows it."""
        found = self.database.read(lambda conn: repository.store_by_url(conn, API_URL))
        assert found is not None
        return found

    def register(self, api_url: str | None, token: str) -> tuple[int, dict[str, Any]]:
        """A request for registration from anywhere."""
        headers = {} if api_url is None else {"Saleor-Api-Url": api_url}
        answer = self.web.post("/api/register", json={"auth_token": token}, headers=headers)
        return answer.status_code, answer.json()

    def doctor(self) -> Doctor:
        """The doctor, who reaches the app's address without a network."""

        def reach(url: str) -> Answer:
            answer = self.web.get(url)
            return Answer(answer.status_code, answer.headers, answer.content)

        return Doctor(
            access=self.services.access,
            http=self.services.http,
            clock=self.clock,
            handlers=(*self.services.handlers, *SYNC_HANDLERS),
            app_url=APP_URL,
            browser_url=APP_URL,
            reach=reach,
        )

    def everything(self) -> dict[str, list[tuple[object, ...]]]:
        """All rows of all tables, to prove that nothing changed."""

        def read(conn: sa.Connection) -> dict[str, list[tuple[object, ...]]]:
            return {
                table.name: [tuple(row) for row in conn.execute(sa.select(table))]
                for table in metadata.sorted_tables
            }

        return self.database.read(read)


MakeWorld = Callable[..., World]


@pytest.fixture
def make_world(database: Database, clock: ManualClock) -> Iterator[MakeWorld]:
    """Makes worlds on one database; `hosts` may install the app, `version` is their Saleor."""
    opened: list[World] = []
    threads = ThreadPoolExecutor(2)

    def make(*, version: str = "3.23", hosts: tuple[str, ...] = ("127.0.0.1",)) -> World:
        box = Sandbox(seed=1, version=version, api_url=API_URL)
        network = Network(box)
        proposals: list[tuple[int, datetime]] = []
        settings = Settings(
            _env_file=None,
            environment=Environment.production if not hosts else Environment.test,
            secret_key=(SecretStr("a secret of the tests with 32 and more characters: fZ8q"),),
            app_url=APP_URL if hosts else "https://loyalty.example.com",
            allowed_stores=hosts,
        )
        services = open_services(
            settings,
            database,
            clock=clock,
            handlers=CORE_HANDLERS,
            on_installed=lambda _conn, store, now: proposals.append((store.id, now)),
            http=network.client(),
        )
        app = FastAPI()
        errors.install(app)
        app.include_router(
            manifest.build_router(
                (*services.handlers, *SYNC_HANDLERS), app_url=APP_URL, browser_url=APP_URL
            )
        )
        app.include_router(register.build_router(services.installer, threads))
        app.include_router(pages.build_router(settings))
        web = TestClient(app, base_url=APP_URL, follow_redirects=False)
        opened.append(World(box, network, services, web, clock, proposals))
        return opened[-1]

    stamina.set_testing(True, attempts=2)
    yield make
    stamina.set_testing(False)
    for world in opened:
        world.web.close()
        world.services.close()
    threads.shutdown()


@pytest.fixture
def world(make_world: MakeWorld) -> World:
    """A store with Saleor 3.23, and the app that it may install."""
    return make_world()
