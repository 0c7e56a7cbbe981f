"""What can go wrong with a store; one class a failure."""

from typing import ClassVar

from saleor_loyalty_app.errors import AppError


class StoreNotFound(AppError):
    """No store with this address or id installed the app."""

    code: ClassVar[str] = "store_not_found"
    status: ClassVar[int] = 404

    def __init__(self, store: str) -> None:
        super().__init__(store=store)


class StoreInactive(AppError):
    """The store deactivated or uninstalled the app; nothing is done for it."""

    code: ClassVar[str] = "store_inactive"
    status: ClassVar[int] = 403

    def __init__(self, store: str) -> None:
        super().__init__(store=store)


class TokenUnreadable(AppError):
    """No secret key opens the store's token: one was removed before `secrets rotate`."""

    code: ClassVar[str] = "token_unreadable"
    status: ClassVar[int] = 500

    def __init__(self, store: str) -> None:
        super().__init__(store=store)


class UnknownTimezone(AppError):
    """There is no time zone of this name."""

    code: ClassVar[str] = "unknown_timezone"
    status: ClassVar[int] = 400

    def __init__(self, timezone: str) -> None:
        super().__init__(timezone=timezone)


class UnknownLanguage(AppError):
    """The app has no texts in this language."""

    code: ClassVar[str] = "unknown_language"
    status: ClassVar[int] = 400

    def __init__(self, language: str, known: str) -> None:
        super().__init__(language=language, known=known)


class UnknownSwitch(AppError):
    """There is no part of this name to switch on or off."""

    code: ClassVar[str] = "unknown_switch"
    status: ClassVar[int] = 400

    def __init__(self, part: str, known: str) -> None:
        super().__init__(part=part, known=known)


class InvalidOrigin(AppError):
    """Not the origin of a web page, such as https://shop.example.com."""

    code: ClassVar[str] = "invalid_origin"
    status: ClassVar[int] = 400

    def __init__(self, origin: str) -> None:
        super().__init__(origin=origin)


class TooManyOrigins(AppError):
    """A store lists more origins than anybody has storefronts."""

    code: ClassVar[str] = "too_many_origins"
    status: ClassVar[int] = 400

    def __init__(self, most: int) -> None:
        super().__init__(most=most)
