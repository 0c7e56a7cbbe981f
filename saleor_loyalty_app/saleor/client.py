"""Asks Saleor's GraphQL API: gql over the one HTTP client (docs/adr/0001-graphql-client.md)."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from email.utils import parsedate_to_datetime
from functools import lru_cache
from typing import Any, cast

import httpx
import stamina
from gql import Client, GraphQLRequest
from gql.client import SyncClientSession
from gql.transport import Transport
from graphql import DocumentNode, ExecutionResult, get_operation_ast, parse
from stamina.instrumentation import RetryDetails, set_on_retry_hooks

from saleor_loyalty_app import log
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.saleor.breaker import Breaker
from saleor_loyalty_app.saleor.documents import is_query
from saleor_loyalty_app.saleor.errors import (
    SaleorPermissionDenied,
    SaleorQueryError,
    SaleorQueryTooCostly,
    SaleorUnavailable,
)
from saleor_loyalty_app.saleor.network import LARGEST_ANSWER, exchange

#: Seconds for one request, and for all attempts at a read together.
REQUEST_SECONDS = 5.0
READ_SECONDS = 20.0
ATTEMPTS = 3
#: A longer wait than this is left to the next run of the task.
LONGEST_WAIT = 10.0
#: Answers that say "not now". 500 is among them: Saleor gives it while it restarts.
_BUSY = frozenset({429, 500, 502, 503, 504})

_log = log.get(__name__)


def _log_retry(details: RetryDetails) -> None:
    cause = details.caused_by
    _log.warning(
        "saleor_read_repeated",
        attempt=details.retry_num,
        seconds=round(details.wait_for, 2),
        reason=cause.reason if isinstance(cause, SaleorUnavailable) else type(cause).__name__,
    )


# stamina's own hook logs arguments, under keys that our logs do not have.
set_on_retry_hooks([_log_retry])


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A store's API and the app's token there. The token never shows in a log."""

    api_url: str
    token: str = field(repr=False)


#: Is told of each request: the operation's name, "ok" or the code of the failure, and its seconds.
Observe = Callable[[str, str, float], None]


def _unobserved(_operation: str, _outcome: str, _seconds: float) -> None:
    """Nobody counts."""


class SaleorClient:
    """Sends documents to any number of stores; safe to use from any thread.

    Args:
        http: opened by `network.open_client`.
        now: the app's clock, for Retry-After dates.
        seconds: a monotonic clock.
        observe: counts requests.
    """

    def __init__(
        self,
        http: httpx.Client,
        *,
        now: Callable[[], datetime],
        timeout: float = REQUEST_SECONDS,
        seconds: Callable[[], float] = time.monotonic,
        observe: Observe = _unobserved,
    ) -> None:
        self._seconds = seconds
        self._observe = observe
        self._breaker = Breaker(seconds)
        transport = SaleorTransport(http, self._breaker, now=now, timeout=timeout, seconds=seconds)
        # gql has types, but not for this method.
        self._session: SyncClientSession = cast(Any, Client(transport=transport)).connect_sync()

    def execute(
        self,
        endpoint: Endpoint,
        document: str,
        variables: Mapping[str, object] | None = None,
        *,
        timeout: float | None = None,
    ) -> dict[str, Any]:
        """The `data` of the answer to `document`; decimals in it are `Decimal`.

        Reads are repeated when Saleor is busy or cannot be reached; mutations never are.

        Args:
            timeout: seconds for one attempt, where it is not the usual.

        Raises:
            SaleorUnavailable: no usable answer, also after repeating; or the store rests.
            SaleorPermissionDenied: a dead token, or one without the permission.
            SaleorQueryTooCostly: ask for less at once.
            SaleorQueryError: the document or its variables are wrong for this store.
            ForbiddenAddress: the store's name leads into one's own network.
        """
        if not is_query(document):
            return self._execute_once(endpoint, document, variables, timeout)
        for attempt in stamina.retry_context(
            on=_pause, attempts=ATTEMPTS, timeout=READ_SECONDS, wait_initial=0.2, wait_max=2.0
        ):
            with attempt:
                return self._execute_once(endpoint, document, variables, timeout)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _execute_once(
        self,
        endpoint: Endpoint,
        document: str,
        variables: Mapping[str, object] | None,
        timeout: float | None,
    ) -> dict[str, Any]:
        parsed = _parsed(document)
        request = GraphQLRequest(parsed, variable_values=dict(variables or {}))
        began, outcome = self._seconds(), "ok"
        try:
            return self._session.execute(request, endpoint=endpoint, timeout=timeout)
        except AppError as failure:
            outcome = failure.code
            raise
        finally:
            self._observe(_operation_name(parsed), outcome, self._seconds() - began)


def _operation_name(document: DocumentNode) -> str:
    operation = get_operation_ast(document)
    return operation.name.value if operation is not None and operation.name else "unnamed"


