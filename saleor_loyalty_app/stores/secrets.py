"""The stores' tokens at rest: encrypted, with keys that can be changed."""

import base64
import contextlib
import hashlib
from collections.abc import Iterable

import sqlalchemy as sa
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.hot import Hot
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.stores.errors import StoreInactive, StoreNotFound, TokenUnreadable
from saleor_loyalty_app.stores.models import Store

_STORE = table(Store)
#: Before each request to Saleor.
_TOKEN = Hot(
    sa.select(_STORE.c.saleor_api_url, _STORE.c.token_encrypted).where(
        _STORE.c.id == sa.bindparam("of_store")
    )
)
_PURPOSE = b"saleor-loyalty: tokens of stores"


class TokenCipher:
    """Encrypts with the newest secret and decrypts with any.

    A token is sealed together with the address of its store, so that it cannot be moved to another
    row.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        self._keys = {_fingerprint(key): Fernet(key) for key in map(_fernet_key, secrets)}
        self._fernet = MultiFernet(self._keys.values())

    @property
    def fingerprints(self) -> tuple[str, ...]:
        """What the keys are told apart by, newest first; nothing can be opened with it."""
        return tuple(self._keys)

    def key_of(self, sealed: str) -> str:
        """The fingerprint of the key that sealed it; "" = none of these."""
        for name, key in self._keys.items():
            with contextlib.suppress(InvalidToken):
                key.decrypt(sealed)
                return name
        return ""

    def seal(self, api_url: str, token: str) -> str:
        """The encrypted form of a store's token."""
        return self._fernet.encrypt(f"{api_url}\n{token}".encode()).decode("ascii")

    def open(self, api_url: str, sealed: str) -> str:
        """The token behind `sealed`.

        Raises:
            TokenUnreadable: none of the secrets opens it, or it was another store's.
        """
        try:
            owner, _, token = self._fernet.decrypt(sealed).decode().partition("\n")
        except InvalidToken:
            raise TokenUnreadable(api_url) from None
        if owner != api_url:
            raise TokenUnreadable(api_url)
        return token

    def renew(self, api_url: str, sealed: str) -> str:
        """The same token, encrypted with the newest secret.

        Raises:
            TokenUnreadable: none of the secrets opens it.
        """
        return self.seal(api_url, self.open(api_url, sealed))


def token_of(conn: Connection, store_id: int, cipher: TokenCipher) -> str:
    """The app's token at a store.

    Raises:
        StoreNotFound: there is no such store.
        StoreInactive: it uninstalled the app.
        TokenUnreadable: the secret that opens it is gone.
    """
    row = _TOKEN.one_or_none(conn, {"of_store": store_id})
    if row is None:
        raise StoreNotFound(str(store_id))
    if not row.token_encrypted:
        raise StoreInactive(row.saleor_api_url)
    return cipher.open(row.saleor_api_url, row.token_encrypted)


def rotate(conn: Connection, cipher: TokenCipher, store_id: int | None = None) -> int:
    """Encrypts all tokens, or that of one store, with the newest secret.

    Afterwards the old secrets may go, once all stores are done.

    Gives the number of tokens. All or none are changed.

    Raises:
        TokenUnreadable: one cannot be opened with any of the secrets.
    """
    rows = conn.execute(
        sa.select(_STORE.c.id, _STORE.c.saleor_api_url, _STORE.c.token_encrypted)
        .where(
            _STORE.c.token_encrypted != "",
            sa.true() if store_id is None else _STORE.c.id == store_id,
        )
        .order_by(_STORE.c.id)
        .with_for_update()
    ).all()
    for row in rows:
        sealed = cipher.renew(row.saleor_api_url, row.token_encrypted)
        conn.execute(sa.update(_STORE).where(_STORE.c.id == row.id).values(token_encrypted=sealed))
    return len(rows)


def _fingerprint(key: bytes) -> str:
    digest = hashlib.sha256(b"saleor-loyalty: fingerprint of a key\n" + key)
    return digest.hexdigest()[:8]


def _fernet_key(secret: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret.encode())
    return base64.urlsafe_b64encode(derived)
