"""Versions of Saleor's schema, and which of them the app speaks to."""

import re
from dataclasses import dataclass

from saleor_loyalty_app.saleor.errors import UnsupportedSaleor

_VERSION = re.compile(r"(\d{1,3})\.(\d{1,3})([.-].{0,40})?", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class SchemaVersion:
    """Major and minor; patches do not change the schema."""

    major: int
    minor: int

    @classmethod
    def parse(cls, text: str) -> "SchemaVersion":
        """Reads "3.23", "3.23.28" or "3.24.0-a.0".

        Raises:
            UnsupportedSaleor: it is not a version.
        """
        found = _VERSION.fullmatch(text)
        if not found:
            raise UnsupportedSaleor(text[:40], str(OLDEST))
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}"


OLDEST = SchemaVersion(3, 22)
NEWEST = SchemaVersion(3, 24)
#: Webhooks and extensions have identifiers since then, and Saleor no longer checks mounts itself.
IDENTIFIERS = SchemaVersion(3, 23)


def spoken_version(text: str) -> SchemaVersion:
    """The version in which to speak to a store that names its version `text`.

    A newer one than we know is spoken to as the newest known.

    Raises:
        UnsupportedSaleor: it is older than the oldest supported, or not a version.
    """
    version = SchemaVersion.parse(text)
    if version < OLDEST:
        raise UnsupportedSaleor(str(version), str(OLDEST))
    return min(version, NEWEST)
