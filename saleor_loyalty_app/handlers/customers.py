"""Customers and their accounts: created, changed, confirmed, deleted.

`privateMetadata` is never asked for: for deleted users and for staff it would make the whole user
null. Neither is `token`, which Saleor cannot resolve there.
"""

from saleor_loyalty_app.flows.erase_member import erase_user
from saleor_loyalty_app.flows.event_handler import EventContext, Handler
from saleor_loyalty_app.flows.join_member import customer_seen
from saleor_loyalty_app.saleor.event import MalformedEvent, UserEvent, UserSnapshot, parse

LONGEST_ID = 200


def receive_customer(context: EventContext) -> None:
    """Brings the member of an account up to date.

    Staff are no members. What the app itself wrote into an account is no news.

    Raises:
        MalformedEvent: Saleor left the user out.
    """
    user = _user(context)
    if user.is_staff or context.envelope.issued_by(context.store.app_id):
        return
    if context.envelope.typename == "AccountDeleted":
        erase_user(context.conn, context.store, user.id, now=context.now)
    else:
        customer_seen(context.conn, context.store, user, keys=context.secrets, now=context.now)


def receive_deleted(context: EventContext) -> None:
    """Forgets who a member was whose account is gone; the books stay.

    Raises:
        MalformedEvent: Saleor left the user out.
    """
    user = _user(context)
    if not user.is_staff:
        erase_user(context.conn, context.store, user.id, now=context.now)


def _user(context: EventContext) -> UserSnapshot:
    user = parse(context.body, UserEvent).user
    if user is None:
        raise MalformedEvent("nothing_in_it")
    if not 0 < len(user.id) <= LONGEST_ID:
        raise MalformedEvent("unusable_id")
    return user


CUSTOMERS = Handler(
    name="customers",
    events=("CUSTOMER_CREATED", "CUSTOMER_UPDATED", "ACCOUNT_CONFIRMED", "ACCOUNT_DELETED"),
    document="customers",
    receive=receive_customer,
)

#: Staff deleted the account; a type of its own in the schema since Saleor 3.23.
CUSTOMERS_DELETED = Handler(
    name="customers-deleted",
    events=("CUSTOMER_DELETED",),
    document="customers_deleted",
    receive=receive_deleted,
)
