"""Whether the cart of a checkout may be bought by its shopper, and what is noted of that. Pure.

Who was let in stays so for a day, whatever becomes of the tier or the segment: Saleor may ask
again when the order is made, with the money paid. Whom the checkout belongs to is noted too, so
that a guest who signs in is asked for anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from saleor_loyalty_app.flows.shipping_lookup import Found
from saleor_loyalty_app.programs.early_access import (
    FREE,
    Entitlement,
    Gate,
    Notice,
    Shopper,
    gates_of,
    judge,
    shut,
)
from saleor_loyalty_app.rewards.shipping_asks import REFRESHED_AFTER, Asked
from saleor_loyalty_app.saleor.shipping_event import Goods, Noticed
from saleor_loyalty_app.segments.access_passes import RENEWED


@dataclass(frozen=True, slots=True)
class Access:
    """Whether the cart may be bought.

    Attributes:
        ask: what is to be noted of the question; None = nothing new.
        grant: the gates to be noted as passed; empty = nothing new.
    """

    found: Entitlement
    ask: Asked | None = None
    grant: tuple[str, ...] = ()

    @property
    def writes(self) -> bool:
        """Whether something has to be written."""
        return self.ask is not None or bool(self.grant)


def gates_in(goods: Goods | None) -> tuple[Gate, ...]:
    """The gates of all goods in the cart, each once."""
    found: dict[Gate, None] = {}
    for product in goods.products if goods is not None else ():
        others = [*(product.collections or ())]
        if product.product_type is not None:
            others.append(product.product_type)
        found.update(dict.fromkeys(gates_of(_notice(product), _notices(others))))
    return tuple(found)


def access_to(
    gates: tuple[Gate, ...], found: Found, user_id: str, *, now: datetime, timezone: str
) -> Access:
    """Whether the shopper may buy what stands behind these gates; all where nothing is live."""
    program = found.part.program
    if program is None or not found.is_live or not gates:
        return Access(FREE)
    closed = shut(gates, now=now, timezone=timezone)
    if not closed:
        return Access(FREE)
    tier = found.tier_in_force(user_id)
    shopper = Shopper(bool(user_id), tier, found.segments_in_force, found.rewards)
    entitlement = judge(gates, shopper, program, now=now, timezone=timezone)
    asked = found.asked
    ask = None
    if asked is None or asked.user_id != user_id or now - asked.asked_at >= REFRESHED_AFTER:
        ask = Asked(
            user_id,
            "" if asked is None else asked.doubted_hash,
            False if asked is None else asked.bare,
            now,
        )
    stands = found.passed_until is not None and found.passed_until > now
    if not entitlement.entitled:
        if stands and found.passed.issuperset(closed):
            return Access(Entitlement(True, "passed"), ask)
        return Access(entitlement, ask)
    fresh = found.passed_until is not None and found.passed_until - now >= RENEWED
    known = fresh and found.passed.issuperset(closed)
    return Access(entitlement, ask, () if known else tuple(closed))


def _notices(things: Iterable[Noticed]) -> list[Notice]:
    return [_notice(one) for one in things]


def _notice(one: Noticed) -> Notice:
    return Notice(one.access, one.access_until)
