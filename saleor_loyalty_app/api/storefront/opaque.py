"""Ids and cursors that storefronts keep without looking into them."""

import base64
import re
from typing import ClassVar

from saleor_loyalty_app.ledger.errors import InvalidCursor
from saleor_loyalty_app.saleor.base64url import Malformed, decode

_AFTER = re.compile(rb"after:([0-9]{1,18})")


class CursorInvalid(InvalidCursor):
    """The cursor was not given by this API."""

    status: ClassVar[int] = 400


def entry_id(number: int) -> str:
    """The id of an entry."""
    return _encoded(f"entry:{number}")


def cursor_of(ledger_cursor: str) -> str:
    """A cursor of the ledger as it leaves the app."""
    return _encoded(f"after:{ledger_cursor}")


def ledger_cursor(cursor: str) -> str:
    """The ledger's cursor behind one of ours.

    Raises:
        CursorInvalid: it did not come from here.
    """
    try:
        found = _AFTER.fullmatch(decode(cursor))
    except Malformed:
        raise CursorInvalid from None
    if found is None:
        raise CursorInvalid
    return found[1].decode("ascii")


def _encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode("ascii")).rstrip(b"=").decode("ascii")
