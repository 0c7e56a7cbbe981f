"""What a store calls what it sells: read from Saleor, and remembered for a while."""

import threading
from collections import OrderedDict
from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.saleor.catalog_reader import CatalogKind, CatalogReader
from saleor_loyalty_app.stores.refs import StoreRef

#: So long a name is repeated.
REMEMBERED = timedelta(minutes=10)
#: So long Saleor is not asked again for what it did not tell.
LEFT_ALONE = timedelta(minutes=1)
_KEPT = 20_000
_Key = tuple[int, CatalogKind, str]


class CatalogBook:
    """The names of categories, products and the like of any store. Thread-safe.

    The least used are forgotten first.
    """

    def __init__(self) -> None:
        #: Until when it is not asked again, and the name; "" = none is known.
        self._known: OrderedDict[_Key, tuple[datetime, str]] = OrderedDict()
        self._lock = threading.Lock()

    def lacking(
        self, store_id: int, kind: CatalogKind, references: Collection[str], now: datetime
    ) -> list[str]:
        """Those of which Saleor is to be asked."""
        with self._lock:
            known = {one: self._known.get((store_id, kind, one)) for one in references}
        return [one for one, found in known.items() if found is None or found[0] <= now]

    def told(self, store_id: int, kind: CatalogKind, references: Collection[str]) -> dict[str, str]:
        """The names that are known, also those from longer ago."""
        found: dict[str, str] = {}
        with self._lock:
            for one in references:
                known = self._known.get((store_id, kind, one))
                if known is not None:
                    self._known.move_to_end((store_id, kind, one))
                if known is not None and known[1]:
                    found[one] = known[1]
        return found

    def ask(
        self,
        access: StoreAccess,
        store: StoreRef,
        lacking: Mapping[CatalogKind, Collection[str]],
        *,
        now: datetime,
    ) -> None:
        """Asks Saleor, with a network call for each hundred of a kind, and remembers.

        Raises:
            What `StoreAccess.endpoint` and Saleor's client raise.
        """
        reader, endpoint = CatalogReader(access.client), access.endpoint(store)
        for kind, references in lacking.items():
            found = reader.named(endpoint, kind, references)
            # Products are referred to by their ids, too.
            names = {key: one.name for one in found for key in (one.id, one.reference)}
            told = {one: names.get(one, "") for one in references}
            self._remember(store.id, kind, told, now + REMEMBERED)

    def leave_alone(
        self, store_id: int, kind: CatalogKind, references: Collection[str], now: datetime
    ) -> None:
        """Saleor did not tell: what was known before is kept, and asked again in a while."""
        before = self.told(store_id, kind, references)
        kept = {one: before.get(one, "") for one in references}
        self._remember(store_id, kind, kept, now + LEFT_ALONE)

    def _remember(
        self, store_id: int, kind: CatalogKind, names: Mapping[str, str], until: datetime
    ) -> None:
        with self._lock:
            for one, name in names.items():
                self._known[store_id, kind, one] = until, name
                self._known.move_to_end((store_id, kind, one))
            while len(self._known) > _KEPT:
                self._known.popitem(last=False)
