"""What goods would earn, told by who shows them: for product pages and carts that nobody owns yet.

Saleor is not asked. Where the shopper is known, what their next order earns follows from their
tier, segments, tags, orders and what limits leave, as when it is placed; else it is what anybody
gets who takes part.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy.engine import Connection

from saleor_loyalty_app.flows.campaign_boosts import for_anybody
from saleor_loyalty_app.flows.known_shopper import Known, known_shopper, may_earn
from saleor_loyalty_app.flows.shipping_buyer import as_bought_by
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.refs import MemberRef, SignedIn
from saleor_loyalty_app.programs.decide import POINTS
from saleor_loyalty_app.programs.decision_plan import tier_multipliers
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.facts import LineFacts, OrderFacts
from saleor_loyalty_app.programs.promises import unpromised
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.programs.shipping import ShippingRule
from saleor_loyalty_app.programs.shipping_decide import ShippingFacts
from saleor_loyalty_app.programs.shipping_sight import Offer, offers_in_sight
from saleor_loyalty_app.programs.unknown_facts import Fact, decide_as_known
from saleor_loyalty_app.programs.unknown_shopper import offers_for_anybody
from saleor_loyalty_app.stores import wind_downs
from saleor_loyalty_app.stores.refs import ChannelRef, StoreRef

UNIT = "points"
ZERO = Decimal(0)
#: The offers of a cart, and the rules that cannot be judged.
_Offers = tuple[Sequence[Offer], Sequence[ShippingRule]]
#: What is not known where nobody knows who will buy.
_OF_SHOPPERS = frozenset(
    (
        Fact.nth_order,
        Fact.tier,
        Fact.segment,
        Fact.tag,
        Fact.member_since,
        Fact.member_orders,
    )
)


@dataclass(frozen=True, slots=True)
class Goods:
    """One line of a cart as who asks knows it; None = they do not know.

    `gross` and `net` are what the whole line costs after discounts, with and without tax; one of
    them is given.
    """

    quantity: int
    gross: Decimal | None
    net: Decimal | None
    product_id: str | None = None
    product_slug: str | None = None
    variant_id: str | None = None
    sku: str | None = None
    categories: tuple[str, ...] | None = None
    collections: tuple[str, ...] | None = None
    product_type: str | None = None
    on_sale: bool | None = None


@dataclass(frozen=True, slots=True)
class CartToEstimate:
    """Goods, and where they would be bought; "" = not known."""

    goods: tuple[Goods, ...]
    country: str = ""
    language: str = ""
    voucher_used: bool = False


@dataclass(frozen=True, slots=True)
class Estimate:
    """What a cart would earn.

    Attributes:
        worth: of the points, in the channel's currency; None where points cannot be spent.
        steps: why rules did not apply that a larger cart would meet: (rule id, reason).
        unjudged: what rules lack to be judged.
        offers: first those that the cart has.
        unjudged_offers: shipping offers that depend on who the shopper is, where nobody knows.
        other_tax_side: a price was needed with tax and given without, or the other way round.
        tier: the id of the tier whose multiplier is counted in; "" = none.
    """

    program: Program
    points: int
    worth: Decimal | None
    steps: tuple[tuple[str, Mapping[str, Any]], ...]
    unjudged: Mapping[str, frozenset[Fact]]
    offers: tuple[Offer, ...]
    unjudged_offers: tuple[ShippingRule, ...]
    other_tax_side: bool
    tier: str


@dataclass(frozen=True, slots=True)
class Buyer:
    """A shopper who is signed in, and their member if they are in the books.

    Attributes:
        keys: find what is remembered of their address under older secrets, too.
        signed_in: with the address of their account, as the order will name it; None = not told.
    """

    member: MemberRef | None
    keys: EmailKeys | None = None
    signed_in: SignedIn | None = None

    @property
    def addresses(self) -> tuple[str, ...]:
        """The keys of that address; empty = not told."""
        return () if self.signed_in is None else self.signed_in.addresses


def estimate_cart(
    conn: Connection,
    store: StoreRef,
    channel: ChannelRef,
    cart: CartToEstimate,
    *,
    now: datetime,
    buyer: Buyer | None = None,
) -> Estimate | None:
    """What a cart would earn and which shipping offers it would have; None without a program.

    Args:
        buyer: None = nobody knows who will buy.
    """
    revision = revision_at(conn, store.id, now)
    if revision is None:
        return None
    program = revision.program
    member = None if buyer is None else buyer.member
    newcomer = buyer is not None and member is None
    known = known_shopper(
        conn,
        store,
        program,
        member,
        newcomer=newcomer,
        language=cart.language,
        now=now,
        keys=None if buyer is None else buyer.keys,
        addresses=() if buyer is None else buyer.addresses,
    )
    unknown = _unknown(cart)
    if buyer is None:
        known = replace(known, boosts=for_anybody(known.boosts))
        unknown |= _OF_SHOPPERS
    standing = wind_downs.as_of(conn, store, now)
    earns = standing.earning_on and (
        buyer is None or may_earn(conn, store, program, member, buyer.signed_in, now=now)
    )
    offers = _offers(conn, program, standing, channel, cart, buyer, now)
    return _estimate(program, standing, channel, cart, known, unknown, offers, now, earns=earns)


def _estimate(
    program: Program,
    store: StoreRef,
    channel: ChannelRef,
    cart: CartToEstimate,
    known: Known,
    unknown: frozenset[Fact],
    offers: _Offers,
    now: datetime,
    *,
    earns: bool,
) -> Estimate:
    basis = program.settings.price_basis
    with_tax = channel.display_gross_prices if basis == "displayed" else basis == "gross"
    facts = _facts(cart, channel, with_tax, now, known.nth_order)
    points = 0
    unjudged: Mapping[str, frozenset[Fact]] = {}
    steps: tuple[tuple[str, Mapping[str, Any]], ...] = ()
    if earns:
        decision, lacking = decide_as_known(
            program, facts, unknown, store.timezone, known.member, known.boosts
        )
        untold = unpromised(program)
        unjudged = {rule: lacks for rule, lacks in lacking.items() if rule not in untold}
        points = decision.totals().get((UNIT, POINTS), 0)
        steps = tuple(
            (miss.rule_id, miss.reason)
            for miss in decision.misses
            if miss.rule_id
            and miss.rule_id not in lacking
            and miss.rule_id not in untold
            and miss.reason.get("code") == "order_value_below"
        )
    return Estimate(
        program=program,
        points=points,
        worth=program.worth(points, channel.slug, channel.currency),
        steps=steps,
        unjudged=unjudged,
        offers=tuple(offers[0]),
        unjudged_offers=tuple(offers[1]),
        other_tax_side=any(_side(one, with_tax) is None for one in cart.goods),
        tier=known.member.tier if known.member.tier in tier_multipliers(program) else "",
    )


def _facts(
    cart: CartToEstimate, channel: ChannelRef, with_tax: bool, now: datetime, nth: int | None
) -> OrderFacts:
    lines = tuple(
        LineFacts(
            id=str(number),
            quantity=one.quantity,
            base=base,
            gross=_price(one, True),
            product_id=one.product_id or "",
            product_slug=one.product_slug or "",
            variant_id=one.variant_id or "",
            sku=one.sku or "",
            categories=frozenset(one.categories or ()),
            collections=frozenset(one.collections or ()),
            product_type=one.product_type or "",
            on_sale=bool(one.on_sale),
        )
        for number, one in enumerate(cart.goods)
        if (base := _price(one, with_tax)) > 0
    )
    return OrderFacts(
        order_id="estimate",
        channel=channel.slug,
        currency=channel.currency,
        created_at=now,
        country=cart.country,
        language=cart.language,
        voucher_used=cart.voucher_used,
        nth_order=nth,
        subtotal=sum((line.base for line in lines), ZERO),
        lines=lines,
        shipping=ZERO,
    )


def _side(goods: Goods, with_tax: bool) -> Decimal | None:
    return goods.gross if with_tax else goods.net


def _price(goods: Goods, with_tax: bool) -> Decimal:
    """The price on the wanted side of the tax, else on the other."""
    wanted, other = _side(goods, with_tax), _side(goods, not with_tax)
    found = other if wanted is None else wanted
    return ZERO if found is None else found


def _unknown(cart: CartToEstimate) -> frozenset[Fact]:
    """What is not known, of the cart or of any of its lines."""
    # Who asks may not say what metadata holds: it is Saleor's alone to tell.
    found = {Fact.order_metadata, Fact.product_metadata}
    found |= {Fact.country} if not cart.country else set()
    found |= {Fact.language} if not cart.language else set()
    for one in cart.goods:
        given: dict[Fact, bool] = {
            Fact.product: one.product_id is not None and one.product_slug is not None,
            Fact.variant: one.variant_id is not None and one.sku is not None,
            Fact.category: one.categories is not None,
            Fact.collection: one.collections is not None,
            Fact.product_type: one.product_type is not None,
            Fact.on_sale: one.on_sale is not None,
        }
        found |= {fact for fact, is_given in given.items() if not is_given}
    return frozenset(found)


def _offers(
    conn: Connection,
    program: Program,
    store: StoreRef,
    channel: ChannelRef,
    cart: CartToEstimate,
    buyer: Buyer | None,
    now: datetime,
) -> _Offers:
    if program.shipping is None or not store.shipping_on:
        return (), ()
    entered_with_tax = channel.prices_entered_with_tax
    facts = ShippingFacts(
        channel=channel.slug,
        currency=channel.currency,
        country=cart.country or channel.default_country,
        subtotal=sum((_price(one, entered_with_tax) for one in cart.goods), ZERO),
    )
    if buyer is None:
        return offers_for_anybody(program.shipping, facts, now=now, timezone=store.timezone)
    facts = as_bought_by(conn, store, program, buyer.member, facts)
    return offers_in_sight(program.shipping, facts, now=now, timezone=store.timezone), ()
