"""For those who watch the app: is it up, can it work, what does it count.

`/health` asks nothing of anybody; `/ready` looks at database and migrations, and tells in detail
what is wrong with stores, schedules and plugins (which does not make the app unready); `/metrics`
is for
Prometheus. The last two ask for a bearer token where one is set.
"""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy.engine import Connection
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from saleor_loyalty_app import __version__, log, metrics
from saleor_loyalty_app.db import migrate
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.plugins import Broken, Found
from saleor_loyalty_app.queue import schedules
from saleor_loyalty_app.stores import problems
from saleor_loyalty_app.stores import repository as stores

#: More stores than this are counted, not named.
MOST_STORES_NAMED = 100
_LONGEST_REASON = 300
_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class Health:
    """What the three addresses look at.

    Attributes:
        worker_alive: of the worker in this process; None where it has none.
        token: what /metrics and the detail of /ready ask for; "" = nothing.
        plugins: those that this process uses.
        broken_plugins: those that are installed and cannot be used.
    """

    database: Database
    worker_alive: Callable[[], bool | None]
    token: str = ""
    plugins: Sequence[Found[Any]] = ()
    broken_plugins: Sequence[Broken] = ()

    def routes(self) -> list[Route]:
        """The routes, to be put into an app."""
        return [
            Route("/health", self._health, methods=["GET"]),
            Route("/ready", self._ready, methods=["GET"]),
            Route("/metrics", self._metrics, methods=["GET"]),
        ]

    async def _health(self, _request: Request) -> Response:
        return _json({"status": "ok", "version": __version__})

    async def _metrics(self, request: Request) -> Response:
        if not self._may_look(request):
            return Response(status_code=401, headers={"WWW-Authenticate": "Bearer"})
        return Response(metrics.exposition(), media_type=CONTENT_TYPE_LATEST)

    async def _ready(self, request: Request) -> Response:
        try:
            ready, answer = await self.database.read_async(self._look)
        except SQLAlchemyError as failure:
            _log.warning("not_ready", reason=log.describe(failure))
            ready, answer = False, {"database": "unreachable"}
        if not self._may_look(request):
            answer = {}
        return _json({"ready": ready, **answer}, status=200 if ready else 503)

    def _look(self, conn: Connection) -> tuple[bool, dict[str, object]]:
        found, wanted = migrate.current(conn), migrate.head()
        migrations = {"at": found, "head": wanted}
        if not migrate.fits(found):
            return False, {"database": "reachable", "migrations": migrations}
        alive = self.worker_alive()
        return alive is not False, {
            "database": "reachable",
            "migrations": migrations,
            "worker": {None: "elsewhere", True: "alive", False: "dead"}[alive],
            "failing_schedules": schedules.failing(conn),
            "stores": _stores(conn),
            "plugins": {one.name: one.version for one in self.plugins},
            "broken_plugins": {
                one.name: one.reason[:_LONGEST_REASON] for one in self.broken_plugins
            },
        }

    def _may_look(self, request: Request) -> bool:
        if not self.token:
            return True
        kind, _, given = request.headers.get("authorization", "").partition(" ")
        return kind.lower() == "bearer" and hmac.compare_digest(
            given.strip().encode(), self.token.encode()
        )


def _stores(conn: Connection) -> dict[str, object]:
    active = stores.all_stores(conn)
    troubled = {
        str(store.id): [problem.key for problem in found]
        for store in active[:MOST_STORES_NAMED]
        if (found := problems.open_problems(conn, store.id))
    }
    return {"active": len(active), "problems": troubled}


def _json(content: dict[str, object], status: int = 200) -> JSONResponse:
    return JSONResponse(content, status_code=status, headers={"Cache-Control": "no-store"})
