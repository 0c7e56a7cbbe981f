"""Headers that answers share."""

from fastapi import Response


def make_private(response: Response, language: str) -> None:
    """Keeps what is one shopper's out of shared caches."""
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Language"] = language
    response.headers["Vary"] = "Authorization, Accept-Language"
