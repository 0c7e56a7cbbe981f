"""What a member is told about the membership itself."""

from datetime import datetime

from sqlalchemy.engine import Connection

from saleor_loyalty_app.members.eligibility import REST_AFTER_NEW_ADDRESS
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.messages.outbox import Kind, tell
from saleor_loyalty_app.stores.refs import StoreRef


def tell_of_membership(
    conn: Connection, store: StoreRef, member: MemberRef, *, now: datetime
) -> None:
    """Welcomes who came in just now for the first time, and tells of an address that changed."""
    if member.state == "active" and member.first_enrolled_at == now:
        tell(conn, store.id, member.id, Kind.welcome, {}, key=f"welcome:{member.id}", now=now)
    if member.email_changed_at == now:
        until = now + REST_AFTER_NEW_ADDRESS
        tell(
            conn,
            store.id,
            member.id,
            Kind.email_changed,
            {"spending_from": until.isoformat()},
            key=f"email:{member.id}:{now.isoformat()}",
            now=now,
        )


def tell_of_block(
    conn: Connection, store: StoreRef, before: MemberRef, after: MemberRef, *, now: datetime
) -> None:
    """Tells what staff have blocked just now; freeing is seen without a message."""
    for what in ("spending", "earning", "codes"):
        if getattr(after, f"{what}_blocked") and not getattr(before, f"{what}_blocked"):
            tell(
                conn,
                store.id,
                after.id,
                Kind.balance_blocked,
                {"blocked": what},
                key=f"blocked:{after.id}:{what}:{now.isoformat()}",
                now=now,
            )
            return
