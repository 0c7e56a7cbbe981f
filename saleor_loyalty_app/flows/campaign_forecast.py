"""What a campaign may cost, on the stored sample of past orders, and what else runs meanwhile.

The sample does not tell who bought: an audience is taken as everybody, so that the figures are the
most. How many orders will use a code nobody knows; whoever asks says a share.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from sqlalchemy import Connection

from saleor_loyalty_app.campaigns.terms import ChannelValue, Terms
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.programs import samples
from saleor_loyalty_app.programs.backtest import days_between
from saleor_loyalty_app.programs.boosts import Boost, added_by
from saleor_loyalty_app.programs.cost import to_minor_unit
from saleor_loyalty_app.programs.decide import decide_order
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.facts import OrderFacts
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.programs.sampled import SampledOrder
from saleor_loyalty_app.stores.refs import StoreRef

#: Pages of promotions that are asked for: 100 each.
_PAGES = 5
_ONE = Fraction(1)


@dataclass(slots=True)
class ChannelForecast:
    """What orders of the sample in one channel would have cost, exactly."""

    channel: str
    currency: str
    orders: int = 0
    eligible: int = 0
    points: Fraction = Fraction(0)
    money: Fraction = Fraction(0)
    bringing: int = 0

    def scaled_points(self, scale: Fraction) -> int:
        """Whole points in the time of the campaign."""
        return (self.points * scale).__ceil__()

    def scaled_money(self, scale: Fraction) -> Decimal:
        """Money in the time of the campaign."""
        return to_minor_unit(self.money * scale, self.currency)


@dataclass(frozen=True, slots=True)
class Forecast:
    """The channels, and by what their sums are multiplied: days of the campaign for those read."""

    channels: tuple[ChannelForecast, ...]
    sample_days: int
    days: int
    program: Program | None

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
    found = on_orders(samples.sampled_orders(conn, store.id), terms, program, store.timezone)
    return Forecast(
        channels=found,
        sample_days=days_between(sampling.since, sampling.started_at),
        days=days_between(terms.starts_at, terms.ends_at),
        program=program,
    )


def on_orders(
    orders: Iterable[SampledOrder], terms: Terms, program: Program | None, timezone: str
) -> tuple[ChannelForecast, ...]:
    """What a campaign would have cost on some orders. Pure."""
    found: dict[tuple[str, str], ChannelForecast] = {}
    for order in orders:
        facts = order.gross if program is None else order.facts(program)
        if not order.paid or not terms.is_in(facts.channel):
            continue
        key = (facts.channel, facts.currency)
        into = found.setdefault(key, ChannelForecast(*key))
        into.orders += 1
        if terms.kind == "points":
            _add_points(into, facts, terms, program, timezone)
        else:
            _add_money(into, facts, terms)
    for into in found.values():
        if terms.kind_of_codes == "after_order" and into.eligible:
            # A coupon takes off the order after that which brought it: as much as the average one.
            into.money = into.money / into.eligible * into.bringing
    return tuple(found[key] for key in sorted(found))


def _add_points(
    into: ChannelForecast,
    facts: OrderFacts,
    terms: Terms,
    program: Program | None,
    timezone: str,
) -> None:
    if program is None or terms.times is None:
        return
    boost = Boost("campaign:forecast", terms.times, fixed_points=terms.fixed_points)
    decision = decide_order(program, facts, timezone, boosts=[boost])
    points = sum(added_by((award, _ONE) for award in decision.awards()).values(), Fraction(0))
    into.points += points
    into.eligible += points > 0


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
