"""An announcement to all members who agreed to offers: a durable job, a page of them at a time."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from sqlalchemy.engine import Connection

from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.message_context import recipient
from saleor_loyalty_app.i18n import language_of
from saleor_loyalty_app.members.consents import agreeing
from saleor_loyalty_app.messages.outbox import Kind, tell
from saleor_loyalty_app.messages.setup import setup_of
from saleor_loyalty_app.queue import Job, enqueue
from saleor_loyalty_app.stores import repository as stores
from saleor_loyalty_app.stores import staff_actions
from saleor_loyalty_app.stores.refs import StoreRef

#: Members that one transaction tells.
PAGE = 100


@dataclass(frozen=True, slots=True)
class Announcement:
    """What is announced, in English, Turkish or both: title and body by language.

    Attributes:
        key: of the announcement: the same words are sent once a day.
        after: the last member who was told.
    """

    store_id: int
    key: str
    titles: dict[str, str]
    bodies: dict[str, str]
    link: str = ""
    after: int = 0


ANNOUNCE = Job("announce", Announcement)


class OffersOff(AppError):
    """Announcements are switched off in the settings."""

    code: ClassVar[str] = "announcements_off"
    status: ClassVar[int] = 409


class AnnouncementRepeated(AppError):
    """The very same announcement was made today."""

    code: ClassVar[str] = "announcement_repeated"
    status: ClassVar[int] = 409


def announce(
    conn: Connection,
    store: StoreRef,
    titles: Mapping[str, str],
    bodies: Mapping[str, str],
    link: str,
    *,
    actor: str,
    now: datetime,
) -> None:
    """Begins an announcement in the transaction of who asks for it.

    Raises:
        OffersOff: the owner switched this kind off.
        AnnouncementRepeated: it would be sent a second time.
    """
    if Kind.announcement in setup_of(conn, store.id).setup.switched_off:
        raise OffersOff
    text = json.dumps([dict(titles), dict(bodies), link], sort_keys=True)
    key = f"{now:%Y%m%d}-{hashlib.sha256(text.encode()).hexdigest()[:24]}"
    before = staff_actions.page(
        conn, store.id, 1, None, kind="announced", subject=f"announcement:{key}"
    )
    if before:
        raise AnnouncementRepeated
    staff_actions.note(
        conn,
        store.id,
        actor=actor,
        kind="announced",
        subject=f"announcement:{key}",
        after={"titles": dict(titles)},
        now=now,
    )
    wish = Announcement(store.id, key, dict(titles), dict(bodies), link)
    enqueue(conn, ANNOUNCE, wish, dedup_key=f"{store.id}:{key}:0")


def announce_pages(db: Database, wish: Announcement, *, clock: Clock) -> None:
    """Tells everybody, page by page; may be run again after it broke off."""
    after: int | None = wish.after
    while after is not None:
        after = _announce_after(db, wish, after, clock())


def _announce_after(db: Database, wish: Announcement, after: int, now: datetime) -> int | None:
    def tell_page(conn: Connection) -> int | None:
        store = stores.store_by_id(conn, wish.store_id)
        if store is None or not store.active or not store.messages_on:
            return None
        return _tell_page(conn, store, wish, after, now)

    return db.write(tell_page)


def _tell_page(
    conn: Connection, store: StoreRef, wish: Announcement, after: int, now: datetime
) -> int | None:
    members = agreeing(conn, store.id, after=after, limit=PAGE)
    for member_id in members:
        who = recipient(conn, store.id, member_id)
        language = _language(wish, (*who.languages, store.language))
        data = {
            "title": wish.titles[language],
            "body": wish.bodies[language],
            "link": wish.link,
        }
        key = f"announcement:{wish.key}:{member_id}"
        tell(conn, store.id, member_id, Kind.announcement, data, key=key, now=now)
    return members[-1] if len(members) == PAGE else None


def _language(wish: Announcement, preferences: tuple[str, ...]) -> str:
    wanted = language_of(preferences)
    return wanted if wanted in wish.titles else next(iter(wish.titles))
