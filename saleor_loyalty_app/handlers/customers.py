"""Customers and their accounts: created, changed, confirmed, deleted.

`privateMetadata` is never asked for: for deleted users and for staff it would make the whole user
null. Neither is `token`, which Saleor cannot resolve there.
"""

from datetime import timedelta

from saleor_loyalty_app.flows.erase_member import erase_user
from saleor_loyalty_app.flows.event_handler import EventContext, Handler
from saleor_loyalty_app.flows.give_bonus import give_registration_bonus
from saleor_loyalty_app.flows.join_member import customer_seen
from saleor_loyalty_app.inbox import repository as inbox
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.members.repository import member_by_user
from saleor_loyalty_app.saleor.event import (
    MalformedEvent,
    UserEvent,
    UserSnapshot,
    parse,
    typename_of,
)

LONGEST_ID = 200
#: Saleor gives up on a delivery after about 5 minutes; a day also covers one repeated by hand.
LATEST_ARRIVAL = timedelta(days=1)


def receive_customer(context: EventContext) -> None:
    """Brings the member of an account up to date.

    Staff are no members. What the app itself wrote into an account is no news, and neither is an
    event that arrives after the account's deletion: it would bring back who was forgotten.

    Raises:
        MalformedEvent: Saleor left the user out.
    """
    user = _user(context)
    if user.is_staff or context.envelope.issued_by(context.store.app_id):
        return
    known = member_by_user(context.conn, context.store.id, user.id)
    if known is None and _is_deleted(context, user.id):
        return
    seen = customer_seen(context.conn, context.store, user, keys=context.secrets, now=context.now)
    if seen is not None and _confirms(context, user, known):
        give_registration_bonus(
            context.conn, context.store, seen.member.id, keys=context.secrets, now=context.now
        )


def receive_deleted(context: EventContext) -> None:
    """Forgets who a member was whose account is gone.

    Raises:
        MalformedEvent: Saleor left the user out.
    """
    user = _user(context)
    if not user.is_staff:
        erase_user(context.conn, context.store, user.id, now=context.now)


def _confirms(context: EventContext, user: UserSnapshot, known: MemberRef | None) -> bool:
    """Whether an account was confirmed just now, as far as can be told.

    Accounts of an identity provider are confirmed from the beginning; those that staff make are
    nobody's registration. Where the shop asks for no confirmation Saleor leaves accounts as they
    are. An event that was lost is made up for by the next one, and so is a password that was set by
    mail, which confirms without an event.
    """
    if not user.is_confirmed:
        return False
    event, by = context.envelope.typename, context.envelope.issuing_principal
    if event == typename_of("CUSTOMER_CREATED"):
        return by is None or by.typename != "User" or by.id == user.id
    return event == typename_of("ACCOUNT_CONFIRMED") or (known is not None and not known.confirmed)


def _user(context: EventContext) -> UserSnapshot:
    user = parse(context.body, UserEvent).user
    if user is None:
        raise MalformedEvent("nothing_in_it")
    if not 0 < len(user.id) <= LONGEST_ID:
        raise MalformedEvent("unusable_id")
    return user


def _is_deleted(context: EventContext, user_id: str) -> bool:
    deletions = inbox.recent(
        context.conn,
        context.store.id,
        [ACCOUNTS_DELETED.name, CUSTOMERS_DELETED.name],
        since=context.now - LATEST_ARRIVAL,
    )
    gone = (parse(letter.delivery.body, UserEvent).user for letter in deletions)
    return any(user is not None and user.id == user_id for user in gone)


CUSTOMERS = Handler(
    name="customers",
    events=("CUSTOMER_CREATED", "CUSTOMER_UPDATED", "ACCOUNT_CONFIRMED"),
    document="customers",
    receive=receive_customer,
)

#: The customer deleted the account.
ACCOUNTS_DELETED = Handler(
    name="accounts-deleted",
    events=("ACCOUNT_DELETED",),
    document="accounts_deleted",
    receive=receive_deleted,
)

#: Staff deleted the account; the event has a type of its own since Saleor 3.23.
CUSTOMERS_DELETED = Handler(
    name="customers-deleted",
    events=("CUSTOMER_DELETED",),
    document="customers_deleted",
    receive=receive_deleted,
)
