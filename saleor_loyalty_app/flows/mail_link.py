"""A link to the rewards page is mailed to the address that a member confirmed."""

from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.mailed_links import LINK_LIFETIME, add_link, new_token
from saleor_loyalty_app.members.repository import member_by_confirmed_email
from saleor_loyalty_app.messages.outbox import Kind, tell
from saleor_loyalty_app.stores.refs import StoreRef


def mail_sign_in_link(
    conn: Connection, store: StoreRef, email: str, *, page_url: str, keys: EmailKeys, now: datetime
) -> bool:
    """Has a link mailed, if the address is a member's; a link is written down in either case.

    Gives whether it is. Whoever asked must not be told.
    """
    owner = member_by_confirmed_email(conn, store.id, keys.every(store.id, email))
    if owner is not None and (owner.user_id is None or owner.state == "erased"):
        owner = None
    token = new_token()
    to = None if owner is None else owner.id
    number = add_link(conn, store.id, to, "sign_in", token, now=now)
    if owner is None:
        return False
    minutes = int(LINK_LIFETIME.total_seconds()) // 60
    link = f"{page_url}/enter?t={token}"
    tell(
        conn,
        store.id,
        owner.id,
        Kind.sign_in_link,
        {"link": link, "minutes": minutes},
        key=f"sign_in_link:{number}",
        now=now,
    )
    return True
