"""A sandbox store on a socket, and the app beside it as processes on a database of its own."""

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import sqlalchemy as sa
import uvicorn

from saleor_loyalty_app.clock import system_clock
from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.inbox.models import DeadLetter
from saleor_loyalty_app.ledger.auditing import audit
from saleor_loyalty_app.orders.models import OrderRefresh
from saleor_loyalty_app.queue.models import ScheduleState
from saleor_loyalty_app.stores import repository as stores
from saleor_loyalty_app.stores.refs import StoreRef
from sandbox.http.app import create_app
from sandbox.http.service import InstallationFailed, Service
from tests.crash.doomed import Doom
from tests.crash.door import Door
from tests.crash.processes import AppProcess, Supervisor, wait_until
from tests.loopback import ask
from tests.order_books import Books, books_of, program
from tests.ports import free_port
from tests.sandbox_shop import People

#: The story's beginning, far from midnight and from the end of a month.
BEGIN = datetime(2027, 3, 1, 12, tzinfo=UTC)
LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
#: Saleor's 10 s, 20 s, … between two tries become 0.5 s, 1 s, …
RETRY_SCALE = 0.05
PROGRAM = program(
    availability={"after": "fulfillment", "days": 14}, expiry={"months": 12, "notice": "none"}
)
PROGRAM["currencies"] = [one for one in PROGRAM["currencies"] if one["currency"] != "PLN"]
_schedules, _refreshes, _letters = table(ScheduleState), table(OrderRefresh), table(DeadLetter)


