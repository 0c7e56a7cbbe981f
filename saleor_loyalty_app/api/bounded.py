"""Routes that take in a body up to a size, before anything is done with it."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from starlette.types import Message, Receive

from saleor_loyalty_app.api.saleor.bodies import read_body

#: A hundred events with all that they may say.
LARGEST_BODY = 4 * 1024 * 1024


class BoundedRoute(APIRoute):
    """Refuses a body that is larger or slower than any that is meant.

    Signatures stand for whole bodies: without this, whoever has no key could have the app hold and
    hash as much as they like.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler that FastAPI makes, behind the look at the body."""
        handle = super().get_route_handler()

        async def bounded(request: Request) -> Response:
            body = await read_body(request, largest=LARGEST_BODY)
            return await handle(Request(request.scope, _again(body, request.receive)))

        return bounded


def _again(body: bytes, receive: Receive) -> Receive:
    """Gives a body that was read once more, then whatever comes after it."""
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def read() -> Message:
        return left.pop() if left else await receive()

    return read
