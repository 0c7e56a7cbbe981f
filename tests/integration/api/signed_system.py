"""A system of a store that signs its requests, as its developers write it; for tests."""

import asyncio
import base64
import hashlib
import hmac
import json
from typing import Any

import httpx

from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge
from tests.integration.api.partner_system import API, PartnerSystem


def signature_of(key: str, *parts: str) -> str:
    """Written a second time, by the documentation alone: the app's own would agree with itself."""
    made = hmac.new(key.encode(), "\n".join(parts).encode(), hashlib.sha256).digest()
    return f"v1,{base64.b64encode(made).decode()}"


class SignedSystem(PartnerSystem):
    """A system whose key must sign."""

    def __init__(self, edge: ApiEdge, store: StoreRef, **terms: Any) -> None:
        super().__init__(edge, store, **({"must_sign": True} | terms))

    def headers(
        self, method: str, path: str, body: bytes = b"", *, token: str = "", wish: str = ""
    ) -> dict[str, str]:
        """What a request is sent with, signed now."""
        token = token or self.token
        timestamp = str(int(self.edge.clock().timestamp()))
        digest = hashlib.sha256(body).hexdigest()
        signature = signature_of(token, timestamp, method, f"{API}/{path}", wish, digest)
        headers = {
            "Authorization": f"Loyalty-Key {token.rpartition('_')[0]}",
            "Loyalty-Timestamp": timestamp,
            "Loyalty-Signature": signature,
        }
        if body:
            headers["Content-Type"] = "application/json"
        if wish:
            headers["Idempotency-Key"] = wish
        return headers

    def send(
        self, method: str, path: str, body: object | None = None, *, token: str = "", **more: str
    ) -> httpx.Response:
        """One signed request of the system."""
        content = b"" if body is None else json.dumps(body).encode()
        wish = more.pop("Idempotency-Key", "")
        headers = self.headers(method, path, content, token=token, wish=wish)
        return self.send_as_is(method, path, headers | more, content)

    def send_as_is(
        self, method: str, path: str, headers: dict[str, str], content: bytes = b""
    ) -> httpx.Response:
        """One request, with these headers and no others."""

        raw = {name.encode(): value.encode("latin-1") for name, value in headers.items()}

        async def ask() -> httpx.Response:
            transport = httpx.ASGITransport(self.edge.app, raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://app") as client:
                return await client.request(method, f"{API}/{path}", headers=raw, content=content)

        return asyncio.run(ask())
