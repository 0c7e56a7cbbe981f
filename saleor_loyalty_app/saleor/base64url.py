"""Base64url without padding (RFC 4648 §5), strictly: Python's own skips foreign characters."""

import base64
import re

_ALPHABET = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


class Malformed(ValueError):
    """The text is not unpadded base64url."""


def decode(text: str) -> bytes:
    """The bytes behind `text`.

    Raises:
        Malformed: a character outside the alphabet, padding, nothing, or an impossible length.
    """
    if not _ALPHABET.fullmatch(text) or len(text) % 4 == 1:
        raise Malformed
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
