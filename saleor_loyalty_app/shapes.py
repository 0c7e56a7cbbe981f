"""Reading JSON values as msgspec's types, from any thread.

msgspec (0.22 at least) works out what a type consists of when the type is first used, and crashes
the whole process when two threads do that at once for types that belong together. So here a type
is worked out under a lock; after that msgspec may be used from any number of threads.
"""

import threading
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

_decoders: dict[Any, msgspec.json.Decoder[Any]] = {}  # noqa: TID251
_lock = threading.Lock()


def decoder(shape: type[T]) -> msgspec.json.Decoder[T]:  # noqa: TID251
    """The one decoder of JSON text for a type."""
    found = _decoders.get(shape)
    if found is None:
        with _lock:
            found = _decoders.setdefault(shape, msgspec.json.Decoder(shape))  # noqa: TID251
    return found


def decode(text: bytes | str, shape: type[T]) -> T:
    """JSON text as a type.

    Raises:
        msgspec.DecodeError, msgspec.ValidationError, RecursionError, UnicodeDecodeError.
    """
    return decoder(shape).decode(text)


def convert(value: Any, shape: type[T]) -> T:
    """Plain JSON values as a type.

    Raises:
        msgspec.ValidationError, RecursionError.
    """
    decoder(shape)
    return msgspec.convert(value, shape)  # noqa: TID251
