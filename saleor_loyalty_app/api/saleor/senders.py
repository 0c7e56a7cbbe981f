"""Who sent a webhook: proved by the signature over the raw bytes, before anything is read in them.

Shared by the asynchronous and the synchronous webhooks. Cheap questions come first.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from starlette.requests import Request

from saleor_loyalty_app import metrics
from saleor_loyalty_app.api.saleor.bodies import LARGEST_BODY, read_body
from saleor_loyalty_app.api.saleor.tenants import Tenant, Tenants
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.receive_event import WrongRecipient
from saleor_loyalty_app.saleor.api_url import canonical_api_url
from saleor_loyalty_app.saleor.errors import InvalidApiUrl, InvalidSignature, UnknownKey
from saleor_loyalty_app.saleor.signature import verify_webhook
from saleor_loyalty_app.stores.refs import StoreRef

T = TypeVar("T")
_FACE = "webhook"


class Refused(Exception):
    """A request that is not genuine; the sender learns nothing of the reason."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Senders:
    """Proves who sent a request.

    Attributes:
        largest_body: in bytes.
        from_memory: a store that was known once is taken as it was while the database cannot be
            read: for answers that must not wait for it.
    """

    tenants: Tenants
    largest_body: int = LARGEST_BODY
    from_memory: bool = False

    async def verified(self, request: Request) -> tuple[Tenant, bytes]:
        """Who sent it, and the raw bytes.

        Raises:
            Refused: it is not genuine.
            AppError: the body is too large, did not come, or the keys cannot be had now.
        """
        signature = request.headers.get("saleor-signature", "")
        if not signature:
            raise Refused("signature_missing")
        try:
            api_url = canonical_api_url(request.headers.get("saleor-api-url", ""))
        except InvalidApiUrl:
            raise Refused("unknown_store") from None
        find = self.tenants.find_or_remember if self.from_memory else self.tenants.find
        tenant = await find(api_url)
        if tenant is None:
            raise Refused("unknown_store")
        body = await read_body(request, largest=self.largest_body)
        try:
            return await self._signed(tenant, signature, body), body
        except InvalidSignature as failure:
            raise Refused(f"signature_{failure.reason}") from None
        except UnknownKey:
            raise Refused("unknown_key") from None

    async def as_recipient(
        self, tenant: Tenant, prepare: Callable[[StoreRef], T]
    ) -> tuple[Tenant, T]:
        """What `prepare` makes of the store; the app may have been installed anew since.

        Raises:
            WrongRecipient: `prepare` raised it for the store as it is now, too.
        """
        try:
            return tenant, prepare(tenant.store)
        except WrongRecipient:
            current = await self.tenants.read(tenant.store.api_url)
            if current is None or current.store.app_id == tenant.store.app_id:
                raise
            return current, prepare(current.store)

    async def _signed(self, tenant: Tenant, signature: str, body: bytes) -> Tenant:
        try:
            verify_webhook(signature, body, tenant.keys)
        except UnknownKey:
            current = await self.tenants.read(tenant.store.api_url)
            if current is None:
                raise Refused("unknown_store") from None
            tenant = await self._signed_with_new_key(current, signature, body)
        return tenant

    async def _signed_with_new_key(self, tenant: Tenant, signature: str, body: bytes) -> Tenant:
        """Another process may have read the new keys already; else the store is asked once."""
        try:
            verify_webhook(signature, body, tenant.keys)
        except UnknownKey:
            tenant = await self.tenants.with_fresh_keys(tenant)
            verify_webhook(signature, body, tenant.keys)
        return tenant


def count_refusal(failure: Refused | AppError) -> None:
    """Counts a request that was refused as not genuine, by its reason."""
    reason = failure.reason if isinstance(failure, Refused) else failure.code
    metrics.refusals.labels(_FACE, reason).inc()
