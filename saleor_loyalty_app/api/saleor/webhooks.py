"""Where Saleor's asynchronous webhooks arrive: one address for each handler.

Saleor gives up at once on 3xx and 4xx, and tries again for about 5 minutes on 5xx. So whatever is
our own failure is answered 503, and 2xx only after the commit. Refusals are counted by reason and
answered without one. Outside FastAPI's machinery, as this is the busiest route.
"""

import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from saleor_loyalty_app import log, metrics
from saleor_loyalty_app.api.saleor.bodies import LARGEST_BODY
from saleor_loyalty_app.api.saleor.senders import Refused, Senders, count_refusal
from saleor_loyalty_app.api.saleor.tenants import Tenant, Tenants
from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.db.database import DATABASE_TROUBLE, Database
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.receive_event import (
    Handler,
    Outcome,
    Prepared,
    book,
    is_concerned,
    keep_malformed,
    prepare,
)
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.saleor.event import MalformedEvent

RETRY_AFTER_SECONDS = 10
_STATUS = {
    Outcome.accepted: 200,
    Outcome.duplicate: 200,
    Outcome.ignored: 200,
    Outcome.unconcerned: 200,
    Outcome.malformed: 400,
    Outcome.gone: 401,
}
_log = log.get(__name__)


@dataclass(frozen=True)
class Intake:
    """What all webhook routes of a process share.

    Attributes:
        secrets: the keys under which guests are found again.
        largest_body: in bytes.
    """

    database: Database
    tenants: Tenants
    clock: Clock
    secrets: EmailKeys
    largest_body: int = LARGEST_BODY

    @cached_property
    def _senders(self) -> Senders:
        return Senders(self.tenants, self.largest_body)

    async def answer(self, handler: Handler, request: Request) -> Response:
        """Takes in one webhook and answers it."""
        began = time.perf_counter()
        try:
            tenant, body = await self._senders.verified(request)
            outcome = await self._received(handler, tenant, body)
            if outcome is Outcome.gone:
                raise Refused("store_inactive")
            response = Response(status_code=_STATUS[outcome])
            counted = outcome.value
        except (Refused, AppError) as failure:
            counted, response = _answer_of(failure)
        except DATABASE_TROUBLE as failure:
            _log.error("webhook_not_stored", handler=handler.name, exc_info=failure)
            counted, response = "database", _try_again(RETRY_AFTER_SECONDS)
        metrics.webhooks.labels(handler.name, counted).inc()
        metrics.webhook_seconds.labels(handler.name).observe(time.perf_counter() - began)
        return response

    async def _received(self, handler: Handler, tenant: Tenant, body: bytes) -> Outcome:
        now, event = self.clock(), ""
        try:
            tenant, prepared = await self._senders.as_recipient(
                tenant, lambda store: prepare(handler, store, body, now)
            )
            if prepared is None:
                _log.info("webhook_ignored", store_id=tenant.store.id, handler=handler.name)
                return Outcome.ignored
            event = prepared.envelope.typename
            return await self._booked(handler, tenant, prepared, now)
        except MalformedEvent as failure:
            malformed = failure
            _log.warning(
                "webhook_malformed",
                store_id=tenant.store.id,
                handler=handler.name,
                event_type=event,
                reason=failure.reason,
                field=failure.place,
            )
            await self.database.write_async(
                lambda conn: keep_malformed(
                    conn, handler, tenant.store, body, malformed, now=now, event=event
                )
            )
            return Outcome.malformed

    async def _booked(
        self, handler: Handler, tenant: Tenant, prepared: Prepared, now: datetime
    ) -> Outcome:
        store = tenant.store
        try:
            if handler.concerns is not None and not await self.database.read_async(
                lambda conn: is_concerned(
                    conn, handler, store, prepared, now=now, secrets=self.secrets
                )
            ):
                return Outcome.unconcerned
            return await self.database.write_async(
                lambda conn: book(conn, handler, store, prepared, now=now, secrets=self.secrets)
            )
        except (MalformedEvent, *DATABASE_TROUBLE):
            raise
        except Exception as failure:
            _log.error(
                "webhook_handler_failed",
                store_id=store.id,
                handler=handler.name,
                event_type=prepared.envelope.typename,
                exc_info=failure,
            )
            unread = MalformedEvent("handler_failed", type(failure).__name__)
            await self.database.write_async(
                lambda conn: keep_malformed(
                    conn,
                    handler,
                    store,
                    prepared.delivery.body,
                    unread,
                    now=now,
                    event=prepared.envelope.typename,
                )
            )
            raise HandlerFailed(handler=handler.name) from failure


class HandlerFailed(AppError):
    """A defect of ours: the webhook is kept as a dead letter, and Saleor may try again."""

    code = "webhook_handler_failed"
    status = 503


def build_routes(handlers: Iterable[Handler], intake: Intake) -> list[Route]:
    """One POST route for each handler."""
    return [
        Route(handler.path, _endpoint(handler, intake), methods=["POST"], name=handler.name)
        for handler in handlers
    ]


def _endpoint(handler: Handler, intake: Intake) -> Callable[[Request], Awaitable[Response]]:
    async def receive(request: Request) -> Response:
        return await intake.answer(handler, request)

    return receive


def _answer_of(failure: Refused | AppError) -> tuple[str, Response]:
    """What is counted and what is answered; a sender learns nothing from a refusal."""
    if isinstance(failure, Refused) or failure.status == 401:
        count_refusal(failure)
        return "refused", Response(status_code=401)
    if failure.status == 413:
        return failure.code, Response(status_code=413)
    _log.warning("webhook_put_off", error_code=failure.code)
    seconds = getattr(failure, "retry_after", None) or RETRY_AFTER_SECONDS
    return failure.code, _try_again(seconds)


def _try_again(seconds: float) -> Response:
    return Response(status_code=503, headers={"Retry-After": str(max(1, round(seconds)))})
