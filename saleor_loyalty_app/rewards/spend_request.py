"""What somebody asks for who wants points to be spent."""

import hashlib
import json
from dataclasses import astuple, dataclass

from saleor_loyalty_app.members.refs import Person


@dataclass(frozen=True, slots=True)
class OnCheckout:
    """On a checkout of the shopper."""

    checkout_id: str


@dataclass(frozen=True, slots=True)
class OnDraft:
    """On a draft order that staff make for the customer."""

    order_id: str


@dataclass(frozen=True, slots=True)
class Bearer:
    """A code to be used later, in a channel."""

    channel: str


Target = OnCheckout | OnDraft | Bearer


@dataclass(frozen=True, slots=True)
class SpendRequest:
    """Somebody wants points to be spent.

    Attributes:
        user_id: Saleor's id of the user whose points they are.
        actor: who asks: "shopper" or "user:<id>" (staff).
        points: how many; of no matter where a reward is named, which has its own price.
        key: the request's own; the same key with the same input is the same request.
        reward: a reward of the catalog; "" = points for what they are worth.
        newcomer: who they are, if they are to become a member with this.
    """

    user_id: str
    actor: str
    target: Target
    points: int
    key: str
    reward: str = ""
    newcomer: Person | None = None

    @property
    def digest(self) -> str:
        """SHA-256 of what is asked for, to tell a repeated request from another one."""
        parts = [self.user_id, type(self.target).__name__, *astuple(self.target), self.points]
        if self.reward:
            parts.append(self.reward)
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()
