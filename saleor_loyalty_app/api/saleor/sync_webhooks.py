"""Where Saleor's synchronous webhooks arrive: questions for whose answer a shopper waits.

Saleor asks once, waits up to 18 s, and takes whatever is no answer for "nothing". So nothing is
put off here: what cannot be looked up is answered from what the process remembers, and a trouble
of the database is never told by a status.
"""

import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from functools import cached_property

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from saleor_loyalty_app import log, metrics
from saleor_loyalty_app.api.saleor.senders import Refused, Senders, count_refusal
from saleor_loyalty_app.api.saleor.tenants import Tenants
from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.db.database import DATABASE_TROUBLE, Database
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.receive_event import WrongRecipient
from saleor_loyalty_app.flows.sync_handler import Memory, SyncContext, SyncHandler
from saleor_loyalty_app.saleor.event import Envelope, MalformedEvent, parse_envelope
from saleor_loyalty_app.stores.refs import StoreRef

#: A cart of 500 lines takes some 400 kB.
LARGEST_QUESTION = 2 * 1024 * 1024
_log = log.get(__name__)
_encoder = msgspec.json.Encoder()


class AnswerFailed(AppError):
    """A defect of ours: there is no answer."""

    code = "sync_answer_failed"
    status = 500


class NotNow(AppError):
    """The database does not say who asks, and this process never knew."""

    code = "sync_sender_unknown"
    status = 503


@dataclass(frozen=True)
class Answering:
    """What all synchronous routes of a process share.

    Attributes:
        memory: what the process remembers of its answers.
        largest_body: in bytes.
    """

    database: Database
    tenants: Tenants
    clock: Clock
    memory: Memory = field(default_factory=Memory)
    largest_body: int = LARGEST_QUESTION

    @cached_property
    def _senders(self) -> Senders:
        return Senders(self.tenants, self.largest_body, from_memory=True)

    async def answer(self, handler: SyncHandler, request: Request) -> Response:
        """Answers one question."""
        began = time.perf_counter()
        try:
            content = await self._content(handler, request)
            counted, response = "answered", _json(content)
        except (Refused, AppError) as failure:
            counted, response = _answer_of(handler, failure)
        metrics.webhooks.labels(handler.name, counted).inc()
        metrics.webhook_seconds.labels(handler.name).observe(time.perf_counter() - began)
        return response

    async def _content(self, handler: SyncHandler, request: Request) -> bytes:
        try:
            tenant, body = await self._senders.verified(request)
            tenant, envelope = await self._senders.as_recipient(
                tenant, lambda store: _envelope(handler, store, body)
            )
        except (*DATABASE_TROUBLE, TimeoutError) as failure:
            _log.error("sync_sender_not_looked_up", handler=handler.name, exc_info=failure)
            raise NotNow from failure
        if paths := envelope.problem_paths() if envelope.errors else ():
            _log.warning(
                "sync_question_has_errors",
                store_id=tenant.store.id,
                handler=handler.name,
                field=", ".join(paths)[:200],
            )
        context = SyncContext(
            self.database, self.memory, tenant.store, envelope, body, self.clock()
        )
        try:
            return _encoder.encode(await handler.answer(context))
        except AppError:
            raise
        except Exception as failure:
            _log.error(
                "sync_handler_failed",
                store_id=tenant.store.id,
                handler=handler.name,
                exc_info=failure,
            )
            raise AnswerFailed(handler=handler.name) from failure


def build_sync_routes(handlers: Iterable[SyncHandler], answering: Answering) -> list[Route]:
    """One POST route for each handler."""
    return [
        Route(handler.path, _endpoint(handler, answering), methods=["POST"], name=handler.name)
        for handler in handlers
    ]


def _endpoint(
    handler: SyncHandler, answering: Answering
) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        return await answering.answer(handler, request)

    return answer


def _envelope(handler: SyncHandler, store: StoreRef, body: bytes) -> Envelope:
    """What the question says about itself, made for the installed app and for this handler.

    Raises:
        MalformedEvent, WrongRecipient.
    """
    envelope = parse_envelope(body)
    if envelope.recipient_id != store.app_id:
        raise WrongRecipient
    if envelope.typename != handler.typename:
        raise MalformedEvent("another_event")
    return envelope


def _json(content: bytes) -> Response:
    return Response(content, media_type="application/json")


def _answer_of(handler: SyncHandler, failure: Refused | AppError) -> tuple[str, Response]:
    """What is counted and what is answered; a sender learns nothing from a refusal."""
    if isinstance(failure, Refused) or failure.status == 401:
        count_refusal(failure)
        return "refused", Response(status_code=401)
    if isinstance(failure, MalformedEvent):
        _log.warning(
            "sync_question_malformed",
            handler=handler.name,
            reason=failure.reason,
            field=failure.place,
        )
    return failure.code, Response(status_code=failure.status)
