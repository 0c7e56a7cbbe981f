"""Requests to what the tests started on this machine."""

import ssl
from functools import cache

import httpx


@cache
def _trusted() -> ssl.SSLContext:
    """Read once: each request of `httpx.get` would read all authorities anew, for HTTP too."""
    return httpx.create_ssl_context()


def ask(method: str, url: str, *, seconds: float = 60, **more: object) -> httpx.Response:
    """One request on a connection of its own.

    Args:
        seconds: the longest wait.
        more: what `httpx.Client.request` takes.
    """
    with httpx.Client(trust_env=False, verify=_trusted(), timeout=seconds) as http:
        return http.request(method, url, **more)  # type: ignore[arg-type]
