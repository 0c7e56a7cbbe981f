"""What every channel takes and what may become of it."""

from dataclasses import dataclass
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that is ready to go to one address.

    Args:
        reference: the same for every try, so that a mail that was sent twice can be seen to be one.
        unsubscribe_url: takes a POST that ends offers at once (RFC 8058); "" for what is no offer.
    """

    reference: str
    to: str
    subject: str
    html: str
    text: str
    unsubscribe_url: str = ""


@dataclass(frozen=True, slots=True)
class TextMessage:
    """A text message that is ready to go to one number (E.164)."""

    reference: str
    to: str
    text: str


class Scope(StrEnum):
    """What a refusal says something about."""

    #: This address will never take anything.
    address = "address"
    #: This message will never be taken.
    message = "message"
    #: This message may be taken later.
    later = "later"
    #: Nothing can be sent before something is mended.
    server = "server"


class NotSent(Exception):
    """A message was not taken.

    Args:
        scope: what is to be concluded.
        why: a stable word: unknown_address, refused, busy, connect, tls, sign_in, sender, …
        answer: what the other side said, shortened; may hold an address.
    """

    def __init__(self, scope: Scope, why: str, answer: str = "") -> None:
        super().__init__(scope, why)
        self.scope = scope
        self.why = why
        self.answer = answer[:300]
