"""How a claim stands, for people: one word out of the claim and its redemption. Pure."""

from saleor_loyalty_app.programs.rewards import VOUCHER_KINDS
from saleor_loyalty_app.rewards.claims import PREPARING, REFUSED, ClaimRow
from saleor_loyalty_app.rewards.redemptions import RedemptionRef

#: A code: making, ready, in_cart, used; by staff: requested, preparing, handed_over, refused; and
#: what may become of all of them.
CLAIM_WORDS = (
    "making",
    "ready",
    "in_cart",
    "used",
    "requested",
    "preparing",
    "handed_over",
    "refused",
    "canceled",
    "expired",
    "failed",
    "restored",
)
_BY_STATE = {"held": "making", "issued": "ready", "attached": "in_cart", "consumed": "used"}
_ENDINGS = {"released": "canceled", "expired": "expired", "failed": "failed"}


def state_of(claim: ClaimRow, redemption: RedemptionRef) -> str:
    """The word for a claim; one that is being ended has its end already."""
    if claim.state == REFUSED:
        return REFUSED
    if redemption.state == "restored":
        return "restored"
    end = _ENDINGS.get(redemption.state) or (
        _ENDINGS.get(redemption.ending) if redemption.is_live else None
    )
    if end is not None:
        return end
    return _BY_STATE[redemption.state] if claim.kind in VOUCHER_KINDS else claim.state


def may_cancel(claim: ClaimRow, redemption: RedemptionRef) -> bool:
    """Whether its member may give it up for its points: unused, and nobody prepares it."""
    if redemption.is_gift:
        return False
    return redemption.is_live and not redemption.ending and claim.state != PREPARING


def code_of(claim: ClaimRow, redemption: RedemptionRef) -> str | None:
    """The code that its member may use now."""
    works = redemption.state in ("issued", "attached") and not redemption.ending
    return redemption.code if works and claim.kind in VOUCHER_KINDS else None
