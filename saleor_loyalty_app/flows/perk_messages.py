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
from saleor_loyalty_app.programs.repository import programs_by_id
from saleor_loyalty_app.stores.refs import StoreRef


def send_message(
    conn: Connection,
    store: StoreRef,
    member: MemberRef,
    row: PerkRow,
    *,
    revision_id: int | None,
    number: str,
    paid_at: datetime,
) -> dict[str, object]:
    """Writes a message down in the language that the member reads; gives what its row keeps.

    It tells of the payment, so that it is as old: what is seen long after is not sent any more.

    Args:
        revision_id: of the program that has the texts.
        number: of the order.
    """
    who = recipient(conn, store.id, member.id)
    effect = _effect(conn, store, revision_id, row.rule_id)
    text = effect.text_for((*who.languages, store.language))
    data = {"title": text.title, "body": text.body, "order": number}
    key = key_of(row.id, row.turns + 1)
    tell(conn, store.id, member.id, Kind.order_message, data, key=key, now=paid_at)
    return {"message": key}


def take_message(conn: Connection, store: StoreRef, row: PerkRow, *, now: datetime) -> bool:
    """Withdraws a message that was not sent yet; False where it was."""
    return withdrawing.withdraw(conn, store.id, str(row.detail["message"]), now=now)


def went_out(conn: Connection, store: StoreRef, row: PerkRow) -> bool:
    """Whether a message was taken by the other side in the moment that it was withdrawn."""
    key = row.detail.get("message")
    return key is not None and withdrawing.was_sent(conn, store.id, str(key))


def key_of(row_id: int, turn: int) -> str:
    """What names a message in the outbox."""
    return f"order_message:{row_id}:{turn}"


def _effect(
    conn: Connection, store: StoreRef, revision_id: int | None, rule_id: str
) -> SendMessage:
    """What the rule told when the order was decided, whatever it tells today."""
    decided = [] if revision_id is None else [revision_id]
    for program in programs_by_id(conn, store.id, decided).values():
        if (effect := program.message_of(rule_id)) is not None:
            return effect
    raise LookupError(f"revision {revision_id} has no message of the rule {rule_id}")
