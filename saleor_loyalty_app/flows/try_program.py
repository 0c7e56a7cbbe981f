"""What a program would give for one order or cart, and why; nothing is written."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.history_preview import why_withheld
from saleor_loyalty_app.flows.known_member import member_facts
from saleor_loyalty_app.flows.known_past import orders_before
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.repository import member_by_user
from saleor_loyalty_app.orders.facts import facts_of
from saleor_loyalty_app.orders.models import OrderState, OrderUnit
from saleor_loyalty_app.orders.money import paid_in_full_at
from saleor_loyalty_app.orders.plan import Award, AwardPlan, PlannedLine, Terms
from saleor_loyalty_app.programs.decide import POINTS, TIERS, Decision, decide_order
from saleor_loyalty_app.programs.decision_plan import plan_of
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.explain import EntryFacts, explain, explain_miss
from saleor_loyalty_app.programs.facts import LineFacts, OrderFacts
from saleor_loyalty_app.programs.member_facts import NOBODY, MemberFacts
from saleor_loyalty_app.programs.models import ProgramRevision
from saleor_loyalty_app.programs.perks_words import planned_words
from saleor_loyalty_app.programs.tiers import entry_tier
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import ChannelRef, StoreRef

UNIT, STATUS = "points", "status"
_states, _units, _revisions = table(OrderState), table(OrderUnit), table(ProgramRevision)


@dataclass(frozen=True, slots=True)
class TriedLine:
    """Goods of a made-up cart, for `amount` in all, as the program counts prices."""

    amount: Decimal
    quantity: int = 1
    product: str = ""
    sku: str = ""
    product_type: str = ""
    categories: tuple[str, ...] = ()
    collections: tuple[str, ...] = ()
    on_sale: bool = False


@dataclass(frozen=True, slots=True)
class TriedCart:
    """A made-up cart of nobody, or of somebody in a tier or in segments, or with tags."""

    lines: tuple[TriedLine, ...]
    shipping: Decimal = Decimal(0)
    country: str = ""
    voucher_used: bool = False
    nth_order: int | None = None
    tier: str = ""
    segments: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Booked:
    """What the order has in the books so far, and the revision that decided."""

    points: int
    status_points: int
    revision: int | None


@dataclass(frozen=True, slots=True)
class Trial:
    """What a program gives, and why.

    Attributes:
        points: to be spent.
        status_points: count for tiers alone, at once.
        because: sentences that lead to the points, then to the status points.
        misses: why other rules gave nothing.
        worth: of the points, in the currency of the order; None where they cannot be spent.
        available_from: None while the order is not paid, or not fulfilled where that matters.
        withheld: why the customer earns nothing whatever the rules say, as a stable word; "" = no.
        paid: the order was paid in full; carts are taken as paid.
        booked: of an order that is in the books.
    """

    number: str
    channel: str
    currency: str
    points: int
    status_points: int
    because: tuple[str, ...]
    misses: tuple[str, ...]
    worth: Decimal | None
    available_from: datetime | None
    withheld: str = ""
    paid: bool = True
    booked: Booked | None = None


def try_order(
    conn: Connection,
    store: StoreRef,
    program: Program,
    order: OrderSnapshot,
    *,
    now: datetime,
    language: str,
    keys: EmailKeys,
) -> Trial:
    """What a program would give for a past order, before anything of it came back.

    Args:
        keys: find what is remembered of its customer's address under older secrets, too.
    """
    paid_at = paid_in_full_at(order)
    at = paid_at or now
    facts = facts_of(
        order,
        program.settings,
        app_id=store.app_id,
        paid_at=at,
        nth_order=_number_of(conn, store, program, order, keys),
    )
    names = {line.id: line.product_name for line in order.lines if line.product_name}
    fulfilled = min((one.created for one in order.fulfillments), default=None)
    return _trial(
        program,
        facts,
        store,
        language,
        number=order.number,
        member=_customer(conn, store, program, order, keys),
        names=names,
        withheld=why_withheld(conn, store, order, program.settings, at=at, keys=keys, now=now),
        paid=paid_at is not None,
        available_from=None
        if paid_at is None
        else Terms.of(program.settings, facts.country).available_from(paid_at, fulfilled),
        booked=_booked(conn, store, order.id),
    )


def try_cart(
    store: StoreRef,
    channel: ChannelRef,
    program: Program,
    cart: TriedCart,
    *,
    now: datetime,
    language: str,
) -> Trial:
    """What a program would give for a made-up cart, if it were paid and fulfilled now. Pure."""
    lines = tuple(
        LineFacts(
            id=str(number),
            quantity=one.quantity,
            base=one.amount,
            gross=one.amount,
            product_slug=one.product,
            sku=one.sku,
            product_type=one.product_type,
            categories=frozenset(one.categories),
            collections=frozenset(one.collections),
            on_sale=one.on_sale,
        )
        for number, one in enumerate(cart.lines, start=1)
        if one.amount > 0
    )
    facts = OrderFacts(
        order_id="cart",
        channel=channel.slug,
        currency=channel.currency,
        created_at=now,
        country=cart.country or channel.default_country,
        language="",
        voucher_used=cart.voucher_used,
        nth_order=cart.nth_order,
        subtotal=sum((line.base for line in lines), Decimal(0)),
        lines=lines,
        shipping=cart.shipping,
    )
    names = {
        str(number): one.product or one.sku
        for number, one in enumerate(cart.lines, start=1)
        if one.product or one.sku
    }
    return _trial(
        program,
        facts,
        store,
        language,
        number="",
        member=MemberFacts(
            tier=cart.tier,
            orders=(cart.nth_order or 1) - 1,
            segments=cart.segments,
            tags=cart.tags,
        ),
        names=names,
        available_from=Terms.of(program.settings, facts.country).available_from(now, now),
    )


def _trial(
    program: Program,
    facts: OrderFacts,
    store: StoreRef,
    language: str,
    *,
    number: str,
    names: dict[str, str],
    available_from: datetime | None,
    member: MemberFacts = NOBODY,
    withheld: str = "",
    paid: bool = True,
    booked: Booked | None = None,
) -> Trial:
    decision = decide_order(program, facts, store.timezone, member)
    points = decision.totals().get((UNIT, POINTS), 0)
    status = decision.totals().get((STATUS, TIERS), 0)
    plan = _plan(decision, facts, Terms.of(program.settings, facts.country))
    reason = {"code": "order_earned", "order": number or None}
    entries = (
        EntryFacts("earn", points, UNIT, POINTS, {**reason, **plan.terms.life.reason}),
        EntryFacts("earn", status, STATUS, TIERS, reason),
    )
    told = plan.to_json()
    because = [
        sentence
        for entry in entries
        if entry.amount
        for sentence in explain(
            entry, language=language, program=program, plan=told, line_names=names
        )[1:]
    ]
    if not (points or status):
        because = list(planned_words(plan.perks, language, program))
    return Trial(
        number=number,
        channel=facts.channel,
        currency=facts.currency,
        points=points,
        status_points=status,
        because=tuple(because),
        misses=tuple(
            explain_miss(miss.rule_id, miss.reason, language=language, program=program)
            for miss in decision.misses
        ),
        worth=program.worth(points, facts.channel, facts.currency),
        available_from=available_from,
        withheld=withheld,
        paid=paid,
        booked=booked,
    )


def _plan(decision: Decision, facts: OrderFacts, terms: Terms) -> AwardPlan:
    """The decision as a plan, so that it is explained as an entry would be."""
    quantities = {line.id: line.quantity for line in facts.lines}
    return AwardPlan(
        expires_from=facts.created_at,
        terms=terms,
        lines=tuple(
            PlannedLine(
                line_id,
                quantities[line_id],
                tuple(
                    Award(one.rule_id, one.unit, one.part, one.points, one.reason) for one in awards
                ),
            )
            for line_id, awards in decision.line_awards.items()
        ),
        order=tuple(
            Award(one.rule_id, one.unit, one.part, one.points, one.reason)
            for one in decision.order_awards
        ),
        perks=tuple(perk.to_json() for perk in decision.perks),
    )


def _number_of(
    conn: Connection, store: StoreRef, program: Program, order: OrderSnapshot, keys: EmailKeys
) -> int | None:
    """The how manieth order of its customer it is; None = no rule asks, or nobody knows."""
    if order.user is None or not plan_of(program).needs_order_number:
        return None
    member = member_by_user(conn, store.id, order.user.id)
    if member is None:
        return 1
    row_id = _row_of(conn, store, order)
    return orders_before(conn, store, member, at=order.created, but=row_id, keys=keys) + 1


def _customer(
    conn: Connection, store: StoreRef, program: Program, order: OrderSnapshot, keys: EmailKeys
) -> MemberFacts:
    """Its customer as they are now; the order itself does not count."""
    ready = plan_of(program)
    if not ready.needs_member:
        return NOBODY
    newcomer = MemberFacts(tier=entry_tier(program.tiers))
    if order.user is None:
        return newcomer
    member = member_by_user(conn, store.id, order.user.id)
    if member is None:
        return replace(newcomer, joined_at=order.created)
    return member_facts(
        conn,
        store,
        member,
        program,
        ready.capped,
        at=order.created,
        but_order=_row_of(conn, store, order),
        but_source=f"order:{order.id}",
        keys=keys,
    )


def _row_of(conn: Connection, store: StoreRef, order: OrderSnapshot) -> int:
    found: int | None = conn.execute(
        sa.select(_states.c.id).where(
            _states.c.store_id == store.id, _states.c.order_id == order.id
        )
    ).scalar_one_or_none()
    return found or 0


def _booked(conn: Connection, store: StoreRef, order_id: str) -> Booked | None:
    rows = conn.execute(
        sa.select(_units.c.unit, _units.c.booked, _revisions.c.number)
        .select_from(_states)
        .join(_units, _units.c.order_state_id == _states.c.id)
        .outerjoin(_revisions, _revisions.c.id == _states.c.revision_id)
        .where(
            _states.c.store_id == store.id,
            _states.c.order_id == order_id,
            sa.tuple_(_units.c.unit, _units.c.part).in_([(UNIT, POINTS), (STATUS, TIERS)]),
        )
    ).all()
    booked = {row.unit: row.booked for row in rows}
    return Booked(booked.get(UNIT, 0), booked.get(STATUS, 0), rows[0].number) if rows else None
