"""Which web pages may call the storefront API for a store: those of all origins, or of some.

An origin is what browsers send: scheme, host and port. `https://*.example.com` stands for all
subdomains, such as those of previews.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.stores.errors import InvalidOrigin, StoreNotFound, TooManyOrigins
from saleor_loyalty_app.stores.models import Store

MOST_ORIGINS = 50
LONGEST = 300
_STORE = table(Store)
_NAME = re.compile(r"(\*\.)?[a-z0-9]([a-z0-9_-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9_-]*[a-z0-9])?)*")
_USUAL_PORTS = {"http": 80, "https": 443}


def canonical_origin(text: str) -> str:
    """An origin as browsers write it; `*.` may stand for subdomains.

    Raises:
        InvalidOrigin: it is none, has a path, or would let in everybody of a top-level domain.
    """
    shown = text[:100]
    if len(text) > LONGEST or not text.isascii():
        raise InvalidOrigin(shown)
    try:
        parts = urlsplit(text.strip().lower())
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise InvalidOrigin(shown) from None
    plain = parts.path in ("", "/") and not (parts.query or parts.fragment or "@" in parts.netloc)
    if parts.scheme not in _USUAL_PORTS or not plain or not _is_host(host) or port == 0:
        raise InvalidOrigin(shown)
    if host.startswith("*.") and "." not in host[2:]:
        raise InvalidOrigin(shown)
    name = f"[{host}]" if ":" in host else host
    suffix = "" if port in (None, _USUAL_PORTS[parts.scheme]) else f":{port}"
    return f"{parts.scheme}://{name}{suffix}"


def fits(allowed: str, origin: str) -> bool:
    """Whether an allowed origin stands for the one that a browser sent."""
    before, wildcard, domain = allowed.partition("*.")
    if not wildcard:
        return allowed == origin
    return origin.startswith(before) and origin.endswith(f".{domain}")


@dataclass(frozen=True, slots=True)
class Origins:
    """The origins of the stores that named some, by the store's id; all others take any."""

    named: Mapping[int, tuple[str, ...]]
    #: Whether there is a store that takes any.
    any_store_open: bool

    def is_open(self, store_id: int) -> bool:
        """Whether the store takes any origin."""
        return store_id not in self.named

    def allows(self, store_id: int, origin: str) -> bool:
        """Whether the store takes this origin."""
        named = self.named.get(store_id)
        return named is None or any(fits(one, origin) for one in named)

    def somebody_allows(self, origin: str) -> bool:
        """Whether any store takes this origin: all that a preflight can be asked."""
        return self.any_store_open or any(self.allows(store, origin) for store in self.named)


#: Before anything was read: a token proves who asks, an origin only keeps strange pages out.
EVERYBODY = Origins({}, any_store_open=True)


def all_origins(conn: Connection) -> Origins:
    """The origins of all active stores."""
    rows = conn.execute(
        sa.select(_STORE.c.id, _STORE.c.storefront_origins).where(_STORE.c.active)
    ).all()
    named = {
        row.id: tuple(row.storefront_origins) for row in rows if row.storefront_origins is not None
    }
    return Origins(named, any_store_open=len(named) < len(rows) or not rows)


def origins_of(conn: Connection, store_id: int) -> tuple[str, ...] | None:
    """The origins that a store named; None = it takes any.

    Raises:
        StoreNotFound: there is no such store.
    """
    row = conn.execute(
        sa.select(_STORE.c.storefront_origins).where(_STORE.c.id == store_id)
    ).one_or_none()
    if row is None:
        raise StoreNotFound(str(store_id))
    return None if row[0] is None else tuple(row[0])


def set_origins(
    conn: Connection, store_id: int, origins: Sequence[str] | None
) -> tuple[str, ...] | None:
    """Names the origins of a store; none at all keeps every browser out, None lets all in.

    Gives them as they are stored.

    Raises:
        InvalidOrigin, TooManyOrigins: nothing was changed.
        StoreNotFound: there is no such store.
    """
    named = None if origins is None else tuple(dict.fromkeys(map(canonical_origin, origins)))
    if named is not None and len(named) > MOST_ORIGINS:
        raise TooManyOrigins(MOST_ORIGINS)
    changed = conn.execute(
        sa.update(_STORE)
        .where(_STORE.c.id == store_id)
        .values(storefront_origins=None if named is None else list(named))
        .returning(_STORE.c.id)
    )
    if changed.scalar_one_or_none() is None:
        raise StoreNotFound(str(store_id))
    return named


def _is_host(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return bool(_NAME.fullmatch(host))
    return True
