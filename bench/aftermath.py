"""What shoppers left behind once the sweep was there: books, redemptions and their codes."""

import contextlib
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import httpx
import sqlalchemy as sa
from sqlalchemy.engine import Connection

from demo.staff import STAFF, Counter
from saleor_loyalty_app.clock import Clock, system_clock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.ledger.auditing import audit
from saleor_loyalty_app.rewards.models import LIVE_STATES, Redemption, RedemptionSighting

_rows, _sightings = table(Redemption), table(RedemptionSighting)
_VOUCHERS = """query ($after: String) {
  vouchers(first: 100, after: $after) {
    pageInfo { hasNextPage endCursor }
    edges { node { endDate codes(first: 2) { edges { node { code isActive } } } } }
  }
}"""


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What must hold once nothing is due.

    Attributes:
        redemptions: how many there were, by state.
        drifting: accounts whose books do not add up.
        half_done: redemptions that stand between two states and that nobody will finish.
        outliving: codes that still open something though their redemption has ended.
        missing: live redemptions on a cart whose code opens nothing.
    """

    redemptions: dict[str, int]
    drifting: int
    half_done: int
    outliving: int
    missing: int

    @property
    def is_sound(self) -> bool:
        """Nothing was left behind."""
        return not (self.drifting or self.half_done or self.outliving or self.missing)


def look(
    database: Database, store_url: str, *, clock: Clock = system_clock, patience: float = 60.0
) -> Aftermath:
    """Waits for the sweep, and looks.

    Args:
        store_url: where the store in a box answers.
        patience: seconds for the sweep to have done all that was due; what is left then is told.
    """
    end = time.monotonic() + patience
    while time.monotonic() < end and (
        _delivers(store_url) or database.read(lambda conn: _busy(conn, clock()))
    ):
        time.sleep(0.3)
    drifting = len(database.read(audit, snapshot=True))
    rows = database.read(lambda conn: conn.execute(sa.select(_rows)).all())
    usable = set(_usable_codes(store_url, clock))
    live = [row for row in rows if row.state in LIVE_STATES]
    states: dict[str, int] = {}
    for row in rows:
        states[row.state] = states.get(row.state, 0) + 1
    return Aftermath(
        redemptions=states,
        drifting=drifting,
        half_done=sum(_is_half_done(row) for row in rows),
        outliving=sum(row.state not in LIVE_STATES and row.code in usable for row in rows),
        missing=sum(row.state == "attached" and row.code not in usable for row in live),
    )


def _is_half_done(row: Any) -> bool:
    return row.state in ("held", "issued") or (row.state == "attached" and row.ending != "")


def _busy(conn: Connection, now: datetime) -> bool:
    queries = (
        sa.select(_rows.c.id).where(
            sa.or_(
                _rows.c.due_at <= now,
                _rows.c.leased_until.is_not(None),
                _rows.c.state.in_(("held", "issued")),
            )
        ),
        sa.select(_sightings.c.id).where(_sightings.c.due_at <= now),
    )
    return any(conn.execute(query.limit(1)).first() for query in queries)


def _delivers(store_url: str) -> bool:
    """Whether the store still has webhooks to send."""
    with contextlib.suppress(httpx.HTTPError):
        state = httpx.get(f"{store_url}/_control/state", timeout=30, trust_env=False).json()
        return any(one["status"] == "PENDING" for one in state["deliveries"])
    return True


def _usable_codes(store_url: str, clock: Callable[[], datetime]) -> Iterator[str]:
    with Counter(store_url) as counter:
        token, after = counter.sign_in(*STAFF), None
        while True:
            page = counter.ask(_VOUCHERS, {"after": after}, token)["vouchers"]
            for edge in page["edges"]:
                ends = edge["node"]["endDate"]
                open_still = ends is None or datetime.fromisoformat(ends) > clock()
                codes = edge["node"]["codes"]["edges"]
                yield from (
                    code["node"]["code"]
                    for code in codes
                    if open_still and code["node"]["isActive"]
                )
            if not page["pageInfo"]["hasNextPage"]:
                return
            after = page["pageInfo"]["endCursor"]
