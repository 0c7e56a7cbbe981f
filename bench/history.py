"""The import of a store's past, from pages that were rendered before.

    python -m bench.history DATABASE_URL FOLDER

is the process that imports; it prints one JSON line.
"""

import contextlib
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from bench.figures import Figure
from bench.scene import CUSTOMERS, LONG_AGO, NOW, SECRETS, order, prepare
from bench.servers import Server
from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database, open_database
from saleor_loyalty_app.flows.import_choice import ImportChoice
from saleor_loyalty_app.flows.import_history import (
    run_history_import,
    start_history_import,
)
from saleor_loyalty_app.saleor.client import Endpoint, SaleorClient
from saleor_loyalty_app.saleor.order_reader import FIRST_PAGE, OrderPage, OrderReader
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import all_stores

GROUP = "history import"
PAGES = 40
#: Pages after which memory is taken as settled.
SETTLED = 10
#: Memory counts as flat while it grows by no more than this share.
GROWTH = 1.10


def measure(
    server: Server, rounds: int, _seconds: float, tell: Callable[[str], None]
) -> Iterator[Figure]:
    """Renders the pages and imports them into both databases, each in a process of its own."""
    with tempfile.TemporaryDirectory(prefix="loyalty-bench-") as name:
        folder = Path(name)
        tell(f"rendering {PAGES} pages of {FIRST_PAGE} orders")
        render(folder, PAGES)
        found: dict[str, list[dict[str, float]]] = {"PostgreSQL": [], "SQLite": []}
        for number in range(rounds):
            for kind, results in found.items():
                tell(f"round {number + 1} of {rounds}: {kind}")
                file = folder / f"{number}.sqlite3"
                postgres = kind == "PostgreSQL"
                url = server.database("bench_history") if postgres else f"sqlite:///{file}"
                with contextlib.closing(open_database(url)) as database:
                    prepare(database)
                results.append(_import(url, folder))
        for kind, results in found.items():
            yield from _figures(kind, results)


def render(folder: Path, pages: int, first: int = 0) -> None:
    """Writes answers of Saleor to the query of orders, oldest first, all before the program.

    `first`: the number of the first order.
    """
    past = LONG_AGO - timedelta(days=200)
    for page in range(pages):
        orders = [
            order(first + number, number % CUSTOMERS, past + timedelta(minutes=number))
            for number in range(page * FIRST_PAGE, (page + 1) * FIRST_PAGE)
        ]
        answer = {
            "data": {
                "orders": {
                    "pageInfo": {"hasNextPage": page + 1 < pages, "endCursor": str(page + 1)},
                    "edges": [{"node": one} for one in orders],
                }
            }
        }
        (folder / f"page-{page}.json").write_text(json.dumps(answer))


class RenderedOrders:
    """The app's own reader of orders, whose answers come from the folder."""

    def __init__(self, folder: Path) -> None:
        def answer(request: httpx.Request) -> httpx.Response:
            after = json.loads(request.content)["variables"]["after"]
            self.memory.append(resident_mb())
            body = (folder / f"page-{after or 0}.json").read_bytes()
            return httpx.Response(200, content=body, headers={"content-type": "application/json"})

        self.memory: list[float] = []
        http = httpx.Client(transport=httpx.MockTransport(answer))
        self._reader = OrderReader(SaleorClient(http, now=lambda: NOW))

    def orders_by_ids(self, store: StoreRef, ids: Sequence[str]) -> OrderPage:
        """See `OrderSource`."""
        return self._reader.by_ids(_endpoint(store), ids)

    def orders_updated_since(
        self, store: StoreRef, since: datetime, after_cursor: str | None
    ) -> OrderPage:
        """See `OrderSource`."""
        return self._reader.updated_since(_endpoint(store), since, after_cursor)

    def orders_created_since(
        self, store: StoreRef, since: datetime | None, after_cursor: str | None
    ) -> OrderPage:
        """See `OrderSource`."""
        return self._reader.created_since(_endpoint(store), since, after_cursor)


def import_all(database: Database, folder: Path) -> dict[str, Any]:
    """Imports all pages; gives orders a second and megabytes after the first pages and at most.

    Raises:
        RuntimeError: not every order was counted.
    """
    store = database.read(all_stores)[0]
    source, clock = RenderedOrders(folder), ManualClock(NOW)
    row = database.write(
        lambda conn: start_history_import(
            conn, store, ImportChoice("days", days=3650), dry_run=False, now=NOW
        )
    )
    began = time.perf_counter()
    row = run_history_import(
        database,
        store,
        source,
        row.id,
        clock=clock,
        secrets=SECRETS,
        wait=lambda _: None,
    )
    elapsed = time.perf_counter() - began
    if row.state != "done" or row.orders_counted != len(source.memory) * FIRST_PAGE:
        raise RuntimeError(f"not all was counted: {asdict(row)}")
    settled = [*source.memory[SETTLED:], resident_mb()]
    return {
        "per_second": row.orders_counted / elapsed,
        "settled_mb": settled[0],
        "end_mb": settled[-1],
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


def resident_mb() -> float:
    """The memory that this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def _endpoint(store: StoreRef) -> Endpoint:
    return Endpoint(store.api_url, "bench")


def _import(url: str, folder: Path) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, "-m", "bench.history", url, str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def _figures(kind: str, results: list[dict[str, float]]) -> Iterator[Figure]:
    def median(key: str) -> float:
        return statistics.median(result[key] for result in results)

    speeds = [result["per_second"] for result in results]
    yield Figure(GROUP, f"orders, {kind}", statistics.median(speeds), "per s", rounds=speeds)
    yield Figure(
        GROUP,
        f"memory at the end, {kind}",
        median("end_mb"),
        "MB",
        peer=f"after {SETTLED} pages of {PAGES}",
        ratio=statistics.median(result["end_mb"] / result["settled_mb"] for result in results),
        target=GROWTH,
        at_most=True,
        notes={"peak in MB:": median("peak_mb"), "after the first pages:": median("settled_mb")},
    )


def main() -> None:
    """Imports and prints."""
    url, folder = sys.argv[1:]
    with contextlib.closing(open_database(url)) as database:
        print(json.dumps(import_all(database, Path(folder))))


if __name__ == "__main__":
    main()
