"""A shopper's Saleor token for a loyalty token: `POST /session`."""

from datetime import datetime
from functools import partial
from typing import Annotated, Literal

from fastapi import Depends, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import bearer_token, still_active
from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.cross_origin import OriginNotAllowed
from saleor_loyalty_app.api.errors import Refusal, documented
from saleor_loyalty_app.api.routing import storefront_router
from saleor_loyalty_app.api.saleor_refusals import OF_SALEOR
from saleor_loyalty_app.api.storefront.answers import make_private
from saleor_loyalty_app.api.storefront.refusals import OF_CHANGES, OF_SHOPPERS
from saleor_loyalty_app.api.storefront.shopper import Shopper, saleor_shopper_of, shopper_now
from saleor_loyalty_app.flows.check_shopper import check_shopper
from saleor_loyalty_app.flows.guest_claims import claim, is_confirmed_since
from saleor_loyalty_app.flows.join_member import take_in
from saleor_loyalty_app.flows.newcomers import is_newcomer
from saleor_loyalty_app.flows.take_part import person_of_account
from saleor_loyalty_app.members.email_keys import bucket_of
from saleor_loyalty_app.saleor.shopper_account import ShopperAccount
from saleor_loyalty_app.stores.origins import canonical_origin, fits, origins_of
from saleor_loyalty_app.stores.refs import StoreRef

router = storefront_router()

OF_SESSIONS: tuple[Refusal, ...] = (
    (400, "request_unreadable", {}),
    (400, "invalid_origin", {"origin": "shop.example.com"}),
)


class SessionInput(BaseModel):
    """Where the loyalty token is to be used."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"origin": "https://shop.example.com"}]}
    )

    origin: str = Field(
        min_length=1,
        max_length=300,
        description="Scheme, host and port of the storefront's pages, as browsers send it.",
    )


class Session(BaseModel):
    """A loyalty token: the bearer token of the browser's requests."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "token": "ls1.eyJzIjoiaHR0cHM6Ly9zaG9wLmV4YW1wbGUuY29tL2dyYXBocWwvIn0.c2ln",
                    "expires_at": "2027-01-04T09:40:00Z",
                    "origin": "https://shop.example.com",
                }
            ]
        },
    )

    token: str
    expires_at: datetime = Field(description="Ask for another one before.")
    origin: str


@router.post(
    "/session",
    status_code=201,
    responses=documented(*OF_SHOPPERS, *OF_SESSIONS, *OF_SALEOR, *OF_CHANGES),
)
async def begin_session(
    request: Request,
    response: Response,
    faces: FacesOf,
    shopper: Annotated[Shopper, Depends(saleor_shopper_of)],
    language: Language,
    what: SessionInput,
) -> Session:
    """Exchanges the shopper's Saleor token for a loyalty token of ten minutes.

    The storefront's server asks for it, so that the Saleor token never reaches the browser. It is
    good for this shopper, in pages of this origin. A loyalty token cannot be exchanged for another.
    Who is not a member yet becomes one, where the program takes everybody in. If the shopper's
    address was confirmed and nobody told us, what waited for that comes.
    """
    await faces.gate.begin_session(shopper.key)
    origin = canonical_origin(what.origin)
    if "*" in origin or request.headers.get("origin", origin) != origin:
        raise OriginNotAllowed(request.headers.get("origin", origin))
    store = await faces.database.read_async(partial(_taking, store=shopper.store, origin=origin))
    token = bearer_token(request.headers.get("authorization"))
    account = await faces.calls.run(
        partial(check_shopper, faces.access, store, token, shopper.user_id)
    )
    now = faces.clock()
    due = await faces.database.read_async(partial(_due, shopper=shopper, account=account, now=now))
    if due == "take_in":
        person = person_of_account(account)
        await faces.database.write_async(
            partial(take_in, store=store, person=person, keys=faces.email_keys, now=now)
        )
    elif due == "claim":
        await faces.database.write_async(
            partial(claim, store=store, account=account, keys=faces.email_keys, now=now)
        )
    made, expires_at = faces.shopper_tokens.issue(
        api_url=store.api_url,
        app_id=store.app_id,
        user_id=shopper.user_id,
        origin=origin,
        now=now,
        addresses=faces.email_keys.every(store.id, account.email),
        bucket=bucket_of(store.id, account.email),
    )
    make_private(response, language)
    return Session(token=made, expires_at=expires_at, origin=origin)


def _due(
    conn: Connection, shopper: Shopper, account: ShopperAccount, now: datetime
) -> Literal["take_in", "claim", ""]:
    """What is to be written of a shopper who comes; "" = nothing."""
    store, member = shopper_now(conn, shopper)
    if is_newcomer(conn, store, member, now=now):
        return "take_in"
    return "claim" if is_confirmed_since(conn, store, account, now=now) else ""


def _taking(conn: Connection, store: StoreRef, origin: str) -> StoreRef:
    """The store, if it takes pages of the origin."""
    current = still_active(conn, store)
    named = origins_of(conn, current.id)
    if named is not None and not any(fits(one, origin) for one in named):
        raise OriginNotAllowed(origin)
    return current
