"""Failures of the room of custom events."""

from typing import ClassVar

from saleor_loyalty_app.errors import AppError


class EventInvalid(AppError):
    """The event cannot be taken; `problems` says each reason with its field."""

    code: ClassVar[str] = "event_invalid"
    status: ClassVar[int] = 422


class EventConflict(AppError):
    """Another event came under the same id before."""

    code: ClassVar[str] = "event_conflict"
    status: ClassVar[int] = 409


class EventNotFound(AppError):
    """No event came under this id, or its type is not one of the key's."""

    code: ClassVar[str] = "event_not_found"
    status: ClassVar[int] = 404
