"""How a storefront waits: for what is on its way, and for a store that does not answer."""

import time
from collections.abc import Callable
from typing import TypeVar

import httpx

T = TypeVar("T")

#: How long anything may take that webhooks and sweeps have to notice, in seconds.
PATIENCE = 100.0
#: Answers after which the same request is sent again (docs/storefront-api.md).
NOT_NOW = frozenset({503, 504})


def until(look: Callable[[], T], what: Callable[[T], bool], seconds: float = PATIENCE) -> T:
    """Looks until what is seen is as expected; the last look is shown when it never is."""
    end = time.monotonic() + seconds
    seen = look()
    while not what(seen) and time.monotonic() < end:
        time.sleep(0.5)
        seen = look()
    assert what(seen), seen
    return seen


def insisted(send: Callable[[], httpx.Response]) -> httpx.Response:
    """Sends a request until it is answered by something else than that the store does not answer.

    Args:
        send: must send the same each time, with the same key.
    """
    end = time.monotonic() + PATIENCE
    answer = send()
    while answer.status_code in NOT_NOW and time.monotonic() < end:
        time.sleep(float(answer.headers["Retry-After"]))
        answer = send()
    return answer


def refusal(answer: httpx.Response) -> str:
    """The stable code of a refusal."""
    assert 400 <= answer.status_code < 500, (answer.status_code, answer.text)
    code: str = answer.json()["error"]["code"]
    return code
