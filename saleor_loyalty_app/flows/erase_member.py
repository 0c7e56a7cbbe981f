"""Forgetting who a member was. The books stay: they know members by number only."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app import ledger, log
from saleor_loyalty_app.adjustments import repository as adjustments
from saleor_loyalty_app.bonuses import answers, birthdays, waiting
from saleor_loyalty_app.custom_events import repository as custom_events
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.give_bonus import remember_erased
from saleor_loyalty_app.goodwill import prompts
from saleor_loyalty_app.ledger import Account, Cause
from saleor_loyalty_app.ledger.models import Balance
from saleor_loyalty_app.member_imports import repository as member_imports
from saleor_loyalty_app.members import mailed_links, notes, preferences, tags
from saleor_loyalty_app.members import repository as members
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.errors import MemberNotFound
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.programs import tag_rows
from saleor_loyalty_app.rewards import claims, forgetting, redemptions
from saleor_loyalty_app.stores import staff_actions
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers.looks import look_again

logger = log.get(__name__)
_balances = table(Balance)


def erase_user(conn: Connection, store: StoreRef, user_id: str, *, now: datetime) -> bool:
    """Erases the member of a Saleor user whose account is gone; False where there is none."""
    account = members.account_of_user(conn, store.id, user_id, lock=True)
    if account is None:
        return False
    if account.merged_into is None:
        erase_member(conn, store, account.id, now=now, account_stays=False)
    else:
        _detach(conn, store, account, now)
    return True


def _detach(conn: Connection, store: StoreRef, account: MemberRef, now: datetime) -> None:
    """Somebody who has two accounts here gave one up: its address alone leads to them still.

    So its orders stay with them; it is kept as those of guests are, by its key.
    """
    survivor = members.surviving_member(conn, store.id, account.id)
    if account.user_id is not None:
        named = [account.user_id]
        found = forgetting.redemptions_of(conn, store.id, (), named)
        redemptions.lock(conn, store.id, found)
        theirs = "" if survivor is None else survivor.user_id or ""
        forgetting.forget_users(conn, store.id, (), named, now_of=theirs)
        staff_actions.forget_shoppers(conn, store.id, named)
    if survivor is not None:
        remember_erased(conn, store, [account.id], like=[account.id, survivor.id], now=now)
    known = members.email_key_of(conn, store.id, account.id)
    taken = known is None or members.guests_by_keys(conn, store.id, [known])
    members.delete_identity(conn, store.id, account.id)
    members.update_member(
        conn, store.id, account.id, user_id=None, guest_key=None if taken else known
    )


def erase_address(
    conn: Connection, store: StoreRef, email: str, *, keys: EmailKeys, now: datetime
) -> int:
    """Erases everybody who is known here by an address: guests, and the member who owns it.

    Gives the number of members erased.
    """
    wanted = keys.every(store.id, email)
    found = members.guests_by_keys(conn, store.id, wanted)
    owner = members.member_by_confirmed_email(conn, store.id, wanted)
    if owner is not None:
        found = [*found, owner.id]
    found = list(dict.fromkeys(found))
    for member_id in found:
        erase_member(conn, store, member_id, keys=keys, now=now)
    return len(found)


def erase_member(
    conn: Connection,
    store: StoreRef,
    member_id: int,
    *,
    now: datetime,
    actor: str = "app",
    account_stays: bool = True,
    keys: EmailKeys | None = None,
) -> None:
    """Erases a member and whoever was merged into it.

    Identity, user, address and notes go, and what is left to spend is written off.

    Nobody could ever spend it, and it would be owed for ever where points do not expire. Points in
    open holds stay until the hold ends, and are written off then. Orders of an erased member are
    not booked any more. Bodies of received events and offers to carts, which may name the person's
    account, go with their retention.

    Args:
        account_stays: in Saleor; nothing that is done with it makes them a member but joining.
        keys: by which the accounts that stay are known as well; None = by the addresses alone.

    Raises:
        MemberNotFound: the store has no such member.
    """
    member = members.surviving_member(conn, store.id, member_id)
    if member is None:
        raise MemberNotFound
    _lock_redemptions(conn, store, member.id)
    member = members.lock_members(conn, store.id, [member.id])[member.id]
    if member.state == "erased":
        return
    everybody = [member.id, *members.merged_members(conn, store.id, member.id)]
    people = members.people_behind(conn, store.id, everybody)
    users = members.users_of(conn, store.id, everybody)
    forgetting.forget_users(conn, store.id, everybody, users)
    staff_actions.forget_shoppers(conn, store.id, users)
    known = [] if keys is None else [keys.of_account(store.id, one)[0] for one in users]
    stay = known if account_stays else None
    remember_erased(conn, store, everybody, like=everybody, now=now, accounts_stay=stay)
    for one in everybody:
        members.delete_identity(conn, store.id, one)
        members.update_member(
            conn, store.id, one, state="erased", user_id=None, guest_key=None, left_at=now
        )
    notes.delete_notes(conn, store.id, everybody)
    tags.forget(conn, store.id, everybody)
    tag_rows.forget(conn, store.id, everybody, now=now)
    preferences.forget_preferences(conn, store.id, everybody)
    look_again(conn, store.id, (member.id,))
    mailed_links.forget_access(conn, store.id, everybody)
    birthdays.forget_birthdays(conn, store.id, everybody)
    answers.forget_answers(conn, store.id, everybody)
    waiting.forget_members(conn, store.id, everybody)
    claims.forget_notes(conn, store.id, everybody)
    adjustments.forget_members(conn, store.id, everybody)
    prompts.forget_members(conn, store.id, everybody)
    custom_events.forget_members(conn, store.id, everybody, now=now)
    member_imports.forget_members(conn, store.id, everybody, people)
    write_off(conn, store, member.id, key=f"erase:{member.id}", actor=actor, now=now)
    logger.info("member_erased", store_id=store.id, member_id=member.id)


def _lock_redemptions(conn: Connection, store: StoreRef, member_id: int) -> None:
    """What names the users is locked before members and accounts are, as everywhere."""
    everybody = [member_id, *members.merged_members(conn, store.id, member_id)]
    users = members.users_of(conn, store.id, everybody)
    found = forgetting.redemptions_of(conn, store.id, everybody, users)
    redemptions.lock(conn, store.id, found)


def write_off(
    conn: Connection,
    store: StoreRef,
    member_id: int,
    *,
    key: str,
    actor: str,
    now: datetime,
    reason: str = "member_erased",
) -> None:
    """Takes away what is left to an erased member, also of what came back after the erasure.

    Args:
        key: of the happening; each unit's entry has it with the unit.
        reason: the code of why: the member was erased, or left.
    """
    units = conn.execute(
        sa.select(_balances.c.unit)
        .where(_balances.c.store_id == store.id, _balances.c.member_id == member_id)
        .order_by(_balances.c.unit)
    ).scalars()
    accounts = [Account(store.id, member_id, unit) for unit in units]
    ledger.lock_accounts(conn, accounts)
    for account in accounts:
        ledger.settle(conn, account, now=now)
        left = conn.execute(
            sa.select(_balances.c.lots).where(
                _balances.c.member_id == member_id, _balances.c.unit == account.unit
            )
        ).scalar_one()
        if left > 0:
            ledger.adjust(
                conn,
                account,
                -left,
                Cause(
                    source=f"member:{member_id}",
                    part="points",
                    actor=actor,
                    reason={"code": reason},
                ),
                key=f"{key}:{account.unit}",
                now=now,
                effective_at=now,
            )
