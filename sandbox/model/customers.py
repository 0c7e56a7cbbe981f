"""Users of the store: shoppers and staff."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sandbox.model.errors import Refused
from sandbox.model.store import Caller, Store

_ADDRESS_FIELDS = (
    "first_name",
    "last_name",
    "company_name",
    "street_address_1",
    "street_address_2",
    "city",
    "city_area",
    "postal_code",
    "country_area",
    "phone",
)
_PLAIN_FIELDS = ("first_name", "last_name", "note", "language_code", "external_reference")
_MAX_PASSWORD_AGE_KEY = 12
_BETWEEN_PASSWORD_LETTERS = timedelta(minutes=15)


@dataclass(eq=False)
class Address:
    pk: int
    country: str = ""
    first_name: str = ""
    last_name: str = ""
    company_name: str = ""
    street_address_1: str = ""
    street_address_2: str = ""
    city: str = ""
    city_area: str = ""
    postal_code: str = ""
    country_area: str = ""
    phone: str = ""
    metadata: dict[str, str] = field(default_factory=dict)
    private_metadata: dict[str, str] = field(default_factory=dict)


@dataclass(eq=False)
class User:
    pk: int
    email: str
    date_joined: datetime
    updated_at: datetime
    jwt_token_key: str
    password: str | None = None
    first_name: str = ""
    last_name: str = ""
    is_active: bool = True
    is_staff: bool = False
    is_confirmed: bool = True
    is_deleted: bool = False
    last_login: datetime | None = None
    language_code: str = "EN"
    external_reference: str | None = None
    note: str | None = None
    confirmation_token: str | None = None
    password_token: str | None = None
    password_asked_at: datetime | None = None
    permissions: frozenset[str] = frozenset()
    addresses: list[Address] = field(default_factory=list)
    default_billing_address: Address | None = None
    default_shipping_address: Address | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    private_metadata: dict[str, str] = field(default_factory=dict)


def make_address(store: Store, data: dict[str, Any] | None) -> Address | None:
    """An address from `AddressInput` data (snake_case keys)."""
    if data is None:
        return None
    address = Address(pk=store.ids.next("Address"), country=data.get("country") or "")
    for name in _ADDRESS_FIELDS:
        setattr(address, name, data.get(name) or "")
    address.metadata.update(data.get("metadata") or {})
    return address


def copy_address(store: Store, address: Address | None) -> Address | None:
    if address is None:
        return None
    return replace(address, pk=store.ids.next("Address"), metadata=dict(address.metadata))


def find_by_email(store: Store, email: str) -> User | None:
    wanted = email.lower()
    return next((user for user in store.users.values() if user.email.lower() == wanted), None)


def add_user(store: Store, email: str, **fields: Any) -> User:
    """Put a user into the store without telling anybody."""
    now = store.now()
    user = User(
        pk=store.ids.next("User"),
        email=email.lower(),
        date_joined=now,
        updated_at=now,
        jwt_token_key=store.ids.token(_MAX_PASSWORD_AGE_KEY),
        **fields,
    )
    store.users[user.pk] = user
    return user


def register(store: Store, caller: Caller, data: dict[str, Any]) -> User | None:
    """Sign a shopper up; None when the e-mail is taken, which a caller must not learn.

    The account is not confirmed, also where the store asks nobody to confirm.
    """
    if find_by_email(store, data["email"]) is not None:
        return None
    user = add_user(
        store,
        data["email"],
        password=data["password"],
        first_name=data.get("first_name") or "",
        last_name=data.get("last_name") or "",
        language_code=data.get("language_code") or "EN",
        is_confirmed=False,
        metadata=dict(data.get("metadata") or {}),
    )
    store.emit("CUSTOMER_CREATED", user, caller)
    if store.asks_to_confirm:
        user.confirmation_token = store.ids.token(39)
        store.emit(
            "ACCOUNT_CONFIRMATION_REQUESTED",
            user,
            caller,
            token=user.confirmation_token,
            redirect_url=data.get("redirect_url"),
            channel=data.get("channel"),
        )
    return user


def confirm(store: Store, caller: Caller, email: str, token: str) -> User:
    """Confirm an e-mail address; guest orders of it join only by the store's setting.

    Raises:
        Refused: unknown e-mail or wrong token.
    """
    user = find_by_email(store, email)
    if user is None:
        raise Refused("NOT_FOUND", "User with this email doesn't exist", "email")
    if user.confirmation_token is None or user.confirmation_token != token:
        raise Refused("INVALID", "Invalid token.", "token")
    user.is_confirmed = True
    user.confirmation_token = None
    user.updated_at = store.now()
    if store.merge_guest_orders_on_confirmation:
        attach_guest_orders(store, user)
    store.emit("ACCOUNT_CONFIRMED", user, caller)
    return user


def ask_for_password(
    store: Store, caller: Caller, email: str, redirect_url: str, channel: str | None
) -> None:
    """Write to somebody how to set a password; a caller must not learn whether the e-mail is known.

    Saleor writes to one address every 15 minutes.
    """
    user = find_by_email(store, email)
    if user is None or not user.is_active:
        return
    asked = user.password_asked_at
    if asked is not None and store.now() - asked < _BETWEEN_PASSWORD_LETTERS:
        return
    user.password_token, user.password_asked_at = store.ids.token(39), store.now()
    store.emit(
        "ACCOUNT_SET_PASSWORD_REQUESTED",
        user,
        caller,
        token=user.password_token,
        redirect_url=redirect_url,
        channel=channel,
    )


def set_password(store: Store, email: str, token: str, password: str) -> User:
    """Set a password with the token of the letter, which proves the address: nobody is told of it.

    Raises:
        Refused: unknown e-mail or wrong token.
    """
    user = find_by_email(store, email)
    if user is None or user.password_token is None or user.password_token != token:
        raise Refused("INVALID", "Invalid or expired token.", "token")
    user.password, user.password_token = password, None
    if not user.is_confirmed:
        user.is_confirmed = True
        attach_guest_orders(store, user)
    user.updated_at = store.now()
    return user


def create_customer(store: Store, caller: Caller, data: dict[str, Any]) -> User:
    """Staff or an app adds a customer, who confirms the address by setting a password.

    Raises:
        Refused: no e-mail, or it is taken.
    """
    email = data.get("email")
    if not email:
        raise Refused("REQUIRED", "This field cannot be blank.", "email")
    if find_by_email(store, email) is not None:
        raise Refused("UNIQUE", "User with this Email already exists.", "email")
    user = add_user(store, email, is_confirmed=False)
    _write(store, user, data)
    store.emit("CUSTOMER_CREATED", user, caller)
    if data.get("metadata") or data.get("private_metadata"):
        store.emit("CUSTOMER_METADATA_UPDATED", user, caller)
    return user


def update_customer(store: Store, caller: Caller, user: User, data: dict[str, Any]) -> User:
    """Change a customer; a confirmation attaches the guest orders of the address silently."""
    was_confirmed, old_email = user.is_confirmed, user.email
    if data.get("email"):
        taken = find_by_email(store, data["email"])
        if taken is not None and taken is not user:
            raise Refused("UNIQUE", "User with this Email already exists.", "email")
        user.email = data["email"].lower()
    if data.get("is_confirmed") is not None:
        user.is_confirmed = data["is_confirmed"]
    _write(store, user, data)
    user.updated_at = store.now()
    if user.is_confirmed and (not was_confirmed or user.email != old_email):
        attach_guest_orders(store, user)
    store.emit("CUSTOMER_UPDATED", user, caller)
    if data.get("metadata") or data.get("private_metadata"):
        store.emit("CUSTOMER_METADATA_UPDATED", user, caller)
    return user


def delete_customer(store: Store, caller: Caller, user: User, event: str) -> User:
    """Remove a user; the orders stay, with the e-mail and without the user."""
    del store.users[user.pk]
    user.is_deleted = True
    for order in store.orders.values():
        if order.user is user:
            order.user = None
    for checkout in store.checkouts.values():
        if checkout.user is user:
            checkout.user = None
    store.emit(event, user, caller)
    return user


def attach_guest_orders(store: Store, user: User) -> None:
    """Give confirmed guest orders of the e-mail to the user: no event, no new `updatedAt`."""
    for order in store.orders.values():
        if (
            order.user is None
            and order.user_email.lower() == user.email
            and order.status not in {"DRAFT", "UNCONFIRMED"}
        ):
            order.user = user


def _write(store: Store, user: User, data: dict[str, Any]) -> None:
    for name in _PLAIN_FIELDS:
        if data.get(name) is not None:
            setattr(user, name, data[name])
    if data.get("is_active") is not None:
        user.is_active = data["is_active"]
    user.metadata.update(data.get("metadata") or {})
    user.private_metadata.update(data.get("private_metadata") or {})
    for name in ("default_billing_address", "default_shipping_address"):
        address = make_address(store, data.get(name))
        if address is not None:
            setattr(user, name, address)
            user.addresses.append(address)
