"""What a member is told of the rewards they took."""

from datetime import datetime

from sqlalchemy.engine import Connection

from saleor_loyalty_app.messages.outbox import Kind, tell
from saleor_loyalty_app.rewards.claims import ClaimRow
from saleor_loyalty_app.rewards.redemptions import RedemptionRef


def tell_of_reward(conn: Connection, redemption: RedemptionRef, *, now: datetime) -> None:
    """Tells that a reward is there: its code, its note, or that the store prepares it.

    A discount that went straight onto a cart is before the shopper's eyes: nothing is told of it.
    """
    if redemption.terms is None or not redemption.is_bearer:
        return
    tell(
        conn,
        redemption.store_id,
        redemption.member_id,
        Kind.reward_issued,
        {
            "redemption": redemption.public_id,
            "points": redemption.points,
            "reward_id": str(redemption.terms["reward"]),
        },
        key=f"redemption:{redemption.public_id}:reward",
        now=now,
    )


def tell_of_end(conn: Connection, claim: ClaimRow, public_id: str, *, now: datetime) -> None:
    """Tells that the time of a code that was not used is nearly over."""
    tell(
        conn,
        claim.store_id,
        claim.member_id,
        Kind.reward_expiring,
        {"redemption": public_id, "points": claim.reward.points, "reward_id": claim.reward_id},
        key=f"redemption:{public_id}:expiring",
        now=now,
    )
