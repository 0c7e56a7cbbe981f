"""Identifiers: Saleor's global ids, and a seeded source of new ones."""

import base64
import binascii
import random
import string
import uuid
from collections import defaultdict
from functools import lru_cache

_TOKEN_LETTERS = string.ascii_letters + string.digits


@lru_cache(maxsize=65536)
def global_id(type_name: str, pk: int | str) -> str:
    """Saleor's opaque id: base64 of `Type:key`."""
    return base64.b64encode(f"{type_name}:{pk}".encode()).decode()


def parse_global_id(value: str) -> tuple[str, str]:
    """The type name and key inside a global id.

    Raises:
        ValueError: `value` is not a global id.
    """
    try:
        type_name, separator, pk = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise ValueError(f"Invalid ID: {value}") from error
    if not separator or not type_name or not pk:
        raise ValueError(f"Invalid ID: {value}")
    return type_name, pk


class IdSource:
    """New ids, the same ones for the same seed and the same order of asking."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._counters: defaultdict[str, int] = defaultdict(int)

    def next(self, family: str) -> int:
        """The next number of a family: 1, 2, 3…"""
        self._counters[family] += 1
        return self._counters[family]

    def uuid(self) -> str:
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def token(self, length: int = 30) -> str:
        """Letters and digits, as Saleor's app tokens."""
        return "".join(self._random.choices(_TOKEN_LETTERS, k=length))
