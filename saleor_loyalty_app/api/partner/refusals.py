"""The failures that the routes of the partner API share, for its documentation."""

from saleor_loyalty_app.api.errors import Refusal

#: Of every call.
OF_KEYS: tuple[Refusal, ...] = (
    (401, "token_missing", {}),
    (401, "invalid_key", {}),
    (422, "request_invalid", {"fields": []}),
    (429, "too_many_requests", {"limit": 600, "seconds": 60}),
    (503, "limits_unavailable", {}),
)
#: Of calls that a key may not make unless it was given the right.
OF_SCOPES: tuple[Refusal, ...] = (
    *OF_KEYS,
    (403, "scope_missing", {"scope": "members:read"}),
)
UNREADABLE: Refusal = (400, "request_unreadable", {})
