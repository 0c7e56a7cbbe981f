"""What goods cost one member: the price for everybody, theirs, and the lowest of past days."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from saleor_loyalty_app.flows.note_prices import channel_of, day_of, terms_of
from saleor_loyalty_app.flows.price_benefits import benefits_for
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.prices import days, watches
from saleor_loyalty_app.prices.days import Lowest, Span
from saleor_loyalty_app.prices.personal import (
    Benefit,
    PersonalPrice,
    PriceTerms,
    ShownPrice,
    best,
)
from saleor_loyalty_app.prices.watches import Watch
from saleor_loyalty_app.stores.refs import ChannelRef, StoreRef


@dataclass(frozen=True, slots=True)
class PriceScene:
    """What decides the prices of one member in one channel; `watch` is None while none is noted."""

    store: StoreRef
    channel: ChannelRef
    benefits: tuple[Benefit, ...]
    watch: Watch | None

    @property
    def terms(self) -> PriceTerms:
        """How the channel shows prices."""
        return terms_of(self.channel)


@dataclass(frozen=True, slots=True)
class PriceLine:
    """The prices of one variant.

    `span`: the days that the lowest price is of, those before the reduction began; without a
    personal price the last days up to today. None while no prices are noted.
    """

    price: ShownPrice
    personal: PersonalPrice | None
    span: Span | None
    lowest: Lowest | None


def price_scene(
    conn: Connection,
    store: StoreRef,
    member: MemberRef | None,
    channel: str,
    *,
    now: datetime,
    keys: EmailKeys,
) -> PriceScene | None:
    """What decides a member's prices; None where the store has no such channel.

    Args:
        keys: find what is remembered of the member's address under older secrets, too.
    """
    found = channel_of(conn, store.id, channel)
    if found is None:
        return None
    benefits: list[Benefit] = []
    if member is not None:
        benefits = benefits_for(conn, store, member, channel, now=now, keys=keys)
    watch = watches.of_channel(conn, store.id, channel)
    return PriceScene(store, found, tuple(benefits), watch)


def price_lines(
    conn: Connection, scene: PriceScene, prices: Sequence[ShownPrice], *, now: datetime
) -> dict[str, PriceLine]:
    """The prices of variants by Saleor's id."""
    today = day_of(scene.store, now)
    terms = scene.terms
    chosen = {one.variant_id: best(scene.benefits, one, terms) for one in prices}
    spans = {
        variant_id: span
        for variant_id, personal in chosen.items()
        if (span := _span(scene, personal, today)) is not None
    }
    found: dict[str, Lowest] = {}
    since = None if scene.watch is None else scene.watch.known_since
    if since is not None:
        # Days before a break would stand for more than is known.
        asked = {key: Span(max(span.first, since), span.end) for key, span in spans.items()}
        found = days.lowest(
            conn,
            scene.store.id,
            scene.channel.slug,
            scene.channel.currency,
            asked,
            with_tax=terms.shown_gross,
        )
    return {
        one.variant_id: PriceLine(
            one,
            chosen[one.variant_id],
            spans.get(one.variant_id),
            found.get(one.variant_id),
        )
        for one in prices
    }


def _span(scene: PriceScene, personal: PersonalPrice | None, today: date) -> Span | None:
    if scene.watch is None:
        return None
    end = today + timedelta(days=1)
    if personal is not None:
        end = day_of(scene.store, personal.benefit.starts_at)
    return Span.before(end, scene.watch.days)
