"""The failures that many routes of the storefront API share, for its documentation."""

from saleor_loyalty_app.api.errors import Refusal

#: Of what was asked too often, or cannot be read.
OF_ALL: tuple[Refusal, ...] = (
    (422, "request_invalid", {"fields": []}),
    (429, "too_many_requests", {"limit": 120, "seconds": 60}),
)
#: Of a token that proves nothing.
OF_TOKENS: tuple[Refusal, ...] = (
    (401, "token_missing", {}),
    (401, "invalid_token", {"reason": "expired"}),
    (503, "keys_unavailable", {}),
)
OF_SHOPPERS: tuple[Refusal, ...] = (*OF_TOKENS, *OF_ALL)
#: Of `store`, where no token names it.
OF_NAMED_STORES: tuple[Refusal, ...] = (
    (400, "invalid_api_url", {"reason": "host"}),
    (400, "store_ambiguous", {"store": "shop.example.com"}),
    (404, "store_not_found", {"store": "shop.example.com"}),
)
#: Of what changes something.
OF_CHANGES: tuple[Refusal, ...] = (
    (403, "origin_not_allowed", {"origin": "https://elsewhere.example"}),
    (503, "limits_unavailable", {}),
)
