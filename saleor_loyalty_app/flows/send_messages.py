"""Messages leave: a page of a store's due rows, each written down as soon as its fate is known.

A mail server that fails is a problem of the store and stops only its mails. A process that dies
between the hand-over and the note of it sends that one message again, under the same Message-ID.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from saleor_loyalty_app import ledger, log, metrics
from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.message_context import dressed_setup, shop_name
from saleor_loyalty_app.flows.outbound import Outbound
from saleor_loyalty_app.flows.plan_messages import plan_messages
from saleor_loyalty_app.flows.prepare_message import Later, Letter, Skip, prepare
from saleor_loyalty_app.i18n import Words
from saleor_loyalty_app.members.consents import Channel
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.messages import deliveries, stopped_addresses, timing
from saleor_loyalty_app.messages.channels.port import Mail, NotSent, Scope, TextMessage
from saleor_loyalty_app.messages.channels.sms_http import send_text
from saleor_loyalty_app.messages.channels.smtp import SmtpChannel
from saleor_loyalty_app.messages.deliveries import Delivery
from saleor_loyalty_app.messages.errors import TextInvalid
from saleor_loyalty_app.messages.kinds import KINDS
from saleor_loyalty_app.messages.setup import SMS_SECRET, MailSetup
from saleor_loyalty_app.stores.errors import TokenUnreadable
from saleor_loyalty_app.stores.kept_secrets import secret_of
from saleor_loyalty_app.stores.problems import report_words, resolve_problem
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import store_by_id

logger = log.get(__name__)

#: Messages of a store that are sent before others have their turn, and seconds for that.
PAGE, PAGE_SECONDS = 50, 20
#: A server that takes nothing is tried again after so long.
SERVER_PAUSE = timedelta(minutes=5)
#: Keys of the problems that the owner is told of.
PROBLEMS = {Channel.email: "mail-failing", Channel.sms: "sms-failing"}


@dataclass(frozen=True, slots=True)
class Postman:
    """Sends the messages of stores. Network calls, outside of transactions."""

    database: Database
    outbound: Outbound
    keys: EmailKeys
    clock: Clock

    def send_page(self, store: StoreRef) -> bool:
        """Sends what is due, as far as a page goes; gives whether more is waiting."""
        begun = self.clock()
        more = self.database.write(lambda conn: plan_messages(conn, store, now=begun))
        setup = self.database.read(
            lambda conn: dressed_setup(conn, store, self.outbound.settings.browser_url)
        )
        due = self.database.read(lambda conn: deliveries.due(conn, store.id, begun, limit=PAGE))
        with _Round(self, store, setup) as work:
            for delivery in due:
                if not self._may_send(store) or self.clock() - begun > timedelta(
                    seconds=PAGE_SECONDS
                ):
                    break
                work.send(delivery)
        return more or len(due) == PAGE

    def _may_send(self, store: StoreRef) -> bool:
        """Whether nobody pulled the switch since the page was begun."""
        known = self.database.read(lambda conn: store_by_id(conn, store.id))
        return known is not None and known.active and known.messages_on


class _Round:
    """One page of a store's messages, with the connections that it needs."""

    def __init__(self, postman: Postman, store: StoreRef, setup: MailSetup) -> None:
        self._postman = postman
        self._store = store
        self._setup = setup
        self._mail: SmtpChannel | None = None
        self._down: set[str] = set()

    def __enter__(self) -> "_Round":
        return self

    def __exit__(self, *_: object) -> None:
        if self._mail is not None:
            self._mail.close()

    def send(self, delivery: Delivery) -> None:
        """Sends one message, or notes why it is not sent."""
        if delivery.channel in self._down:
            return
        postman, now = self._postman, self._postman.clock()
        try:
            found = postman.database.read(
                lambda conn: prepare(
                    conn,
                    self._store,
                    self._setup,
                    delivery,
                    postman.outbound,
                    keys=postman.keys,
                    now=now,
                )
            )
        except TextInvalid:
            found = Skip("text_invalid")
        match found:
            case Skip():
                self._skip(delivery, found.why, now)
            case Later():
                self._wait(delivery, found, now)
            case Letter():
                self._hand_over(found)

    def _hand_over(self, letter: Letter) -> None:
        delivery = letter.delivery
        try:
            if delivery.channel == Channel.sms.value:
                self._send_text(letter)
            else:
                self._send_mail(letter)
        except NotSent as failure:
            self._note_refusal(letter, failure)
            return
        metrics.messages.labels(delivery.channel, "sent").inc()
        now = self._postman.clock()
        self._postman.database.write(lambda conn: note_sent(conn, self._store, letter, now=now))

    def _send_mail(self, letter: Letter) -> None:
        if self._mail is None:
            self._mail = self._connection()
        rendered = letter.rendered
        mail = Mail(
            reference=_reference(self._store, letter.delivery),
            to=letter.address,
            subject=rendered.subject,
            html=rendered.html,
            text=rendered.text,
            unsubscribe_url=letter.unsubscribe_url,
        )
        self._mail.send(mail, letter.at)

    def _connection(self) -> SmtpChannel:
        outbound, store, setup = self._postman.outbound, self._store, self._setup
        try:
            place = self._postman.database.read(
                lambda conn: outbound.mail_place(conn, store, setup, shop_name(store, setup))
            )
        except TokenUnreadable:
            raise NotSent(Scope.server, "password_unreadable") from None
        if place is None:
            raise NotSent(Scope.message, "not_set_up")
        return outbound.open_mail(place)

    def _send_text(self, letter: Letter) -> None:
        gateway = self._setup.sms
        if gateway is None:
            raise NotSent(Scope.message, "not_set_up")
        postman, store = self._postman, self._store
        try:
            secret = postman.database.read(
                lambda conn: secret_of(conn, store.id, SMS_SECRET, cipher=postman.outbound.cipher)
            )
        except TokenUnreadable:
            raise NotSent(Scope.server, "password_unreadable") from None
        text = TextMessage(_reference(store, letter.delivery), letter.address, letter.rendered.sms)
        send_text(postman.outbound.http, gateway, secret, text)

    def _skip(self, delivery: Delivery, why: str, now: datetime) -> None:
        metrics.messages.labels(delivery.channel, "skipped").inc()
        self._postman.database.write(
            lambda conn: _end(conn, delivery, deliveries.SKIPPED, why, "", now=now)
        )

    def _wait(self, delivery: Delivery, later: Later, now: datetime) -> None:
        if later.until - delivery.told_at > KINDS[delivery.kind].stale_after:
            self._skip(delivery, later.why, now)
            return
        self._postman.database.write(
            lambda conn: deliveries.put_off(
                conn,
                delivery.id,
                later.until,
                why=later.why,
                answer="",
                attempts=delivery.attempts,
            )
        )

    def _note_refusal(self, letter: Letter, failure: NotSent) -> None:
        delivery, now, store = letter.delivery, self._postman.clock(), self._store
        logger.warning(
            "message_not_sent", store_id=store.id, kind=delivery.kind.value, reason=failure.why
        )
        metrics.messages.labels(delivery.channel, failure.scope.value).inc()
        if failure.scope is Scope.server:
            self._down.add(delivery.channel)
        answer = failure.answer.replace(letter.address, "…") if letter.address else failure.answer
        self._postman.database.write(
            lambda conn: note_refusal(conn, store, letter, replace_answer(failure, answer), now=now)
        )


