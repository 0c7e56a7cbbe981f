"""A guest claims points: a mailed link, the address of the order, and the account behind it."""

from functools import partial

from fastapi import APIRouter, Request, Response
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.context import Faces, FacesOf
from saleor_loyalty_app.api.rewards.answers import PageRoute, place_of
from saleor_loyalty_app.api.rewards.entering import LinkEnded
from saleor_loyalty_app.api.rewards.looks import asked_language, render
from saleor_loyalty_app.api.rewards.places import Place
from saleor_loyalty_app.api.rewards.visits import read_form
from saleor_loyalty_app.flows.guest_claims import (
    claim,
    guest_of_address,
    guest_points,
    read_account_of_address,
)
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.members.mailed_links import link_owner, use_link
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.members.repository import member_by_id
from saleor_loyalty_app.messages.addresses import is_mail_address
from saleor_loyalty_app.programs.words import points_words

router = APIRouter(include_in_schema=False, route_class=PageRoute)
_LONGEST_TOKEN = 100
_LONGEST_ADDRESS = 254


@router.get("/rewards/{name}/claim")
async def show_claim(request: Request, faces: FacesOf, name: str, t: str = "") -> Response:
    """What waits for the guest; looking at it does not use the link up."""
    place = await place_of(faces, name)
    await faces.gate.read_unknown(request)
    return await _page(faces, place, t, asked_language(request))


@router.post("/rewards/{name}/claim")
async def claim_points(request: Request, faces: FacesOf, name: str) -> Response:
    """The points go to the account that confirmed the address; without one they wait on."""
    place = await place_of(faces, name)
    form = await read_form(request, place)
    language = asked_language(request)
    token, email = form.get("t", ""), form.get("email", "").strip()
    await faces.gate.send_link(request, place.store.id, f"claim:{token[:_LONGEST_TOKEN]}")
    now, keys = faces.clock(), faces.email_keys
    if len(email) > _LONGEST_ADDRESS or not is_mail_address(email):
        return await _page(faces, place, token, language, wrong=True)

    def read(conn: Connection) -> MemberRef | None:
        owner = link_owner(conn, place.store.id, "claim", token[:_LONGEST_TOKEN], now=now)
        if owner is None:
            raise LinkEnded
        return guest_of_address(conn, place.store, owner, email, keys=keys)

    if await faces.database.read_async(read) is None:
        return await _page(faces, place, token, language, wrong=True)
    account = await faces.calls.run(
        partial(read_account_of_address, faces.access, place.store, email)
    )
    if account is None:
        says = translate("rewards.claim_account", language, shop=place.shop_name)
        return render(place, "told", language, message=says, account=True)

    def write(conn: Connection) -> None:
        if use_link(conn, place.store.id, "claim", token[:_LONGEST_TOKEN], now=now) is None:
            raise LinkEnded
        claim(conn, place.store, account, keys=keys, now=now)

    await faces.database.write_async(write)
    says = translate("rewards.claimed", language)
    return render(place, "told", language, message=says, account=False)


async def _page(
    faces: Faces, place: Place, token: str, language: str, *, wrong: bool = False
) -> Response:
    now = faces.clock()

    def read(conn: Connection) -> int:
        given = token[:_LONGEST_TOKEN]
        owner = link_owner(conn, place.store.id, "claim", given, now=now)
        guest = None if owner is None else member_by_id(conn, place.store.id, owner)
        if guest is None or not guest.is_guest:
            raise LinkEnded
        return guest_points(conn, guest, now=now)

    points = await faces.database.read_async(read)
    return render(
        place,
        "claim",
        language,
        status=422 if wrong else 200,
        waiting=points_words(points, language),
        token=token,
        wrong=wrong,
    )
