"""Requests that leave the store, and what comes back."""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import httpx

_CONNECT_SECONDS = 2.0
ANSWER_SECONDS = 18.0
_AGENT = "Saleor/{version}"


@dataclass(frozen=True, slots=True)
class Request:
    """`headers` are in the order and case in which Saleor sends them."""

    method: str
    url: str
    headers: list[tuple[str, str]]
    body: bytes = b""

    def header(self, name: str) -> str | None:
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), None)

    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class Response:
    status: int
    body: bytes = b""
    content_type: str = "application/json"

    def json(self) -> Any:
        """The body as JSON.

        Raises:
            ValueError: it is none.
        """
        return json.loads(self.body)


Send = Callable[[Request], Response]
"""Sends a request; raises OSError when nobody answers (in time)."""


@cache
def trusted() -> ssl.SSLContext:
    """Whom HTTPS trusts; read once, as it takes a twentieth of a second of processor."""
    return httpx.create_ssl_context()


def http_send(client: httpx.Client, answer_seconds: float = ANSWER_SECONDS) -> Send:
    """Send over HTTP, without following redirects; Saleor's patience is 2 s and 18 s."""
    patience = httpx.Timeout(answer_seconds, connect=_CONNECT_SECONDS)

    def send(request: Request) -> Response:
        try:
            answer = client.request(
                request.method,
                request.url,
                headers=request.headers,
                content=request.body,
                timeout=patience,
                follow_redirects=False,
            )
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise OSError(str(error)) from error
        return Response(answer.status_code, answer.content, answer.headers.get("content-type", ""))

    return send


def agent(version: str) -> str:
    return _AGENT.format(version=version)
