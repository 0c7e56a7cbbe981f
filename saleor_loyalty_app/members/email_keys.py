"""Keys that stand for e-mail addresses and accounts: people are found and nobody is stored."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field

_ASCII_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_TO_LOWER = str.maketrans(_ASCII_UPPER, _ASCII_UPPER.lower())

#: Buckets of the hold-out experiment: 0..9999, so that one stands for a hundredth of a percent.
BUCKETS = 10_000


def normalize_email(email: str) -> str:
    """The form in which two spellings of one address are equal.

    Only A to Z become small. Every other letter stays as it is written, because folding or
    composing them would make different mailboxes equal: "ı" is not "i", the kelvin sign is not "k",
    and who owns one of them must not get the points of the other.
    """
    return email.strip().translate(_TO_LOWER)


def bucket_of(store_id: int, email: str) -> int:
    """The bucket of an address in a store, the same for a guest and the user they become."""
    digest = hashlib.sha256(f"bucket\0{store_id}\0{normalize_email(email)}".encode()).digest()
    return int.from_bytes(digest[:8], "big") % BUCKETS


@dataclass(frozen=True, slots=True)
class EmailKeys:
    """Makes keys of e-mail addresses, and accounts, with the app's secrets, the newest first.

    Keys of different stores differ, so that nobody can be followed from one store to another.
    """

    secrets: tuple[bytes, ...] = field(repr=False)

    def __post_init__(self) -> None:
        if not self.secrets or not all(self.secrets):
            raise ValueError("keys of e-mail addresses need a secret")

    @classmethod
    def of(cls, secrets: Iterable[str]) -> "EmailKeys":
        """From secrets as the settings hold them, the newest first."""
        return cls(tuple(secret.encode() for secret in secrets))

    def current(self, store_id: int, email: str) -> str:
        """The key to write."""
        return _key(self.secrets[0], store_id, email)

    def every(self, store_id: int, email: str) -> tuple[str, ...]:
        """The keys to look for: by the newest secret and by those it replaced."""
        return tuple(_key(secret, store_id, email) for secret in self.secrets)

    def of_account(self, store_id: int, user_id: str) -> tuple[str, ...]:
        """The keys of a Saleor user: that by the newest secret, then those to look for as well."""
        text = f"member-user\0{store_id}\0{user_id}"
        return tuple(_digest(secret, text) for secret in self.secrets)


def _key(secret: bytes, store_id: int, email: str) -> str:
    return _digest(secret, f"member-email\0{store_id}\0{normalize_email(email)}")


def _digest(secret: bytes, text: str) -> str:
    return hmac.new(secret, text.encode(), hashlib.sha256).hexdigest()
