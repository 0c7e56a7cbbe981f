"""What a decision may know of a shopper who has not ordered yet: as the order will know them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.flows.campaign_boosts import boosts_at
from saleor_loyalty_app.flows.join_member import enrollment_of
from saleor_loyalty_app.flows.known_member import member_facts
from saleor_loyalty_app.flows.known_past import orders_before, orders_by, used_by
from saleor_loyalty_app.flows.stay_erased import stays_erased
from saleor_loyalty_app.members.eligibility import why_not_earning
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.newcomers import as_newcomer, may_come_in
from saleor_loyalty_app.members.refs import MemberRef, SignedIn
from saleor_loyalty_app.programs.boosts import Boost, capped_boosts
from saleor_loyalty_app.programs.decision_plan import plan_of
from saleor_loyalty_app.programs.document import Program, Settings
from saleor_loyalty_app.programs.member_facts import NOBODY, MemberFacts
from saleor_loyalty_app.programs.tiers import entry_tier
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers.standing import counted_tier


@dataclass(frozen=True, slots=True)
class Known:
    """A shopper as the decision on their next order looks at them.

    Attributes:
        nth_order: the how manieth it would be; None where no rule asks, or nobody knows.
        boosts: of the campaigns that run, with what their budgets leave.
    """

    nth_order: int | None
    member: MemberFacts
    boosts: tuple[Boost, ...]


def may_earn(
    conn: Connection,
    store: StoreRef,
    program: Program,
    member: MemberRef | None,
    signed_in: SignedIn | None = None,
    *,
    now: datetime,
) -> bool:
    """Whether an order would earn; who is not in the books yet may become a member with it.

    Args:
        signed_in: who asks, by their token; None = nobody is signed in.
    """
    known = signed_in or SignedIn("")
    return not why_not_yet(conn, store, program.settings, member, known, at=now, now=now)


def why_not_yet(
    conn: Connection,
    store: StoreRef,
    settings: Settings,
    member: MemberRef | None,
    signed_in: SignedIn,
    *,
    at: datetime,
    now: datetime,
) -> str:
    """Why an order would earn nothing, as a stable word; "" = it would.

    The hold-out of who becomes a member with it is drawn then, and foreseen by their address.

    Args:
        member: of whom it would be; None = the books do not know them.
        at: when it is paid.
    """
    if stays_erased(conn, store, member, signed_in.marks, now=now):
        return "erased"
    enrollment = enrollment_of(settings)
    if may_come_in(member, enrollment):
        member = as_newcomer(store.id, member, enrollment, signed_in, now=at)
    if member is not None:
        return why_not_earning(member, automatic=enrollment.automatic, at=at)
    return "" if enrollment.automatic else "not_enrolled"


def known_shopper(
    conn: Connection,
    store: StoreRef,
    program: Program,
    member: MemberRef | None,
    *,
    newcomer: bool,
    language: str,
    now: datetime,
    keys: EmailKeys | None = None,
    addresses: Sequence[str] = (),
) -> Known:
    """What is known of who would order now.

    Args:
        member: None = nobody is known, or they become a member with the order.
        newcomer: they do, and this is their first order.
        language: of the checkout, for a newcomer.
        keys: find what is remembered of the member's address under older secrets, too.
        addresses: the keys of the address of their account, as the order will name it.
    """
    boosts = boosts_at(conn, store, now)
    ready = plan_of(program)
    caps = {**ready.capped, **capped_boosts(boosts)}
    spoken = language.replace("_", "-").lower()
    if member is None:
        if not newcomer:
            return Known(None, MemberFacts(tier=entry_tier(program.tiers)), boosts)
        before = orders_by(conn, store, addresses, at=now)
        facts = MemberFacts(
            tier=counted_tier(program, "", state="", hold_out=False),
            joined_at=now,
            orders=before,
            language=spoken,
            used=used_by(conn, store, addresses, caps, at=now),
        )
        return Known(before + 1, facts, boosts)
    enrollment = enrollment_of(program.settings)
    if may_come_in(member, enrollment):
        seen = SignedIn(member.user_id or "", tuple(addresses), language=spoken)
        member = as_newcomer(store.id, member, enrollment, seen, now=now) or member
    nth = None
    # How manieth order of a guest's it is nobody knows, here as when it is placed.
    if ready.needs_order_number and not member.is_guest:
        nth = orders_before(conn, store, member, at=now, keys=keys, addresses=addresses) + 1
    asked = any(not boost.audience.is_everybody for boost in boosts)
    facts = NOBODY
    if ready.needs_member or caps or asked:
        facts = member_facts(
            conn, store, member, program, caps, at=now, keys=keys, addresses=addresses
        )
    return Known(nth, facts, boosts)
