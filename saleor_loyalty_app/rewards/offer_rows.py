"""The shipping offers that were made, stored before they are answered. Nothing here commits."""

from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.db.whose import EVERYBODY, Whose
from saleor_loyalty_app.rewards.models import CheckoutTotal, ShippingAsk, ShippingOffer
from saleor_loyalty_app.rewards.offers import HELD, MOST_OFFERS, Offer

rows = table(ShippingOffer)
#: Offers, and what belongs to them, are deleted so long after they were made.
KEPT = timedelta(days=2)
PAGE = 500


@dataclass(frozen=True, slots=True)
class OfferKey:
    """To whom and for what an offer is made. `user_id`: "" = a guest."""

    store_id: int
    checkout_id: str
    user_id: str
    country: str
    currency: str


def read_offers(stored: Mapping[str, Any] | None) -> tuple[Offer, ...]:
    """The offers of a row's JSON; None where there is no row."""
    return tuple(Offer.from_json(offer_id, terms) for offer_id, terms in (stored or {}).items())


def add_offers(
    conn: Connection, key: OfferKey, fresh: Iterable[Offer], *, now: datetime
) -> tuple[Offer, ...]:
    """Stores offers; gives all that stand then.

    What another process stored meanwhile stays, on the terms that it told.
    """
    names = ("store_id", "checkout_id", "user_id", "country", "currency")
    insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    statement = insert(rows).values(
        **dict(zip(names, astuple(key), strict=True)), offers={}, offered_at=now, expires_at=now
    )
    locked = statement.on_conflict_do_update(
        index_elements=list(names), set_={"country": statement.excluded.country}
    ).returning(rows.c.id, rows.c.offers)
    row = conn.execute(locked).one()
    standing = {offer.id: offer for offer in read_offers(row.offers) if offer.until > now}
    for offer in fresh:
        known = standing.get(offer.id)
        if known is None or _same_terms(known, offer):
            standing[offer.id] = offer
    kept = sorted(standing.values(), key=lambda offer: offer.until)[-MOST_OFFERS:]
    conn.execute(
        sa.update(rows)
        .where(rows.c.id == row.id)
        .values(
            offers={offer.id: offer.as_json() for offer in kept},
            offered_at=now,
            expires_at=max((offer.until for offer in kept), default=now + HELD),
        )
    )
    return tuple(kept)


def delete_old_offers(
    conn: Connection,
    *,
    now: datetime,
    kept: timedelta = KEPT,
    whose: Whose = EVERYBODY,
    limit: int = PAGE,
) -> int:
    """Deletes a page of what is older than `kept`; says how many rows."""
    gone = 0
    page = (
        sa.select(rows.c.id)
        .where(rows.c.expires_at < now - (kept - HELD), whose.rows(rows.c.store_id))
        .limit(limit)
    )
    deleted = conn.execute(
        sa.delete(rows).where(rows.c.id.in_(page.scalar_subquery())).returning(rows.c.id)
    )
    gone += len(deleted.all())
    for model, moment in ((CheckoutTotal, "read_at"), (ShippingAsk, "asked_at")):
        found = table(model)
        old = (
            sa.select(found.c.store_id, found.c.checkout_id)
            .where(found.c[moment] < now - kept, whose.rows(found.c.store_id))
            .limit(limit)
        )
        deleted = conn.execute(
            sa.delete(found)
            .where(sa.tuple_(found.c.store_id, found.c.checkout_id).in_(old))
            .returning(found.c.checkout_id)
        )
        gone += len(deleted.all())
    return gone


def _same_terms(known: Offer, offer: Offer) -> bool:
    return known.as_json() | {"until": ""} == offer.as_json() | {"until": ""}
