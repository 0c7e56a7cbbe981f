"""What is to be done next for a redemption. Pure."""

from datetime import datetime
from enum import StrEnum

from saleor_loyalty_app.rewards.redemptions import RedemptionRef


class Step(StrEnum):
    """One piece of work that ends in a commit.

    `issue`: make the code. `attach`: put it on its cart. `look`: see what became of it there.
    `expire`: the time is over, so it is to end. `end`: give the points back, if nothing was made
    with the code. `settle`: it was used, or points came back. `wait`: nothing before the time is
    over. `rest`: nothing any more.
    """

    issue = "issue"
    attach = "attach"
    look = "look"
    expire = "expire"
    end = "end"
    settle = "settle"
    wait = "wait"
    rest = "rest"


def next_step(redemption: RedemptionRef, now: datetime) -> Step:
    """The next step of a redemption, by its state, its ending and its time."""
    if redemption.state in ("consumed", "restored"):
        return Step.settle
    if not redemption.is_live:
        return Step.rest
    if redemption.ending:
        return Step.end
    if now >= redemption.deadline:
        return Step.expire
    if redemption.state == "held":
        return Step.issue
    if redemption.is_bearer:
        return Step.wait
    return Step.attach if redemption.state == "issued" else Step.look
