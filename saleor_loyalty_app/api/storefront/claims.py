"""Points that wait for a guest: `/orders/{id}/claim` and `/guest-claims`."""

import asyncio
import time
from typing import Annotated

from fastapi import Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.cross_origin import require_origin
from saleor_loyalty_app.api.errors import Refusal, documented
from saleor_loyalty_app.api.routing import storefront_router
from saleor_loyalty_app.api.storefront.public import StoreName
from saleor_loyalty_app.api.storefront.refusals import OF_ALL, OF_CHANGES, OF_NAMED_STORES
from saleor_loyalty_app.api.storefront.store_named import store_named
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.guest_claims import mail_claim_link, waiting_points
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.messages.addresses import is_mail_address
from saleor_loyalty_app.programs.words import points_words

router = storefront_router(signed_in=False)
#: Seconds after which it is answered, whatever was found.
ANSWERED_AFTER = 0.5

OrderId = Annotated[str, Path(pattern=r"^[A-Za-z0-9+/=_-]{1,200}$", description="Saleor's id.")]


class AddressInvalid(AppError):
    """It is not an e-mail address."""

    code = "address_invalid"
    status = 422


OF_CLAIMS: tuple[Refusal, ...] = (*OF_ALL, *OF_NAMED_STORES)


class Claimable(BaseModel):
    """What an order of a guest earned, and can be claimed."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "claimable": True,
                    "points": 45,
                    "says": "45 points of this order wait for you.",
                }
            ]
        },
    )

    claimable: bool
    points: int = Field(ge=0, description="0 also while the order is not paid or booked yet.")
    says: str


class ClaimInput(BaseModel):
    """Which order, and the address that it was made with."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "order_id": "T3JkZXI6ZDIyYzE4YjQtMDc3Mi00YjE3LThmYzktZTJhN2E1NTUxZjYy",
                    "email": "ayse@example.com",
                }
            ]
        },
    )

    order_id: str = Field(pattern=r"^[A-Za-z0-9+/=_-]{1,200}$", description="Saleor's id.")
    email: str = Field(min_length=3, max_length=254)


class ClaimAsked(BaseModel):
    """What to tell the guest; the same whether or not the address is right."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"says": "If the order was made with this address, a link is on its way there."}
            ]
        },
    )

    says: str


@router.get("/orders/{order_id}/claim", responses=documented(*OF_CLAIMS))
async def read_claimable(
    request: Request,
    response: Response,
    faces: FacesOf,
    language: Language,
    order_id: OrderId,
    store: StoreName,
) -> Claimable:
    """How many points wait for the guest who made an order; nothing is told of anybody."""
    await faces.gate.read_unknown(request)

    def read(conn: Connection) -> tuple[int, int]:
        owner = store_named(conn, store)
        found = waiting_points(conn, owner, order_id)
        return owner.id, 0 if found is None else found.points

    store_id, points = await faces.database.read_async(read)
    require_origin(request, store_id)
    response.headers.update({"Cache-Control": "no-store", "Content-Language": language})
    key = "claim.waiting" if points else "claim.none_waiting"
    says = translate(key, language, points=points_words(points, language))
    return Claimable(claimable=points > 0, points=points, says=says)


@router.post(
    "/guest-claims",
    status_code=202,
    responses=documented(
        *OF_CLAIMS,
        (400, "request_unreadable", {}),
        (422, "address_invalid", {}),
        *OF_CHANGES,
    ),
)
async def ask_to_claim(
    request: Request,
    response: Response,
    faces: FacesOf,
    language: Language,
    store: StoreName,
    what: ClaimInput,
) -> ClaimAsked:
    """Has a link mailed that proves the address of a guest's order.

    It leads to the rewards page, where the points go to the account that confirmed this address.
    """
    began = time.monotonic()
    owner = await faces.database.read_async(lambda conn: store_named(conn, store))
    require_origin(request, owner.id)
    email = what.email.strip()
    if not is_mail_address(email):
        await faces.gate.read_unknown(request)
        raise AddressInvalid
    await faces.gate.send_link(request, owner.id, faces.email_keys.current(owner.id, email))
    now = faces.clock()
    await faces.database.write_async(
        lambda conn: mail_claim_link(
            conn, owner, what.order_id, email, keys=faces.email_keys, now=now
        )
    )
    await asyncio.sleep(max(0.0, began + ANSWERED_AFTER - time.monotonic()))
    response.headers.update({"Cache-Control": "no-store", "Content-Language": language})
    return ClaimAsked(says=translate("claim.sent", language))
