"""Partners are told what happened: signed, tried again, switched off when nobody listens."""

from dataclasses import dataclass
from datetime import datetime

import httpx
from sqlalchemy.engine import Connection

from saleor_loyalty_app import metrics
from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.outbound import Outbound
from saleor_loyalty_app.i18n import Words
from saleor_loyalty_app.messages import partner_deliveries, timing
from saleor_loyalty_app.messages.partner_deliveries import Due
from saleor_loyalty_app.messages.partner_webhooks import Webhook, secret_name
from saleor_loyalty_app.messages.standard_webhooks import signed_headers
from saleor_loyalty_app.saleor.errors import ForbiddenAddress, SaleorUnavailable
from saleor_loyalty_app.saleor.network import exchange
from saleor_loyalty_app.stores.errors import TokenUnreadable
from saleor_loyalty_app.stores.kept_secrets import secret_of
from saleor_loyalty_app.stores.problems import report_words, resolve_problem
from saleor_loyalty_app.stores.refs import StoreRef

#: Events of a store that are sent before others have their turn.
PAGE = 20
#: Seconds for a request (the scheme asks for 15 to 30), and bytes of an answer.
DEADLINE, LARGEST_ANSWER = 15.0, 64 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one attempt; status 0 = no answer, with the reason as `text`."""

    status: int
    text: str

    @property
    def taken(self) -> bool:
        """Whether the partner has it."""
        return 200 <= self.status < 300


@dataclass(frozen=True, slots=True)
class PartnerCourier:
    """Sends events to the webhooks of stores. Network calls, outside of transactions."""

    database: Database
    outbound: Outbound
    clock: Clock

    def send_page(self, store: StoreRef) -> bool:
        """Sends what is due, as far as a page goes; gives whether more is waiting.

        A webhook that does not answer has its other events wait until the next page.
        """
        now = self.clock()
        due = self.database.read(
            lambda conn: partner_deliveries.due(conn, store.id, now, limit=PAGE)
        )
        silent: set[int] = set()
        for one in due:
            if one.webhook_id in silent:
                continue
            answer = self._send(store, one)
            if answer.status == 0:
                silent.add(one.webhook_id)
            self._note(store, one, answer)
        return len(due) == PAGE

    def _send(self, store: StoreRef, one: Due) -> Answer:
        now = self.clock()
        try:
            secret = self.database.read(
                lambda conn: secret_of(
                    conn, store.id, secret_name(one.webhook_id), cipher=self.outbound.cipher
                )
            )
        except TokenUnreadable:
            return Answer(0, "secret_unreadable")
        if not secret:
            return Answer(0, "secret_unreadable")
        headers = signed_headers(secret, one.event_id, one.body, now)
        try:
            answer = exchange(
                self.outbound.http,
                "POST",
                one.url,
                headers={**headers, "Content-Type": "application/json"},
                content=one.body.encode(),
                deadline=DEADLINE,
                limit=LARGEST_ANSWER,
            )
        except ForbiddenAddress:
            return Answer(0, "forbidden_address")
        except SaleorUnavailable as failure:
            return Answer(0, failure.reason)
        except httpx.InvalidURL:
            return Answer(0, "forbidden_address")
        return Answer(answer.status, answer.body[:300].decode("utf-8", "replace"))

    def _note(self, store: StoreRef, one: Due, answer: Answer) -> None:
        now = self.clock()
        outcome = "taken" if answer.taken else "refused" if answer.status else "unanswered"
        metrics.partner_events.labels(outcome).inc()
        self.database.write(lambda conn: note_answer(conn, store, one, answer, now=now))


def note_answer(
    conn: Connection, store: StoreRef, one: Due, answer: Answer, *, now: datetime
) -> None:
    """Writes down what became of an attempt, and tells the owner of a webhook that is off now."""
    if answer.taken:
        partner_deliveries.arrived(conn, one, answer.status, answer.text, now)
        resolve_problem(conn, store.id, problem_key(one.webhook_id), now)
        return
    pause = timing.next_webhook_try(one.attempts + 1, spread=(one.id % 10) / 10)
    switched_off = partner_deliveries.failed(
        conn,
        one,
        answer.status,
        answer.text,
        again_at=None if pause is None else now + pause,
        now=now,
    )
    if switched_off is not None:
        _report(conn, store, switched_off, now)


def problem_key(webhook_id: int) -> str:
    """The key of the problem that a webhook takes nothing."""
    return f"webhook-off:{webhook_id}"


def _report(conn: Connection, store: StoreRef, webhook: Webhook, now: datetime) -> None:
    words = Words(f"problem.webhook_{webhook.off_because}", {"url": webhook.url[:300]})
    report_words(conn, store, problem_key(webhook.id), words, now)
