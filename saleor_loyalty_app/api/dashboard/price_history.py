"""Whether past prices are noted, channel by channel: `/price-history`."""

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field, StrictBool
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import FacesOf
from saleor_loyalty_app.api.dashboard.members_schemas import Answer, on_its_clocks
from saleor_loyalty_app.api.dashboard.refusals import OF_SERVING, OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_CHANGE, StaffOf
from saleor_loyalty_app.api.errors import documented
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.note_prices import channel_of, day_of
from saleor_loyalty_app.prices import watches
from saleor_loyalty_app.prices.watches import Watch
from saleor_loyalty_app.stores.refs import ChannelRef, StoreRef
from saleor_loyalty_app.stores.repository import channels
from saleor_loyalty_app.stores.staff_actions import note

router = staff_router("/price-history")
Channel = Annotated[str, Path(min_length=1, max_length=255, description="Slug of the channel.")]
Days = Literal[10, 30]


class PriceChannelUnknown(AppError):
    """The store has no such channel."""

    code: ClassVar[str] = "channel_unknown"
    status: ClassVar[int] = 404

    def __init__(self, channel: str) -> None:
        super().__init__(channel=channel)


class NotedPrices(BaseModel):
    """What is noted of the prices of one channel, and what is known so far."""

    model_config = ConfigDict(extra="forbid")

    channel: str
    name: str
    currency: str
    on: bool
    days: Days = Field(description="The lowest price is told of so many days.")
    since: date | None = Field(description="Since when all prices are known; null = not yet.")
    known_days: int = Field(description="How many days that are, up to the last reading.")
    variants: int = Field(description="Variants with a price when all were last read.")
    read_at: datetime | None = Field(description="When all were last read.")
    trouble: str = Field(
        description="Why Saleor gave none the last time, as a stable word; empty = it did."
    )


class PriceHistories(Answer):
    """The channels of the store."""

    channels: list[NotedPrices]


class PriceHistoryWish(BaseModel):
    """What is to be noted of a channel."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"on": True}]})

    on: StrictBool
    days: Days = 30


@router.get("", responses=documented(*OF_STAFF, *OF_SERVING))
async def read_price_history(faces: FacesOf, staff: StaffOf) -> PriceHistories:
    """Of which channels prices are noted, and since when they are known."""
    await faces.gate.read(staff.key)
    return await faces.database.read_async(
        lambda conn: _page(conn, still_active(conn, staff.store))
    )


@router.put(
    "/{channel}",
    responses=documented(
        *OF_STAFF,
        *OF_SERVING,
        (400, "request_unreadable", {}),
        (404, "channel_unknown", {"channel": "no-such-channel"}),
        (422, "request_invalid", {"fields": []}),
    ),
)
async def switch_price_history(
    faces: FacesOf, staff: StaffOf, channel: Channel, what: PriceHistoryWish
) -> PriceHistories:
    """Begins or stops noting the prices of a channel; the first are known within minutes."""
    staff.need(TO_CHANGE)
    now = faces.clock()

    def change(conn: Connection) -> PriceHistories:
        store = still_active(conn, staff.store)
        if channel_of(conn, store.id, channel) is None:
            raise PriceChannelUnknown(channel)
        was = watches.of_store(conn, store.id).get(channel)
        before = {"channel": channel, "on": was is not None and was.running, "days": _days(was)}
        after = {"channel": channel, "on": what.on, "days": what.days}
        if before != after:
            watches.switch(conn, store.id, channel, running=what.on, days=what.days)
            note(
                conn,
                store.id,
                actor=staff.actor,
                kind="price_history_changed",
                subject="store",
                before=before,
                after=after,
                now=now,
            )
        return _page(conn, store)

    return await faces.database.write_async(change)


def _page(conn: Connection, store: StoreRef) -> PriceHistories:
    known = watches.of_store(conn, store.id)
    page = PriceHistories(
        channels=[_told(one, known.get(one.slug), store) for one in channels(conn, store.id)]
    )
    return on_its_clocks(page, store)


def _told(channel: ChannelRef, watch: Watch | None, store: StoreRef) -> NotedPrices:
    running = watch if watch is not None and watch.running else None
    since = None if running is None else running.known_since
    read_at = None if running is None else running.finished_at
    known = 0
    if since is not None and read_at is not None:
        known = (day_of(store, read_at) - since).days + 1
    return NotedPrices(
        channel=channel.slug,
        name=channel.name,
        currency=channel.currency,
        since=since,
        known_days=known,
        variants=0 if running is None else running.variants,
        read_at=read_at,
        trouble="" if running is None else running.trouble,
        on=running is not None,
        days=_days(watch),
    )


def _days(watch: Watch | None) -> Days:
    return 10 if watch is not None and watch.days == 10 else 30