def replace_answer(failure: NotSent, answer: str) -> NotSent:
    """The refusal with an answer that names nobody."""
    return NotSent(failure.scope, failure.why, answer)


def note_sent(conn: Connection, store: StoreRef, letter: Letter, *, now: datetime) -> None:
    """A message was handed over. A notice counts from then on: what it told of may expire."""
    delivery = letter.delivery
    if not _end(conn, delivery, deliveries.SENT, "", "", now=now):
        return
    if letter.lots and delivery.kind.value == "points_expiring":
        ledger.record_notice(conn, letter.lots, letter.at)
    resolve_problem(conn, store.id, PROBLEMS[Channel(delivery.channel)], now)


def note_refusal(
    conn: Connection, store: StoreRef, letter: Letter, failure: NotSent, *, now: datetime
) -> None:
    """A message was not taken: it is tried again, given up, or all of its channel waits."""
    delivery = letter.delivery
    attempts = delivery.attempts + 1
    if failure.scope is Scope.server:
        deliveries.put_off(
            conn,
            delivery.id,
            now + SERVER_PAUSE,
            why=failure.why,
            answer=failure.answer,
            attempts=delivery.attempts,
        )
        deliveries.put_off_others(conn, store.id, delivery.channel, now + SERVER_PAUSE)
        _report(conn, store, Channel(delivery.channel), failure, now)
        return
    if failure.scope is Scope.later and attempts < timing.MOST_ATTEMPTS:
        pause = timing.next_try(attempts, spread=(delivery.id % 10) / 10)
        deliveries.put_off(
            conn,
            delivery.id,
            now + pause,
            why=failure.why,
            answer=failure.answer,
            attempts=attempts,
        )
        return
    state = deliveries.SKIPPED if failure.why == "not_set_up" else deliveries.FAILED
    tried = replace(delivery, attempts=attempts)
    _end(conn, tried, state, failure.why, failure.answer, now=now)
    if failure.scope is Scope.address and letter.address_key:
        stopped_addresses.stop_address(conn, store.id, letter.address_key, failure.answer, now)


def _report(
    conn: Connection, store: StoreRef, channel: Channel, failure: NotSent, now: datetime
) -> None:
    words = Words(
        f"problem.{PROBLEMS[channel].replace('-', '_')}",
        {"why": Words(f"message_why.{failure.why}"), "answer": (failure.answer or "–")[:1000]},
    )
    report_words(conn, store, PROBLEMS[channel], words, now)


def _end(
    conn: Connection, delivery: Delivery, state: str, why: str, answer: str, *, now: datetime
) -> bool:
    ended = deliveries.finish(
        conn,
        delivery.id,
        state,
        why=why,
        answer=answer,
        attempts=delivery.attempts + (state == deliveries.SENT),
        now=now,
    )
    if ended and KINDS[delivery.kind].secret:
        deliveries.forget_data(conn, delivery.message_id)
    return ended


def _reference(store: StoreRef, delivery: Delivery) -> str:
    """The same for every try of a delivery."""
    return f"loyalty-{store.id}-{delivery.id}-{int(delivery.told_at.timestamp())}"
