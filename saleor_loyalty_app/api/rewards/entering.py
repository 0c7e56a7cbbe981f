"""In and out of the rewards page: a mailed link, used up by a button and not by looking at it."""

import asyncio
import time

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.context import FacesOf
from saleor_loyalty_app.api.rewards.answers import PageRoute, place_of
from saleor_loyalty_app.api.rewards.looks import asked_language, render
from saleor_loyalty_app.api.rewards.places import COOKIE
from saleor_loyalty_app.api.rewards.sums import read_faq
from saleor_loyalty_app.api.rewards.visits import read_form, sign_in, sign_out, visitors_form
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.mail_link import mail_sign_in_link
from saleor_loyalty_app.members.mailed_links import begin_session, end_session, link_owner, use_link
from saleor_loyalty_app.messages.addresses import is_mail_address

router = APIRouter(include_in_schema=False, route_class=PageRoute)

#: Seconds after which it is answered, whatever was found: looking somebody up takes far less.
ANSWERED_AFTER = 0.5
_LONGEST_ADDRESS = 254
_LONGEST_TOKEN = 100


class LinkEnded(AppError):
    """The link was used already, or its time is over."""

    code = "link_ended"
    status = 410


@router.post("/rewards/{name}/link")
async def ask_for_link(request: Request, faces: FacesOf, name: str) -> Response:
    """Has a link mailed to an address, if it is a member's; the answer is the same if it is not."""
    began = time.monotonic()
    place = await place_of(faces, name)
    form = await read_form(request, place)
    language = asked_language(request)
    email = form.get("email", "").strip()
    if len(email) > _LONGEST_ADDRESS or not is_mail_address(email):
        await faces.gate.read_unknown(request)
        now = faces.clock()
        faq = await faces.database.read_async(
            lambda conn: read_faq(conn, place.store, now=now, language=language)
        )
        return render(place, "welcome", language, status=422, faq=faq, wrong_address=True)
    key = faces.email_keys.current(place.store.id, email)
    await faces.gate.send_link(request, place.store.id, key)
    now = faces.clock()
    await faces.database.write_async(
        lambda conn: mail_sign_in_link(
            conn, place.store, email, page_url=place.url, keys=faces.email_keys, now=now
        )
    )
    await asyncio.sleep(max(0.0, began + ANSWERED_AFTER - time.monotonic()))
    return render(place, "sent", language, email=email)


@router.get("/rewards/{name}/enter")
async def show_entry(request: Request, faces: FacesOf, name: str, t: str = "") -> Response:
    """What a mailed link opens. Programs that look at mail open it too, so nothing happens yet."""
    place = await place_of(faces, name)
    await faces.gate.read_unknown(request)
    now = faces.clock()
    is_good = len(t) <= _LONGEST_TOKEN and await faces.database.read_async(
        lambda conn: link_owner(conn, place.store.id, "sign_in", t, now=now) is not None
    )
    if not is_good:
        raise LinkEnded
    return render(place, "enter", asked_language(request), token=t)


@router.post("/rewards/{name}/enter")
async def enter(request: Request, faces: FacesOf, name: str) -> Response:
    """Signs in, and uses the link up."""
    place = await place_of(faces, name)
    form = await read_form(request, place)
    await faces.gate.read_unknown(request)
    now = faces.clock()

    def write(conn: Connection) -> str:
        given = form.get("t", "")[:_LONGEST_TOKEN]
        member_id = use_link(conn, place.store.id, "sign_in", given, now=now)
        if member_id is None:
            raise LinkEnded
        return begin_session(conn, place.store.id, member_id, now=now)

    token = await faces.database.write_async(write)
    answer = RedirectResponse(place.path, status_code=303, headers=place.headers)
    sign_in(answer, place, token)
    return answer


@router.post("/rewards/{name}/sign-out")
async def leave_page(request: Request, faces: FacesOf, name: str) -> Response:
    """Ends the visit."""
    place = await place_of(faces, name)
    await visitors_form(request, place, faces.database, faces.clock)
    token = request.cookies.get(COOKIE, "")
    await faces.database.write_async(lambda conn: end_session(conn, place.store.id, token))
    answer = RedirectResponse(place.path, status_code=303, headers=place.headers)
    sign_out(answer, place)
    return answer
