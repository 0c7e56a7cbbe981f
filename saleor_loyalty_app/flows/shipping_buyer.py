"""What shipping offers look at of a shopper who has asked Saleor nothing yet.

It is what `shipping_lookup` finds when Saleor asks for the shopper's checkout, so that nothing else
is promised than will be offered.
"""

from dataclasses import replace

from sqlalchemy import Connection

from saleor_loyalty_app.members.eligibility import takes_part
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.orders.repository import paid_orders_of
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.shipping_decide import ShippingFacts
from saleor_loyalty_app.segments.standing import segments_in_force
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers.standing import counted_tier, tier_in_force


def as_bought_by(
    conn: Connection,
    store: StoreRef,
    program: Program,
    member: MemberRef | None,
    facts: ShippingFacts,
) -> ShippingFacts:
    """The facts of a cart with what is known of who buys it.

    Args:
        member: None = they are not in the books yet. Of a guest, who cannot be signed in, Saleor
            tells nothing that leads to them.
    """
    if member is not None and member.is_guest:
        return facts
    automatic = program.settings.enrollment == "automatic"
    if member is None:
        return replace(
            facts,
            member=takes_part("", hold_out=False, automatic=automatic),
            tier=counted_tier(program, "", state="", hold_out=False),
        )
    return replace(
        facts,
        member=takes_part(member.state, hold_out=member.hold_out, automatic=automatic),
        orders=paid_orders_of(conn, member.id, but=0),
        tier=tier_in_force(conn, store.id, member.id, program),
        segments=segments_in_force(conn, store.id, member.id, program.segments),
    )
