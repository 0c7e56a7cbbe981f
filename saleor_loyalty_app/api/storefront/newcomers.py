"""Shoppers who are not members yet: what they are shown, and how a request takes them in."""

from datetime import datetime
from functools import partial

from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.context import Faces
from saleor_loyalty_app.api.errors import Refusal
from saleor_loyalty_app.api.saleor_refusals import OF_SALEOR
from saleor_loyalty_app.api.storefront.shopper import Shopper, shopper_now, signed_in_now
from saleor_loyalty_app.flows.join_member import take_in
from saleor_loyalty_app.flows.newcomers import as_they_come_in, is_newcomer
from saleor_loyalty_app.flows.take_part import person_of_account, read_account
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.errors import MemberNotFound
from saleor_loyalty_app.members.refs import MemberRef, Person
from saleor_loyalty_app.stores.refs import StoreRef

#: Of what makes a newcomer a member: Saleor is asked who they are.
OF_COMING_IN: tuple[Refusal, ...] = ((403, "user_inactive", {}), *OF_SALEOR)


def shopper_shown(
    conn: Connection, shopper: Shopper, *, now: datetime, language: str
) -> tuple[StoreRef, MemberRef | None]:
    """`shopper_now` for showing: a newcomer as the member that they become. Nothing is written.

    Raises:
        InvalidToken: the store deactivated or uninstalled the app meanwhile.
    """
    store, member = shopper_now(conn, shopper)
    signed_in = signed_in_now(shopper, member, language)
    return store, as_they_come_in(conn, store, member, signed_in, now=now)


def member_shown(
    conn: Connection, shopper: Shopper, *, now: datetime, language: str
) -> tuple[StoreRef, MemberRef]:
    """`shopper_shown` of who is a member, or becomes one by themselves.

    Raises:
        MemberNotFound: they are not in the books, and have to join, or were erased.
    """
    store, member = shopper_shown(conn, shopper, now=now, language=language)
    if member is None or member.state == "erased":
        raise MemberNotFound
    return store, member


async def newcomer_of(faces: Faces, shopper: Shopper) -> Person | None:
    """Who a newcomer is, as Saleor says; None = nobody has to be taken in.

    Raises:
        InvalidToken: the store deactivated or uninstalled the app meanwhile.
        UserInactive: they have no account that may do anything.
        SaleorUnavailable and the like, SaleorBusy, SaleorSlow: the same request may be sent again.
    """
    now = faces.clock()

    def read(conn: Connection) -> bool:
        store, member = shopper_now(conn, shopper)
        return is_newcomer(conn, store, member, now=now)

    if not await faces.database.read_async(read):
        return None
    account = await faces.calls.run(
        partial(read_account, faces.access, shopper.store, shopper.user_id)
    )
    return person_of_account(account)


def member_taken_in(
    conn: Connection, shopper: Shopper, newcomer: Person | None, *, keys: EmailKeys, now: datetime
) -> tuple[StoreRef, MemberRef]:
    """The shopper's store and member; a newcomer is one from this transaction on.

    Args:
        newcomer: as `newcomer_of` found them.

    Raises:
        MemberNotFound: they are not in the books, and have to join, or were erased.
    """
    store, member = shopper_now(conn, shopper)
    if newcomer is not None and take_in(conn, store, newcomer, keys=keys, now=now) is not None:
        store, member = shopper_now(conn, shopper)
    if member is None or member.state == "erased":
        raise MemberNotFound
    return store, member
