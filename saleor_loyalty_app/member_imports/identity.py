"""What makes a row the same row in another file: so that nothing is booked twice.

A row with an external id is known by it alone. Any other is known by all that it says of points:
whose they are, how many, until when and since when, and where they belong. Whose they are goes in
as a keyed hash, under each secret that addresses were ever keyed with. Consents and totals are no
part of it: to write them down again changes nothing.
"""

import hashlib
from dataclasses import dataclass
from typing import Protocol

from saleor_loyalty_app.members.email_keys import EmailKeys


class Says(Protocol):
    """What a row says, fresh from the file or as it was kept."""

    @property
    def email(self) -> str: ...
    @property
    def user_id(self) -> str: ...
    @property
    def external_id(self) -> str: ...
    @property
    def points(self) -> int: ...
    @property
    def expires(self) -> str: ...
    @property
    def earned(self) -> str: ...
    @property
    def channel(self) -> str: ...
    @property
    def currency(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Identity:
    """Of one row: `keys` to look for, of which the first is written; `digest` of what it says.

    `owners` stand for the person, the first one is written: "user:<id>" or keys of an address.
    """

    owners: tuple[str, ...]
    keys: tuple[str, ...]
    digest: str


def identity_of(store_id: int, row: Says, keys: EmailKeys) -> Identity:
    """What a row is known by in a store."""
    says = (row.points, row.expires, row.earned, row.channel, row.currency)
    digest = _hash("says", *says)
    owners = (f"user:{row.user_id}",) if row.user_id else keys.every(store_id, row.email)
    if row.external_id:
        known: tuple[str, ...] = (_hash("external", store_id, row.external_id),)
    else:
        known = tuple(_hash("row", store_id, owner, digest) for owner in owners)
    return Identity(owners, known, digest)


def _hash(*parts: object) -> str:
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()
