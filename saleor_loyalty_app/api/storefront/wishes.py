"""What a shopper prefers and agreed to: `/me/preferences` and `/me/consents`."""

from collections.abc import Callable

from fastapi import Response
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.context import Faces, FacesOf, Language
from saleor_loyalty_app.api.errors import Refusal, documented
from saleor_loyalty_app.api.routing import storefront_router
from saleor_loyalty_app.api.storefront.answers import make_private
from saleor_loyalty_app.api.storefront.newcomers import (
    OF_COMING_IN,
    member_shown,
    member_taken_in,
    newcomer_of,
)
from saleor_loyalty_app.api.storefront.refusals import OF_CHANGES, OF_SHOPPERS
from saleor_loyalty_app.api.storefront.shopper import ChangerOf, ReaderOf, Shopper, shopper_now
from saleor_loyalty_app.api.storefront.wishes_schemas import (
    Consent,
    ConsentInput,
    News,
    Offers,
    Preferences,
    PreferencesInput,
)
from saleor_loyalty_app.i18n import LANGUAGES, language_of
from saleor_loyalty_app.members import consents
from saleor_loyalty_app.members.consents import Channel, ConsentState
from saleor_loyalty_app.members.errors import MemberNotFound
from saleor_loyalty_app.members.preferences import language_of_member, prefer, preference_of
from saleor_loyalty_app.members.refs import MemberRef, Newcomer
from saleor_loyalty_app.stores.refs import StoreRef

router = storefront_router("/me")
SOURCE = "storefront"

OF_MEMBERS: tuple[Refusal, ...] = ((404, "member_not_found", {}),)
OF_PREFERENCES: tuple[Refusal, ...] = (
    *OF_MEMBERS,
    (400, "request_unreadable", {}),
    *OF_COMING_IN,
)
OF_CONSENTS: tuple[Refusal, ...] = (
    (409, "wrong_member_state", {"state": "unknown"}),
    (400, "invalid_phone", {}),
    (400, "phone_missing", {}),
)


@router.get("/preferences", responses=documented(*OF_SHOPPERS, *OF_MEMBERS))
async def read_preferences(
    response: Response, faces: FacesOf, shopper: ReaderOf, language: Language
) -> Preferences:
    """The language and channels that the shopper prefers, and their consents to offers."""
    now = faces.clock()

    def read(conn: Connection) -> Preferences:
        store, member = member_shown(conn, shopper, now=now, language=language)
        return preferences_page(conn, store, member)

    page = await faces.database.read_async(read)
    make_private(response, language)
    return page


@router.put("/preferences", responses=documented(*OF_SHOPPERS, *OF_PREFERENCES, *OF_CHANGES))
async def change_preferences(
    response: Response,
    faces: FacesOf,
    shopper: ChangerOf,
    language: Language,
    what: PreferencesInput,
) -> Preferences:
    """Changes what is sent; the rest stays as it was."""
    now = faces.clock()

    def change(conn: Connection, store: StoreRef, member: MemberRef) -> None:
        muted = None
        if what.news is not None:
            before = preference_of(conn, store.id, member.id).muted
            wanted = {Channel.email: what.news.email, Channel.sms: what.news.sms}
            muted = {
                channel
                for channel, on in wanted.items()
                if on is False or (on is None and channel in before)
            }
        prefer(conn, store.id, member.id, now=now, language=what.language, muted=muted)

    return await _changed(response, faces, shopper, language, change)


@router.put(
    "/consents/{channel}",
    responses=documented(*OF_SHOPPERS, *OF_PREFERENCES, *OF_CONSENTS, *OF_CHANGES),
)
async def agree(
    response: Response,
    faces: FacesOf,
    shopper: ChangerOf,
    language: Language,
    channel: Channel,
    what: ConsentInput,
) -> Preferences:
    """The shopper agrees to get offers by a channel. Being a member never depends on it."""
    now = faces.clock()

    def change(conn: Connection, store: StoreRef, member: MemberRef) -> None:
        consents.grant(
            conn,
            store.id,
            member.id,
            channel,
            source=SOURCE,
            text_version=what.text_version,
            phone=what.phone,
            now=now,
        )

    return await _changed(response, faces, shopper, language, change)


@router.delete("/consents/{channel}", responses=documented(*OF_SHOPPERS, *OF_MEMBERS, *OF_CHANGES))
async def withdraw(
    response: Response, faces: FacesOf, shopper: ChangerOf, language: Language, channel: Channel
) -> Preferences:
    """The shopper wants no more offers by a channel; that never fails for having been done."""
    now = faces.clock()

    def write(conn: Connection) -> Preferences:
        store, member = member_shown(conn, shopper, now=now, language=language)
        if member.is_in_books:
            consents.withdraw(conn, store.id, member.id, channel, source=SOURCE, now=now)
        return preferences_page(conn, store, member)

    page = await faces.database.write_async(write)
    make_private(response, language)
    return page


def member_of(conn: Connection, shopper: Shopper) -> tuple[StoreRef, MemberRef]:
    """The shopper's store and member.

    Raises:
        MemberNotFound: they are not in the books.
    """
    store, member = shopper_now(conn, shopper)
    if member is None or member.state == "erased":
        raise MemberNotFound
    return store, member


def preferences_page(conn: Connection, store: StoreRef, member: MemberRef) -> Preferences:
    """What a member prefers and agreed to."""
    preference = preference_of(conn, store.id, member.id)
    agreed = consents.states(conn, store.id, member.id)
    spoken = language_of_member(conn, store.id, member.id)
    here = member.language if isinstance(member, Newcomer) else ""
    return Preferences(
        language=language_of([spoken or here or store.language]),
        languages=list(LANGUAGES),
        news=News(
            email=Channel.email not in preference.muted, sms=Channel.sms not in preference.muted
        ),
        offers=Offers(email=_consent(agreed[Channel.email]), sms=_consent(agreed[Channel.sms])),
    )


def _consent(state: ConsentState) -> Consent:
    return Consent(
        granted=state.granted, at=state.at, source=state.source, text_version=state.text_version
    )


async def _changed(
    response: Response,
    faces: Faces,
    shopper: Shopper,
    language: str,
    change: Callable[[Connection, StoreRef, MemberRef], None],
) -> Preferences:
    newcomer = await newcomer_of(faces, shopper)
    now, keys = faces.clock(), faces.email_keys

    def write(conn: Connection) -> Preferences:
        store, member = member_taken_in(conn, shopper, newcomer, keys=keys, now=now)
        change(conn, store, member)
        return preferences_page(conn, store, member)

    page = await faces.database.write_async(write)
    make_private(response, language)
    return page
