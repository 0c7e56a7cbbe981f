"""Whether the shopper may buy goods of early access: `/me/access`."""

from datetime import datetime
from functools import partial
from typing import Annotated, Literal

from fastapi import Query, Response
from pydantic import BaseModel, ConfigDict, Field, JsonValue, StringConstraints
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.errors import documented
from saleor_loyalty_app.api.routing import storefront_router
from saleor_loyalty_app.api.saleor_refusals import OF_SALEOR
from saleor_loyalty_app.api.storefront.answers import make_private
from saleor_loyalty_app.api.storefront.refusals import OF_SHOPPERS
from saleor_loyalty_app.api.storefront.shopper import ReaderOf, shopper_now
from saleor_loyalty_app.flows.known_member import everybody
from saleor_loyalty_app.flows.product_gates import MOST, Gates
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.early_access import (
    FREE,
    Entitlement,
    Shopper,
    entitlement_words,
    judge,
)
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.programs.scalars import ONE_LINE
from saleor_loyalty_app.rewards import claims
from saleor_loyalty_app.segments.standing import segments_in_force
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers.standing import counted_tier, tier_in_force

router = storefront_router("/me")
Products = Annotated[
    str,
    StringConstraints(min_length=1, max_length=MOST * 60, pattern=ONE_LINE),
    Query(description=f"Slugs or ids of products, {MOST} at most, with commas between."),
]
_PRODUCT: dict[str, JsonValue] = {
    "product": "winter-drop",
    "entitled": False,
    "code": "closed",
    "reason": "Kept for Gold and above until Dec 1, 2026.",
    "opens_at": "2026-12-01T00:00:00+03:00",
}


class ProductAccess(BaseModel):
    """Whether the shopper may buy a product.

    `code`: open = everybody may, tier or segment = by what the shopper may, closed = not yet.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"examples": [_PRODUCT]}
    )

    product: str = Field(description="The slug or id that was asked for.")
    entitled: bool
    code: Literal["open", "tier", "segment", "reward", "closed"]
    reason: str
    opens_at: datetime | None = Field(description="When everybody may buy; null = not said.")


class Accesses(BaseModel):
    """Products that the shopper may buy or not, and those that the store does not have."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"items": [_PRODUCT], "missing": ["no-such-product"]}]},
    )

    items: list[ProductAccess]
    missing: list[str]


@router.get("/access", responses=documented(*OF_SHOPPERS, *OF_SALEOR))
async def my_access(
    response: Response, faces: FacesOf, shopper: ReaderOf, language: Language, products: Products
) -> Accesses:
    """Which of these products the shopper may buy now, and why or why not.

    It is for showing; what counts is asked again by Saleor at checkout.
    """
    now = faces.clock()
    wanted = [one.strip() for one in products.split(",") if one.strip()][:MOST]

    def read(conn: Connection) -> tuple[StoreRef, Program | None, Shopper]:
        store, member = shopper_now(conn, shopper)
        revision = revision_at(conn, store.id, now) if store.shipping_on else None
        program = None if revision is None else revision.program
        if program is None:
            return store, None, Shopper(known=True)
        if member is None:
            tier = counted_tier(program, "", state="", hold_out=False)
            return store, program, Shopper(True, tier)
        tier = tier_in_force(conn, store.id, member.id, program)
        segments = segments_in_force(conn, store.id, member.id, program.segments)
        people = everybody(conn, store, member.id)
        rewards = claims.accesses_of(conn, store.id, people, now=now)
        return store, program, Shopper(True, tier, segments, rewards)

    store, program, asking = await faces.database.read_async(read)
    gates: dict[str, Gates] = {}
    if wanted:
        gates = await faces.calls.run(
            partial(faces.gates.read, faces.access, store, wanted, now=now)
        )
    items = [
        _told(product, found, program, asking, store, language, now)
        for product, found in gates.items()
        if found is not None
    ]
    make_private(response, language)
    return Accesses(items=items, missing=[one for one, found in gates.items() if found is None])


def _told(
    product: str,
    gates: Gates,
    program: Program | None,
    shopper: Shopper,
    store: StoreRef,
    language: str,
    now: datetime,
) -> ProductAccess:
    found = FREE
    if program is not None:
        found = judge(gates or (), shopper, program, now=now, timezone=store.timezone)
    return ProductAccess(
        product=product,
        entitled=found.entitled,
        code=_code(found),
        reason=entitlement_words(
            found, program, language, timezone=store.timezone, place="product"
        ),
        opens_at=found.opens_at,
    )


def _code(found: Entitlement) -> Literal["open", "tier", "segment", "reward", "closed"]:
    match found.code:
        case "tier" | "segment" | "reward" | "open":
            return found.code
        case _:
            return "closed"
