"""What an action answers when it refuses."""


class Refused(Exception):
    """An action is not possible; shown as one entry of a mutation's `errors`.

    `field` is the input field in question (camelCase, or None), `code` a value of the mutation's
    error code enum. `details` are further fields of that entry, in snake_case.
    """

    def __init__(
        self, code: str, message: str, field: str | None = None, **details: object
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.field = field
        self.details = details


class PermissionDenied(Exception):
    """The caller may not do or see this; answered with HTTP 200 and an entry in `errors`."""

    def __init__(self, *permissions: str) -> None:
        self.permissions = permissions
        names = ", ".join(permissions)
        super().__init__(
            f"To access this path, you need one of the following permissions: {names}"
            if permissions
            else "You do not have permission to perform this action"
        )
