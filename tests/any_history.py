"""A store with one shopper to whom any facts happen under any program; for property tests."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

import httpx
import sqlalchemy as sa
from hypothesis import note
from sqlalchemy import Connection

from saleor_loyalty_app.campaigns import check
from saleor_loyalty_app.campaigns import repository as campaigns_of
from saleor_loyalty_app.custom_events.incoming import Incoming
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows import campaign_desk as desk
from saleor_loyalty_app.flows.audit_counters import audit_all
from saleor_loyalty_app.flows.award_deed import reverse_deed
from saleor_loyalty_app.flows.campaign_boosts import boost_of
from saleor_loyalty_app.flows.converge_order import Outcome, converge_order
from saleor_loyalty_app.flows.drive_redemption import Driver
from saleor_loyalty_app.flows.give_bonus import give_once
from saleor_loyalty_app.flows.pass_milestones import settle_milestones
from saleor_loyalty_app.flows.spend_points import Spender
from saleor_loyalty_app.flows.spending_scene import Scene
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.flows.sweep_milestones import milestones_page
from saleor_loyalty_app.flows.sweep_segments import segments_page
from saleor_loyalty_app.flows.sweep_tiers import rewards_page, tiers_page
from saleor_loyalty_app.flows.take_event import take_back, take_event
from saleor_loyalty_app.messages.kinds import Kind
from saleor_loyalty_app.messages.models import OutboxMessage
from saleor_loyalty_app.orders.look import Look
from saleor_loyalty_app.programs.boosts import capped_boosts
from saleor_loyalty_app.programs.deeds import DeedFacts
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.models import CapUse, DeedAward
from saleor_loyalty_app.programs.problems import read_program
from saleor_loyalty_app.rewards import claims, redemptions
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.rewards.spend_request import Bearer, SpendRequest
from saleor_loyalty_app.saleor.client import SaleorClient
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.segments.repository import these
from saleor_loyalty_app.segments.tagged import tags_of
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.secrets import TokenCipher
from tests.any_program import DEEDS, MUG, STOCK
from tests.factories import make_channel, make_partner_key, make_revision
from tests.order_books import KEYS, NOW, books_of, live_store
from tests.order_samples import START, event, line, order, shopper, transaction
from tests.redemption_rows import make_ayse

AYSE = shopper()
SCENE = Scene("default-channel", "USD", None)
_uses, _deeds, _messages = table(CapUse), table(DeedAward), table(OutboxMessage)
Fact = tuple[Any, ...]


def nowhere(request: httpx.Request) -> httpx.Response:
    raise AssertionError(f"nothing here asks Saleor: {request.content!r}")


class Shop:
    """A store with one shopper, whose clock goes on by a minute with each fact."""

    def __init__(
        self, database: Database, document: Mapping[str, Any], *terms: Mapping[str, Any]
    ) -> None:
        self.database, self.now = database, NOW
        self.orders: dict[int, list[str]] = {}
        self.paid: dict[int, Decimal] = {}
        self.refunds: dict[int, Decimal] = {}
        self.taken: list[RedemptionRef] = []
        self.undone = False
        self.program: Program = read_program(dict(document))
        client = SaleorClient(
            httpx.Client(transport=httpx.MockTransport(nowhere)), now=lambda: self.now
        )
        cipher = TokenCipher(["a secret of the tests with 32 and more characters: fZ8q"])
        self.driver = Driver(StoreAccess(database, client, cipher), lambda: self.now)

        def write(conn: Connection) -> tuple[StoreRef, int, list[str], int]:
            store = live_store(conn, document)
            make_channel(conn, store.id, slug="default-channel", currency="USD")
            begun = [self._begin(conn, store, one) for one in terms]
            return store, make_ayse(conn, store), begun, make_partner_key(conn, store.id, "visit")

        self.store, self.member, self.campaigns, self.key = database.write(write)

    def _begin(self, conn: Connection, store: StoreRef, terms: Mapping[str, Any]) -> str:
        before = START - timedelta(days=1)
        made = desk.create_campaign(conn, store, check.read(terms), actor="user:1", now=before)
        desk.schedule_campaign(conn, store, made.public_id, version=1, actor="user:1", now=before)
        return made.public_id

    def publish(self, document: Mapping[str, Any]) -> None:
        """Another revision is in force from now on."""
        self.now += timedelta(minutes=1)
        self.write(make_revision, document=dict(document), effective_from=self.now)

    def write(self, work: Callable[..., Any], *given: Any, **more: Any) -> Any:
        """One transaction of a function that takes a connection and the store's id."""
        return self.database.write(lambda conn: work(conn, self.store.id, *given, **more))

    def do(self, fact: Fact) -> None:
        """A fact happens; what the app refuses does not."""
        what, *how = fact
        self.now += timedelta(minutes=1)
        try:
            getattr(self, what)(*how)
        except AppError as refusal:
            note(f"{fact}: {refusal.code}")

    # What may happen

    def buy(self, number: int, gross: list[str]) -> Outcome:
        return self.look_at(number, self.orders.setdefault(number, gross))

    def stray(self, number: int, gross: list[str], who: Mapping[str, Any]) -> None:
        """An order of somebody who earns nothing; with the next look at it it is the shopper's."""
        if number not in self.orders:
            self.look_at(number, self.orders.setdefault(number, gross), **who)

    def refund(self, number: int, share: Decimal) -> None:
        if number in self.orders:
            self.refunds[number] = max(share, self.refunds.get(number, share))
            self.look_at(number, self.orders[number])

    def edit(self, number: int, how: str) -> None:
        """Staff change a paid order: a line less, half the price, or a line more."""
        if number in self.orders:
            lines = self.orders[number]
            self.orders[number] = {
                "less": lines[:-1] or lines,
                "cheaper": [str(Decimal(one) / 2) for one in lines],
                "more": [*lines, "10.00"],
            }[how]
            self.look_at(number, self.orders[number])

    def cancel(self, number: int) -> None:
        self.look_at(number, self.orders[number], status="CANCELED")

    def happen(self, trigger: str) -> None:
        deed = DeedFacts(trigger, DEEDS[trigger], self.now, f"{trigger}:2026", number=1)
        self.database.write(
            lambda conn: give_once(conn, self.store, self.member, deed, keys=KEYS, now=self.now)
        )

    def report(self, reference: int) -> None:
        sent = Incoming("visit", f"v-{reference}", "user_id", AYSE["id"], None, {})
        self.database.write(
            lambda conn: take_event(conn, self.store, sent, key_id=self.key, now=self.now)
        )

    def remove(self, reference: int) -> None:
        self.database.write(
            lambda conn: take_back(
                conn, self.store, "visit", f"v-{reference}", key_id=self.key, now=self.now
            )
        )

    def claim(self) -> None:
        spender = Spender(self.driver, lambda: self.now)
        key = f"claim-{len(self.taken)}"
        wish = SpendRequest(AYSE["id"], "shopper", Bearer("default-channel"), 0, key, MUG)
        made = self.database.write(
            lambda conn: spender._set_aside(conn, self.store, wish, SCENE, self.now)
        )
        self.taken.append(self.driver.work(self.store, made))

    def release(self) -> None:
        spender = Spender(self.driver, lambda: self.now)
        for known in self.taken:
            spender.release(self.store, known.public_id, user_id=AYSE["id"], actor="shopper")

    def work(self) -> None:
        """All that the tasks of the background have to do until now."""
        for known in self.write(redemptions.due, self.now, 100):
            self.driver.drive(self.store, known)
        for _ in range(50):
            more = [
                self.database.write(lambda conn: tiers_page(conn, self.store, now=self.now)),
                self.database.write(
                    lambda conn: rewards_page(conn, self.store, keys=KEYS, now=self.now)
                ),
                self.database.write(lambda conn: milestones_page(conn, self.store, now=self.now)),
                self.database.write(
                    lambda conn: settle_milestones(
                        conn, self.store, limit=5, keys=KEYS, now=self.now
                    )
                ),
                segments_page(self.database, self.store, now=self.now),
            ]
            if not any(more):
                return
        raise AssertionError("the tasks never come to an end")

    def look_at(self, number: int, gross: Sequence[str], **more: Any) -> Outcome:
        """A webhook tells of an order."""
        lines = [line(f"L{at}", 2, amount) for at, amount in enumerate(gross)]
        total = sum((one["totalPrice"]["gross"]["amount"] for one in lines), Decimal(0))
        paid = self.paid.setdefault(number, total)
        events = [event("CHARGE_SUCCESS", str(paid), 1)]
        if number in self.refunds:
            back = (paid * self.refunds[number]).quantize(Decimal("0.01"))
            events.append(event("REFUND_SUCCESS", str(back), 2))
        values: dict[str, Any] = {
            "id": f"O{number}",
            "number": str(number),
            "user": AYSE,
            "updated": (self.now - START) / timedelta(minutes=1),
        }
        told = order(*lines, transactions=[transaction(*events)], **(values | more))
        return self.receive(told, self.now)

    def receive(self, told: OrderSnapshot, now: datetime) -> Outcome:
        look = Look.webhook(now)
        return self.database.write(
            lambda conn: converge_order(conn, self.store, told, look, now=now, secrets=KEYS)
        )

    # What has become of it

    def undo_deeds(self) -> None:
        """What is not taken back by itself: birthdays, kept perks of lines and of tiers."""
        self.now += timedelta(minutes=1)
        self.undone = True
        query = sa.select(_deeds.c.deed_key).where(
            _deeds.c.store_id == self.store.id, _deeds.c.reversed_at.is_(None)
        )
        for key in self.database.read(lambda conn: list(conn.execute(query).scalars())):
            self.database.write(
                partial(
                    reverse_deed,
                    store=self.store,
                    member_id=self.member,
                    deed_key=key,
                    now=self.now,
                    why="undone",
                )
            )

    def balances(self) -> dict[tuple[str, str], int]:
        return dict(self.database.read(lambda conn: books_of(conn, self.store)).balances)

    def check_limits(self) -> None:
        """No cap, budget or stock is exceeded, and the books add up."""
        self.check_audit()
        by_rule = sa.select(
            _uses.c.rule_id, sa.func.sum(_uses.c.points), sa.func.sum(_uses.c.times)
        ).where(_uses.c.store_id == self.store.id)
        drawn = self.database.read(
            lambda conn: conn.execute(by_rule.group_by(_uses.c.rule_id)).all()
        )
        rules = self.program.earning.rules
        caps = {rule.id: rule.caps.per_member for rule in rules if rule.caps is not None}
        caps |= capped_boosts(map(boost_of, self._campaigns()))
        for rule_id, points, times in drawn:
            found = caps[rule_id]
            assert found is not None
            assert points <= (found.points or points)
            assert times <= (found.times or times)
        for campaign in self._campaigns():
            budget = campaign.terms.budget
            if budget is not None and budget.when_reached != "warn":
                assert campaign.spent_points <= (budget.points or 0)
        assert self.pieces() <= STOCK

    def check_audit(self) -> None:
        """The books add up, and every counter beside them is what its rows make it."""
        drifts = self.database.read(lambda conn: audit_all(conn, self.store, now=self.now))
        # Nothing of the app undoes perks that are kept: only these tests do.
        kept = ("milestone_taken", "tier_reward") if self.undone else ()
        found = [one for one in drifts if one.check not in kept]
        assert found == [], found

    def pieces(self) -> int:
        """How many rewards are taken."""
        return sum(self.database.read(lambda conn: claims.drawn(conn, self.store.id)).values())

    def tags(self) -> frozenset[str]:
        """What the shopper is tagged with."""
        found = self.database.read(lambda conn: tags_of(conn, self.store.id, these([self.member])))
        return found.get(self.member, frozenset())

    def unsent(self) -> int:
        """How many messages of rules are still to be sent."""
        query = (
            sa.select(sa.func.count())
            .where(_messages.c.store_id == self.store.id, _messages.c.planned_at.is_(None))
            .where(_messages.c.kind == Kind.order_message.value)
        )
        return self.database.read(lambda conn: conn.execute(query).scalar_one())

    def uses(self) -> list[Any]:
        query = sa.select(_uses).where(_uses.c.store_id == self.store.id)
        return list(self.database.read(lambda conn: conn.execute(query).all()))

    def spent(self) -> int:
        """What campaigns took of their budgets."""
        return sum(campaign.spent_points for campaign in self._campaigns())

    def _campaigns(self) -> list[campaigns_of.CampaignRow]:
        return self.database.read(
            lambda conn: [campaigns_of.get(conn, self.store.id, one) for one in self.campaigns]
        )
