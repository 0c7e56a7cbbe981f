"""Saleor's opaque ids: base64 of `Type:key`."""

import base64
import binascii
import uuid

#: Longer than any id of Saleor.
LONGEST = 200


def names(text: str, type_name: str) -> bool:
    """Whether a text is an id of this type whose key is a UUID (checkouts and orders).

    Saleor answers what is none with an error of the whole document.
    """
    if len(text) > LONGEST:
        return False
    try:
        kind, _, key = base64.b64decode(text, validate=True).decode().partition(":")
        uuid.UUID(key)
    except (binascii.Error, ValueError):
        return False
    return kind == type_name
