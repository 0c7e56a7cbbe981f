"""What that is called which segments look at."""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy.engine import Connection

from saleor_loyalty_app import log
from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import Faces
from saleor_loyalty_app.api.dashboard.staff import Staff
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.programs.segments import CategoryShare, segment_leaves
from saleor_loyalty_app.programs.words import tier_names
from saleor_loyalty_app.stores.refs import StoreRef

#: A page is worth more than the names in it: Saleor is waited for no longer.
PATIENCE = timedelta(seconds=2)
_log = log.get(__name__)


async def categories_told(faces: Faces, staff: Staff, now: datetime) -> Mapping[str, str]:
    """The names of the categories that the segments in force look at, by slug.

    Those that Saleor does not tell in time are left out: they are told by their slugs then.
    """

    def read(conn: Connection) -> tuple[StoreRef, tuple[str, ...]]:
        store = still_active(conn, staff.store)
        revision = revision_at(conn, store.id, now)
        return store, () if revision is None else categories_in(revision.program)

    store, slugs = await faces.database.read_async(read)
    book = faces.categories
    lacking = book.lacking(store.id, slugs, now)
    if lacking:
        ask = partial(book.ask, faces.access, store, lacking, now=now)
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                await faces.calls.run(ask)
        except (AppError, TimeoutError) as failure:
            _log.warning("category_names_not_told", store_id=store.id, exc_info=failure)
            book.leave_alone(store.id, lacking, now)
    return book.told(store.id, slugs)


def categories_in(program: Program) -> tuple[str, ...]:
    """The slugs of the categories that a program's segments look at, each once."""
    leaves = (leaf for one in program.segments or () for leaf in segment_leaves(one.rule))
    found = (leaf.category for leaf in leaves if isinstance(leaf, CategoryShare))
    return tuple(dict.fromkeys(found))


def names_in(
    program: Program | None, language: str, categories: Mapping[str, str]
) -> dict[str, Mapping[str, str]]:
    """What sentences call tiers and categories."""
    return {
        "tier": {} if program is None else tier_names(program, language),
        "category": categories,
    }
