"""Staff move what they hand over: being prepared, handed over, or refused with the points back."""

from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.flows.redemption_posting import (
    Spender,
    close_gift,
    give_back,
    hand_over,
    spender_of,
)
from saleor_loyalty_app.messages.outbox import Kind, tell
from saleor_loyalty_app.programs.rewards import AT_ONCE_KINDS
from saleor_loyalty_app.rewards import claims, redemptions
from saleor_loyalty_app.rewards.claims import ClaimRow
from saleor_loyalty_app.rewards.errors import ClaimNoteMissing, ClaimSettled, RedemptionUnknown
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.stores import staff_actions
from saleor_loyalty_app.stores.refs import StoreRef

#: Where staff may move a claim from where it is.
MOVES = {
    claims.REQUESTED: (claims.PREPARING, claims.HANDED_OVER, claims.REFUSED),
    claims.PREPARING: (claims.REQUESTED, claims.HANDED_OVER, claims.REFUSED),
}


def moves_of(claim: ClaimRow, redemption: RedemptionRef) -> tuple[str, ...]:
    """Where staff may move a claim. Pure.

    What was handed over stays so; what is taken at once, as an invitation, may be taken back.
    """
    if claim.kind == "custom" and redemption.is_live and not redemption.ending:
        return MOVES.get(claim.state, ())
    if claim.kind in AT_ONCE_KINDS and redemption.state == "consumed":
        return (claims.REFUSED,)
    return ()


def move_claim(
    conn: Connection,
    store: StoreRef,
    public_id: str,
    to: str,
    *,
    note: str,
    actor: str,
    now: datetime,
) -> ClaimRow:
    """Moves a claim; the points are spent once it is handed over, and come back once refused.

    Where it is already, it stays, with the new note.

    Args:
        public_id: of the claim's redemption.
        to: requested, preparing, handed_over or refused.
        note: what staff want to remember; needed where it is refused.
        actor: "user:<id>".

    Raises:
        RedemptionUnknown: there is no such claim.
        ClaimSettled: it cannot be moved there (any more).
        ClaimNoteMissing: it is refused without a word.
    """
    known = redemptions.by_public_id(conn, store.id, public_id)
    if known is None:
        raise RedemptionUnknown
    [redemption] = redemptions.lock(conn, store.id, [known.id])
    claim = claims.of_redemption(conn, redemption.id)
    if claim is None:
        raise RedemptionUnknown
    if to != claim.state and to not in moves_of(claim, redemption):
        raise ClaimSettled(state=claim.state or redemption.state)
    if to == claims.REFUSED and not note.strip():
        raise ClaimNoteMissing
    if to != claim.state:
        _move(conn, store, redemption, claim, to, actor, now)
    staff_actions.note(
        conn,
        store.id,
        actor=actor,
        kind="reward_claim_moved",
        subject=f"redemption:{public_id}",
        before={"state": claim.state},
        after={"state": to, "reward": claim.reward_id},
        now=now,
    )
    return claims.change(conn, claim.id, state=to, note=note.strip(), moved_at=now, moved_by=actor)


def _move(
    conn: Connection,
    store: StoreRef,
    redemption: RedemptionRef,
    claim: ClaimRow,
    to: str,
    actor: str,
    now: datetime,
) -> None:
    if to == claims.HANDED_OVER:
        owner = spender_of(conn, redemption)
        hand_over(conn, redemption, reward=claim.reward_id, actor=actor, now=now)
        _tell_spent(conn, redemption, owner, now)
    elif to == claims.REFUSED and redemption.is_live:
        reason = {"code": "refused", "by": actor}
        redemptions.end_as(conn, store.id, redemption.id, "released", reason, now)
    elif to == claims.REFUSED:
        _take_back(conn, redemption, actor, now)


def _take_back(conn: Connection, redemption: RedemptionRef, actor: str, now: datetime) -> None:
    if redemption.is_gift:
        close_gift(conn, redemption, now=now)
        return
    owner = spender_of(conn, redemption)
    left = redemption.points - redemption.restored
    if owner.reachable and left:
        give_back(
            conn, redemption, owner, left, number="", why="reward_refused", actor=actor, now=now
        )


def _tell_spent(conn: Connection, redemption: RedemptionRef, owner: Spender, now: datetime) -> None:
    if owner.reachable and not redemption.is_gift:
        tell(
            conn,
            redemption.store_id,
            owner.member.id,
            Kind.points_spent,
            {"redemption": redemption.public_id, "points": redemption.points},
            key=f"redemption:{redemption.public_id}:spent",
            now=now,
        )
