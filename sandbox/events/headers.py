"""The headers of a webhook, in Saleor's order and case."""

from urllib.parse import urlsplit

from sandbox.model.store import Store
from sandbox.wire import Request, agent


def domain_of(store: Store) -> str:
    """Host and port of the store."""
    return urlsplit(store.api_url).netloc


def webhook_request(
    store: Store,
    url: str,
    event: str,
    body: bytes,
    signature: str,
    custom: dict[str, str] | None = None,
) -> Request:
    """The POST of one event; `event` is the upper-case name."""
    name, domain = event.lower(), domain_of(store)
    headers = [
        ("Host", urlsplit(url).netloc),
        ("User-Agent", agent(store.version)),
        ("Accept-Encoding", "gzip, deflate"),
        ("Accept", "*/*"),
        ("Connection", "keep-alive"),
        ("Content-Type", "application/json"),
        ("X-Saleor-Event", name),
        ("X-Saleor-Domain", domain),
        ("X-Saleor-Signature", signature),
        ("Saleor-Event", name),
        ("Saleor-Domain", domain),
        ("Saleor-Signature", signature),
        ("Saleor-Api-Url", store.api_url),
        *(custom or {}).items(),
        ("Content-Length", str(len(body))),
    ]
    return Request("POST", url, headers, body)
