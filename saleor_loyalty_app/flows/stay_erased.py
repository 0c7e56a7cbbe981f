"""Whoever was erased at their wish comes back by joining, and by nothing else.

Their account stays in Saleor, which goes on to tell of it; so do their visits and orders. None of
that is a wish to be a member again. It is known by the hashes of their account and address, for as
long as these are kept.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.bonuses import given
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.refs import MemberRef, Person
from saleor_loyalty_app.members.repository import account_of_user
from saleor_loyalty_app.members.service import behind_address
from saleor_loyalty_app.stores.refs import StoreRef


def stays_erased(
    conn: Connection,
    store: StoreRef,
    member: MemberRef | None,
    marks: Sequence[str],
    *,
    now: datetime,
) -> bool:
    """Whether somebody was erased, and did not join since.

    Args:
        member: of their account, or guest; None = the books do not know them.
        marks: the keys of their address and account (`EmailKeys`).
    """
    return member is None and given.was_erased(conn, store.id, marks, now=now)


def user_stays_erased(
    conn: Connection, store: StoreRef, person: Person, *, keys: EmailKeys, now: datetime
) -> bool:
    """`stays_erased` of a Saleor user, before they become a member by something else than joining.

    An erasure that is under way is waited for.
    """
    account = account_of_user(conn, store.id, person.user_id, lock=True)
    return stays_erased(conn, store, account, marks_of(store, person, keys), now=now)


def marks_of(store: StoreRef, person: Person, keys: EmailKeys) -> tuple[str, ...]:
    """The keys of a person's account and address."""
    addresses = keys.every(store.id, person.email) if person.email else ()
    return (*addresses, *keys.of_account(store.id, person.user_id))


def guest_stays_erased(
    conn: Connection, store: StoreRef, email: str, *, keys: EmailKeys, now: datetime
) -> bool:
    """`stays_erased` of who buys without an account; an erasure under way is waited for."""
    addresses = keys.every(store.id, email)
    known = behind_address(conn, store.id, addresses)
    return stays_erased(conn, store, known, addresses, now=now)
