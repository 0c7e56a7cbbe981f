"""The address of a Saleor API: the name of a tenant, in one spelling."""

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlsplit

from saleor_loyalty_app.saleor.errors import InvalidApiUrl

LONGEST = 500
_HOST_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*", re.ASCII)
_PATH = re.compile(r"/[A-Za-z0-9._~/-]*", re.ASCII)
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class ApiUrl:
    """A parsed API address. `host` is in lower case and without brackets."""

    scheme: str
    host: str
    port: int
    path: str

    @classmethod
    def parse(cls, text: str) -> "ApiUrl":
        """Reads an address such as `https://shop.example.com/graphql/`.

        Raises:
            InvalidApiUrl: anything that is not plainly http(s), host, port and path.
        """
        if not text or len(text) > LONGEST or not text.isascii() or not text.isprintable():
            raise InvalidApiUrl("unreadable")
        try:
            parts = urlsplit(text)
            port = parts.port
        except ValueError:
            raise InvalidApiUrl("unreadable") from None
        scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
        if scheme not in _DEFAULT_PORTS:
            raise InvalidApiUrl("scheme")
        if "@" in parts.netloc or "\\" in text:
            raise InvalidApiUrl("credentials")
        if "?" in text or "#" in text:
            raise InvalidApiUrl("query")
        if not _is_host(host):
            raise InvalidApiUrl("host")
        if port == 0:
            raise InvalidApiUrl("port")
        path = parts.path or "/"
        if not _PATH.fullmatch(path) or "//" in path or "/." in path:
            raise InvalidApiUrl("path")
        return cls(scheme, host, port or _DEFAULT_PORTS[scheme], path)

    @property
    def origin(self) -> str:
        """Scheme, host and, where it is not the usual one, port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}"
        return f"{self.scheme}://{host}{port}"

    @property
    def jwks_url(self) -> str:
        """Where the store publishes its public keys."""
        return f"{self.origin}/.well-known/jwks.json"

    def __str__(self) -> str:
        return f"{self.origin}{self.path}"


@lru_cache(maxsize=1024)
def canonical_api_url(text: str) -> str:
    """The one spelling of an API address, as stores are looked up by.

    Raises:
        InvalidApiUrl: it is not such an address.
    """
    return str(ApiUrl.parse(text))


def _is_host(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return bool(_HOST_NAME.fullmatch(host)) and not host.replace(".", "").isdigit()
    return True
