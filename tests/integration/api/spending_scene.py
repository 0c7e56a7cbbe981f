"""Both faces before a sandbox store whose shopper has points."""

from collections.abc import Mapping
from typing import Any, cast

import httpx
import sqlalchemy as sa

from saleor_loyalty_app.clock import ManualClock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.stores.models import Store
from tests.api_edge import ApiEdge
from tests.redemption_stage import CIPHER, SHOPPER, Stage
from tests.signing import SigningKey

STOREFRONT = "/api/storefront/v1"


class SpendingScene:
    """A shop, its shopper with points, and the API before both."""

    def __init__(
        self, database: Database, key: SigningKey, *, limits: Mapping[str, str], **spending: Any
    ) -> None:
        self.stage = Stage.open(database, **spending)
        clock = cast(ManualClock, self.stage.box.clock.now)
        self.edge = ApiEdge(
            database, clock, key, http=self.stage.network.client(), cipher=CIPHER, limits=limits
        )
        stores = table(Store)
        database.write(
            lambda conn: conn.execute(
                sa.update(stores)
                .where(stores.c.id == self.stage.store.id)
                .values(jwks=key.jwks, storefront_origins=None)
            )
        )
        self._keys = 0

    def close(self) -> None:
        self.edge.close()

    def headers(self, email: str = SHOPPER, **more: str) -> dict[str, str]:
        """Those of a signed-in shopper."""
        user = self.stage.users[email]
        return self.edge.shopper(self.stage.store, user_id=user, email=email) | more

    def preview(self, checkout: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """GET /checkouts/{id}; the shopper's own unless other headers are given."""
        return self.edge.get(
            f"{STOREFRONT}/checkouts/{checkout}", self.headers() if headers is None else headers
        )

    def anonymous_preview(self, checkout: str) -> httpx.Response:
        """The same without a token."""
        url = self.stage.store.api_url
        return self.edge.get(f"{STOREFRONT}/checkouts/{checkout}?store={url}", {})

    def spend(
        self,
        checkout: str,
        points: object = 500,
        *,
        key: str = "",
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """POST /redemptions."""
        self._keys += 1
        sent = {"Idempotency-Key": key or f"wish-{self._keys}"}
        return self.edge.send(
            "POST",
            f"{STOREFRONT}/redemptions",
            sent | dict(self.headers() if headers is None else headers),
            {"checkout_id": checkout, "points": points},
        )

    def look(self, redemption: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """GET /redemptions/{id}."""
        return self.edge.get(
            f"{STOREFRONT}/redemptions/{redemption}",
            self.headers() if headers is None else headers,
        )

    def give_up(self, redemption: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        """DELETE /redemptions/{id}."""
        return self.edge.send(
            "DELETE",
            f"{STOREFRONT}/redemptions/{redemption}",
            self.headers() if headers is None else headers,
        )


def told(answer: httpx.Response) -> tuple[int, str]:
    """Status and code of a failure."""
    return answer.status_code, answer.json()["error"]["code"]
