"""What the store's categories are called: read from Saleor, and remembered for a while."""

import threading
from collections import OrderedDict
from collections.abc import Collection
from datetime import datetime, timedelta

from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.saleor.catalog_reader import CatalogReader
from saleor_loyalty_app.stores.refs import StoreRef

#: So long a name is repeated.
REMEMBERED = timedelta(minutes=10)
#: So long Saleor is not asked again for what it did not tell.
LEFT_ALONE = timedelta(minutes=1)
_KEPT = 20_000


class CategoryBook:
    """The names of categories of any store, the least used forgotten first. Thread-safe."""

    def __init__(self) -> None:
        #: By store and slug: until when it is not asked again, and the name; "" = none is known.
        self._known: OrderedDict[tuple[int, str], tuple[datetime, str]] = OrderedDict()
        self._lock = threading.Lock()

    def lacking(self, store_id: int, slugs: Collection[str], now: datetime) -> list[str]:
        """Those of which Saleor is to be asked."""
        with self._lock:
            known = {slug: self._known.get((store_id, slug)) for slug in slugs}
        return [slug for slug, one in known.items() if one is None or one[0] <= now]

    def told(self, store_id: int, slugs: Collection[str]) -> dict[str, str]:
        """The names that are known, also those from longer ago."""
        found: dict[str, str] = {}
        with self._lock:
            for slug in slugs:
                known = self._known.get((store_id, slug))
                if known is not None:
                    self._known.move_to_end((store_id, slug))
                if known is not None and known[1]:
                    found[slug] = known[1]
        return found

    def ask(
        self, access: StoreAccess, store: StoreRef, slugs: Collection[str], *, now: datetime
    ) -> None:
        """Asks Saleor, with a network call for each hundred, and remembers.

        Raises:
            What `StoreAccess.endpoint` and Saleor's client raise.
        """
        reader = CatalogReader(access.client)
        found = reader.named(access.endpoint(store), "category", slugs)
        names = {one.reference: one.name for one in found}
        self._remember(store.id, {slug: names.get(slug, "") for slug in slugs}, now + REMEMBERED)

    def leave_alone(self, store_id: int, slugs: Collection[str], now: datetime) -> None:
        """Saleor did not tell: what was known before is kept, and asked again in a while."""
        before = self.told(store_id, slugs)
        kept = {slug: before.get(slug, "") for slug in slugs}
        self._remember(store_id, kept, now + LEFT_ALONE)

    def _remember(self, store_id: int, names: dict[str, str], until: datetime) -> None:
        with self._lock:
            for slug, name in names.items():
                self._known[store_id, slug] = until, name
                self._known.move_to_end((store_id, slug))
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
