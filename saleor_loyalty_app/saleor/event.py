"""What Saleor's webhooks bring, typed. Unknown fields are skipped, unknown words are kept as text.

A body is the selection of our subscription document at top level: the envelope that every document
asks for (`graphql/fragments/EventEnvelope.graphql`) and the event's subject beside it. Where
Saleor could not resolve a field, the nearest nullable parent is null and `errors` says why.
"""

import re
from datetime import datetime
from typing import Any, ClassVar, TypeVar

import msgspec

from saleor_loyalty_app import shapes
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot

S = TypeVar("S", bound=msgspec.Struct)


class MalformedEvent(AppError):
    """A body that cannot be understood.

    Attributes:
        reason: "not_json", "too_deep" or another stable word.
        place: where and what was expected, without any value.
    """

    code: ClassVar[str] = "malformed_event"
    status: ClassVar[int] = 400

    def __init__(self, reason: str, place: str = "") -> None:
        super().__init__(reason=reason, place=place)
        self.reason = reason
        self.place = place


class _Part(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    pass


class Principal(_Part, frozen=True):
    """Who caused the event: a User or an App; nobody for what Saleor does by itself."""

    typename: str = msgspec.field(name="__typename", default="")
    id: str | None = None


class Recipient(_Part, frozen=True):
    """The installed app that the delivery was made for."""

    id: str


class Envelope(_Part, frozen=True):
    """What every webhook says about itself."""

    typename: str = msgspec.field(name="__typename", default="")
    issued_at: datetime | None = None
    version: str | None = None
    issuing_principal: Principal | None = None
    recipient: Recipient | None = None
    #: GraphQL errors of the subscription, as Saleor wrote them.
    errors: Any = None

    @property
    def recipient_id(self) -> str | None:
        """The id of the app that the delivery was made for, if it says so."""
        return self.recipient.id if self.recipient else None

    def issued_by(self, app_id: str) -> bool:
        """Whether the app itself caused the event."""
        principal = self.issuing_principal
        return principal is not None and (principal.typename, principal.id) == ("App", app_id)

    def problem_paths(self) -> tuple[str, ...]:
        """Where in the body Saleor could not resolve a field, such as "order.lines.*.variant".

        The messages are left out, as they may hold data of people.
        """
        listed = self.errors if isinstance(self.errors, list) else [self.errors]
        return tuple(sorted({_place(error) for error in listed if error}))


class NodeRef(_Part, frozen=True):
    """Only the id of something, asked for beside it so that it survives when the rest is null."""

    id: str


class OrderEvent(_Part, frozen=True):
    """An ORDER_* or FULFILLMENT_* event (`graphql/subscriptions/orders.graphql`)."""

    order_ref: NodeRef | None = None
    order: OrderSnapshot | None = None


class OrderRefEvent(_Part, frozen=True):
    """Which order an event is about, readable also where the order itself is not."""

    order_ref: NodeRef | None = None


class OrdersEvent(_Part, frozen=True):
    """An ORDER_BULK_CREATED event (`graphql/subscriptions/orders_bulk.graphql`)."""

    order_refs: tuple[NodeRef, ...] | None = None
    orders: tuple[OrderSnapshot, ...] | None = None


class OrderRefsEvent(_Part, frozen=True):
    """Which orders a bulk event is about."""

    order_refs: tuple[NodeRef, ...] | None = None


class UserSnapshot(_Part, frozen=True):
    """A user as `graphql/fragments/UserSnapshot.graphql` asks for it."""

    id: str
    email: str = ""
    first_name: str = ""
    last_name: str = ""
    is_active: bool = True
    is_confirmed: bool = False
    is_staff: bool = False
    language_code: str = "EN"
    date_joined: datetime | None = None
    updated_at: datetime | None = None


class UserEvent(_Part, frozen=True):
    """A CUSTOMER_* or ACCOUNT_* event (`graphql/subscriptions/customers.graphql`)."""

    user: UserSnapshot | None = None


class Permission(_Part, frozen=True):
    code: str


class AppSnapshot(_Part, frozen=True):
    """An installed app as an APP_* event shows it."""

    id: str
    is_active: bool | None = None
    permissions: tuple[Permission, ...] | None = None


class AppEvent(_Part, frozen=True):
    """An APP_* event (`graphql/subscriptions/app_lifecycle.graphql`)."""

    app: AppSnapshot | None = None


def _place(error: object) -> str:
    path = error.get("path") if isinstance(error, dict) else None
    if not isinstance(path, list):
        return "?"
    return ".".join("*" if isinstance(step, int) else str(step) for step in path)


#: A zero character, which no database takes; an escaped backslash before it makes it plain text.
_ZERO = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")


def parse(body: bytes, shape: type[S]) -> S:
    """Reads a body as `shape`, one of the structures here or a plugin's own.

    Raises:
        MalformedEvent: not UTF-8 JSON, nested deeper than the parser goes (some 1,000 levels), or
            not of this shape; its reason names the place, never a value.
    """
    try:
        return shapes.decode(body, shape)
    except msgspec.ValidationError as failure:
        raise MalformedEvent("unexpected_shape", str(failure)) from failure
    except RecursionError:
        raise MalformedEvent("too_deep") from None
    except (msgspec.DecodeError, UnicodeDecodeError):
        raise MalformedEvent("not_json") from None


def parse_envelope(body: bytes) -> Envelope:
    """Reads what a webhook says about itself.

    Raises:
        MalformedEvent: see `parse`; also for a zero character anywhere in the body.
    """
    if b"\\u0000" in body and _ZERO.search(body):
        raise MalformedEvent("zero_character")
    return parse(body, Envelope)


def typename_of(event: str) -> str:
    """The GraphQL type of an event name: "ORDER_FULLY_PAID" is `OrderFullyPaid`."""
    return "".join(word.capitalize() for word in event.split("_"))
