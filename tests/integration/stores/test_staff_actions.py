"""Who changed what."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.stores import staff_actions
from saleor_loyalty_app.stores.staff_actions import Action
from tests.factories import make_store

NOW = datetime(2027, 1, 1, 12, tzinfo=UTC)


def _note(conn: Connection, store_id: int, **values: object) -> int:
    wanted: dict[str, object] = {
        "actor": "user:VXNlcjox",
        "kind": "switch_changed",
        "subject": "switch:earning",
        "before": {"on": True},
        "after": {"on": False},
        "now": NOW,
    } | values
    return staff_actions.note(conn, store_id, **wanted)  # type: ignore[arg-type]


def test_actions_are_read_newest_first_page_by_page_and_by_what_is_asked(
    database: Database,
) -> None:
    store, other = (database.write(lambda conn: make_store(conn)).id for _ in range(2))
    first = database.write(lambda conn: _note(conn, store))
    second = database.write(
        lambda conn: _note(
            conn,
            store,
            actor="user:VXNlcjoy",
            kind="program_published",
            subject="revision:3",
            before=None,
            after={"revision": 3, "name": "Çarşı"},
            now=NOW + timedelta(hours=1),
        )
    )
    database.write(lambda conn: _note(conn, other))

    def read(before: int | None = None, first: int = 10, **asked: str) -> list[Action]:
        return database.read(lambda conn: staff_actions.page(conn, store, first, before, **asked))

    assert [action.id for action in read()] == [second, first]
    assert read(first=1)[0] == Action(
        id=second,
        at=NOW + timedelta(hours=1),
        actor="user:VXNlcjoy",
        kind="program_published",
        subject="revision:3",
        before=None,
        after={"revision": 3, "name": "Çarşı"},
    )
    assert [action.id for action in read(before=second)] == [first]
    assert read(before=first) == []
    assert [action.id for action in read(kind="switch_changed")] == [first]
    assert [action.id for action in read(subject="revision:3")] == [second]
    assert [action.id for action in read(actor="user:VXNlcjox")] == [first]
    assert read(kind="switch_changed", actor="user:VXNlcjoy") == []


def test_a_change_that_is_taken_back_leaves_no_note(database: Database) -> None:
    store = database.write(lambda conn: make_store(conn)).id

    def change(conn: Connection) -> None:
        _note(conn, store)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        database.write(change)
    assert database.read(lambda conn: staff_actions.page(conn, store, 10, None)) == []


@pytest.mark.parametrize(
    "values",
    [
        {"kind": "Program Published"},
        {"kind": "a" * 65},
        {"subject": ""},
        {"actor": "user:" + "x" * 200},
    ],
)
def test_a_malformed_name_is_a_mistake_of_the_caller(
    database: Database, values: dict[str, object]
) -> None:
    store = database.write(lambda conn: make_store(conn)).id
    with pytest.raises(ValueError):
        database.write(lambda conn: _note(conn, store, **values))