@dataclass
class Scene:
    """Everything of one story; `people` may only be asked through `do`.

    Attributes:
        pace: of the app's leases and pauses; 1 = production's.
        program: what the owner puts into force.
        settings: of the app, beside those that every scene has.
        patience: of requests that spend points, by the app's clock; None = production's.
        door: through which the store is asked.
    """

    folder: Path
    database: Database
    service: Service
    store_port: int
    app_port: int
    doom: Doom | None = None
    pace: float = 0.1
    program: Mapping[str, Any] = field(default_factory=lambda: PROGRAM)
    settings: Mapping[str, str] = field(default_factory=dict)
    patience: timedelta | None = None
    door: Door = field(init=False)
    supervisor: Supervisor | None = None
    others: list[AppProcess] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.people = People(self.service.box)

    @property
    def app_url(self) -> str:
        """Where the app answers."""
        return f"http://127.0.0.1:{self.app_port}"

    def environment(self) -> Mapping[str, str]:
        """The app's settings."""
        return {
            "LOYALTY_ENVIRONMENT": "test",
            "LOYALTY_DATABASE_URL": self.database.url,
            "LOYALTY_SECRET_KEY": "of the crash tests: Wm3kQ9vT5xL8pR2nB7cD4hJ6",
            "LOYALTY_APP_URL": self.app_url,
            "LOYALTY_ALLOWED_STORES": f"127.0.0.1:{self.store_port}",
            "LOYALTY_CLOCK_FILE": str(self.folder / "clock"),
            "LOYALTY_LOG_FORMAT": "console",
            **self.settings,
        }

    # The app

    def begin(self, *arguments: str, doomed: bool = False) -> AppProcess:
        """Begins a process of the app."""
        began = AppProcess(
            arguments,
            self.environment(),
            self.folder / "app.log",
            self.doom if doomed else None,
            self.pace,
            self.patience,
        )
        self.others.append(began)
        return began

    def serve(self, *, port: int | None = None) -> AppProcess:
        """Begins to serve; once, without a supervisor."""
        return self.begin("serve", "--port", str(port or self.app_port))

    def keep_serving(self) -> None:
        """Serves from now on, whoever kills it, with the scene's doom."""
        self.supervisor = Supervisor(
            lambda: self.begin("serve", "--port", str(self.app_port), doomed=True)
        )

    def command(self, *arguments: str, doomed: bool = False) -> int:
        """Runs a command; gives its exit code."""
        return self.begin(*arguments, doomed=doomed).wait()

    def until_up(self, port: int | None = None) -> None:
        """Waits until the app answers."""
        url = f"http://127.0.0.1:{port or self.app_port}/ready"

        def up() -> bool:
            with contextlib.suppress(httpx.HTTPError):
                return ask("GET", url, seconds=5).status_code == 200
            return False

        self.wait(up, "the app answers")

    def output(self) -> str:
        """What the processes said so far."""
        return (self.folder / "app.log").read_text(errors="replace")

    def metrics(self) -> str:
        """What the app counts."""
        return ask("GET", f"{self.app_url}/metrics", seconds=20).text

    def wait(self, holds: Callable[[], bool], what: str, **more: float) -> None:
        """Waits as `wait_until`; an app that ended by itself is told at once."""

        def holds_still() -> bool:
            assert not (self.supervisor and self.supervisor.failure), self.supervisor.failure
            return holds()

        wait_until(holds_still, what, **more)

    # The store

    def do(self, deed: Callable[[People], Any]) -> Any:
        """Somebody does something in the store."""
        with self.service.box.lock:
            return deed(self.people)

    def install(self) -> None:
        """The owner installs the app, and tries again where it fails."""

        def installed() -> bool:
            try:
                self.service.install(f"{self.app_url}/api/manifest")
            except InstallationFailed:
                return False
            return True

        self.wait(installed, "the app is installed", pause=0.5)

    def open_for_business(self) -> None:
        """The app runs, is installed, and its program is in force."""
        self.until_up()
        self.install()
        self.publish()
        self.until_delivered()

    def publish(self, *, doomed: bool = False) -> None:
        """The owner puts the program into force."""
        file = self.folder / "program.yaml"
        file.write_text(json.dumps(self.program))
        self.wait(
            lambda: self.command("program", "publish", str(file), doomed=doomed) == 0,
            "the program is published",
        )

    def move(self, by: timedelta) -> None:
        """Both clocks go on."""
        self.service.advance(int(by.total_seconds()))

    def now(self) -> datetime:
        """What both clocks say."""
        return self.service.clock.now()

    def until_delivered(self) -> None:
        """Waits until no delivery is under way; what was given up stays lost."""
        box = self.service.box

        def nothing_waits() -> bool:
            with box.lock:
                box.courier.collect()
                return all(parcel.delivery.status != "PENDING" for parcel in box.deliveries)

        self.wait(nothing_waits, "all webhooks are delivered")

    # The books

    def store(self) -> StoreRef:
        """The store as the app knows it."""
        [found] = self.database.read(lambda conn: stores.all_stores(conn, active_only=False))
        return found

    def until_refreshed(self) -> None:
        """A minute passes, and every order that events told of has been read again."""
        self.until_delivered()
        self.move(timedelta(seconds=61))
        looks = 0

        def all_read() -> bool:
            nonlocal looks
            looks += 1
            if looks % 100 == 0:
                self.move(timedelta(seconds=61))
            return not self.database.read(lambda conn: conn.execute(sa.select(_refreshes)).all())

        self.wait(all_read, "all orders are read again")

    def until_run(self, *names: str, since: datetime) -> None:
        """Waits until these schedules have run, to their end; `since` is the machine's time."""
        now = self.now()
        query = sa.select(_schedules.c.name).where(
            _schedules.c.name.in_(names),
            _schedules.c.started_at >= since,
            _schedules.c.finished_at >= _schedules.c.started_at,
            _schedules.c.leased_by.is_(None),
            _schedules.c.due_at > now,
        )
        self.wait(
            lambda: len(self.database.read(lambda conn: conn.execute(query).all())) == len(names),
            f"{', '.join(names)} ran",
        )

    def heal(self) -> None:
        """A day passes, with all that the app looks after by itself."""
        self.until_delivered()
        looked_after = "reconcile_orders", "daily_pass", "settle_accounts", "take_up_deferred"
        # A run that saw the clock of before would put the next one off.
        self.until_run(*looked_after, since=LONG_AGO)
        since = system_clock()
        self.move(timedelta(days=1))
        self.until_run(*looked_after, since=since)
        self.until_refreshed()

    def books(self, database: Database | None = None, store: StoreRef | None = None) -> Books:
        """What the books say now, with days for times, so that runs can be compared.

        Those of the app, unless others are given.
        """
        owner = store or self.store()

        def read(conn: sa.Connection) -> Books:
            found = books_of(conn, owner)
            lots: dict[tuple[str, str, str, str], int] = {}
            for (whose, unit, available, expires), points in found.lots.items():
                key = (whose, unit, available[:10], expires[:10])
                lots[key] = lots.get(key, 0) + points
            return Books(found.balances, lots, found.orders)

        return (database or self.database).read(read)

    def check(self) -> None:
        """The books add up, and nothing was put aside as not understood."""
        assert self.database.read(audit, snapshot=True) == []
        letters = self.database.read(lambda conn: conn.execute(sa.select(_letters)).all())
        assert letters == []

    def deaths(self) -> int:
        """How often the app was killed, or killed itself, while it was served."""
        return 0 if self.supervisor is None else self.supervisor.deaths

    def stop(self) -> None:
        """Kills every process of the scene."""
        if self.supervisor is not None:
            self.supervisor.stop()
        for one in self.others:
            one.kill()


@contextlib.contextmanager
def scene(folder: Path, database_url: str, **more: Any) -> Iterator[Scene]:
    """A store that is open for business, on a migrated database; no app runs yet.

    Args:
        more: further fields of the scene, by name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    clock = folder / "clock"
    clock.write_text(str(int((BEGIN - system_clock()).total_seconds())))
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    port = free_port()
    listening.bind(("127.0.0.1", port))
    app = create_app(
        api_url=f"http://127.0.0.1:{port}/graphql/", clock_file=clock, retry_scale=RETRY_SCALE
    )
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="critical", timeout_graceful_shutdown=1, ws="none")
    )
    serving = threading.Thread(target=server.run, args=([listening],), name="store", daemon=True)
    serving.start()
    database = open_database(database_url, pool_size=4)
    made = Scene(folder, database, app.state.service, port, free_port(), **more)
    try:
        wait_until(lambda: server.started, "the store is open")
        made.door = Door(server, listening)
        yield made
    finally:
        made.stop()
        server.should_exit = True
        serving.join()
        listening.close()
        database.close()
