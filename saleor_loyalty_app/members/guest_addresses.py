"""Addresses of guests on their way to one mail: sealed, as nobody who is no member is stored.

What is sealed goes with the message that carried it.
"""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from saleor_loyalty_app.members.email_keys import EmailKeys

_PURPOSE = b"saleor-loyalty: addresses of guests"


def seal_address(keys: EmailKeys, store_id: int, email: str) -> str:
    """An address in a form that only the app reads, and only for this store."""
    return _fernet(keys).encrypt(f"{store_id}\n{email}".encode()).decode("ascii")


def open_address(keys: EmailKeys, store_id: int, sealed: str) -> str:
    """The address behind `sealed`; "" where it is another store's or the secret is gone."""
    try:
        owner, _, email = _fernet(keys).decrypt(sealed).decode().partition("\n")
    except InvalidToken:
        return ""
    return email if owner == str(store_id) else ""


def _fernet(keys: EmailKeys) -> MultiFernet:
    return MultiFernet([Fernet(_key(secret)) for secret in keys.secrets])


def _key(secret: bytes) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret)
    return base64.urlsafe_b64encode(derived)
