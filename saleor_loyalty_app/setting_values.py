"""What the value of a setting may be: addresses, hosts and secrets, read and checked. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from ipaddress import ip_address
from typing import Literal
from urllib.parse import unquote, urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

SHORTEST_SECRET = 32
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
#: A host name, optionally with a port or with one leading "*." for its subdomains.
HOST_PATTERN = re.compile(r"^(\*\.)?[a-z0-9]([a-z0-9.-]*[a-z0-9])?(:\d{1,5})?$")
PORTS = range(1, 65536)
_MAIL_SCHEMES: Mapping[str, Literal["starttls", "tls", "none"]] = {
    "smtp": "starttls",
    "smtps": "tls",
    "smtp+plain": "none",
}


@dataclass(frozen=True, slots=True)
class MailServer:
    """A mail server as LOYALTY_SMTP_URL names it."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    username: str
    password: str = dataclass_field(repr=False)

    @classmethod
    def of(cls, url: str) -> "MailServer":
        """Reads `smtp://user:password@host:port` (STARTTLS), `smtps://` or `smtp+plain://`.

        Raises:
            ValueError: it is none of these.
        """
        try:
            parts = urlsplit(url)
            port, host = parts.port, parts.hostname
        except ValueError:
            host, port = None, None
            parts = urlsplit("")
        security = _MAIL_SCHEMES.get(parts.scheme)
        if security is None or not host or parts.path.strip("/") or parts.query:
            raise ValueError("must be an address such as smtp://user:password@host:587")
        usual = 465 if security == "tls" else 587
        username, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(host, port or usual, security, username, password)


def database_address(value: str) -> str:
    """The address of a database, as SQLAlchemy takes it.

    Raises:
        ValueError: it is not the address of one that we can use.
    """
    try:
        url = make_url(value)
    except ArgumentError:
        raise ValueError("is not the address of a database") from None
    backend = url.drivername.partition("+")[0]
    if backend == "sqlite":
        if not url.database or url.database == ":memory:":
            raise ValueError("SQLite needs a file, such as sqlite:///var/loyalty.sqlite3")
        return value
    if backend in ("postgres", "postgresql"):
        if not url.database:
            raise ValueError("names no database, such as postgresql://user@host/loyalty")
        plain = url.set(drivername="postgresql+psycopg")
        return plain.render_as_string(hide_password=False)
    raise ValueError(f"must begin with sqlite:/// or postgresql://, not {backend}")


def page_address(value: str) -> str:
    """Where browsers or servers reach something, without a slash at the end.

    Raises:
        ValueError: it is no plain address.
    """
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("must be an address such as https://loyalty.example.com")
    if parts.query or parts.fragment or parts.username:
        raise ValueError("may have no query, fragment or user name")
    return value.rstrip("/")


def host_name(value: str) -> str:
    """A host in small letters, with a port or with "*." for its subdomains where that is meant.

    Raises:
        ValueError: it is none, or would stand for a whole top-level domain.
    """
    host = value.lower()
    if not _is_host(host):
        raise ValueError(f"{host!r} is not a host: write shop.example.com, not an address")
    if host.startswith("*.") and "." not in host[2:]:
        raise ValueError(f"{host!r} would let in everybody of a top-level domain")
    return host


def weakness(key: str) -> str | None:
    """Why a secret will not do in production; None = it will."""
    if len(key) < SHORTEST_SECRET:
        return f"has {len(key)} characters where production needs at least {SHORTEST_SECRET}"
    if len(set(key)) < 10:
        return "repeats too few characters to be random"
    if "change" in key.lower():
        return "is an example: make one of your own"
    return None


def _is_host(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        _, _, port = text.partition(":")
        return bool(HOST_PATTERN.match(text)) and ".." not in text and int(port or 1) in PORTS
    return True
