"""Who asks: a staff member with the app open in the Dashboard."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from saleor_loyalty_app.adjustments.repository import remember_staff
from saleor_loyalty_app.api.bearer import authenticate, bearer_token
from saleor_loyalty_app.api.context import FacesOf
from saleor_loyalty_app.api.saleor.tenants import Tenant
from saleor_loyalty_app.members.email_keys import normalize_email
from saleor_loyalty_app.saleor.errors import MissingUserPermission
from saleor_loyalty_app.saleor.tokens import Claims, verify_staff
from saleor_loyalty_app.stores.refs import StoreRef

FACE = "dashboard"
_ONLY_READ = frozenset({"GET", "HEAD", "OPTIONS"})
#: What changing the program, publishing it and its switches takes.
TO_CHANGE = frozenset({"MANAGE_DISCOUNTS"})
#: What spending for a customer and deciding a case takes: it belongs to an order or checkout.
TO_SERVE = frozenset({"MANAGE_ORDERS"})
#: What giving and taking points, merging and erasing takes: it moves the points of one person.
TO_GIVE = frozenset({"MANAGE_USERS"})
#: What settings and secrets take: storefront origins, mail, keys, retention, import, wind-down.
TO_SET_UP = frozenset({"MANAGE_APPS"})
#: One of these is enough to look at single customers, their points and their redemptions.
TO_SEE_MEMBERS = frozenset({"MANAGE_USERS", "MANAGE_ORDERS"})
#: One of these is enough to open the app and to see what names nobody.
TO_SEE = TO_SEE_MEMBERS | TO_CHANGE | TO_SET_UP


@dataclass(frozen=True, slots=True)
class Staff:
    """A staff member of a store, proved by the token that the Dashboard gave the page."""

    store: StoreRef
    user_id: str
    permissions: frozenset[str]
    #: As the token names it.
    email: str = ""

    @property
    def may_change(self) -> bool:
        """Whether this person may publish and switch."""
        return self.may(TO_CHANGE)

    @property
    def key(self) -> str:
        """Under which the gate counts them."""
        return f"{self.store.id}:{self.user_id}"

    @property
    def actor(self) -> str:
        """The name under which the books keep what this person did."""
        return f"user:{self.user_id}"

    def may(self, permissions: Collection[str]) -> bool:
        """Whether this person has all of `permissions`."""
        return self.permissions >= frozenset(permissions)

    def need(self, permissions: Collection[str]) -> None:
        """Refuses who lacks one of `permissions`.

        Raises:
            MissingUserPermission: naming what is missing.
        """
        if missing := frozenset(permissions) - self.permissions:
            raise MissingUserPermission(missing)

    def need_one(self, permissions: Collection[str]) -> None:
        """Refuses who has none of `permissions`.

        Raises:
            MissingUserPermission: naming them.
        """
        if not self.permissions & frozenset(permissions):
            raise MissingUserPermission(frozenset(permissions))


async def staff_of(request: Request, faces: FacesOf) -> Staff:
    """The staff member behind a request; whoever changes something is remembered by address.

    Raises:
        TokenMissing, InvalidToken: the token is not there or proves nothing here.
        MissingUserPermission: the person has none of the app's permissions.
    """

    def check(token: str, tenant: Tenant) -> Claims:
        return verify_staff(
            token,
            tenant.keys,
            issuer=tenant.store.api_url,
            app_id=tenant.store.app_id,
            now=faces.clock(),
        )

    token = bearer_token(request.headers.get("authorization"))
    store, claims = await authenticate(faces.tenants, token, check, face=FACE)
    if not claims.user_permissions & TO_SEE:
        raise MissingUserPermission(TO_SEE)
    staff = Staff(store, claims.user_id, claims.user_permissions, claims.email)
    if staff.email and request.method not in _ONLY_READ:
        await faces.database.write_async(
            lambda conn: remember_staff(
                conn, store.id, staff.actor, normalize_email(staff.email), now=faces.clock()
            )
        )
    return staff


StaffOf = Annotated[Staff, Depends(staff_of)]
