"""Forgetting the people of a store that uninstalled the app. The books stay."""

from datetime import datetime
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app import log
from saleor_loyalty_app.adjustments import repository as adjustments
from saleor_loyalty_app.bonuses import answers, birthdays, given, waiting
from saleor_loyalty_app.custom_events import repository as custom_events
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.goodwill import prompts
from saleor_loyalty_app.inbox.retention import forget_store
from saleor_loyalty_app.member_imports import repository as member_imports
from saleor_loyalty_app.members import mailed_links, notes, preferences, tags
from saleor_loyalty_app.members import repository as members
from saleor_loyalty_app.members.models import Member, MemberIdentity
from saleor_loyalty_app.orders.models import OrderRefresh
from saleor_loyalty_app.programs import tag_rows
from saleor_loyalty_app.programs.samples import forget_sample
from saleor_loyalty_app.rewards import claims, forgetting
from saleor_loyalty_app.stores import exports, partner_keys, staff_actions
from saleor_loyalty_app.stores.kept_secrets import forget_secrets
from saleor_loyalty_app.stores.models import Store
from saleor_loyalty_app.stores.refs import StoreRef

logger = log.get(__name__)
_stores, _members, _identities = table(Store), table(Member), table(MemberIdentity)
_refreshes = table(OrderRefresh)

#: So many members are forgotten in one transaction.
PAGE = 500


class StoreStillInstalled(AppError):
    """The store's people are erased only after it uninstalled the app."""

    code: ClassVar[str] = "store_still_installed"
    status: ClassVar[int] = 409


def erase_store(db: Database, store: StoreRef, *, now: datetime) -> int:
    """Erases the personal data of all members of a store; gives the number of members.

    What arrived from the store and its token go too. Entries, lots, orders and programs stay, so
    that past figures can still be told; without identities nobody can be found in them. May be run
    again after it broke off.

    Raises:
        StoreStillInstalled: the app is still installed there.
    """
    if db.read(lambda conn: _is_installed(conn, store.id)):
        raise StoreStillInstalled(api_url=store.api_url)
    db.write(lambda conn: _forget_store(conn, store.id))
    db.write(lambda conn: custom_events.forget_store(conn, store.id, now=now))
    db.write(lambda conn: partner_keys.revoke_all(conn, store.id, actor="app", now=now))
    erased = 0
    while page := db.write(lambda conn: _erase_page(conn, store.id, now)):
        erased += page
    logger.info("store_erased", store_id=store.id, count=erased)
    return erased


def _is_installed(conn: Connection, store_id: int) -> bool:
    query = sa.select(_stores.c.active).where(_stores.c.id == store_id)
    return bool(conn.execute(query).scalar_one())


def _forget_store(conn: Connection, store_id: int) -> None:
    forget_store(conn, store_id)
    adjustments.forget_staff(conn, store_id)
    forget_sample(conn, store_id)
    exports.forget_store(conn, store_id)
    member_imports.forget_store(conn, store_id)
    given.forget_store(conn, store_id)
    conn.execute(sa.delete(_refreshes).where(_refreshes.c.store_id == store_id))
    forget_secrets(conn, store_id)
    conn.execute(sa.update(_stores).where(_stores.c.id == store_id).values(token_encrypted=""))


def _erase_page(conn: Connection, store_id: int, now: datetime) -> int:
    ids = list(
        conn.execute(
            sa.select(_members.c.id)
            .where(_members.c.store_id == store_id, _members.c.state != "erased")
            .order_by(_members.c.id)
            .limit(PAGE)
            .with_for_update()
        ).scalars()
    )
    if ids:
        users = members.users_of(conn, store_id, ids)
        forgetting.forget_users(conn, store_id, ids, users)
        staff_actions.forget_shoppers(conn, store_id, users)
        conn.execute(sa.delete(_identities).where(_identities.c.member_id.in_(ids)))
        notes.delete_notes(conn, store_id, ids)
        tags.forget(conn, store_id, ids)
        tag_rows.forget(conn, store_id, ids, now=now)
        preferences.forget_preferences(conn, store_id, ids)
        mailed_links.forget_access(conn, store_id, ids)
        birthdays.forget_birthdays(conn, store_id, ids)
        answers.forget_answers(conn, store_id, ids)
        waiting.forget_members(conn, store_id, ids)
        claims.forget_notes(conn, store_id, ids)
        adjustments.forget_members(conn, store_id, ids)
        prompts.forget_members(conn, store_id, ids)
        conn.execute(
            sa.update(_members)
            .where(_members.c.id.in_(ids))
            .values(state="erased", user_id=None, guest_key=None, left_at=now)
        )
    return len(ids)