class SaleorTransport(Transport):
    """gql's transport over an HTTP client that all stores share.

    gql's own one opens a client for each address, takes httpx2 where it finds it, and reads money
    as floats.
    """

    def __init__(
        self,
        http: httpx.Client,
        breaker: Breaker,
        *,
        now: Callable[[], datetime],
        timeout: float,
        seconds: Callable[[], float],
    ) -> None:
        self._http = http
        self._breaker = breaker
        self._now = now
        self._timeout = timeout
        self._seconds = seconds

    def execute(self, request: GraphQLRequest, *args: Any, **kwargs: Any) -> ExecutionResult:
        """Posts `request` to the `endpoint` in `kwargs`; gives its data, or raises.

        `kwargs` also has the `timeout` of this request, if it is not the usual.
        """
        endpoint: Endpoint = kwargs["endpoint"]
        if left := self._breaker.wait_for(endpoint.api_url):
            raise SaleorUnavailable("resting", retry_after=left)
        try:
            result = self._post(endpoint, request, kwargs["timeout"] or self._timeout)
        except SaleorUnavailable as failure:
            if failure.reason == "throttled":
                self._breaker.succeeded(endpoint.api_url)
            else:
                self._breaker.failed(endpoint.api_url)
            raise
        except BaseException:
            self._breaker.succeeded(endpoint.api_url)
            raise
        self._breaker.succeeded(endpoint.api_url)
        return result

    def _post(self, endpoint: Endpoint, request: GraphQLRequest, timeout: float) -> ExecutionResult:
        answer = exchange(
            self._http,
            "POST",
            endpoint.api_url,
            deadline=timeout,
            headers={
                "Content-Type": "application/json",
                "Authorization": f"Bearer {endpoint.token}",
            },
            content=json.dumps(_payload(request), default=_plain).encode(),
            limit=LARGEST_ANSWER,
            seconds=self._seconds,
        )
        if answer.status in _BUSY:
            reason = "throttled" if answer.status == 429 else f"status_{answer.status}"
            raise SaleorUnavailable(
                reason, retry_after=_retry_after(answer.headers.get("retry-after"), self._now)
            )
        result = _graphql_answer(answer.body)
        if result is None:
            if answer.status in (401, 403):
                raise SaleorPermissionDenied(f"status {answer.status}")
            raise SaleorUnavailable(f"not_graphql_{answer.status}")
        if answer.status in (401, 403):
            raise SaleorPermissionDenied(_message(result.get("errors")))
        if result.get("errors"):
            raise _refusal(result["errors"])
        if not isinstance(result.get("data"), dict):
            raise SaleorUnavailable("no_data")
        return ExecutionResult(data=result["data"])


def _payload(request: GraphQLRequest) -> dict[str, object]:
    location = request.document.loc
    text = location.source.body if location is not None else request.payload["query"]
    return {"query": text, "variables": request.variable_values or {}}


@lru_cache(maxsize=256)
def _parsed(document: str) -> DocumentNode:
    return parse(document)


def _plain(value: object) -> str:
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not a GraphQL variable")


def _graphql_answer(body: bytes) -> dict[str, Any] | None:
    try:
        answer = json.loads(body, parse_float=Decimal)
    except (ValueError, RecursionError):
        return None
    if not isinstance(answer, dict) or not ("data" in answer or "errors" in answer):
        return None
    return answer


def _refusal(errors: object) -> Exception:
    for error in errors if isinstance(errors, list) else []:
        if not isinstance(error, dict):
            continue
        extensions = error.get("extensions") or {}
        cost = extensions.get("cost") or {}
        if isinstance(cost, dict) and "requestedQueryCost" in cost:
            return SaleorQueryTooCostly(
                int(cost["requestedQueryCost"]), int(cost.get("maximumAvailable") or 0)
            )
        exception = extensions.get("exception") or {}
        if isinstance(exception, dict) and exception.get("code") == "PermissionDenied":
            return SaleorPermissionDenied(_message([error]))
    return SaleorQueryError(_message(errors), in_data=_are_in_data(errors))


def _are_in_data(errors: object) -> bool:
    """Whether each of the errors is at a place in the answer, so that the document is right."""
    if not isinstance(errors, list):
        return False
    return all(isinstance(error, dict) and bool(error.get("path")) for error in errors)


def _message(errors: object) -> str:
    if not isinstance(errors, list):
        return ""
    texts = [str(error.get("message", "")) for error in errors if isinstance(error, dict)]
    return "; ".join(texts)[:500]


def _retry_after(value: str | None, now: Callable[[], datetime]) -> float | None:
    if value is None:
        return None
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        return None
    return max(0.0, (moment - now()).total_seconds())


def _pause(failure: Exception) -> bool | float:
    """Whether and how long to wait before a read is repeated."""
    if not isinstance(failure, SaleorUnavailable):
        return False
    if failure.reason == "connect" or failure.reason == "throttled":
        repeated = True
    else:
        repeated = failure.reason.startswith("status_")
    if not repeated or failure.retry_after is None:
        return repeated
    return failure.retry_after if failure.retry_after <= LONGEST_WAIT else False
