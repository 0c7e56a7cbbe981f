"""Codes that are made of points on the rewards page, to be typed in at the checkout."""

import re

from fastapi import APIRouter, Request, Response

from saleor_loyalty_app.api.context import FacesOf
from saleor_loyalty_app.api.redemption_answers import release, spend
from saleor_loyalty_app.api.rewards.answers import PageRoute, back, place_of
from saleor_loyalty_app.api.rewards.looks import asked_language
from saleor_loyalty_app.api.rewards.visits import FormExpired, visitors_form
from saleor_loyalty_app.rewards.errors import InvalidPoints, RedemptionUnknown
from saleor_loyalty_app.rewards.quote import MOST_POINTS
from saleor_loyalty_app.rewards.spend_request import Bearer, SpendRequest

router = APIRouter(include_in_schema=False, route_class=PageRoute)
_WISH = re.compile(r"[A-Za-z0-9_-]{16,64}")
_POINTS = re.compile(r"[0-9]{1,8}", re.ASCII)
_SLUG = re.compile(r"\S{1,255}")
_ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


@router.post("/rewards/{name}/codes")
async def make_code(request: Request, faces: FacesOf, name: str) -> Response:
    """Makes a code of points; the same form sent twice makes one."""
    place = await place_of(faces, name)
    visitor, form = await visitors_form(request, place, faces.database, faces.clock)
    await faces.gate.spend(visitor.shopper.key)
    points, channel, wish = form.get("points", ""), form.get("channel", ""), form.get("wish", "")
    if not _WISH.fullmatch(wish) or not _SLUG.fullmatch(channel):
        raise FormExpired
    if not _POINTS.fullmatch(points):
        raise InvalidPoints(maximum=MOST_POINTS)
    request_of_points = SpendRequest(
        user_id=visitor.shopper.user_id,
        actor=visitor.shopper.actor,
        target=Bearer(channel),
        points=int(points),
        key=f"rewards:{wish}",
    )
    await spend(faces, place.store, request_of_points, key=wish)
    return back(place, "code", asked_language(request), to="codes")


@router.post("/rewards/{name}/codes/{redemption_id}/give-up")
async def give_up_code(request: Request, faces: FacesOf, name: str, redemption_id: str) -> Response:
    """Ends a code that was not used; its points come back."""
    place = await place_of(faces, name)
    visitor, _ = await visitors_form(request, place, faces.database, faces.clock)
    await faces.gate.give_back(visitor.shopper.key)
    if not _ID.fullmatch(redemption_id):
        raise RedemptionUnknown
    shopper = visitor.shopper
    await release(faces, place.store, redemption_id, user_id=shopper.user_id, actor=shopper.actor)
    return back(place, "given_up", asked_language(request), to="codes")
