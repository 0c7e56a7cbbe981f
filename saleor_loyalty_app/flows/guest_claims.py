"""Points that wait for a guest: told after the purchase, claimed with a proof of the address.

The proof is a link that was mailed to the very address of the order. The points go to nobody but
the account that confirmed this address in Saleor; without one they wait.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.give_bonus import note_registration
from saleor_loyalty_app.flows.join_member import claim_guests, enrollment_of
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.flows.take_part import person_of_account
from saleor_loyalty_app.ledger import Account
from saleor_loyalty_app.ledger.balance_view import balance
from saleor_loyalty_app.members.email_keys import EmailKeys, normalize_email
from saleor_loyalty_app.members.guest_addresses import seal_address
from saleor_loyalty_app.members.mailed_links import add_link, new_token
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.members.repository import account_of_user, member_by_id
from saleor_loyalty_app.members.service import member_for_user
from saleor_loyalty_app.messages.outbox import Kind, tell
from saleor_loyalty_app.orders.models import OrderState, OrderUnit
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.rewards.errors import NoProgram
from saleor_loyalty_app.saleor.global_ids import names
from saleor_loyalty_app.saleor.shopper_account import ShopperAccount, account_of
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.storefront_setup import page_path, setup_of

UNIT = "points"
#: The points wait longer than a link to sign in does: nobody signs in with this one.
CLAIM_LIFETIME = timedelta(days=30)
_order, _unit = table(OrderState), table(OrderUnit)


@dataclass(frozen=True, slots=True)
class Waiting:
    """What an order of a guest earned.

    Attributes:
        guest: whose they are until an account claims them.
        points: of this order, as far as they were not taken back.
    """

    guest: MemberRef
    number: str
    points: int


def waiting_points(conn: Connection, store: StoreRef, order_id: str) -> Waiting | None:
    """The points of a guest's order; None where there is nothing (any more) to claim.

    Args:
        order_id: Saleor's id; a UUID that nobody guesses.
    """
    if not names(order_id, "Order"):
        return None
    row = conn.execute(
        sa.select(_order.c.member_id, _order.c.number, sa.func.sum(_unit.c.booked).label("points"))
        .join(_unit, sa.and_(_unit.c.order_state_id == _order.c.id, _unit.c.unit == UNIT))
        .where(_order.c.store_id == store.id, _order.c.order_id == order_id)
        .group_by(_order.c.member_id, _order.c.number)
    ).one_or_none()
    if row is None or row.member_id is None or row.points <= 0:
        return None
    guest = member_by_id(conn, store.id, row.member_id)
    if guest is None or not guest.is_guest or guest.merged_into is not None:
        return None
    return Waiting(guest, row.number, int(row.points))


def mail_claim_link(
    conn: Connection,
    store: StoreRef,
    order_id: str,
    email: str,
    *,
    keys: EmailKeys,
    now: datetime,
) -> bool:
    """Has a link to claim an order's points mailed, if the order is this address's.

    A link is written down in either case, so that asking always does the same work; whoever asked
    must not be told.
    """
    found = waiting_points(conn, store, order_id)
    is_theirs = found is not None and found.guest.guest_key in keys.every(store.id, email)
    if not is_theirs or not page_path(conn, store):
        found = None
    return _mail(conn, store, found, email, keys=keys, now=now, key="asked")


def mail_after_order(
    conn: Connection, store: StoreRef, order_id: str, email: str, *, keys: EmailKeys, now: datetime
) -> bool:
    """Tells a guest of the points of an order, where the owner wants that."""
    setup = setup_of(conn, store.id).setup
    if not setup.mail_guests or not setup.page_on:
        return False
    found = waiting_points(conn, store, order_id)
    if found is None:
        return False
    return _mail(conn, store, found, email, keys=keys, now=now, key=f"order:{order_id}")


def guest_of_address(
    conn: Connection, store: StoreRef, member_id: int, email: str, *, keys: EmailKeys
) -> MemberRef | None:
    """The guest that a claim link is for, if the address is theirs; None also once they joined."""
    guest = member_by_id(conn, store.id, member_id)
    if guest is None or guest.guest_key not in keys.every(store.id, email):
        return None
    return guest


def guest_points(conn: Connection, guest: MemberRef, *, now: datetime) -> int:
    """All points that wait for a guest, also those that cannot be spent yet."""
    held = balance(conn, Account(guest.store_id, guest.id, UNIT), now=now)
    return held.available + held.pending


def read_account_of_address(
    access: StoreAccess, store: StoreRef, email: str
) -> ShopperAccount | None:
    """The account that confirmed an address, as Saleor has it now. Calls the network."""
    found = account_of(access.ask(store, "queries/shopper_by_email", {"email": email}))
    if found is None or not found.confirmed:
        return None
    return found if normalize_email(found.email) == normalize_email(email) else None


def claim(
    conn: Connection,
    store: StoreRef,
    account: ShopperAccount,
    *,
    keys: EmailKeys,
    now: datetime,
) -> int:
    """The points of guests with a confirmed address go to its account; gives how many guests.

    Raises:
        NoProgram: nothing is in force.
    """
    revision = revision_at(conn, store.id, now)
    if revision is None:
        raise NoProgram
    enrollment = enrollment_of(revision.program.settings)
    person = person_of_account(account)
    known = member_for_user(conn, store.id, person, enrollment, keys=keys, now=now)
    note_registration(conn, store, known, now=now)
    return claim_guests(conn, store, known.member, keys=keys, now=now)


def is_confirmed_since(
    conn: Connection, store: StoreRef, account: ShopperAccount, *, now: datetime
) -> bool:
    """Whether an account was confirmed and nobody told: `claim` is to be called.

    A password that is set through a mail confirms the account, and Saleor sends no event of it.
    """
    if not account.confirmed:
        return False
    known = account_of_user(conn, store.id, account.id)
    if known is None or known.confirmed or known.state == "erased":
        return False
    return known.merged_into is None and revision_at(conn, store.id, now) is not None


def _mail(
    conn: Connection,
    store: StoreRef,
    found: Waiting | None,
    email: str,
    *,
    keys: EmailKeys,
    now: datetime,
    key: str,
) -> bool:
    token = new_token()
    number = add_link(
        conn,
        store.id,
        None if found is None else found.guest.id,
        "claim",
        token,
        now=now,
        lifetime=CLAIM_LIFETIME,
    )
    if found is None:
        return False
    return tell(
        conn,
        store.id,
        found.guest.id,
        Kind.guest_claim,
        {
            "points": found.points,
            "order": found.number,
            "to": seal_address(keys, store.id, email),
            "path": f"{page_path(conn, store)}/claim?t={token}",
        },
        key=f"guest_claim:{key}" if key != "asked" else f"guest_claim:asked:{number}",
        now=now,
    )
