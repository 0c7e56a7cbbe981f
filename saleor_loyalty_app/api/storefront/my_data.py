"""What is kept about a shopper, for the shopper: `/me/data` and `/me/erasure`."""

from typing import Any

from fastapi import Response
from fastapi.responses import JSONResponse
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.errors import Refusal, documented
from saleor_loyalty_app.api.routing import storefront_router
from saleor_loyalty_app.api.storefront.answers import make_private
from saleor_loyalty_app.api.storefront.membership_schemas import Erasure, ErasureInput
from saleor_loyalty_app.api.storefront.refusals import OF_CHANGES, OF_SHOPPERS
from saleor_loyalty_app.api.storefront.shopper import ChangerOf, Shopper
from saleor_loyalty_app.api.storefront.wishes import OF_MEMBERS, member_of
from saleor_loyalty_app.flows.export_member import export_member
from saleor_loyalty_app.flows.wish_erasure import wish_erasure
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.programs.words import day_words

router = storefront_router("/me")

OF_ERASURES: tuple[Refusal, ...] = (
    *OF_MEMBERS,
    (400, "request_unreadable", {}),
    (409, "loss_changed", {"loses": 165}),
)


@router.get(
    "/data",
    status_code=200,
    response_model=dict[str, Any],
    responses=documented(*OF_SHOPPERS, *OF_MEMBERS, *OF_CHANGES[1:]),
)
async def export_my_data(faces: FacesOf, shopper: ChangerOf, language: Language) -> JSONResponse:
    """Everything that is kept about the shopper, as a file."""
    now = faces.clock()

    def read(conn: Connection) -> dict[str, Any]:
        store, member = member_of(conn, shopper)
        return export_member(conn, store, member.id, now=now)

    data = await faces.database.read_async(read, snapshot=True)
    answer = JSONResponse(data)
    answer.headers["Content-Disposition"] = 'attachment; filename="loyalty-data.json"'
    make_private(answer, language)
    return answer


@router.post(
    "/erasure",
    responses={
        202: {"model": Erasure, "description": "The shop's staff were asked to."},
        **documented(*OF_SHOPPERS, *OF_ERASURES, *OF_CHANGES),
    },
)
async def wish_to_be_erased(
    response: Response, faces: FacesOf, shopper: ChangerOf, language: Language, what: ErasureInput
) -> Erasure:
    """The shopper wants to be forgotten: done at once (200) or asked of the shop's staff (202)."""
    told = await erase(faces, shopper, what.loses, language)
    response.status_code = 200 if told.state == "done" else 202
    make_private(response, language)
    return told


async def erase(faces: FacesOf, shopper: Shopper, loses: int, language: str) -> Erasure:
    """Does it, or asks for it; gives what to tell the shopper.

    Raises:
        MemberNotFound, LossChanged: see `wish_erasure`.
    """
    now = faces.clock()

    def write(conn: Connection) -> Erasure:
        store, member = member_of(conn, shopper)
        due = wish_erasure(
            conn,
            store,
            member,
            loses=loses,
            actor=shopper.actor,
            keys=faces.email_keys,
            now=now,
        )
        if due is None:
            says = translate("erasure.done", language)
            return Erasure(state="done", due_on=None, says=says)
        says = translate("erasure.asked", language, day=day_words(due, language))
        return Erasure(state="asked", due_on=due.isoformat(), says=says)

    return await faces.database.write_async(write)
