"""Routers whose routes are whole where they are declared.

FastAPI works the routes of an included router out anew for each router above it, and looks for a
request's route level by level. What is declared with its whole path goes into one flat list: it is
worked out once, at import, and found at once.
"""

from collections.abc import Iterable

from fastapi import APIRouter, Security

from saleor_loyalty_app.api.bearer import (
    PARTNER_KEY,
    PARTNER_SIGNATURE,
    SHOPPER_TOKEN,
    STAFF_TOKEN,
)
from saleor_loyalty_app.api.bounded import BoundedRoute


def staff_router(prefix: str = "") -> APIRouter:
    """Of the Dashboard API, below `prefix`."""
    return APIRouter(
        prefix=f"/api/dashboard/v1{prefix}",
        tags=["dashboard"],
        dependencies=[Security(STAFF_TOKEN)],
    )


def storefront_router(prefix: str = "", *, signed_in: bool = True) -> APIRouter:
    """Of the storefront API, below `prefix`; `signed_in` = for shoppers with a token."""
    return APIRouter(
        prefix=f"/api/storefront/v1{prefix}",
        tags=["storefront"],
        dependencies=[Security(SHOPPER_TOKEN)] if signed_in else [],
    )


def partner_router(prefix: str = "") -> APIRouter:
    """Of the partner API, below `prefix`."""
    return APIRouter(
        prefix=f"/api/partner/v1{prefix}",
        tags=["partner"],
        dependencies=[Security(PARTNER_KEY), Security(PARTNER_SIGNATURE)],
        route_class=BoundedRoute,
    )


def put_together(routers: Iterable[APIRouter]) -> APIRouter:
    """All their routes in one list, in this order."""
    together = APIRouter()
    for one in routers:
        together.routes.extend(one.routes)
    return together
