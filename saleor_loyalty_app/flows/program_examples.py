"""What each setting of a program means for one order, in words. Pure.

The numbers come from the very functions that book, quote and offer, so that an example never says
what the app would not do.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision

from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.ledger.expiry import end_of_month_after
from saleor_loyalty_app.orders.plan import Terms
from saleor_loyalty_app.programs import words
from saleor_loyalty_app.programs.decide import POINTS, decide_order
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.expiry_words import countries_words
from saleor_loyalty_app.programs.facts import LineFacts, OrderFacts
from saleor_loyalty_app.programs.proposal import money_per_point, rounded
from saleor_loyalty_app.programs.shipping_decide import ShippingFacts, decide_shipping
from saleor_loyalty_app.programs.shipping_words import methods_words
from saleor_loyalty_app.programs.spending import DEFAULTS
from saleor_loyalty_app.programs.stats import OrderStats
from saleor_loyalty_app.programs.written import as_stored
from saleor_loyalty_app.rewards.quote import MOST_POINTS, CartForSpending, most
from saleor_loyalty_app.stores.refs import ChannelRef

UNIT = "points"
#: What the goods of a store without orders cost in examples, in points of the usual rate.
_USUAL_POINTS = 25
_USUAL_SHIPPING = Fraction(12, 100)
#: The tax that examples assume where a setting changes the side of it.
TAX_PERCENT = 20


@dataclass(frozen=True, slots=True)
class ExampleOrder:
    """An order of one channel, its amounts as the channel displays them."""

    channel: ChannelRef
    goods: Decimal
    shipping: Decimal


@dataclass(frozen=True, slots=True)
class Example:
    """A sentence that belongs to the place `path` of the document, for a channel or for all."""

    path: str
    text: str
    channel: str = ""


def usual_order(channel: ChannelRef, stats: OrderStats | None) -> ExampleOrder:
    """An order as the channel has them: its median, or what a few points are given for."""
    unit = money_per_point(channel.currency, stats.median if stats else None)
    goods = stats.median if stats is not None else unit * _USUAL_POINTS
    shipping = rounded(Fraction(goods) * _USUAL_SHIPPING)
    return ExampleOrder(channel, _coins(goods, channel), _coins(shipping, channel))


def examples(
    program: Program,
    orders: Sequence[ExampleOrder],
    *,
    now: datetime,
    timezone: str,
    language: str,
) -> list[Example]:
    """What the program's settings mean for these orders, at most one a channel."""
    told = _Teller(program, now, ZoneInfo(timezone), timezone, language)
    return [
        *told.of_rates(orders),
        *told.of_settings(orders),
        *told.of_spending(orders),
        *told.of_shipping(orders),
    ]


