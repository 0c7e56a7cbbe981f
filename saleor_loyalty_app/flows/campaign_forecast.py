"""What a campaign may cost, on the stored sample of past orders, and what else runs meanwhile.

The sample does not tell who bought: an audience is taken as everybody whose tier is not known to be
another. A limit per member is drawn of the orders whose buyer the books know
(`orders.buyers.buyers_of_sample`); each of the others counts as somebody else's. Points are counted
with the tier that members have now of the orders of which the app knows it
(`tiers.books.buyers_tiers`), of others with the tier that everybody has, and once more as if every
order came from the tier that multiplies most. How many orders will use a code nobody knows; whoever
asks says a share.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection

from saleor_loyalty_app.campaigns.terms import ChannelValue, Terms
from saleor_loyalty_app.flows.forecast_limits import Added, within_limit
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.orders.buyers import buyers_of_sample
from saleor_loyalty_app.programs import samples
from saleor_loyalty_app.programs.backtest import days_between
from saleor_loyalty_app.programs.boosts import Boost, added_by
from saleor_loyalty_app.programs.cost import to_minor_unit
from saleor_loyalty_app.programs.decide import decide_order
from saleor_loyalty_app.programs.decision_plan import tier_multipliers
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.facts import OrderFacts
from saleor_loyalty_app.programs.member_facts import MemberFacts
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.programs.sampled import SampledOrder
from saleor_loyalty_app.programs.tiers import at_least_entry
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers.books import buyers_tiers

#: Pages of promotions that are asked for: 100 each.
_PAGES = 5
_ONE = Fraction(1)
NO_TIERS: Mapping[str, str] = MappingProxyType({})
NO_BUYERS: Mapping[str, int] = MappingProxyType({})


@dataclass(slots=True)
class ChannelForecast:
    """What orders of the sample in one channel would have cost, exactly.

    `tier_known` of the orders are counted with the tier of who bought; `top_points` are what it
    would be if every order came from the tier that multiplies most.
    """

    channel: str
    currency: str
    orders: int = 0
    eligible: int = 0
    tier_known: int = 0
    points: Fraction = Fraction(0)
    top_points: Fraction = Fraction(0)
    money: Fraction = Fraction(0)
    bringing: int = 0

    def add(self, points: Fraction, top: Fraction) -> None:
        """One more order: what it is given, and what it would be in the tier on top."""
        self.points += points
        self.top_points += top
        self.eligible += points > 0

    def scaled_points(self, scale: Fraction) -> int:
        """Whole points in the time of the campaign."""
        return (self.points * scale).__ceil__()

    def scaled_top(self, scale: Fraction) -> int:
        """`scaled_points` if every order came from the tier that multiplies most."""
        return (self.top_points * scale).__ceil__()

    def scaled_money(self, scale: Fraction) -> Decimal:
        """Money in the time of the campaign."""
        return to_minor_unit(self.money * scale, self.currency)


@dataclass(frozen=True, slots=True)
class _Limited:
    """What an order is given before the limit per member, and where it counts.

    `buyer`: the number of their member; below zero, somebody of whom no other order is known.
    """

    into: ChannelForecast
    buyer: int
    at: datetime
    points: Fraction
    top: Fraction


@dataclass(frozen=True, slots=True)
class Forecast:
    """The channels, and by what their sums are multiplied: days of the campaign for those read.

    `top_tier`: the id of the tier that multiplies most of the audience; "" = none does.
    """

    channels: tuple[ChannelForecast, ...]
    sample_days: int
    days: int
    program: Program | None
    top_tier: str = ""

    @property
    def scale(self) -> Fraction:
        """Days of the campaign for a day of the sample."""
        return Fraction(self.days, self.sample_days)


def forecast(conn: Connection, store: StoreRef, terms: Terms, *, now: datetime) -> Forecast | None:
    """What a campaign would cost; None where no orders were read yet."""
    sampling = samples.sampling_of(conn, store.id)
    if sampling is None or sampling.state != "done" or not sampling.orders:
        return None
    revision = revision_at(conn, store.id, now)
    program = None if revision is None else revision.program
    tiers: Mapping[str, str] = {}
    if program is not None and program.tiers is not None and program.tiers.enabled:
        tiers = buyers_tiers(conn, store.id)
    buyers = NO_BUYERS if terms.per_member is None else buyers_of_sample(conn, store.id)
    orders = samples.sampled_orders(conn, store.id)
    found = on_orders(orders, terms, program, store.timezone, tiers, buyers)
    return Forecast(
        channels=found,
        sample_days=days_between(sampling.since, sampling.started_at),
        days=days_between(terms.starts_at, terms.ends_at),
        program=program,
        top_tier="" if program is None else top_tier_of(program, terms.audience.tiers),
    )


def on_orders(
    orders: Iterable[SampledOrder],
    terms: Terms,
    program: Program | None,
    timezone: str,
    tiers: Mapping[str, str] = NO_TIERS,
    buyers: Mapping[str, int] = NO_BUYERS,
) -> tuple[ChannelForecast, ...]:
    """What a campaign would have cost on some orders. Pure.

    Args:
        tiers: by order, the tier of who bought it ("" = none); of others it is not known.
        buyers: by order, the member who bought it; each of the others counts as somebody else's.
    """
    limited: list[_Limited] = []
    found: dict[tuple[str, str], ChannelForecast] = {}
    for order in orders:
        facts = order.gross if program is None else order.facts(program)
        if not order.paid or not terms.is_in(facts.channel):
            continue
        key = (facts.channel, facts.currency)
        into = found.setdefault(key, ChannelForecast(*key))
        into.orders += 1
        if terms.kind == "points":
            if program is not None:
                tier = tiers.get(facts.order_id)
                points, top = _points_of(facts, terms, program, timezone, tier)
                into.tier_known += tier is not None
                if terms.per_member is None:
                    into.add(points, top)
                else:
                    buyer = buyers.get(facts.order_id, -1 - len(limited))
                    limited.append(_Limited(into, buyer, facts.created_at, points, top))
        else:
            _add_money(into, facts, terms)
    _add_limited(limited, terms)
    for into in found.values():
        if terms.kind_of_codes == "after_order" and into.eligible:
            # A coupon takes off the order after that which brought it: as much as the average one.
            into.money = into.money / into.eligible * into.bringing
    return tuple(found[key] for key in sorted(found))


def _points_of(
    facts: OrderFacts, terms: Terms, program: Program, timezone: str, tier: str | None
) -> tuple[Fraction, Fraction]:
    """What the campaign adds to an order, and what if its buyer had the tier that multiplies most.

    Args:
        tier: of the buyer; "" = none, None = not known.
    """
    wanted = terms.audience.tiers
    top = top_tier_of(program, wanted)
    most = _added(facts, terms, program, timezone, top)
    counted = at_least_entry(program.tiers, tier or "")
    if tier is not None and wanted and counted not in wanted:
        return Fraction(0), most
    return most if counted == top else _added(facts, terms, program, timezone, counted), most


def _add_limited(orders: Sequence[_Limited], terms: Terms) -> None:
    """Adds up what the limit per member leaves of some orders."""
    if terms.per_member is None:
        return
    cap = terms.per_member.ready()
    span = timedelta(days=days_between(terms.starts_at, terms.ends_at))
    points = [Added(n, one.buyer, one.at, one.points) for n, one in enumerate(orders)]
    top = [Added(n, one.buyer, one.at, one.top) for n, one in enumerate(orders)]
    for number, left in within_limit(points, cap, span):
        orders[number].into.add(left, Fraction(0))
    for number, left in within_limit(top, cap, span):
        orders[number].into.add(Fraction(0), left)


def _added(facts: OrderFacts, terms: Terms, program: Program, timezone: str, tier: str) -> Fraction:
    """What the campaign adds to an order of somebody of a tier."""
    if terms.times is None:
        return Fraction(0)
    boost = Boost("campaign:forecast", terms.times, fixed_points=terms.fixed_points)
    decision = decide_order(program, facts, timezone, MemberFacts(tier=tier), [boost])
    return sum(added_by((award, _ONE) for award in decision.awards()).values(), Fraction(0))


def top_tier_of(program: Program, wanted: Sequence[str]) -> str:
    """The tier of an audience that multiplies most; "" = none multiplies by more than one."""
    factors = tier_multipliers(program)
    more = {one: by for one, by in factors.items() if by > 1 and (not wanted or one in wanted)}
    return max(more, key=more.__getitem__, default="")


def _add_money(into: ChannelForecast, facts: OrderFacts, terms: Terms) -> None:
    said = terms.of_channel(facts.channel)
    if said is None or said.currency != facts.currency:
        return
    after = terms.codes.after_order if terms.codes is not None else None
    if after is not None and facts.subtotal >= after.minimum.get(facts.currency, Decimal(0)):
        into.bringing += 1
    if facts.subtotal < said.minimum:
        return
    into.eligible += 1
    into.money += _money_off(facts, terms, said)


def _money_off(facts: OrderFacts, terms: Terms, said: ChannelValue) -> Fraction:
    subtotal = Fraction(facts.subtotal)
    if terms.kind == "free_shipping":
        return Fraction(facts.shipping)
    value = Fraction(said.value or 0)
    return subtotal * value / 100 if terms.kind == "percent" else min(value, subtotal)


@dataclass(frozen=True, slots=True)
class OwnPromotion:
    """A promotion of the store itself; `kind` is CATALOGUE or ORDER."""

    id: str
    name: str
    kind: str
    starts_at: datetime
    ends_at: datetime | None
    channels: tuple[str, ...]


def promotions_meanwhile(access: StoreAccess, store: StoreRef, terms: Terms) -> list[OwnPromotion]:
    """The store's promotions that are on while a campaign runs, in its channels. Asks Saleor.

    Raises:
        What `SaleorClient.execute` raises.
    """
    found: list[OwnPromotion] = []
    after: str | None = None
    for _ in range(_PAGES):
        data = access.ask(store, "queries/promotions", {"first": 100, "after": after})
        page = data.get("promotions") or {"edges": (), "pageInfo": {}}
        found += [_promotion(edge["node"]) for edge in page["edges"]]
        after = page["pageInfo"].get("endCursor")
        if not page["pageInfo"].get("hasNextPage"):
            break
    return [one for one in found if _meets(one, terms)]


def _promotion(node: Mapping[str, Any]) -> OwnPromotion:
    slugs = {
        channel["slug"]
        for rule in node.get("rules") or ()
        for channel in rule.get("channels") or ()
    }
    end = node.get("endDate")
    return OwnPromotion(
        id=node["id"],
        name=node["name"],
        kind=node.get("type") or "CATALOGUE",
        starts_at=datetime.fromisoformat(node["startDate"]),
        ends_at=None if end is None else datetime.fromisoformat(end),
        channels=tuple(sorted(slugs)),
    )


def _meets(one: OwnPromotion, terms: Terms) -> bool:
    if one.starts_at >= terms.ends_at or (one.ends_at and one.ends_at <= terms.starts_at):
        return False
    ours = {said.channel for said in terms.channels}
    return not ours or not one.channels or bool(ours & set(one.channels))
