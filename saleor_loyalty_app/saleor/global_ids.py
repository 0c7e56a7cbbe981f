"""Saleor's opaque ids: base64 of `Type:key`."""

import base64
import binascii
import uuid

#: Longer than any id of Saleor.
LONGEST = 200


#: Types whose keys are numbers of 32 bits; all others asked for here have UUIDs.
_NUMBERED = frozenset({"User", "Product", "ProductVariant"})


def names(text: str, type_name: str) -> bool:
    """Whether a text is an id of this type: of a user, a checkout, an order, a product, a variant.

    Saleor answers what is none with an error of the whole document.
    """
    if len(text) > LONGEST:
        return False
    try:
        kind, _, key = base64.b64decode(text, validate=True).decode().partition(":")
        if type_name in _NUMBERED:
            return kind == type_name and key.isdecimal() and key.isascii() and int(key) < 2**31
        uuid.UUID(key)
    except (binascii.Error, ValueError):
        return False
    return kind == type_name
