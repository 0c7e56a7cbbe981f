"""What a store calls what it sells, for sentences, as far as Saleor tells it in time."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial
from typing import get_args

from sqlalchemy.engine import Connection

from saleor_loyalty_app import log
from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import Faces
from saleor_loyalty_app.api.dashboard.staff import Staff
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.programs import repository
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.errors import ProgramInvalid
from saleor_loyalty_app.programs.store_names import references_in
from saleor_loyalty_app.saleor.catalog_reader import CatalogKind
from saleor_loyalty_app.stores.refs import StoreRef

#: A page is worth more than the names in it: Saleor is waited for no longer.
PATIENCE = timedelta(seconds=2)
#: So many of a kind are asked for; the others are told by their references.
MOST = 200
_KINDS: tuple[CatalogKind, ...] = get_args(CatalogKind)
_log = log.get(__name__)
References = Mapping[CatalogKind, tuple[str, ...]]
Catalog = Mapping[str, Mapping[str, str]]


async def catalog_of(
    faces: Faces,
    staff: Staff,
    now: datetime,
    read: Callable[[Connection, StoreRef], Iterable[Program]],
) -> Catalog:
    """What the store calls that which some programs refer to, by kind and reference.

    Args:
        read: gives the programs.
    """

    def refer(conn: Connection) -> tuple[StoreRef, References]:
        store = still_active(conn, staff.store)
        found = references_in(read(conn, store))
        return store, {kind: found[kind][:MOST] for kind in _KINDS if kind in found}

    store, references = await faces.database.read_async(refer)
    return await names_told(faces, store, references, now)


def draft_and_live(conn: Connection, store: StoreRef, *, now: datetime) -> list[Program]:
    """The draft, where it can be read, and the program in force."""
    live = repository.revision_at(conn, store.id, now)
    found = [] if live is None else [live.program]
    draft = repository.find_draft(conn, store.id)
    if draft is not None:
        with suppress(ProgramInvalid):
            found.append(draft.program())
    return found


async def names_told(
    faces: Faces, store: StoreRef, references: References, now: datetime
) -> Catalog:
    """The names of references by kind; those that Saleor does not tell in time are left out."""
    book = faces.catalog
    found = {kind: book.lacking(store.id, kind, those, now) for kind, those in references.items()}
    lacking = {kind: those for kind, those in found.items() if those}
    if lacking:
        ask = partial(book.ask, faces.access, store, lacking, now=now)
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                await faces.calls.run(ask)
        except (AppError, TimeoutError) as failure:
            _log.warning("catalog_names_not_told", store_id=store.id, exc_info=failure)
            for kind, those in lacking.items():
                left = book.lacking(store.id, kind, those, now)
                book.leave_alone(store.id, kind, left, now)
    return {kind: book.told(store.id, kind, those) for kind, those in references.items()}
