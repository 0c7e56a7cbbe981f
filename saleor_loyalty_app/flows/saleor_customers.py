"""Reads accounts of customers from Saleor, many at a time."""

from collections.abc import Iterator, Mapping, Sequence

from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.flows.sync_store import UnexpectedAnswer
from saleor_loyalty_app.members.refs import Person
from saleor_loyalty_app.saleor.shopper_account import account_of
from saleor_loyalty_app.stores.refs import StoreRef

#: Saleor gives at most 100 of anything at once.
PAGE = 100


def customers_by_ids(access: StoreAccess, store: StoreRef, ids: Sequence[str]) -> dict[str, Person]:
    """The customers with these ids whom Saleor knows; staff and deactivated accounts are left out.

    A network call for each hundred; none without ids.

    Raises:
        UnexpectedAnswer: Saleor answered in a way that is not understood.
        What `StoreAccess.ask` raises.
    """
    found: dict[str, Person] = {}
    for start in range(0, len(ids), PAGE):
        page = list(ids[start : start + PAGE])
        data = access.ask(store, "queries/customers", {"ids": page, "first": len(page)})
        found |= {person.user_id: person for person in _people(data)}
    return found


def _people(data: Mapping[str, object]) -> Iterator[Person]:
    connection = data.get("customers")
    if not isinstance(connection, dict):
        raise UnexpectedAnswer("customers")
    for edge in connection["edges"]:
        account = account_of({"user": edge["node"]})
        if account is not None:
            yield Person(
                account.id,
                account.email,
                account.confirmed,
                account.first_name,
                account.last_name,
                account.language,
                account.as_of,
            )
