"""What a member decides on the rewards page: language, news, offers, joining, leaving, data."""

from collections.abc import Callable
from functools import partial
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.context import Faces, FacesOf
from saleor_loyalty_app.api.rewards.answers import PageRoute, back, place_of
from saleor_loyalty_app.api.rewards.looks import asked_language, render
from saleor_loyalty_app.api.rewards.places import Place
from saleor_loyalty_app.api.rewards.visits import (
    Form,
    FormExpired,
    SignedOut,
    Visitor,
    sign_out,
    visitor_of,
    visitors_form,
)
from saleor_loyalty_app.api.storefront.membership_page import loss_words
from saleor_loyalty_app.api.storefront.my_data import erase
from saleor_loyalty_app.api.storefront.wishes import member_of
from saleor_loyalty_app.flows.export_member import export_member
from saleor_loyalty_app.flows.take_part import Loss, join, leave, loss_of, read_account
from saleor_loyalty_app.i18n import LANGUAGES
from saleor_loyalty_app.members import consents
from saleor_loyalty_app.members.consents import Channel
from saleor_loyalty_app.members.preferences import prefer
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.stores.refs import StoreRef

router = APIRouter(include_in_schema=False, route_class=PageRoute)
SOURCE = "hosted_page"
#: Of `rewards.offers_email` and `rewards.offers_sms`; a changed text gets another one.
CONSENT_TEXT = "rewards-page-1"
_MOST_LOST = 15

Change = Callable[[Connection, StoreRef, MemberRef], object]


@router.post("/rewards/{name}/preferences")
async def save_preferences(request: Request, faces: FacesOf, name: str) -> Response:
    """Language, and by which channels news of one's points come."""
    place, visitor, form = await changing(request, faces, name)
    language = form.get("language", "")
    if language not in LANGUAGES:
        raise FormExpired
    muted = {channel for channel in Channel if form.get(f"news_{channel.value}") != "on"}
    now = faces.clock()
    await write(
        faces,
        visitor,
        lambda conn, store, member: prefer(
            conn, store.id, member.id, now=now, language=language, muted=muted
        ),
    )
    return back(place, "saved", language, to="preferences")


@router.post("/rewards/{name}/offers")
async def decide_on_offers(request: Request, faces: FacesOf, name: str) -> Response:
    """Agrees to offers by a channel, or withdraws that: one button either way."""
    place, visitor, form = await changing(request, faces, name)
    if form.get("channel") not in list(Channel):
        raise FormExpired
    channel, agrees, now = Channel(form["channel"]), form.get("agree") == "yes", faces.clock()

    def change(conn: Connection, store: StoreRef, member: MemberRef) -> None:
        if not agrees:
            consents.withdraw(conn, store.id, member.id, channel, source=SOURCE, now=now)
            return
        consents.grant(
            conn,
            store.id,
            member.id,
            channel,
            source=SOURCE,
            text_version=CONSENT_TEXT,
            phone=form.get("phone", "")[:40],
            now=now,
        )

    await write(faces, visitor, change)
    done = "agreed" if agrees else "withdrawn"
    return back(place, done, asked_language(request), to="preferences")


@router.post("/rewards/{name}/join")
async def join_program(request: Request, faces: FacesOf, name: str) -> Response:
    """Joins, or joins again, with the texts that the form showed."""
    place, visitor, form = await changing(request, faces, name)
    account = await faces.calls.run(
        partial(read_account, faces.access, place.store, visitor.shopper.user_id)
    )
    now = faces.clock()
    await write(
        faces,
        visitor,
        lambda conn, store, _member: join(
            conn,
            store,
            account,
            terms=form.get("terms", ""),
            privacy=form.get("privacy", ""),
            source=SOURCE,
            keys=faces.email_keys,
            now=now,
        ),
    )
    return back(place, "joined", asked_language(request))


@router.get("/rewards/{name}/leave")
async def show_leaving(request: Request, faces: FacesOf, name: str) -> Response:
    """What leaving, or being erased, would cost."""
    place = await place_of(faces, name)
    visitor = await visitor_of(request, place, faces.database, faces.clock)
    if visitor is None:
        raise SignedOut
    await faces.gate.read(visitor.shopper.key)
    now, language = faces.clock(), asked_language(request)

    def read(conn: Connection) -> Loss:
        store, member = member_of(conn, visitor.shopper)
        return loss_of(conn, store, member, now=now)

    loss = await faces.database.read_async(read)
    return render(
        place,
        "leave",
        language,
        loss=loss,
        loses=loss.points + loss.pending,
        says=loss_words(loss, language),
        form=visitor.form_key,
        has_left=visitor.member.state == "left",
    )


@router.post("/rewards/{name}/leave")
async def leave_program(request: Request, faces: FacesOf, name: str) -> Response:
    """Leaves, and loses what the page said."""
    place, visitor, form = await changing(request, faces, name)
    loses, now = _loses(form), faces.clock()
    await write(
        faces,
        visitor,
        lambda conn, store, member: leave(
            conn, store, member, loses=loses, actor=visitor.shopper.actor, now=now
        ),
    )
    return back(place, "saved", asked_language(request))


@router.post("/rewards/{name}/erasure")
async def wish_to_be_erased(request: Request, faces: FacesOf, name: str) -> Response:
    """Erases, or asks staff to, as the store decided."""
    place, visitor, form = await changing(request, faces, name)
    language = asked_language(request)
    told = await erase(faces, visitor.shopper, _loses(form), language)
    answer = render(place, "told", language, message=told.says, account=False)
    if told.state == "done":
        sign_out(answer, place)
    return answer


@router.get("/rewards/{name}/data")
async def export_my_data(request: Request, faces: FacesOf, name: str) -> Response:
    """Everything that is kept about the member, as a file."""
    place = await place_of(faces, name)
    visitor = await visitor_of(request, place, faces.database, faces.clock)
    if visitor is None:
        raise SignedOut
    await faces.gate.change(visitor.shopper.key)
    now = faces.clock()

    def read(conn: Connection) -> dict[str, Any]:
        store, member = member_of(conn, visitor.shopper)
        return export_member(conn, store, member.id, now=now)

    data = await faces.database.read_async(read, snapshot=True)
    file = {"Content-Disposition": 'attachment; filename="loyalty-data.json"'}
    return JSONResponse(data, headers={**place.headers, **file})


async def changing(request: Request, faces: Faces, name: str) -> tuple[Place, Visitor, Form]:
    """Who changes something, and the form they sent, if they did not too often."""
    place = await place_of(faces, name)
    visitor, form = await visitors_form(request, place, faces.database, faces.clock)
    await faces.gate.change(visitor.shopper.key)
    return place, visitor, form


async def write(faces: Faces, visitor: Visitor, change: Change) -> None:
    """Makes a change to the member who visits."""
    await faces.database.write_async(lambda conn: change(conn, *member_of(conn, visitor.shopper)))


def _loses(form: Form) -> int:
    text = form.get("loses", "")
    if not text.isdecimal() or not text.isascii() or len(text) > _MOST_LOST:
        raise FormExpired
    return int(text)
