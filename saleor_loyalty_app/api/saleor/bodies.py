"""Reads the body of a request within limits of size and time."""

import asyncio
from typing import ClassVar

from starlette.requests import ClientDisconnect, Request

from saleor_loyalty_app.errors import AppError

#: An order line takes about 1.5 kB; Saleor imports at most some hundred orders at once.
LARGEST_BODY = 8 * 1024 * 1024
#: Saleor itself gives up after 18 s.
SLOWEST_BODY_SECONDS = 20.0


class BodyTooLarge(AppError):
    """The body is larger than any webhook. Final for Saleor; reconciliation finds the order."""

    code: ClassVar[str] = "body_too_large"
    status: ClassVar[int] = 413


class BodyNotComplete(AppError):
    """The sender stopped or was too slow; it may try again."""

    code: ClassVar[str] = "body_not_complete"
    status: ClassVar[int] = 503


async def read_body(
    request: Request, *, largest: int = LARGEST_BODY, seconds: float = SLOWEST_BODY_SECONDS
) -> bytes:
    """The raw bytes of the body.

    Raises:
        BodyTooLarge: before more than `largest` bytes were taken in.
        BodyNotComplete: the sender hung up or took longer than `seconds`.
    """
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and (len(announced) > 12 or int(announced) > largest):
        raise BodyTooLarge
    chunks: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(seconds):
            async for chunk in request.stream():
                size += len(chunk)
                if size > largest:
                    raise BodyTooLarge
                chunks.append(chunk)
    except (ClientDisconnect, TimeoutError):
        raise BodyNotComplete from None
    return b"".join(chunks)
