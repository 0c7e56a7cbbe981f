"""A member wants to be forgotten: done at once, or asked of staff, as the store decided."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from saleor_loyalty_app.flows.erase_member import erase_member
from saleor_loyalty_app.flows.take_part import LossChanged, loss_of
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.members import notes
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.rewards.forgetting import unnamed
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.storefront_setup import setup_of

#: GDPR, article 12 (3), and the Turkish law no. 6698, article 13: within a month.
ANSWERED_WITHIN = timedelta(days=30)


def wish_erasure(
    conn: Connection,
    store: StoreRef,
    member: MemberRef,
    *,
    loses: int,
    actor: str,
    keys: EmailKeys,
    now: datetime,
) -> date | None:
    """Erases a member at their own wish, or asks staff to; gives the day until which they do it.

    None: it is done. Asking twice makes one task.

    Args:
        loses: how many points they agreed to lose.

    Raises:
        LossChanged: it would be another number.
    """
    loss = loss_of(conn, store, member, now=now)
    if loss.points + loss.pending != loses:
        raise LossChanged(loses=loss.points + loss.pending)
    if setup_of(conn, store.id).setup.erase_at_once:
        erase_member(conn, store, member.id, keys=keys, now=now, actor=actor)
        return None
    for note in notes.notes_of(conn, store.id, member.id):
        if unnamed(note.author) == actor and note.due_on is not None and note.done_at is None:
            return date.fromisoformat(note.due_on)
    due = (now + ANSWERED_WITHIN).astimezone(ZoneInfo(store.timezone)).date()
    text = translate("erasure.task", store.language)
    notes.add_note(conn, store.id, member.id, text, author=actor, now=now, due_on=due)
    return due
