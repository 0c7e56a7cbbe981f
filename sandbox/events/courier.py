"""Brings events to webhooks: retries on Saleor's schedule, and faults when wanted."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.events.faults import Faults
from sandbox.events.headers import webhook_request
from sandbox.events.render import Payload, to_body
from sandbox.model.apps import (
    App,
    EventDelivery,
    EventDeliveryAttempt,
    Webhook,
    receivers,
    receives,
)
from sandbox.model.settlement import ActionRequest, answer_request, fail_request
from sandbox.model.store import Emitted, Store
from sandbox.schema.event_names import is_sync
from sandbox.wire import Request, Response, Send

Render = Callable[[Emitted, str, App, bool], Payload | None]
Sign = Callable[[bytes], str]

_RETRY_SECONDS = (10, 20, 40, 80, 160)
_KEPT = 50
_ANSWERED = {
    "TRANSACTION_CHARGE_REQUESTED",
    "TRANSACTION_REFUND_REQUESTED",
    "TRANSACTION_CANCELATION_REQUESTED",
}
_DEFERRED_ALWAYS = {"CHECKOUT_CREATED", "CHECKOUT_UPDATED"}
_DEFERRED_LATER = _DEFERRED_ALWAYS | {
    "ORDER_CREATED",
    "ORDER_CONFIRMED",
    "ORDER_PAID",
    "ORDER_FULLY_PAID",
    "ORDER_REFUNDED",
    "ORDER_FULLY_REFUNDED",
    "ORDER_UPDATED",
    "ORDER_CANCELLED",
    "ORDER_EXPIRED",
    "ORDER_FULFILLED",
    "ORDER_METADATA_UPDATED",
    "FULFILLMENT_CANCELED",
    "FULFILLMENT_METADATA_UPDATED",
    "DRAFT_ORDER_CREATED",
    "DRAFT_ORDER_UPDATED",
}


@dataclass(eq=False)
class Parcel:
    """One event for one webhook; `body` is None until it is rendered."""

    delivery: EventDelivery
    emitted: Emitted
    webhook: Webhook
    due_at: datetime
    body: bytes | None = None
    copies: int = 1
    tries: int = 0


class Courier:
    """Takes from the store's outbox and delivers; nothing happens by itself.

    `retry_scale` multiplies the waits between two tries of a delivery.
    """

    def __init__(
        self, store: Store, render: Render, sign: Sign, *, seed: int = 0, retry_scale: float = 1.0
    ) -> None:
        self.store = store
        self.faults = Faults()
        self.retry_scale = retry_scale
        self.recent: deque[Parcel] = deque(maxlen=_KEPT)
        self._waiting: list[Parcel] = []
        self._taken = 0
        self._render = render
        self._sign = sign
        self._random = random.Random(seed)

    def collect(self) -> None:
        """Make deliveries of what was emitted since the last time."""
        outbox = self.store.outbox
        while self._taken < len(outbox):
            emitted = outbox[self._taken]
            self._taken += 1
            for webhook in self._webhooks(emitted):
                self._accept(emitted, webhook)

    def due(self) -> list[Parcel]:
        """Take out what is to be sent now, in the order of sending."""
        now = self.store.clock.now()
        due = [parcel for parcel in self._waiting if parcel.due_at <= now]
        self._waiting = [parcel for parcel in self._waiting if parcel.due_at > now]
        if self.faults.shuffle:
            self._random.shuffle(due)
        return due

    def hurry(self) -> None:
        """Let nothing wait any longer."""
        now = self.store.clock.now()
        for parcel in self._waiting:
            parcel.due_at = min(parcel.due_at, now)

    def next_due(self) -> datetime | None:
        return min((parcel.due_at for parcel in self._waiting), default=None)

    def prepare(self, parcel: Parcel) -> Request | None:
        """The request to send; None when there is nothing to say. A retry repeats the bytes."""
        if parcel.body is None:
            torn = self._happens(self.faults.torn)
            parcel.body = self._body(parcel.emitted, parcel.webhook, torn)
        if parcel.body is None:
            self._end(parcel, "SUCCESS")
            return None
        parcel.delivery.payload = parcel.body.decode()
        return webhook_request(
            self.store,
            parcel.webhook.target_url,
            parcel.emitted.event,
            parcel.body,
            self._sign(parcel.body),
            parcel.webhook.custom_headers,
        )

    def conclude(self, parcel: Parcel, response: Response | None) -> None:
        """Book a try; None means that nobody answered."""
        parcel.tries += 1
        status = response.status if response else None
        if self._book_attempt(parcel, response):
            self._succeed(parcel, response)
        elif (status is not None and 300 <= status < 500) or parcel.tries > len(_RETRY_SECONDS):
            self._give_up(parcel)
        else:
            wait = _RETRY_SECONDS[parcel.tries - 1] * self.retry_scale
            parcel.due_at = self.store.clock.now() + timedelta(seconds=wait)
            self._waiting.append(parcel)

    def _book_attempt(self, parcel: Parcel, response: Response | None) -> bool:
        """Write down a try; returns whether it succeeded."""
        status = response.status if response else None
        ok = status is not None and 200 <= status < 300
        attempt = EventDeliveryAttempt(
            pk=self.store.ids.next("EventDeliveryAttempt"),
            created_at=self.store.now(),
            status="SUCCESS" if ok else "FAILED",
            response=response.body.decode(errors="replace")[:1024] if response else None,
            response_status_code=status,
        )
        parcel.delivery.attempts.append(attempt)
        return ok

    def deliver_due(self, send: Send) -> int:
        """Send all that is due, also what the sending itself brings up; returns how many tries."""
        tries = 0
        self.collect()
        while batch := self.due():
            for parcel in batch:
                self._attempt(parcel, send)
                tries += 1
            self.collect()
        return tries

    def _attempt(self, parcel: Parcel, send: Send) -> None:
        request = self.prepare(parcel)
        if request is None:
            return
        self.conclude(parcel, self.post(request, send))

    def post(self, request: Request, send: Send) -> Response | None:
        """Send one request; None when nobody answers, or when the app is said to be down."""
        if self.faults.app_down:
            return None
        try:
            return send(request)
        except OSError:
            return None

    def question(self, webhook: Webhook, emitted: Emitted) -> Parcel | None:
        """A synchronous event for a webhook, rendered; None when its query says nothing about it.

        It is sent once and never again.
        """
        body = self._body(emitted, webhook, False)
        if body is None:
            return None
        delivery = EventDelivery(
            pk=self.store.ids.next("EventDelivery"),
            webhook=webhook,
            event_type=emitted.event,
            created_at=emitted.at,
        )
        return Parcel(delivery, emitted, webhook, emitted.at, body)

    def ask(self, parcel: Parcel, send: Send) -> Response | None:
        """Send a question and wait for the answer; None when none comes in time."""
        request = self.prepare(parcel)
        if request is None or self.faults.sync_answer == "refused":
            return None
        match self.faults.sync_answer:
            case "error":
                return Response(500, b"Internal Server Error", "text/plain")
            case "garbage":
                return Response(200, b"<html>", "text/html")
            case "empty":
                return Response(200, b"[]")
            case "slow":
                self.post(request, send)
                return None
        return self.post(request, send)

    def conclude_question(self, parcel: Parcel, response: Response | None) -> None:
        """Book the one try; only a failure stays to be seen at the webhook."""
        parcel.tries += 1
        ok = self._book_attempt(parcel, response)
        parcel.delivery.status = "SUCCESS" if ok else "FAILED"
        self.recent.append(parcel)
        if not ok:
            parcel.webhook.event_deliveries.append(parcel.delivery)

    def _webhooks(self, emitted: Emitted) -> list[Webhook]:
        if emitted.event in _ANSWERED:
            app = emitted.subject.app
            return (
                [] if app is None else [w for w in app.webhooks if receives(w, emitted.event)][:1]
            )
        if is_sync(emitted.event):
            return []
        return receivers(self.store, emitted.event, emitted.subject)

    def _accept(self, emitted: Emitted, webhook: Webhook) -> None:
        delivery = EventDelivery(
            pk=self.store.ids.next("EventDelivery"),
            webhook=webhook,
            event_type=emitted.event,
            created_at=emitted.at,
        )
        delay = timedelta(seconds=self.faults.delay_seconds)
        parcel = Parcel(delivery, emitted, webhook, self.store.clock.now() + delay)
        webhook.event_deliveries.append(delivery)
        self.recent.append(parcel)
        if self._happens(self.faults.drop):
            self._end(parcel, "FAILED")
            return
        deferred = _DEFERRED_ALWAYS if self.store.version == "3.22" else _DEFERRED_LATER
        if emitted.event not in deferred:
            parcel.body = self._body(emitted, webhook, False)
            if parcel.body is None:
                self._end(parcel, "SUCCESS")
                return
        if self._happens(self.faults.duplicate):
            parcel.copies = 2
        self._waiting.append(parcel)

    def _body(self, emitted: Emitted, webhook: Webhook, torn: bool) -> bytes | None:
        payload = self._render(emitted, webhook.query or "", webhook.app, torn)
        return None if payload is None else to_body(payload)

    def _succeed(self, parcel: Parcel, response: Response | None) -> None:
        asked = parcel.emitted.about.get("request")
        if isinstance(asked, ActionRequest) and not parcel.webhook.app.settles_itself:
            self._book_answer(parcel, asked, response)
        parcel.copies -= 1
        if parcel.copies > 0:
            self._waiting.append(parcel)
            return
        self._end(parcel, "SUCCESS")

    def _book_answer(self, parcel: Parcel, asked: ActionRequest, response: Response | None) -> None:
        try:
            answer = response.json() if response else None
        except ValueError:
            answer = None
        answer = answer if isinstance(answer, dict) else None
        item = parcel.emitted.subject
        answer_request(self.store, parcel.webhook.app, item, asked.request, answer)

    def _give_up(self, parcel: Parcel) -> None:
        asked = parcel.emitted.about.get("request")
        if isinstance(asked, ActionRequest):
            fail_request(
                self.store, parcel.emitted.subject, asked.request, "Failed to delivery request."
            )
        self._end(parcel, "FAILED")

    def _end(self, parcel: Parcel, status: str) -> None:
        """Failed deliveries stay to be seen; successful ones are forgotten."""
        parcel.delivery.status = status
        if status == "SUCCESS" and parcel.delivery in parcel.webhook.event_deliveries:
            parcel.webhook.event_deliveries.remove(parcel.delivery)

    def _happens(self, share: float) -> bool:
        return share > 0 and self._random.random() < share
