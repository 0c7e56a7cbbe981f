"""A rule sends a message to the member, once an order, and withdraws it unsent with the order.

The owner wrote it, so that it is an offer as announcements are: consent, quiet hours and the weekly
cap decide when it goes, or whether.
"""

from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.flows.message_context import recipient
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.messages import withdrawing
from saleor_loyalty_app.messages.outbox import Kind, tell
from saleor_loyalty_app.programs.perk_rows import PerkRow
from saleor_loyalty_app.programs.perks import SendMessage
from saleor_loyalty_app.stores.refs import StoreRef


def send_message(
    conn: Connection,
    store: StoreRef,
    member: MemberRef,
    effect: SendMessage,
    *,
    row: PerkRow,
    number: str,
    now: datetime,
) -> dict[str, object]:
    """Writes a message down in the language that the member reads; gives what its row keeps.

    An earlier one of the same order that went out after all stays the one: nobody is told twice.

    Args:
        number: of the order.
    """
    turn = row.turns + 1
    told = [key_of(row.id, earlier) for earlier in range(1, turn)]
    if told and (sent := withdrawing.sent_of(conn, store.id, told)):
        return {"message": sent}
    who = recipient(conn, store.id, member.id)
    text = effect.text_for((*who.languages, store.language))
    data = {"title": text.title, "body": text.body, "order": number}
    key = key_of(row.id, turn)
    tell(conn, store.id, member.id, Kind.order_message, data, key=key, now=now)
    return {"message": key}


def take_message(conn: Connection, store: StoreRef, row: PerkRow, *, now: datetime) -> bool:
    """Withdraws a message that was not sent yet; False where it was."""
    return withdrawing.withdraw(conn, store.id, str(row.detail["message"]), now=now)


def key_of(row_id: int, turn: int) -> str:
    """What names a message in the outbox."""
    return f"order_message:{row_id}:{turn}"
