"""Fetches the public keys that a store publishes."""

import json
from typing import Any

import httpx

from saleor_loyalty_app.saleor.api_url import ApiUrl
from saleor_loyalty_app.saleor.errors import InvalidKeySet, SaleorUnavailable
from saleor_loyalty_app.saleor.keys import KeySet
from saleor_loyalty_app.saleor.network import exchange

LARGEST_DOCUMENT = 64 * 1024


def fetch_jwks(http: httpx.Client, api_url: str, *, deadline: float = 5.0) -> dict[str, Any]:
    """The JWKS document of the store with this API address, checked to hold a usable key.

    Raises:
        SaleorUnavailable: there was no answer, or not status 200.
        InvalidKeySet: it is no JWKS document, or one without a usable key.
        ForbiddenAddress: the store's name leads into one's own network.
    """
    answer = exchange(
        http,
        "GET",
        ApiUrl.parse(api_url).jwks_url,
        deadline=deadline,
        limit=LARGEST_DOCUMENT,
    )
    if answer.status != 200:
        raise SaleorUnavailable(f"status_{answer.status}")
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        raise InvalidKeySet("not JSON") from None
    if not isinstance(document, dict):
        raise InvalidKeySet("no list of keys")
    KeySet.from_jwks(document)
    return document
