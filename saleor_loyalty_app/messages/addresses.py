"""Which addresses may be written to, and which may be called: nothing inside one's own network."""

import re
import socket
from collections.abc import Callable, Iterable
from ipaddress import ip_address
from urllib.parse import urlsplit

from saleor_loyalty_app.messages.errors import AddressForbidden
from saleor_loyalty_app.saleor.allow_list import AllowList
from saleor_loyalty_app.saleor.errors import ForbiddenAddress
from saleor_loyalty_app.saleor.network import is_public, resolve

LONGEST_URL = 1000
#: Ports on which mail servers of the internet take mail.
MAIL_PORTS = frozenset({25, 465, 587, 2525})
_MAIL = re.compile(
    r"[^\s@<>\"(),:;\\\[\]\x00-\x1f\x7f]{1,64}@[^\s@<>\"(),:;\\\[\]\x00-\x1f\x7f]{1,253}"
)
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9])?", re.IGNORECASE)


def is_mail_address(text: str) -> bool:
    """Whether mail can be sent to `text`: one address without a name or comment around it."""
    if not _MAIL.fullmatch(text) or text.count("@") != 1:
        return False
    local, _, domain = text.partition("@")
    return not (local.startswith(".") or local.endswith(".") or ".." in text) and _is_domain(domain)


def is_hostname(text: str) -> bool:
    """Whether `text` names one machine: an ASCII name or an IP address."""
    try:
        ip_address(text)
    except ValueError:
        return text.isascii() and all(_LABEL.fullmatch(label) for label in text.split("."))
    return True


def _is_domain(text: str) -> bool:
    try:
        return is_hostname(text.encode("idna").decode("ascii"))
    except UnicodeError:
        return False


def checked_url(text: str, allow: AllowList) -> str:
    """An address that may be called: https, or http inside one's own network where it is listed.

    Where the name leads is checked when the connection is made.

    Raises:
        AddressForbidden: another scheme, a user name in it, or no host.
    """
    url = text.strip()
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise AddressForbidden(url) from None
    if len(url) > LONGEST_URL or not url.isascii() or re.search(r"[\s\\]", url):
        raise AddressForbidden(url)
    if not is_hostname(host) or parts.username is not None or parts.fragment:
        raise AddressForbidden(url)
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    if usual is None:
        raise AddressForbidden(url)
    listed = allow.trusts_private(host, port or usual)
    if (parts.scheme == "http" or _is_own_address(host)) and not listed:
        raise AddressForbidden(url)
    return url


def _is_own_address(host: str) -> bool:
    try:
        return not is_public(host)
    except ValueError:
        return False


def connect(
    host: str,
    port: int,
    *,
    allow: AllowList,
    timeout: float,
    lookup: Callable[[str, int], Iterable[str]] = resolve,
) -> socket.socket:
    """A connection to a public address of `host`, or to a private one where it is listed.

    Raises:
        ForbiddenAddress: one of its addresses is private and it was not listed as such.
        OSError: no connection.
    """
    addresses = list(lookup(host, port))
    if not allow.trusts_private(host.lower(), port):
        for address in addresses:
            if not is_public(address):
                raise ForbiddenAddress(host)
    failure: OSError = OSError("the name has no address")
    for address in addresses:
        try:
            return socket.create_connection((address, port), timeout)
        except OSError as refused:
            failure = refused
    raise failure
