"""Which store sent a webhook: remembered for seconds, so that a webhook costs no read of its own.

Nothing is refused by what is remembered alone: before a refusal the store is read again.
"""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.db.database import DATABASE_TROUBLE, Database
from saleor_loyalty_app.saleor.errors import InvalidKeySet
from saleor_loyalty_app.saleor.keys import KeySet
from saleor_loyalty_app.stores import repository as stores
from saleor_loyalty_app.stores.refs import StoreRef

#: The kill switches of a store act within this time.
REMEMBERED = timedelta(seconds=5)
MOST_REMEMBERED = 1000
#: So long the database is waited for where a remembered store would do.
PATIENCE = timedelta(seconds=1)
_NO_KEYS = KeySet({})

#: Asks a store for its public keys and stores them; raises an AppError of status 503 where that is
#: not possible now, or was tried too shortly ago.
RefreshKeys = Callable[[StoreRef], KeySet]


@dataclass(frozen=True, slots=True)
class Tenant:
    """A store with the keys that sign its webhooks."""

    store: StoreRef
    keys: KeySet


class Tenants:
    """The stores by their canonical API address.

    Args:
        refresh: see `RefreshKeys`; it runs on `saleor_threads`, as it calls the network.
    """

    def __init__(
        self,
        database: Database,
        *,
        clock: Clock,
        refresh: RefreshKeys,
        saleor_threads: Executor,
    ) -> None:
        self._database = database
        self._clock = clock
        self._refresh = refresh
        self._saleor_threads = saleor_threads
        self._remembered: OrderedDict[str, tuple[datetime, Tenant]] = OrderedDict()

    async def find(self, api_url: str) -> Tenant | None:
        """The store, as it was at most `REMEMBERED` ago."""
        known = self._remembered.get(api_url)
        if known is not None and self._is_fresh(known):
            return known[1]
        return await self.read(api_url)

    async def find_or_remember(self, api_url: str) -> Tenant | None:
        """The store, or as it was when it was last read where the database cannot say in time."""
        known = self._remembered.get(api_url)
        if known is None or self._is_fresh(known):
            return await self.find(api_url)
        try:
            async with asyncio.timeout(PATIENCE.total_seconds()):
                return await self.read(api_url)
        except (*DATABASE_TROUBLE, TimeoutError):
            return known[1]

    async def read(self, api_url: str) -> Tenant | None:
        """The store as it is now."""
        tenant = await self._database.read_async(lambda conn: _tenant(conn, api_url))
        if tenant is None:
            self._remembered.pop(api_url, None)
        else:
            self._remember(tenant)
        return tenant

    async def with_fresh_keys(self, tenant: Tenant) -> Tenant:
        """The store with the keys that it publishes now.

        Raises:
            AppError: of status 503, when they cannot be had now.
        """
        loop = asyncio.get_running_loop()
        keys = await loop.run_in_executor(self._saleor_threads, self._refresh, tenant.store)
        fresh = Tenant(tenant.store, keys)
        self._remember(fresh)
        return fresh

    def _is_fresh(self, known: tuple[datetime, Tenant]) -> bool:
        return abs(self._clock() - known[0]) < REMEMBERED

    def _remember(self, tenant: Tenant) -> None:
        self._remembered[tenant.store.api_url] = (self._clock(), tenant)
        self._remembered.move_to_end(tenant.store.api_url)
        while len(self._remembered) > MOST_REMEMBERED:
            self._remembered.popitem(last=False)


def _tenant(conn: Connection, api_url: str) -> Tenant | None:
    store = stores.store_by_url(conn, api_url)
    if store is None:
        return None
    stored = stores.keys(conn, store.id)
    if stored is None:
        return None
    try:
        return Tenant(store, KeySet.from_jwks(stored.jwks))
    except InvalidKeySet:
        return Tenant(store, _NO_KEYS)
