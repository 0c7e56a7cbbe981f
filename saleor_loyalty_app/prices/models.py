"""Tables of the prices that were shown. Off until the owner says for which channels."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from saleor_loyalty_app.db.tables import count, instant, key, ref


class PriceWatch(SQLModel, table=True):
    """Whether the prices of a channel are noted, and how far the reading is."""

    __tablename__ = "price_watch"
    __table_args__ = (
        sa.UniqueConstraint("store_id", "channel"),
        sa.CheckConstraint("days IN (10, 30)", name="days"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    #: Slug.
    channel: str
    #: It was switched on and not off again.
    running: bool = True
    #: Of so many days the lowest price is told.
    days: int = count(30)
    #: When a reading of all products began and the last one ended; none = there was none so far.
    began_at: datetime | None = instant(null=True)
    finished_at: datetime | None = instant(null=True)
    #: Where the reading that is under way goes on; "" = none is.
    cursor: str = ""
    #: Variants that the reading under way, and the last one that ended, found a price of.
    seen: int = count(0)
    variants: int = count(0)
    #: The first day that a reading went through, without a break or a long gap since.
    since: str | None = Field(default=None, nullable=True)
    #: Why Saleor did not answer the last time, as a stable word; "" = it did.
    trouble: str = ""
    #: Not asked again before this.
    rests_until: datetime | None = instant(null=True)


class PriceDay(SQLModel, table=True):
    """The lowest price of a variant that anybody could have on one day of the store's calendar."""

    __tablename__ = "price_day"
    __table_args__ = (
        sa.UniqueConstraint("store_id", "channel", "variant_id", "day"),
        sa.Index("ix_price_day_day", "store_id", "channel", "day"),
        sa.CheckConstraint("lowest_milli >= 0", name="lowest_milli"),
    )

    id: int | None = key()
    store_id: int = ref("store.id")
    channel: str
    #: Saleor's global id.
    variant_id: str
    #: YYYY-MM-DD.
    day: str
    currency: str
    #: In thousandths of the currency's major unit.
    lowest_milli: int = count()
    #: It is with tax, as the channel showed it that day.
    with_tax: bool
