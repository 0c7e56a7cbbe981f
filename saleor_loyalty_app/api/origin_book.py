"""The stores' origins as one process remembers them for seconds."""

import asyncio
from datetime import datetime, timedelta

from sqlalchemy.exc import SQLAlchemyError

from saleor_loyalty_app import log
from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.stores.origins import EVERYBODY, Origins, all_origins

#: A changed setting acts within this time.
REMEMBERED = timedelta(seconds=5)
_log = log.get(__name__)


class OriginBook:
    """Which origins the stores take; one read serves all requests of some seconds."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._read_at: datetime | None = None
        self._origins = EVERYBODY
        self._reading = asyncio.Lock()

    async def origins(self) -> Origins:
        """The origins, as they were at most `REMEMBERED` ago.

        While the database does not answer they stay as they were: whatever needs it fails anyway.
        """
        if self._is_fresh():
            return self._origins
        async with self._reading:
            if not self._is_fresh():
                try:
                    self._origins = await self._database.read_async(all_origins)
                except SQLAlchemyError as failure:
                    _log.warning("origins_not_read", exc_info=failure)
                self._read_at = self._clock()
        return self._origins

    def _is_fresh(self) -> bool:
        return self._read_at is not None and abs(self._clock() - self._read_at) < REMEMBERED
