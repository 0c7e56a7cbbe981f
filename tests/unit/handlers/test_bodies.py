"""Bodies are taken in within limits, whatever the sender announces."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from starlette.requests import Request

from saleor_loyalty_app.api.saleor.bodies import BodyNotComplete, BodyTooLarge, read_body


def read(
    chunks: list[bytes], *, announced: str | None = None, hangs_up: bool = False, slow: float = 0
) -> tuple[bytes | Exception, int]:
    """What is read of a request that comes in `chunks`, and how many of them were taken."""
    taken = 0

    async def parts() -> AsyncIterator[dict[str, object]]:
        for chunk in chunks:
            yield {"type": "http.request", "body": chunk, "more_body": True}
        if hangs_up:
            yield {"type": "http.disconnect"}
        yield {"type": "http.request", "body": b"", "more_body": False}

    async def run() -> bytes | Exception:
        source = parts()

        async def receive() -> dict[str, object]:
            nonlocal taken
            await asyncio.sleep(slow)
            taken += 1
            return await anext(source)

        headers = [] if announced is None else [(b"content-length", announced.encode())]
        scope = {"type": "http", "method": "POST", "headers": headers}
        try:
            return await read_body(Request(scope, receive), largest=10, seconds=0.2)
        except (BodyTooLarge, BodyNotComplete) as failure:
            return failure

    return asyncio.run(run()), taken


def test_a_body_is_put_together_from_its_parts() -> None:
    assert read([b"0123", b"", b"456789"])[0] == b"0123456789"
    assert read([])[0] == b""


def test_an_announced_body_that_is_too_large_is_not_taken_in_at_all() -> None:
    for announced in ("11", "9" * 30):
        failure, taken = read([b"x"], announced=announced)
        assert isinstance(failure, BodyTooLarge)
        assert taken == 0


@pytest.mark.parametrize("announced", [None, "5", "0", "-1", "many", ""])
def test_a_body_larger_than_announced_is_cut_off_at_the_limit(announced: str | None) -> None:
    failure, taken = read([b"01234"] * 100, announced=announced)
    assert isinstance(failure, BodyTooLarge)
    assert taken == 3


def test_a_sender_that_hangs_up_or_dawdles_may_try_again() -> None:
    assert isinstance(read([b"012"], hangs_up=True)[0], BodyNotComplete)
    assert isinstance(read([b"0"] * 9, slow=0.1)[0], BodyNotComplete)
