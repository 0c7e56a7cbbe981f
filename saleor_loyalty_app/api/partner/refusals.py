"""The failures that the routes of the partner API share, for its documentation."""

from saleor_loyalty_app.api.errors import Refusal

#: Of every call.
OF_KEYS: tuple[Refusal, ...] = (
    (401, "token_missing", {}),
    (401, "invalid_key", {}),
    (401, "invalid_signature", {}),
    (401, "signature_required", {}),
    (401, "signature_time_unfit", {"now": "2027-01-04T09:30:00Z", "tolerance_seconds": 300}),
    (413, "body_too_large", {}),
    (422, "request_invalid", {"fields": []}),
    (429, "too_many_requests", {"limit": 600, "seconds": 60}),
    (503, "limits_unavailable", {}),
    (503, "body_not_complete", {}),
)
#: Of calls that a key may not make unless it was given the right.
OF_SCOPES: tuple[Refusal, ...] = (
    *OF_KEYS,
    (403, "scope_missing", {"scope": "members:read"}),
)
UNREADABLE: Refusal = (400, "request_unreadable", {})
