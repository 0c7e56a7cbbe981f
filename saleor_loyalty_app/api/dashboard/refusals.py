"""The failures that all routes of the Dashboard API share, for its documentation."""

from saleor_loyalty_app.api.errors import Refusal

OF_STAFF: tuple[Refusal, ...] = (
    (401, "token_missing", {}),
    (401, "invalid_token", {"reason": "expired"}),
    (403, "missing_user_permission", {"permissions": "MANAGE_DISCOUNTS"}),
    (503, "keys_unavailable", {}),
)
#: Of what serves single customers.
OF_SERVING: tuple[Refusal, ...] = (
    (422, "request_invalid", {"fields": []}),
    (429, "too_many_requests", {"limit": 60, "seconds": 60}),
    (503, "limits_unavailable", {}),
)
