"""What goods cost the shopper, beside what they cost everybody: `/me/prices`."""

from datetime import date, datetime
from functools import partial
from typing import Annotated

from fastapi import Query, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.context import Faces, FacesOf, Language
from saleor_loyalty_app.api.errors import documented
from saleor_loyalty_app.api.money import Money
from saleor_loyalty_app.api.routing import storefront_router
from saleor_loyalty_app.api.saleor_calls import SaleorBusy
from saleor_loyalty_app.api.saleor_refusals import OF_SALEOR
from saleor_loyalty_app.api.storefront.answers import make_private
from saleor_loyalty_app.api.storefront.board import ChannelUnknown
from saleor_loyalty_app.api.storefront.newcomers import shopper_shown
from saleor_loyalty_app.api.storefront.refusals import OF_SHOPPERS
from saleor_loyalty_app.api.storefront.schemas import Slug
from saleor_loyalty_app.api.storefront.shopper import ReaderOf
from saleor_loyalty_app.flows.price_board import PriceLine, PriceScene, price_lines, price_scene
from saleor_loyalty_app.flows.shown_prices import MOST, Prices
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.prices.personal import PersonalPrice
from saleor_loyalty_app.programs import words
from saleor_loyalty_app.programs.scalars import ONE_LINE
from saleor_loyalty_app.stores.locale import last_day

router = storefront_router("/me")
Products = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MOST * 60, pattern=ONE_LINE),
    Query(description=f"Slugs or ids of products, {MOST} at most, with commas between."),
]
_LINE: dict[str, JsonValue] = {
    "product": "monospace-tee",
    "variant": "UHJvZHVjdFZhcmlhbnQ6MzQ4",
    "price": {"amount": "75.00", "currency": "USD"},
    "regular_price": {"amount": "75.00", "currency": "USD"},
    "personal": {
        "price": {"amount": "67.50", "currency": "USD"},
        "campaign": "cp_0123456789ab",
        "code": "AUTUMN10",
        "own": False,
        "until": "2027-03-08T00:00:00+03:00",
        "last_day": "2027-03-07",
        "minimum": None,
        "once_per_order": False,
        "condition": "",
    },
    "lowest": {
        "price": {"amount": "70.00", "currency": "USD"},
        "from": "2027-01-30",
        "to": "2027-02-28",
        "known_from": "2027-02-10",
        "known_days": 19,
        "complete": False,
    },
}
_EXAMPLE: dict[str, JsonValue] = {
    "channel": "default-channel",
    "with_tax": True,
    "history": {"days": 30, "since": "2027-02-10"},
    "items": [_LINE],
    "missing": ["no-such-product"],
}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


class OwnPrice(_Part):
    """What one unit costs with a code that is the shopper's to type."""

    price: Money
    campaign: str
    code: str = Field(description="To be typed at checkout.")
    own: bool = Field(description="The code is this shopper's alone, for one order.")
    until: datetime
    last_day: date = Field(description="The last day of the code, by the clocks of the store.")
    minimum: Money | None = Field(
        description="The code asks for goods of so much: the price holds from there on. Null where "
        "one unit alone is enough."
    )
    once_per_order: bool = Field(
        description="The code takes money off the order once: the price holds for a single unit."
    )
    condition: str = Field(description="Both of these in words; may be empty.")


class LowestPrice(_Part):
    """The lowest price that anybody could have on the days from `from` through `to`.

    With a personal price these are the days before its campaign began, else the last days.
    """

    price: Money
    from_: date = Field(alias="from")
    to: date
    known_from: date = Field(description="The first of these days with a known price.")
    known_days: int = Field(description="Of how many of these days a price is known.")
    complete: bool = Field(description="A price is known of each of these days.")


class VariantPrice(_Part):
    """The prices of a variant."""

    product: str = Field(description="The slug or id that was asked for.")
    variant: str = Field(description="Saleor's id.")
    price: Money = Field(description="What it costs everybody now.")
    regular_price: Money = Field(description="The same without the store's own promotions.")
    personal: OwnPrice | None
    lowest: LowestPrice | None


class PriceHistory(_Part):
    """What is known of past prices in this channel."""

    days: int = Field(description="The lowest price is of so many days.")
    since: date | None = Field(description="Since when prices are known; null = not yet.")


