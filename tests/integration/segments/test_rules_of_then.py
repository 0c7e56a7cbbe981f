"""By which rule somebody came into a segment: asked once for each program, however many came."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, event

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.segment_standing import Then
from saleor_loyalty_app.segments.repository import Row
from saleor_loyalty_app.stores.refs import StoreRef
from tests.factories import make_revision
from tests.order_books import NOW, live_store, program

DAY = timedelta(days=1)


def with_least(orders: int) -> dict[str, Any]:
    """A program whose only segment asks for so many orders."""
    rule = {"type": "orders", "min": orders}
    return program() | {"segments": [{"id": "loyal", "names": {"en": "Loyal"}, "rule": rule}]}


def leasts(then: Then, days: Sequence[int]) -> list[int | None]:
    """How many orders were asked for of who came in on each of the days after now."""
    found: list[int | None] = []
    for day in days:
        row = Row(1, "loyal", NOW + day * DAY, [{"type": "orders", "number": 9}])
        told = then.came_in(row)
        found += [leaf.min for leaf, _ in told if leaf.type == "orders"] or [None]
    return found


def test_each_program_is_asked_for_once(database: Database) -> None:
    def furnish(conn: Connection) -> StoreRef:
        store = live_store(conn, with_least(1))
        make_revision(conn, store.id, with_least(2), effective_from=NOW + 10 * DAY)
        return store

    store = database.write(furnish)
    asked: list[str] = []

    def look(conn: Connection) -> list[int | None]:
        then = Then(conn, store)
        event.listen(conn, "before_cursor_execute", lambda *told: asked.append(told[2]))
        first = leasts(then, [1, 12])
        known = len(asked)
        found = leasts(then, [1, 2, 9, 10, 11, 12, 13, 300])
        assert known > 0
        assert (first, len(asked)) == ([1, 2], known)
        return found

    assert database.read(look) == [1, 1, 1, 2, 2, 2, 2, 2]
