"""Which store a request without a token is about: named by its API address or its host."""

from typing import ClassVar

from sqlalchemy.engine import Connection

from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.saleor.api_url import canonical_api_url
from saleor_loyalty_app.stores.errors import StoreNotFound
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import store_by_url, stores_at_host


class StoreAmbiguous(AppError):
    """Several stores have APIs at this host: the whole API address is needed."""

    code: ClassVar[str] = "store_ambiguous"
    status: ClassVar[int] = 400

    def __init__(self, store: str) -> None:
        super().__init__(store=store)


class StoreMissing(AppError):
    """Neither a token nor `store` says which store is meant."""

    code: ClassVar[str] = "store_missing"
    status: ClassVar[int] = 400


def store_named(conn: Connection, named: str | None) -> StoreRef:
    """The active store that `named` means, such as "https://shop.example.com/graphql/" or
    "shop.example.com".

    Raises:
        StoreMissing: nothing was named.
        InvalidApiUrl: it is neither an address nor a host.
        StoreNotFound: no store of that name uses the app.
        StoreAmbiguous: it is a host with several stores.
    """
    if named is None:
        raise StoreMissing
    if "://" in named:
        found = store_by_url(conn, canonical_api_url(named))
        stores = [] if found is None else [found]
    else:
        # Parsed as part of an address, so that a host has one spelling too.
        canonical_api_url(f"https://{named}/")
        stores = stores_at_host(conn, named.lower())
    active = [store for store in stores if store.active]
    if not active:
        raise StoreNotFound(named[:200])
    if len(active) > 1:
        raise StoreAmbiguous(named[:200])
    return active[0]
