"""The failures of requests that ask Saleor, for the documentation of their routes."""

from saleor_loyalty_app.api.errors import Refusal

OF_SALEOR: tuple[Refusal, ...] = (
    (502, "saleor_permission_denied", {"message": ""}),
    (503, "saleor_unavailable", {"reason": "time_out"}),
    (503, "saleor_busy", {}),
    (504, "saleor_slow", {}),
)
