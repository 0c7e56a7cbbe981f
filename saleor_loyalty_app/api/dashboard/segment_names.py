"""What that is called which segments look at."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import Faces
from saleor_loyalty_app.api.dashboard.catalog_told import names_told
from saleor_loyalty_app.api.dashboard.staff import Staff
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.programs.segments import CategoryShare, segment_leaves
from saleor_loyalty_app.programs.words import tier_names
from saleor_loyalty_app.stores.refs import StoreRef


async def categories_told(faces: Faces, staff: Staff, now: datetime) -> Mapping[str, str]:
    """The names of the categories that the segments in force look at, by slug.

    Those that Saleor does not tell in time are left out: they are told by their slugs then.
    """

    def read(conn: Connection) -> tuple[StoreRef, tuple[str, ...]]:
        store = still_active(conn, staff.store)
        revision = revision_at(conn, store.id, now)
        return store, () if revision is None else categories_in(revision.program)

    store, slugs = await faces.database.read_async(read)
    told = await names_told(faces, store, {"category": slugs}, now)
    return told["category"]


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
