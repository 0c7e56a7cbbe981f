"""A shopper joins the program and leaves it: `/me/membership`."""

from functools import partial
from typing import Annotated

from fastapi import Query, Response
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.errors import Refusal, documented
from saleor_loyalty_app.api.routing import storefront_router
from saleor_loyalty_app.api.saleor_refusals import OF_SALEOR
from saleor_loyalty_app.api.storefront.answers import make_private
from saleor_loyalty_app.api.storefront.membership_page import leaving_page, membership_page
from saleor_loyalty_app.api.storefront.membership_schemas import JoinInput, Leaving, Membership
from saleor_loyalty_app.api.storefront.newcomers import (
    OF_COMING_IN,
    member_shown,
    newcomer_of,
    shopper_shown,
)
from saleor_loyalty_app.api.storefront.refusals import OF_CHANGES, OF_SHOPPERS
from saleor_loyalty_app.api.storefront.schemas import Slug
from saleor_loyalty_app.api.storefront.shopper import (
    ChangerOf,
    ReaderOf,
    shopper_now,
    signed_in_now,
)
from saleor_loyalty_app.api.storefront.wishes import member_of
from saleor_loyalty_app.flows.join_member import take_in
from saleor_loyalty_app.flows.stay_erased import stays_erased
from saleor_loyalty_app.flows.take_part import join, leave, loss_of, read_account, standing_of

router = storefront_router("/me/membership")
SOURCE = "storefront"

OF_JOINING: tuple[Refusal, ...] = (
    (400, "request_unreadable", {}),
    (403, "user_inactive", {}),
    (403, "member_blocked", {}),
    (409, "no_program", {}),
    (409, "member_erased", {}),
    (409, "terms_changed", {"terms_version": "2027-02", "privacy_version": "2027-01"}),
)
OF_LEAVING: tuple[Refusal, ...] = (
    (404, "member_not_found", {}),
    (409, "wrong_member_state", {"state": "erased"}),
    (409, "loss_changed", {"loses": 165}),
    (409, "redemption_live", {"id": "rd_3f9a61c07be24d58a1c6e092"}),
    *OF_COMING_IN,
)


@router.get("", responses=documented(*OF_SHOPPERS))
async def read_membership(
    response: Response, faces: FacesOf, shopper: ReaderOf, language: Language
) -> Membership:
    """How the shopper stands to the program, and which texts they agreed to."""
    now = faces.clock()

    def read(conn: Connection) -> Membership:
        store, member = shopper_now(conn, shopper)
        shown = shopper_shown(conn, shopper, now=now, language=language)[1]
        marks = signed_in_now(shopper, member).marks
        erased = stays_erased(conn, store, member, marks, now=now)
        standing = standing_of(conn, store, member, now=now)
        return membership_page(standing, shown, language, erased=erased)

    page = await faces.database.read_async(read)
    make_private(response, language)
    return page


@router.post("", responses=documented(*OF_SHOPPERS, *OF_JOINING, *OF_SALEOR, *OF_CHANGES))
async def join_program(
    response: Response, faces: FacesOf, shopper: ChangerOf, language: Language, what: JoinInput
) -> Membership:
    """The shopper joins, or joins again, and agrees to the texts in force; done before is fine."""
    account = await faces.calls.run(
        partial(read_account, faces.access, shopper.store, shopper.user_id)
    )
    now = faces.clock()

    def write(conn: Connection) -> Membership:
        store, _ = shopper_now(conn, shopper)
        member = join(
            conn,
            store,
            account,
            terms=what.terms_version,
            privacy=what.privacy_version,
            source=SOURCE,
            keys=faces.email_keys,
            now=now,
        )
        return membership_page(standing_of(conn, store, member, now=now), member, language)

    page = await faces.database.write_async(write)
    make_private(response, language)
    return page


@router.get(
    "/leaving",
    responses=documented(
        *OF_SHOPPERS,
        (400, "channel_unknown", {"channel": "no-such-channel"}),
        (404, "member_not_found", {}),
    ),
)
async def preview_leaving(
    response: Response,
    faces: FacesOf,
    shopper: ReaderOf,
    language: Language,
    channel: Annotated[
        Slug | None, Query(description="In whose currency the points are valued.")
    ] = None,
) -> Leaving:
    """What leaving would cost the shopper, before they do it."""
    now = faces.clock()

    def read(conn: Connection) -> Leaving:
        store, member = member_shown(conn, shopper, now=now, language=language)
        loss = loss_of(conn, store, member, now=now)
        return leaving_page(conn, store, loss, channel=channel, now=now, language=language)

    page = await faces.database.read_async(read)
    make_private(response, language)
    return page


@router.delete("", responses=documented(*OF_SHOPPERS, *OF_LEAVING, *OF_CHANGES))
async def leave_program(
    response: Response,
    faces: FacesOf,
    shopper: ChangerOf,
    language: Language,
    loses: Annotated[
        int, Query(ge=0, le=2**53, description="`loses` of the preview that the shopper saw.")
    ],
) -> Membership:
    """The shopper leaves; points that can be spent or are pending are gone. Twice is fine."""
    newcomer = await newcomer_of(faces, shopper)
    now, keys = faces.clock(), faces.email_keys
    if newcomer is not None:
        # By itself, so that whoever has more to lose than they were told is told so.
        await faces.database.write_async(
            lambda conn: take_in(
                conn, still_active(conn, shopper.store), newcomer, keys=keys, now=now, welcome=False
            )
        )

    def write(conn: Connection) -> Membership:
        store, member = member_of(conn, shopper)
        left = leave(conn, store, member, loses=loses, actor=shopper.actor, now=now)
        return membership_page(standing_of(conn, store, left, now=now), left, language)

    page = await faces.database.write_async(write)
    make_private(response, language)
    return page
