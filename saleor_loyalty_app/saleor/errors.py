"""What can go wrong between the app and Saleor; one class a failure."""

from typing import ClassVar

from saleor_loyalty_app.errors import AppError


class InvalidSignature(AppError):
    """A webhook's signature proves nothing; `reason` says why, for the counters."""

    code: ClassVar[str] = "invalid_signature"
    status: ClassVar[int] = 401

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)
        self.reason = reason


class InvalidToken(AppError):
    """A shopper's or staff member's token proves nothing; `reason` says why."""

    code: ClassVar[str] = "invalid_token"
    status: ClassVar[int] = 401

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)
        self.reason = reason


class MissingUserPermission(AppError):
    """The staff member may not do this: `permissions` are missing."""

    code: ClassVar[str] = "missing_user_permission"
    status: ClassVar[int] = 403

    def __init__(self, permissions: frozenset[str]) -> None:
        super().__init__(permissions=", ".join(sorted(permissions)))


class UnknownKey(AppError):
    """The key named by a signature is not among the known ones; it may be a new one."""

    code: ClassVar[str] = "unknown_key"
    status: ClassVar[int] = 401

    def __init__(self, kid: str) -> None:
        super().__init__(kid=kid)
        self.kid = kid


class InvalidKeySet(AppError):
    """The store's `/.well-known/jwks.json` holds no key that could have signed anything."""

    code: ClassVar[str] = "invalid_key_set"
    status: ClassVar[int] = 502

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


class InvalidApiUrl(AppError):
    """Not the address of a Saleor API."""

    code: ClassVar[str] = "invalid_api_url"
    status: ClassVar[int] = 400

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)


class ForbiddenAddress(AppError):
    """A host leads to an address inside the operator's own network."""

    code: ClassVar[str] = "forbidden_address"
    status: ClassVar[int] = 403

    def __init__(self, host: str) -> None:
        super().__init__(host=host)


class UnsupportedSaleor(AppError):
    """The store runs a Saleor that is too old, or whose version cannot be read."""

    code: ClassVar[str] = "unsupported_saleor"
    status: ClassVar[int] = 400

    def __init__(self, version: str, oldest: str) -> None:
        super().__init__(version=version, oldest=oldest)


class SaleorUnavailable(AppError):
    """Saleor did not answer, or said that it cannot now.

    Of a mutation nobody knows whether it happened: look before doing it again.

    Attributes:
        retry_after: seconds that Saleor asked to wait, if it did.
    """

    code: ClassVar[str] = "saleor_unavailable"
    status: ClassVar[int] = 503

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason=reason)
        self.reason = reason
        self.retry_after = retry_after


class SaleorPermissionDenied(AppError):
    """Saleor answers this token as it does a stranger: a dead token or a missing permission."""

    code: ClassVar[str] = "saleor_permission_denied"
    status: ClassVar[int] = 502

    def __init__(self, message: str) -> None:
        super().__init__(message=message)


class SaleorQueryTooCostly(AppError):
    """The query costs more than the store allows; ask for less at once."""

    code: ClassVar[str] = "saleor_query_too_costly"
    status: ClassVar[int] = 502

    def __init__(self, requested: int, maximum: int) -> None:
        super().__init__(requested=requested, maximum=maximum)
        self.requested = requested
        self.maximum = maximum


class SaleorQueryError(AppError):
    """Saleor understood the request as wrong; repeating it changes nothing.

    Attributes:
        in_data: the document is right, but Saleor could not give some of the data.
    """

    code: ClassVar[str] = "saleor_query_error"
    status: ClassVar[int] = 502

    def __init__(self, message: str, *, in_data: bool = False) -> None:
        super().__init__(message=message)
        self.message = message
        self.in_data = in_data
