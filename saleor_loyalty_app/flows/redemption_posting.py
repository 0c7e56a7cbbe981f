"""What redemptions post: points spent, charged and given back, each with its message."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.flows.known_member import everybody
from saleor_loyalty_app.ledger import Account, Cause
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.members.repository import member_by_user, surviving_member
from saleor_loyalty_app.messages.outbox import Kind, tell
from saleor_loyalty_app.programs.repository import programs_by_id
from saleor_loyalty_app.programs.scalars import plain
from saleor_loyalty_app.programs.spending import DEFAULTS
from saleor_loyalty_app.rewards import claims, redemptions, use_records
from saleor_loyalty_app.rewards.forgetting import unnamed
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.rewards.use_records import UseRow
from saleor_loyalty_app.stores.refs import StoreRef

PART = "points"


@dataclass(frozen=True, slots=True)
class Spender:
    """Whose points a redemption has, as they are known today.

    `member` is the one that the redemption's member was merged into. `reachable` is False once it
    was erased: nobody could ever spend what would come back.
    """

    member: MemberRef

    @property
    def reachable(self) -> bool:
        """Whether points can still be given or charged."""
        return self.member.state != "erased"


def spender_of(conn: Connection, redemption: RedemptionRef) -> Spender:
    """Whose points they are, after all merges; no merge may happen until the transaction ends."""
    member = surviving_member(conn, redemption.store_id, redemption.member_id)
    if member is None:
        raise LookupError(f"redemption {redemption.id} has a member that is not there")
    return Spender(member)


def belongs_to(conn: Connection, store: StoreRef, redemption: RedemptionRef, user_id: str) -> bool:
    """Whether a redemption is a shopper's: they took it, or whoever did is one person with them."""
    if redemption.user_id == user_id:
        return True
    member = member_by_user(conn, store.id, user_id)
    return member is not None and redemption.member_id in everybody(conn, store, member.id)


def spend_held(
    conn: Connection,
    redemption: RedemptionRef,
    spender: Spender,
    *,
    order_id: str,
    number: str,
    checkout_id: str | None,
    now: datetime,
) -> RedemptionRef:
    """An order was made with the code: the points that were set aside are spent, once."""
    entry_id = _capture(
        conn, redemption, _cause(redemption, redemption.actor, "points_spent", number), now
    )
    changed = redemptions.change(
        conn,
        redemption.id,
        None,
        {
            "state": "consumed",
            "ending": "",
            "reason": None,
            "order_id": order_id,
            "checkout_id": redemption.checkout_id or checkout_id,
            "redeem_entry_id": entry_id,
            "consumed_at": now,
            "ended_at": now,
            "due_at": now,
            "attempts": 0,
        },
    )
    _tell(
        conn,
        redemption,
        spender,
        Kind.points_spent,
        redemption.points,
        number,
        "spent",
        now,
        **money_of(redemption),
    )
    return _written(changed, redemption)


def hand_over(
    conn: Connection, redemption: RedemptionRef, *, reward: str, actor: str, now: datetime
) -> RedemptionRef:
    """A reward was handed over: the points that were set aside are spent, once.

    Args:
        reward: its id in the program.
    """
    cause = Cause(
        source=f"redemption:{redemption.public_id}",
        part=PART,
        actor=unnamed(actor),
        channel=redemption.channel,
        currency=redemption.currency,
        revision_id=redemption.revision_id,
        reason={"code": "reward_taken", "reward": reward},
    )
    entry_id = _capture(conn, redemption, cause, now)
    changed = redemptions.change(
        conn,
        redemption.id,
        None,
        {
            "state": "consumed",
            "ending": "",
            "reason": None,
            "redeem_entry_id": entry_id,
            "consumed_at": now,
            "ended_at": now,
            "due_at": None,
            "attempts": 0,
        },
    )
    return _written(changed, redemption)


def close_gift(conn: Connection, redemption: RedemptionRef, *, now: datetime) -> RedemptionRef:
    """What was given for nothing and is taken back is as if it had not been taken."""
    claims.give_back(conn, redemption.id, now=now)
    changed = redemptions.change(conn, redemption.id, None, {"state": "restored", "due_at": now})
    return _written(changed, redemption)


def money_of(redemption: RedemptionRef) -> dict[str, str]:
    """What messages say it takes off; nothing of a reward whose worth is no amount."""
    if redemption.terms is not None and redemption.terms["kind"] != "amount":
        return {}
    return {"amount": plain(redemption.amount), "currency": redemption.currency}


