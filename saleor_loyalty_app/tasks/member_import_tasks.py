"""Imports of members: whoever started one, a worker goes on with it."""

from datetime import timedelta
from functools import partial

from sqlalchemy import Connection

from saleor_loyalty_app.flows.import_members import Importer
from saleor_loyalty_app.flows.reverse_member_import import reverse_next_page
from saleor_loyalty_app.member_imports import repository
from saleor_loyalty_app.queue import Schedule
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tasks.background import Background
from saleor_loyalty_app.tasks.per_store import for_each_store

#: Pages of a store's import that one run books before others have their turn.
PAGES = 10
#: So many rows are deleted in one transaction.
ROWS_AT_ONCE = 1_000


def schedules(work: Background) -> tuple[Schedule, ...]:
    """The schedules of this file."""
    return (
        Schedule("import_members", timedelta(seconds=5), partial(import_members, work)),
        Schedule("forget_import_rows", timedelta(minutes=30), partial(forget_import_rows, work)),
    )


def import_members(work: Background) -> bool:
    """Goes on with the imports of members of all stores."""
    return for_each_store(
        "import_members",
        work.active_stores(),
        partial(import_pages, work),
        threads=work.threads,
    )


def import_pages(work: Background, store: StoreRef) -> bool:
    """Works on the next pages of a store's import; gives whether there are more."""
    importer = Importer(work.services.access, work.email_keys, work.clock)
    for _ in range(PAGES):
        found = work.database.read(lambda conn: repository.import_at_work(conn, store.id))
        if found is None:
            return False
        if found.state == "reversing":
            reverse_next_page(work.database, store, found.id, now=work.clock())
        else:
            importer.next_page(store, found.id)
    return work.database.read(lambda conn: repository.import_at_work(conn, store.id)) is not None


def forget_import_rows(work: Background) -> bool:
    """Deletes the rows of imports that are over, which hold personal data, a page of each."""
    now = work.clock()
    waiting = work.database.read(lambda conn: repository.imports_to_forget(conn, now))

    def forget(conn: Connection, import_id: int) -> int:
        gone = repository.delete_rows(conn, import_id, limit=ROWS_AT_ONCE)
        if not gone:
            repository.forget_file(conn, import_id, now)
        return gone

    gone = [work.database.write(partial(forget, import_id=one)) for one in waiting]
    return any(gone)