class _Teller:
    """A program at a moment, told in one language."""

    def __init__(
        self, program: Program, now: datetime, zone: ZoneInfo, timezone: str, language: str
    ) -> None:
        self._program = program
        self._now = now
        self._zone = zone
        self._timezone = timezone
        self._language = language
        self._terms = Terms.of(program.settings, "")
        self._places = {rates.channel: at for at, rates in enumerate(program.currencies)}

    def of_rates(self, orders: Sequence[ExampleOrder]) -> Iterator[Example]:
        """What one order earns, per channel."""
        for order in orders:
            place = self._places.get(order.channel.slug)
            if place is None:
                continue
            points = self._points(order)
            worth = self._worth(points, order)
            key = "example.earns" if points else "example.earns_nothing"
            if points and worth is None:
                key = "example.earns_without_worth"
            yield self._example(
                key,
                f"currencies[{place}]",
                order,
                points=self._told(points),
                worth="" if worth is None else self._money(worth, order),
                available=self._available(),
            )

    def of_settings(self, orders: Sequence[ExampleOrder]) -> Iterator[Example]:
        """What the settings mean, by the first order that earns."""
        settings = self._program.settings
        yield Example("settings.availability", self._available_words())
        for text in self._expiry_words():
            yield Example("settings.expiry", text)
        yield Example("settings.enrollment", self._text(f"example.{settings.enrollment}"))
        order = next((one for one in orders if self._points(one)), None)
        if order is None:
            return
        yield self._basis(order)
        yield self._shipping_earns(order)
        yield self._refund(order)
        if settings.hold_out_percent:
            yield Example(
                "settings.hold_out_percent",
                self._text("example.hold_out", percent=settings.hold_out_percent),
            )

    def of_spending(self, orders: Sequence[ExampleOrder]) -> Iterator[Example]:
        """How many points one order takes, per channel where points have a worth."""
        limits = self._program.spending or DEFAULTS
        for order in orders:
            channel = order.channel
            rates = self._program.rates(channel.slug, channel.currency)
            if rates is None or rates.spend_rate is None:
                continue
            cart = CartForSpending(order.goods)
            try:
                found = most(
                    self._program,
                    self._program.spending,
                    channel.slug,
                    channel.currency,
                    cart,
                    MOST_POINTS,
                )
            except AppError as refusal:
                yield self._refused(order, refusal)
                continue
            key = "example.spends" if found.points else "example.spends_nothing"
            yield self._example(
                key,
                "spending",
                order,
                points=self._told(found.points),
                amount=self._money(found.amount, order),
                least=self._told(limits.least_points),
                step=self._told(limits.step),
            )

    def of_shipping(self, orders: Sequence[ExampleOrder]) -> Iterator[Example]:
        """Which offers one order has, or what it lacks."""
        offers = self._program.shipping
        if offers is None:
            return
        places = {rule.id: at for at, rule in enumerate(offers.offers)}
        for order in orders:
            facts = ShippingFacts(
                channel=order.channel.slug,
                currency=order.channel.currency,
                country=order.channel.default_country,
                subtotal=order.goods,
                member=True,
                orders=1,
            )
            decision = decide_shipping(offers, facts, now=self._now, timezone=self._timezone)
            for deal in decision.deals:
                yield self._example(
                    "example.ships" if deal.price else "example.ships_free",
                    f"shipping.offers[{places[deal.rule.id]}]",
                    order,
                    methods=methods_words(deal.rule, self._language),
                    price=self._money(deal.price, order),
                )
            for one in decision.refusals:
                if one.reason.get("code") == "order_value_below":
                    yield self._example(
                        "example.ships_from",
                        f"shipping.offers[{places[one.rule.id]}]",
                        order,
                        methods=methods_words(one.rule, self._language),
                        missing=self._money(Decimal(one.reason["missing"]), order),
                    )

    def _points(self, order: ExampleOrder, program: Program | None = None) -> int:
        decided = decide_order(program or self._program, self._facts(order), self._timezone)
        return decided.totals().get((UNIT, POINTS), 0)

    def _facts(self, order: ExampleOrder) -> OrderFacts:
        goods, shipping = (self._base(one, order.channel) for one in (order.goods, order.shipping))
        lines = (LineFacts(id="1", quantity=1, base=goods, gross=order.goods),) if goods else ()
        return OrderFacts(
            order_id="example",
            channel=order.channel.slug,
            currency=order.channel.currency,
            created_at=self._now,
            country=order.channel.default_country,
            language="",
            voucher_used=False,
            nth_order=2,
            subtotal=goods,
            lines=lines,
            shipping=shipping,
        )

    def _base(self, amount: Decimal, channel: ChannelRef) -> Decimal:
        """An amount as displayed, on the side of the tax on which the program counts."""
        basis = self._program.settings.price_basis
        if basis == "displayed" or (basis == "gross") == channel.display_gross_prices:
            return amount
        factor = Fraction(100 + TAX_PERCENT, 100)
        exact = Fraction(amount) * factor if basis == "gross" else Fraction(amount) / factor
        return _coins(Decimal(exact.numerator) / Decimal(exact.denominator), channel)

    def _basis(self, order: ExampleOrder) -> Example:
        settings = self._program.settings
        base = self._base(order.goods, order.channel)
        basis = settings.price_basis
        if basis == "displayed":
            basis = "gross" if order.channel.display_gross_prices else "net"
        key = f"example.basis_{basis}" if base == order.goods else f"example.basis_{basis}_tax"
        return self._example(
            key, "settings.price_basis", order, base=self._money(base, order), percent=TAX_PERCENT
        )

    def _shipping_earns(self, order: ExampleOrder) -> Example:
        settings = self._program.settings
        other = self._program.model_copy(
            update={
                "settings": settings.model_copy(
                    update={"earn_on_shipping": not settings.earn_on_shipping}
                )
            }
        )
        here, there = self._points(order), self._points(order, read_again(other))
        on, off = (here, there) if settings.earn_on_shipping else (there, here)
        key = (
            "example.shipping_earns" if settings.earn_on_shipping else "example.shipping_earns_not"
        )
        return self._example(
            key, "settings.earn_on_shipping", order, on=self._told(on), off=self._told(off)
        )

    def _refund(self, order: ExampleOrder) -> Example:
        points = self._points(order)
        spent = points * 4 // 5
        return self._example(
            f"example.refund_{self._program.settings.refund_policy}",
            "settings.refund_policy",
            order,
            points=self._told(points),
            spent=self._told(spent),
            left=self._told(points - spent),
        )

    def _refused(self, order: ExampleOrder, refusal: AppError) -> Example:
        detail = {name: value for name, value in refusal.detail.items() if name != "currency"}
        money = {
            name: self._money(Decimal(str(value)), order)
            for name, value in detail.items()
            if name in ("minimum", "missing")
        }
        key = f"example.{refusal.code}"
        return self._example(key, "spending", order, **(detail | money))

    def _available(self) -> str:
        at = self._terms.available_from(self._now, self._now)
        return "" if at is None else self._day(at)

    def _available_words(self) -> str:
        availability = self._program.settings.availability
        at_once = "_at_once" if availability.days == 0 else ""
        return self._text(f"example.available_{availability.after}{at_once}", day=self._available())

    def _expiry_words(self) -> Iterator[str]:
        expiry = self._program.settings.expiry
        yield self._life("example.expires", "example.never_expires", expiry.months)
        for one in expiry.exceptions:
            to = countries_words(one.countries, self._language)
            yield self._life("example.expires_in", "example.never_expires_in", one.months, to=to)

    def _life(self, until: str, never: str, months: int | None, **more: str) -> str:
        if months is None:
            return self._text(never, **more)
        day = self._day(end_of_month_after(self._now, months, self._zone))
        return self._text(until, day=day, **more)

    def _worth(self, points: int, order: ExampleOrder) -> Decimal | None:
        return self._program.worth(points, order.channel.slug, order.channel.currency)

    def _day(self, moment: datetime) -> str:
        return words.day_words(moment.astimezone(self._zone).date(), self._language)

    def _told(self, points: int) -> str:
        """So many points, as this program calls them."""
        texts = self._program.texts_for(self._language)
        name = texts.point if points == 1 else texts.points
        return f"{words.number_words(points, self._language)} {name}"

    def _money(self, amount: Decimal, order: ExampleOrder) -> str:
        currency = order.channel.currency
        places = get_currency_precision(currency)
        exact = amount.quantize(Decimal(1).scaleb(-places)) if _is_coins(amount, places) else amount
        return words.money_words(exact, currency, self._language)

    def _example(self, key: str, path: str, order: ExampleOrder, **more: object) -> Example:
        text = self._text(
            key,
            goods=self._money(order.goods, order),
            shipping=self._money(order.shipping, order),
            **more,
        )
        return Example(path, text, order.channel.slug)

    def _text(self, key: str, **arguments: object) -> str:
        return translate(key, self._language, **arguments)


def read_again(program: Program) -> Program:
    """A changed copy as a program of its own: what was worked out for the first is left behind."""
    return Program.model_validate(program.model_dump(mode="json"), context=as_stored())


def _is_coins(amount: Decimal, places: int) -> bool:
    return amount == round(amount, places)


def _coins(amount: Decimal, channel: ChannelRef) -> Decimal:
    """An amount as it can be paid."""
    unit = Decimal(1).scaleb(-get_currency_precision(channel.currency))
    return amount.quantize(unit, rounding=ROUND_HALF_UP)
