"""The root of all failures that have a stable code."""

from typing import ClassVar


class AppError(Exception):
    """A failure that people are told of.

    `code` is stable and part of the API; `status` is the HTTP status that fits; `detail` holds JSON
    values that complete the text (`error.<code>` in the catalogues, with named placeholders).
    """

    code: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500

    def __init__(self, **detail: object) -> None:
        super().__init__(self.code, detail)
        self.detail = detail

    def __str__(self) -> str:
        arguments = ", ".join(f"{name}={value}" for name, value in self.detail.items())
        return f"{self.code} ({arguments})" if arguments else self.code
