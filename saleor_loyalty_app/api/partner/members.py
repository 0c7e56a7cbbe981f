"""Members, looked up and read by other systems: `/members`."""

from functools import partial
from typing import Annotated

from fastapi import Path, Query, Response
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.errors import documented
from saleor_loyalty_app.api.partner.holder import ActorOf, ReaderOf, store_now
from saleor_loyalty_app.api.partner.people import (
    look_up,
    member_of,
    number_of,
    read_movements,
)
from saleor_loyalty_app.api.partner.refusals import OF_SCOPES, UNREADABLE
from saleor_loyalty_app.api.partner.schemas import (
    Enrolled,
    EnrollInput,
    FoundMembers,
    LookupInput,
    Movements,
    PartnerMember,
)
from saleor_loyalty_app.api.routing import partner_router
from saleor_loyalty_app.api.saleor_refusals import OF_SALEOR
from saleor_loyalty_app.api.storefront.answers import make_private
from saleor_loyalty_app.api.units import POINTS, AskedUnit
from saleor_loyalty_app.flows.take_part import join, read_account
from saleor_loyalty_app.members.email_keys import normalize_email
from saleor_loyalty_app.members.search_terms import SearchTerms
from saleor_loyalty_app.stores.partner_keys import Scope

router = partner_router("/members")
MemberId = Annotated[str, Path(max_length=40, description="`id` of the member.")]
#: Where members agreed to the texts, as their consents tell it.
SOURCE = "partner"


@router.post("/lookup", responses=documented(*OF_SCOPES, UNREADABLE))
async def look_up_members(
    response: Response, faces: FacesOf, partner: ReaderOf, language: Language, what: LookupInput
) -> FoundMembers:
    """The members with an account or address, with what they have; nobody is an empty list.

    An address is sent in the body, so that it stands in no log of addresses. Names and addresses
    are answered to keys with members:identify alone.
    """
    partner.need(Scope.read_members)
    terms = SearchTerms(
        user_id=what.user_id or "",
        email=normalize_email(what.email or ""),
        address_hash=what.email_sha256 or "",
    )
    now = faces.clock()
    found = await faces.database.read_async(
        lambda conn: look_up(
            conn,
            store_now(conn, partner),
            terms,
            keys=faces.email_keys,
            now=now,
            language=language,
            identify=partner.may_identify,
        )
    )
    make_private(response, language)
    return FoundMembers(items=found)


@router.get("/{member}", responses=documented(*OF_SCOPES, (404, "member_not_found", {})))
async def read_member(
    response: Response, faces: FacesOf, partner: ReaderOf, language: Language, member: MemberId
) -> PartnerMember:
    """One member with what they have; who was merged into another is answered as that one.

    Name and address are answered to keys with members:identify alone.
    """
    partner.need(Scope.read_members)
    number, now = number_of(member), faces.clock()
    found = await faces.database.read_async(
        lambda conn: member_of(
            conn,
            store_now(conn, partner),
            number,
            keys=faces.email_keys,
            now=now,
            language=language,
            identify=partner.may_identify,
        )
    )
    make_private(response, language)
    return found


@router.get(
    "/{member}/statement",
    responses=documented(*OF_SCOPES, (400, "invalid_cursor", {}), (404, "member_not_found", {})),
)
async def read_statement_of_member(
    response: Response,
    faces: FacesOf,
    partner: ReaderOf,
    language: Language,
    member: MemberId,
    unit: AskedUnit = POINTS,
    first: Annotated[int, Query(ge=1, le=100, description="How many at most.")] = 25,
    after: Annotated[
        str | None, Query(max_length=100, description="`next` of the page before.")
    ] = None,
) -> Movements:
    """The movements of a member's points or status points, newest first, each explained."""
    partner.need(Scope.read_members)
    number, now = number_of(member), faces.clock()

    def read(conn: Connection) -> Movements:
        store = store_now(conn, partner)
        found = member_of(conn, store, number, keys=faces.email_keys, now=now, language=language)
        return read_movements(
            conn, store, found, unit=unit, first=first, after=after, now=now, language=language
        )

    page = await faces.database.read_async(read)
    make_private(response, language)
    return page


@router.post(
    "",
    responses=documented(
        *OF_SCOPES,
        UNREADABLE,
        (403, "user_inactive", {}),
        (403, "member_blocked", {}),
        (409, "no_program", {}),
        (409, "member_erased", {}),
        (409, "terms_changed", {"terms_version": "2027-02", "privacy_version": "2027-01"}),
        *OF_SALEOR,
    ),
)
async def enroll_customer(
    response: Response, faces: FacesOf, partner: ActorOf, language: Language, what: EnrollInput
) -> Enrolled:
    """A customer of the store joins the program, or joins again; done before is fine.

    What they have tells `GET /members/{member}`, to keys that may read members. Saleor is asked who
    they are. The customer has to have agreed to the terms in force: the versions are kept with the
    time, and with `partner` as the source.
    """
    partner.need(Scope.enroll_members)
    account = await faces.calls.run(
        partial(read_account, faces.access, partner.store, what.user_id)
    )
    now = faces.clock()

    def write(conn: Connection) -> Enrolled:
        store = store_now(conn, partner)
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
        found = member_of(conn, store, member.id, keys=faces.email_keys, now=now, language=language)
        return Enrolled(
            id=found.id, user_id=found.user_id, state=found.state, joined_at=found.joined_at
        )

    joined = await faces.database.write_async(write)
    make_private(response, language)
    return joined
