"""What a resolver knows of the request it serves, and the permission checks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from graphql import GraphQLResolveInfo

from sandbox.model.customers import User
from sandbox.model.discounts import store_prices
from sandbox.model.errors import PermissionDenied
from sandbox.model.pricing import CheckoutPrices
from sandbox.model.store import Caller, Store

Info = GraphQLResolveInfo[Any]
Resolver = Callable[..., Any]
Resolvers = dict[str, dict[str, Resolver]]


class Services(Protocol):
    """What mutations need from outside the model."""

    def access_token(self, user: User) -> str:
        """A new access token of the user."""

    def refresh_token(self, user: User) -> str:
        """A new refresh token of the user."""

    def user_of_token(self, token: str) -> User | None:
        """The user that a token of the store names; None for a bad or dead token."""

    def start_installation(self, pk: int) -> None:
        """Fetch a manifest and install its app, now or in the background."""


@dataclass(frozen=True, slots=True)
class Request:
    """`asks` is off in payloads: what is asked of apps there would never end."""

    store: Store
    caller: Caller
    services: Services
    at: datetime
    sync_event: bool = False
    asks: bool = True
    priced: dict[str, CheckoutPrices] = field(default_factory=dict)

    def store_prices(self) -> None:
        """Keep the prices that this request had to find, for those after it."""
        for pk in self.priced:
            checkout = self.store.checkouts.get(pk)
            if checkout is not None:
                store_prices(self.store, checkout)


def request_of(info: Info) -> Request:
    request: Request = info.context
    return request


def store_of(info: Info) -> Store:
    store: Store = info.context.store
    return store


def caller_of(info: Info) -> Caller:
    caller: Caller = info.context.caller
    return caller


def may(info: Info, *permissions: str) -> bool:
    """Whether the caller has one of the permissions."""
    return bool(caller_of(info).permissions.intersection(permissions))


def require(info: Info, *permissions: str) -> None:
    """Let pass who has one of the permissions.

    Raises:
        PermissionDenied: the caller has none.
    """
    if not may(info, *permissions):
        raise PermissionDenied(*permissions)


def require_owner(info: Info, owner: User | None, *permissions: str) -> None:
    """Let pass the owner too.

    Raises:
        PermissionDenied: the caller is neither the owner nor has one of the permissions.
    """
    user = caller_of(info).user
    if user is not None and user is owner:
        return
    if not may(info, *permissions):
        raise PermissionDenied("OWNER", *permissions)


def require_staff_or_app(info: Info) -> None:
    """Let pass staff and apps.

    Raises:
        PermissionDenied: a shopper or nobody asks.
    """
    caller = caller_of(info)
    if caller.app is None and not caller.is_staff:
        raise PermissionDenied("AUTHENTICATED_APP", "AUTHENTICATED_STAFF_USER")


def guarded(resolver: Resolver, *permissions: str) -> Resolver:
    """The resolver, for callers with one of the permissions."""

    def resolve(source: Any, info: Info, **arguments: Any) -> Any:
        require(info, *permissions)
        return resolver(source, info, **arguments)

    return resolve