def give_back(
    conn: Connection,
    redemption: RedemptionRef,
    spender: Spender,
    amount: int,
    *,
    number: str,
    why: str,
    actor: str,
    now: datetime,
) -> RedemptionRef:
    """Spent points return to lots that follow theirs.

    Args:
        number: of the order that lost a share.
        why: a stable word: canceled, refunded, returned, …, foreign_use.
    """
    step = f"restore:{redemption.restorings + 1}"
    _restore(conn, redemption, spender, _entry(redemption), amount, step, number, why, actor, now)
    changed = redemptions.change(
        conn,
        redemption.id,
        None,
        {
            "state": "restored",
            "restored": redemption.restored + amount,
            "restorings": redemption.restorings + 1,
            "due_at": now,
        },
    )
    if redemption.restored + amount >= redemption.points:
        claims.give_back(conn, redemption.id, now=now)
    return _written(changed, redemption)


def charge_use(
    conn: Connection,
    redemption: RedemptionRef,
    spender: Spender,
    use: UseRow,
    amount: int,
    *,
    actor: str,
    now: datetime,
) -> int:
    """A further discount of the owner's is paid with points, or owed; gives the entry's id."""
    step = f"charge:{use.id}"
    posted = ledger.charge(
        conn,
        _account(redemption, spender),
        amount,
        _cause(redemption, actor, "points_charged", use.order_number),
        key=f"redemption:{redemption.public_id}:{step}",
        now=now,
    )
    _tell(conn, redemption, spender, Kind.points_spent, amount, use.order_number, step, now)
    return posted.entry_id


def give_charge_back(
    conn: Connection,
    redemption: RedemptionRef,
    spender: Spender,
    use: UseRow,
    amount: int,
    *,
    why: str,
    now: datetime,
) -> UseRow:
    """Points that were charged for a use come back with its order."""
    if use.entry_id is None:
        raise LookupError(f"use {use.id} was not charged")
    step = f"charge:{use.id}:restore:{use.restorings + 1}"
    _restore(
        conn,
        redemption,
        spender,
        use.entry_id,
        amount,
        step,
        use.order_number,
        why,
        "app",
        now,
    )
    values = {"restored": use.restored + amount, "restorings": use.restorings + 1}
    return use_records.change(conn, use.id, values)


def _restore(
    conn: Connection,
    redemption: RedemptionRef,
    spender: Spender,
    entry_id: int,
    amount: int,
    step: str,
    number: str,
    why: str,
    actor: str,
    now: datetime,
) -> None:
    ledger.restore(
        conn,
        redemption.store_id,
        redeem_entry_id=entry_id,
        amount=amount,
        cause=_cause(redemption, actor, "points_restored", number, why=why),
        key=f"redemption:{redemption.public_id}:{step}",
        now=now,
        grace=_grace(conn, redemption),
        account=_account(redemption, spender),
    )
    _tell(conn, redemption, spender, Kind.points_restored, amount, number, step, now, why=why)


def _capture(
    conn: Connection, redemption: RedemptionRef, cause: Cause, now: datetime
) -> int | None:
    """Posts the spending of what was set aside; None where nothing was."""
    if redemption.hold_id is None:
        return None
    posted = ledger.capture_hold(
        conn,
        redemption.store_id,
        redemption.hold_id,
        None,
        cause,
        key=f"redemption:{redemption.public_id}:capture",
        now=now,
    )
    return posted.entry_id


def _tell(
    conn: Connection,
    redemption: RedemptionRef,
    spender: Spender,
    kind: Kind,
    points: int,
    number: str,
    step: str,
    now: datetime,
    **more: str,
) -> None:
    if not spender.reachable or redemption.is_gift:
        return
    tell(
        conn,
        redemption.store_id,
        spender.member.id,
        kind,
        {"redemption": redemption.public_id, "points": points, "order": number, **more},
        key=f"redemption:{redemption.public_id}:{step}",
        now=now,
    )


def _cause(redemption: RedemptionRef, actor: str, code: str, number: str, **more: str) -> Cause:
    return Cause(
        source=f"redemption:{redemption.public_id}",
        part=PART,
        actor=unnamed(actor),
        channel=redemption.channel,
        currency=redemption.currency,
        revision_id=redemption.revision_id,
        reason={"code": code, "order": number, **more},
    )


def _account(redemption: RedemptionRef, spender: Spender) -> Account:
    return Account(redemption.store_id, spender.member.id, redemption.unit)


def _entry(redemption: RedemptionRef) -> int:
    if redemption.redeem_entry_id is None:
        raise LookupError(f"redemption {redemption.id} was not spent")
    return redemption.redeem_entry_id


def _grace(conn: Connection, redemption: RedemptionRef) -> timedelta:
    """How long points that come back live at least, by the program they were spent under."""
    wanted = [] if redemption.revision_id is None else [redemption.revision_id]
    programs = programs_by_id(conn, redemption.store_id, wanted)
    rules = next((program.spending for program in programs.values()), None) or DEFAULTS
    return timedelta(days=rules.grace_days)


def _written(changed: RedemptionRef | None, redemption: RedemptionRef) -> RedemptionRef:
    if changed is None:
        raise LookupError(f"redemption {redemption.id} is not there any more")
    return changed
