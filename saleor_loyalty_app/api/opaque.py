"""Ids and cursors that clients keep without looking into them."""

import base64
import re
from typing import ClassVar

from saleor_loyalty_app.ledger.errors import InvalidCursor
from saleor_loyalty_app.saleor.base64url import Malformed, decode

_AFTER = re.compile(rb"after:([0-9]{1,18})")
_CASE = re.compile(rb"case:([0-9]{1,18})")
_WEBHOOK = re.compile(rb"webhook:([0-9]{1,18})")
_EVENT = re.compile(rb"event:([0-9]{1,18})")
_DELIVERY = re.compile(rb"delivery:([0-9]{1,18})")
_LETTER = re.compile(rb"letter:([0-9]{1,18})")
_JOB = re.compile(rb"job:([\x20-\x7e]{1,600})")


class CursorInvalid(InvalidCursor):
    """The cursor was not given by this API."""

    status: ClassVar[int] = 400


def entry_id(number: int) -> str:
    """The id of an entry."""
    return _encoded(f"entry:{number}")


def case_id(number: int) -> str:
    """The id of a case."""
    return _encoded(f"case:{number}")


def case_number(text: str) -> int | None:
    """The number behind the id of a case; None for any other text."""
    found = _found(_CASE, text)
    return None if found is None else int(found[1])


def letter_id(number: int) -> str:
    """The id of a dead letter."""
    return _encoded(f"letter:{number}")


def letter_number(text: str) -> int | None:
    """The number behind the id of a dead letter; None for any other text."""
    found = _found(_LETTER, text)
    return None if found is None else int(found[1])


def job_id(name: str) -> str:
    """The id of a job."""
    return _encoded(f"job:{name}")


def job_name(text: str) -> str | None:
    """The job behind an id; None for any other text."""
    found = _found(_JOB, text)
    return None if found is None else found[1].decode("ascii")


def delivery_id(number: int) -> str:
    """The id of a message in the log."""
    return _encoded(f"delivery:{number}")


def delivery_number(text: str) -> int | None:
    """The number behind the id of a message; None for any other text."""
    found = _found(_DELIVERY, text)
    return None if found is None else int(found[1])


def webhook_id(number: int) -> str:
    """The id of a partner's webhook."""
    return _encoded(f"webhook:{number}")


def webhook_number(text: str) -> int | None:
    """The number behind the id of a partner's webhook; None for any other text."""
    found = _found(_WEBHOOK, text)
    return None if found is None else int(found[1])


def partner_delivery_id(number: int) -> str:
    """The id of an event in the log of a webhook."""
    return _encoded(f"event:{number}")


def partner_delivery_number(text: str) -> int | None:
    """The number behind the id of an event; None for any other text."""
    found = _found(_EVENT, text)
    return None if found is None else int(found[1])


def number_after(cursor: str | None) -> int | None:
    """The number behind a cursor of ours; None where a list is read from its beginning.

    Raises:
        CursorInvalid: it did not come from here.
    """
    return None if cursor is None else int(ledger_cursor(cursor))


def cursor_of(ledger_cursor: str) -> str:
    """A cursor of the ledger as it leaves the app."""
    return _encoded(f"after:{ledger_cursor}")


def ledger_cursor(cursor: str) -> str:
    """The ledger's cursor behind one of ours.

    Raises:
        CursorInvalid: it did not come from here.
    """
    found = _found(_AFTER, cursor)
    if found is None:
        raise CursorInvalid
    return found[1].decode("ascii")


def _found(pattern: re.Pattern[bytes], text: str) -> re.Match[bytes] | None:
    try:
        return pattern.fullmatch(decode(text))
    except Malformed:
        return None


def _encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode("ascii")).rstrip(b"=").decode("ascii")
