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


class LocaleChanged(AppError):
    """Somebody else changed time zone or language meanwhile; nothing was stored."""

    code: ClassVar[str] = "store_locale_changed"
    status: ClassVar[int] = 409

    def __init__(self, timezone: str, language: str) -> None:
        super().__init__(timezone=timezone, language=language)


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


class PartnerKeyInvalid(AppError):
    """The API key does not work. Why is told in the log only."""

    code: ClassVar[str] = "invalid_key"
    status: ClassVar[int] = 401


class SignatureInvalid(AppError):
    """The signature does not fit, or its key does not work. Which is told in the log only."""

    code: ClassVar[str] = "invalid_signature"
    status: ClassVar[int] = 401
    scheme: ClassVar[str] = "Loyalty-Key"


class SignatureRequired(AppError):
    """Requests with the API key have to be signed."""

    code: ClassVar[str] = "signature_required"
    status: ClassVar[int] = 401
    scheme: ClassVar[str] = "Loyalty-Key"


class SignatureTimeUnfit(AppError):
    """The request was signed too early or too late. Detail: now, tolerance_seconds."""

    code: ClassVar[str] = "signature_time_unfit"
    status: ClassVar[int] = 401
    scheme: ClassVar[str] = "Loyalty-Key"


class PartnerKeyUnknown(AppError):
    """The store has no such API key."""

    code: ClassVar[str] = "partner_key_unknown"
    status: ClassVar[int] = 404


class PartnerKeyEnded(AppError):
    """The API key was revoked, or has expired."""

    code: ClassVar[str] = "partner_key_ended"
    status: ClassVar[int] = 409


class TooManyPartnerKeys(AppError):
    """A store has more API keys than systems. Detail: most."""

    code: ClassVar[str] = "too_many_partner_keys"
    status: ClassVar[int] = 409


class ExpiryUnfit(AppError):
    """The last day of a key is over, or too far away. Detail: latest."""

    code: ClassVar[str] = "expiry_unfit"
    status: ClassVar[int] = 422
