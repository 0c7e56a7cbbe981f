"""API keys as they are written: `slk_<prefix>_<secret>`. Pure, but for drawing new ones.

The prefix is public and finds the key; the secret is random, so that a plain hash of it is as good
as a slow one: nobody guesses 238 bits.
"""

import hashlib
import hmac
import re
import secrets
import string
from dataclasses import dataclass, field

_PREFIX_LETTERS = string.ascii_lowercase + string.digits
_SECRET_LETTERS = string.ascii_letters + string.digits
#: 36**12 prefixes: two keys never meet.
PREFIX_LENGTH = 12
#: 62**40 secrets: 238 bits.
SECRET_LENGTH = 40
_PUBLIC = rf"slk_([a-z0-9]{{{PREFIX_LENGTH}}})"
_ID = re.compile(_PUBLIC)
_TOKEN = re.compile(rf"{_PUBLIC}_([A-Za-z0-9]{{{SECRET_LENGTH}}})")


@dataclass(frozen=True, slots=True)
class PartnerToken:
    """A key in its two parts."""

    prefix: str
    secret: str = field(repr=False)

    @property
    def text(self) -> str:
        """As it is sent."""
        return f"slk_{self.prefix}_{self.secret}"

    @property
    def digest(self) -> str:
        """What is stored of it: SHA-256, bound to the prefix."""
        return hashlib.sha256(f"partner-key\0{self.prefix}\0{self.secret}".encode()).hexdigest()

    def matches(self, stored: str) -> bool:
        """Whether it is the key of a stored digest; takes as long for a wrong one."""
        return hmac.compare_digest(self.digest, stored)


def new_token(prefix: str = "") -> PartnerToken:
    """A key that nobody knows; under a `prefix`, a new secret of that key."""
    return PartnerToken(
        prefix or _draw(_PREFIX_LETTERS, PREFIX_LENGTH), _draw(_SECRET_LETTERS, SECRET_LENGTH)
    )


def read_token(text: str) -> PartnerToken | None:
    """The parts of a key; None for any other text."""
    found = _TOKEN.fullmatch(text)
    return None if found is None else PartnerToken(found[1], found[2])


def read_id(text: str) -> str:
    """The prefix of a key that is named without its secret (`slk_<prefix>`); "" = it is none."""
    found = _ID.fullmatch(text)
    return "" if found is None else found[1]


def shown(prefix: str) -> str:
    """How a key is named where its secret is not shown."""
    return f"slk_{prefix}_…"


def _draw(letters: str, length: int) -> str:
    return "".join(secrets.choice(letters) for _ in range(length))