class MyPrices(_Part):
    """Prices of what the channel sells of the products, and those that it does not sell."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        populate_by_name=True,
        json_schema_extra={"examples": [_EXAMPLE]},
    )

    channel: str
    with_tax: bool = Field(description="The prices are with tax, as the channel shows them.")
    history: PriceHistory | None = Field(
        description="Null where the owner does not have past prices told."
    )
    items: list[VariantPrice]
    missing: list[str]


@router.get(
    "/prices",
    responses=documented(
        *OF_SHOPPERS, *OF_SALEOR, (400, "channel_unknown", {"channel": "no-such-channel"})
    ),
)
async def my_prices(
    response: Response,
    faces: FacesOf,
    shopper: ReaderOf,
    language: Language,
    channel: Annotated[Slug, Query(description="Slug of the channel that is shopped in.")],
    products: Products,
) -> MyPrices:
    """What these products cost, and what they cost with the best code that is the shopper's.

    It is for showing, and a minute old at most; what counts is Saleor's price at checkout.
    """
    now, keys = faces.clock(), faces.email_keys
    wanted = [one.strip() for one in products.split(",") if one.strip()][:MOST]

    def read(conn: Connection) -> PriceScene:
        store, member = shopper_shown(conn, shopper, now=now, language=language)
        scene = price_scene(conn, store, member, channel, now=now, keys=keys)
        if scene is None:
            raise ChannelUnknown(channel)
        return scene

    scene = await faces.database.read_async(read)
    found = await _prices(faces, scene, wanted, now)
    prices = [price for each in found.values() for price in each or ()]
    lines = await faces.database.read_async(lambda conn: price_lines(conn, scene, prices, now=now))
    make_private(response, language)
    return MyPrices(
        channel=channel,
        with_tax=scene.channel.display_gross_prices,
        history=_history(scene),
        items=[
            _told(product, lines[price.variant_id], scene, language)
            for product, each in found.items()
            for price in each or ()
        ],
        missing=[product for product, each in found.items() if each is None],
    )


async def _prices(
    faces: Faces, scene: PriceScene, wanted: list[str], now: datetime
) -> dict[str, Prices]:
    """What goods cost everybody: Saleor is asked for what is not known and nobody asks for yet."""
    book = faces.prices
    claim = book.claim(scene.store, scene.channel.slug, wanted, now=now)
    answers = []
    if claim.mine:
        try:
            answers.append(await faces.calls.run(partial(book.ask, faces.access, claim, now=now)))
        except SaleorBusy as busy:
            book.give_up(claim, busy)
            raise
    answers += await faces.calls.asked_by_others(claim.others)
    return claim.prices(answers)


def _history(scene: PriceScene) -> PriceHistory | None:
    watch = scene.watch
    return None if watch is None else PriceHistory(days=watch.days, since=watch.known_since)


def _told(product: str, line: PriceLine, scene: PriceScene, language: str) -> VariantPrice:
    price, terms, timezone = line.price, scene.terms, scene.store.timezone
    own = line.personal
    return VariantPrice(
        product=product,
        variant=price.variant_id,
        price=Money.of(terms.shown(price), price.currency),
        regular_price=Money.of(terms.regular(price), price.currency),
        personal=None if own is None else _own(own, price.currency, timezone, language),
        lowest=_lowest(line),
    )


def _own(one: PersonalPrice, currency: str, timezone: str, language: str) -> OwnPrice:
    benefit = one.benefit
    conditions = []
    if one.needs_more:
        least = words.money_words(benefit.minimum, currency, language)
        conditions.append(translate("prices.condition.minimum", language, amount=least))
    if benefit.kind == "amount":
        conditions.append(translate("prices.condition.once", language))
    return OwnPrice(
        price=Money.of(one.price, currency),
        campaign=benefit.campaign,
        code=benefit.code,
        own=benefit.own,
        until=benefit.until,
        last_day=last_day(benefit.until, timezone),
        minimum=Money.of(benefit.minimum, currency) if one.needs_more else None,
        once_per_order=benefit.kind == "amount",
        condition=" ".join(conditions),
    )


def _lowest(line: PriceLine) -> LowestPrice | None:
    if line.lowest is None or line.span is None:
        return None
    return LowestPrice(
        price=Money.of(line.lowest.price, line.lowest.currency),
        from_=line.span.first,
        to=line.span.last,
        known_from=line.lowest.since,
        known_days=line.lowest.days,
        complete=line.lowest.days >= line.span.days,
    )
