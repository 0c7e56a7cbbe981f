"""A store signs with a key that is not known: its keys are asked for again, seldom."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import httpx

from saleor_loyalty_app import log
from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.saleor.errors import ForbiddenAddress, InvalidKeySet, SaleorUnavailable
from saleor_loyalty_app.saleor.jwks import fetch_jwks
from saleor_loyalty_app.saleor.keys import KeySet
from saleor_loyalty_app.stores import repository
from saleor_loyalty_app.stores.refs import StoreRef

#: Anybody can send a signature with a key id that does not exist; a store is not asked oftener.
AT_MOST_EVERY = timedelta(minutes=1)
_log = log.get(__name__)


class KeysUnavailable(AppError):
    """The store's new keys cannot be had now. That is no fault of who signed: try again."""

    code: ClassVar[str] = "keys_unavailable"
    status: ClassVar[int] = 503

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)
        self.retry_after = AT_MOST_EVERY.total_seconds()


@dataclass(frozen=True, slots=True)
class KeyRing:
    """Asks stores for their public keys, at most once a minute each over all processes."""

    database: Database
    http: httpx.Client
    clock: Clock

    def refresh(self, store: StoreRef) -> KeySet:
        """The keys that `store` publishes now; they are stored before they are given.

        Raises:
            KeysUnavailable: it was asked less than a minute ago, or does not answer with keys.
        """
        now = self.clock()
        if not self.database.write(
            lambda conn: repository.claim_key_refresh(
                conn, store.id, not_since=now - AT_MOST_EVERY, now=now
            )
        ):
            raise KeysUnavailable("asked_lately")
        try:
            document = fetch_jwks(self.http, store.api_url)
        except (SaleorUnavailable, InvalidKeySet, ForbiddenAddress) as failure:
            _log.warning("keys_not_fetched", store_id=store.id, error_code=failure.code)
            raise KeysUnavailable(failure.code) from failure
        self.database.write(
            lambda conn: repository.save_keys(conn, store.id, document, self.clock())
        )
        _log.info("keys_refreshed", store_id=store.id)
        return KeySet.from_jwks(document)
