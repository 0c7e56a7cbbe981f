"""The failures that all routes of the Dashboard API share, for its documentation."""

from saleor_loyalty_app.api.errors import Refusal

OF_STAFF: tuple[Refusal, ...] = (
    (401, "token_missing", {}),
    (401, "invalid_token", {"reason": "expired"}),
    (403, "missing_user_permission", {"permissions": "MANAGE_DISCOUNTS"}),
    (503, "keys_unavailable", {}),
)
