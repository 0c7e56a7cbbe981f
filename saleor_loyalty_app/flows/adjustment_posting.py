"""What staff or systems give or take gets into the books, and into the list of what they did."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.adjustments import repository
from saleor_loyalty_app.adjustments.errors import AdjustmentUnknown
from saleor_loyalty_app.adjustments.repository import AdjustmentRef
from saleor_loyalty_app.flows.points_life import end_of_life, life_for
from saleor_loyalty_app.ledger import Account, Cause
from saleor_loyalty_app.programs.repository import Revision
from saleor_loyalty_app.stores import staff_actions
from saleor_loyalty_app.stores.refs import StoreRef


def post_adjustment(
    conn: Connection,
    store: StoreRef,
    asked: AdjustmentRef,
    account: Account,
    revision: Revision,
    because: Mapping[str, Any],
    now: datetime,
) -> AdjustmentRef:
    """Books the points of an adjustment whose account is locked; gives it as it is then."""
    settings = revision.program.settings
    life = life_for(conn, store, account.member_id, settings.expiry, order=asked.order_number)
    key = f"adjustment:{asked.id}"
    posted = ledger.adjust(
        conn,
        account,
        asked.points,
        Cause(
            source=key,
            part="points",
            actor=asked.requested_by,
            revision_id=revision.id,
            reason={
                "code": "staff_gave" if asked.points > 0 else "staff_took",
                "why": asked.reason,
                **({"order": asked.order_number} if asked.order_number else {}),
                **because,
                **(life.reason if asked.points > 0 else {}),
            },
        ),
        key=key,
        now=now,
        effective_at=now,
        expires_at=end_of_life(life, now, store.timezone),
        notice_required=settings.expiry.notice == "required",
    )
    repository.change(conn, asked.id, state="posted", entry_id=posted.entry_id)
    return reread(conn, store, asked.id)


def note_adjustment(
    conn: Connection,
    store: StoreRef,
    made: AdjustmentRef,
    actor: str,
    kind: str,
    state_before: str | None,
    now: datetime,
) -> None:
    """Writes down for the owner who did what, without words that may name anybody."""
    staff_actions.note(
        conn,
        store.id,
        actor=actor,
        kind=kind,
        subject=f"member:{made.member_id}",
        before=None if state_before is None else {"state": state_before},
        after={
            "adjustment": made.id,
            "points": made.points,
            "reason": made.reason,
            "state": made.state,
        },
        now=now,
    )


def reread(conn: Connection, store: StoreRef, adjustment_id: int) -> AdjustmentRef:
    """An adjustment as it is now.

    Raises:
        AdjustmentUnknown: the store has none by this id.
    """
    found = repository.by_id(conn, store.id, adjustment_id)
    if found is None:
        raise AdjustmentUnknown
    return found
