"""The store's own API in trouble: what `faults.api_answer` does to whoever asks it over HTTP."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.events.faults import Faults

#: Longer than any client of a store waits.
SLOW_SECONDS = 10.0
#: What a store that is asked too often wants to be spared for.
RETRY_AFTER = 1
_PATHS = ("/graphql", "/.well-known/")
_NO_TOKEN = "To access this path, you need one of the following permissions: MANAGE_CHECKOUTS"


class Outage:
    """ASGI middleware of the API and of the keys; pages and the control panel stay as they are."""

    def __init__(self, app: ASGIApp, faults: Callable[[], Faults]) -> None:
        self._app = app
        self._faults = faults

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes the request on, or lets it fail."""
        answer = self._faults().api_answer
        if scope["type"] != "http" or not answer or not scope["path"].startswith(_PATHS):
            await self._app(scope, receive, send)
        elif answer in ("slow", "torn"):
            await self._late_or_torn(scope, receive, send, late=answer == "slow")
        elif answer == "gone":
            await send(_head(200, length=100))
        else:
            await _refusal(answer)(scope, receive, send)

    async def _late_or_torn(
        self, scope: Scope, receive: Receive, send: Send, *, late: bool
    ) -> None:
        """What is asked is done; the answer comes too late, or half of it."""
        heard: list[Message] = []

        async def hear(message: Message) -> None:
            heard.append(message)

        await self._app(scope, receive, hear)
        if late:
            await asyncio.sleep(SLOW_SECONDS)
            for message in heard:
                await send(message)
            return
        body = b"".join(message.get("body", b"") for message in heard)
        half = body[: len(body) // 2]
        await send(_head(heard[0]["status"], length=len(half)))
        await send({"type": "http.response.body", "body": half})


def _head(status: int, *, length: int) -> Message:
    headers = [(b"content-type", b"application/json"), (b"content-length", str(length).encode())]
    return {"type": "http.response.start", "status": status, "headers": headers}


def _refusal(answer: str) -> Response:
    if answer == "throttled":
        return JSONResponse({}, status_code=429, headers={"Retry-After": str(RETRY_AFTER)})
    if answer == "error":
        return HTMLResponse("<h1>502 Bad Gateway</h1>", status_code=502)
    denied = {
        "message": _NO_TOKEN,
        "path": ["checkout"],
        "extensions": {"exception": {"code": "PermissionDenied"}},
    }
    return JSONResponse({"errors": [denied], "data": None})
