"""Webhooks on their way to the app: they come late, twice, mixed up, torn, or never."""

from collections import deque
from dataclasses import dataclass, field

from saleor_loyalty_app.flows.event_handler import Handler
from saleor_loyalty_app.flows.receive_event import Outcome, receive
from saleor_loyalty_app.handlers.checkouts import CHECKOUTS
from saleor_loyalty_app.handlers.customers import CUSTOMERS
from saleor_loyalty_app.handlers.orders import ORDERS
from sandbox import Emitted
from sandbox.events.render import to_body
from tests.order_books import KEYS
from tests.redemption_stage import Stage

HANDLERS = (ORDERS, CHECKOUTS, CUSTOMERS)


@dataclass(frozen=True)
class Letter:
    """An event for one handler; `body` where Saleor writes it when things happen."""

    handler: Handler
    emitted: Emitted
    body: bytes | None = None


@dataclass
class Post:
    """What the store has to tell the app; the payload shows the store when it is delivered."""

    stage: Stage
    waiting: deque[Letter] = field(default_factory=deque)

    def collect(self) -> None:
        """What happened since the last time waits from now on."""
        for emitted in self.stage.box.take_emitted():
            for handler in HANDLERS:
                if emitted.event in handler.events:
                    self.waiting.append(self._letter(handler, emitted))

    def deliver(self, which: int, *, copies: int = 1, torn: bool = False) -> None:
        """One of those that wait arrives, maybe more than once."""
        if not self.waiting:
            return
        self.waiting.rotate(-(which % len(self.waiting)))
        letter = self.waiting.popleft()
        for _ in range(copies):
            self._bring(letter, torn=torn)

    def deliver_all(self) -> None:
        """All that wait arrive in the order in which they were sent, and what they bring up."""
        self.collect()
        while self.waiting:
            self.deliver(0)
            self.collect()

    def lose(self, share: int) -> None:
        """Of those that wait, each `share`-th is lost; 1 loses all."""
        self.collect()
        self.waiting = deque(
            letter for place, letter in enumerate(self.waiting, 1) if place % share
        )

    def _letter(self, handler: Handler, emitted: Emitted) -> Letter:
        early = self.stage.box.store.version == "3.22" and handler is not CHECKOUTS
        return Letter(handler, emitted, self._body(handler, emitted) if early else None)

    def _body(self, handler: Handler, emitted: Emitted, *, torn: bool = False) -> bytes | None:
        box = self.stage.box
        app = next(one for one in box.store.apps.values() if one.identifier == "saleor.loyalty")
        payload = box.render(emitted, handler.query, app, torn=torn)
        return None if payload is None else to_body(payload)

    def _bring(self, letter: Letter, *, torn: bool) -> None:
        body = letter.body or self._body(letter.handler, letter.emitted, torn=torn)
        if body is None:
            return
        stage = self.stage
        outcome = receive(
            stage.database, letter.handler, stage.store, body, now=stage.now, secrets=KEYS
        )
        assert outcome in (Outcome.accepted, Outcome.duplicate, Outcome.unconcerned), outcome
