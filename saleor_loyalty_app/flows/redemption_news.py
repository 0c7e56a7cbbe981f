"""What news of checkouts do to the codes of spent points.

Most checkouts have none: they cost one indexed read and no write. Nothing is concluded from the
news alone, which may be old: whoever is woken reads the checkout first.
"""

from datetime import datetime
from typing import Protocol

from sqlalchemy.engine import Connection

from saleor_loyalty_app import log
from saleor_loyalty_app.flows.known_member import everybody
from saleor_loyalty_app.members.email_keys import normalize_email
from saleor_loyalty_app.members.repository import member_by_user, surviving_member
from saleor_loyalty_app.rewards import redemptions, sightings
from saleor_loyalty_app.rewards.checkout_news import Concerned, Meaning, concerned, meaning
from saleor_loyalty_app.stores.refs import StoreRef

logger = log.get(__name__)

#: Why a redemption ended whose checkout went over to another user.
OTHER_OWNER = "checkout_of_another"


class CheckoutNews(Protocol):
    """What an event about a checkout has to tell here."""

    @property
    def id(self) -> str: ...

    @property
    def user_id(self) -> str | None:
        """Saleor's id of the checkout's user; None = a guest."""

    @property
    def email(self) -> str | None: ...

    @property
    def voucher_code(self) -> str | None: ...


def concerns(conn: Connection, store: StoreRef, news: CheckoutNews, *, now: datetime) -> bool:
    """Whether the news are any for a code of ours; only reads."""
    return bool(_meanings(conn, store, news, now))


def note_checkout(conn: Connection, store: StoreRef, news: CheckoutNews, *, now: datetime) -> bool:
    """Notes where a code was seen, and wakes whoever has to look; gives whether it wrote anything.

    A code on a checkout where it does not belong is to be taken off at once. One that was handed
    out belongs to the first checkout of its owner. One that is missing on its checkout is looked
    for, and a redemption ends whose checkout went over to somebody else.
    """
    found = _meanings(conn, store, news, now)
    if not found:
        return False
    redemptions.lock(conn, store.id, [one.id for one, _ in found])
    for one, means in _meanings(conn, store, news, now):
        _act(conn, store, news, one, means, now)
    return True


def _meanings(
    conn: Connection, store: StoreRef, news: CheckoutNews, now: datetime
) -> list[tuple[Concerned, Meaning]]:
    code = news.voucher_code or ""
    meanings: list[tuple[Concerned, Meaning]] = []
    for one in concerned(conn, store.id, news.id, code):
        means = meaning(one, news.id, news.user_id, code, now)
        if means is Meaning.maybe_own:
            means = _by_address(conn, store, news, one)
        elif means in (Meaning.unwelcome, Meaning.other_owner) and one.is_live:
            means = _by_person(conn, store, news, one, means)
        if means is not Meaning.nothing:
            meanings.append((one, means))
    return meanings


def _by_address(conn: Connection, store: StoreRef, news: CheckoutNews, found: Concerned) -> Meaning:
    """A guest's checkout is the owner's under the owner's address; else nobody knows yet."""
    member = surviving_member(conn, store.id, found.member_id)
    address = normalize_email(news.email or "")
    if member is not None and address and address == member.email:
        return Meaning.bind
    return Meaning.nothing if found.sighted_foreign is not None else Meaning.maybe_own


def _by_person(
    conn: Connection, store: StoreRef, news: CheckoutNews, found: Concerned, means: Meaning
) -> Meaning:
    """Another account of the owner's, whose members were merged into one, is the owner too."""
    theirs = None if news.user_id is None else member_by_user(conn, store.id, news.user_id)
    if theirs is None or found.member_id not in everybody(conn, store, theirs.id):
        return means
    if means is Meaning.other_owner:
        return Meaning.nothing
    return Meaning.bind if found.checkout_id is None and found.order_id is None else means


def _act(
    conn: Connection,
    store: StoreRef,
    news: CheckoutNews,
    found: Concerned,
    means: Meaning,
    now: datetime,
) -> None:
    match means:
        case Meaning.look:
            redemptions.wake(conn, store.id, [found.id], now)
        case Meaning.other_owner:
            reason = {"code": OTHER_OWNER}
            redemptions.end_as(conn, store.id, found.id, "released", reason, now)
        case Meaning.bind:
            _bind(conn, store, news, found, now)
        case Meaning.unwelcome | Meaning.maybe_own:
            foreign = means is Meaning.unwelcome
            sightings.note(
                conn, store.id, found.id, news.id, user_id=news.user_id, foreign=foreign, now=now
            )
            if foreign:
                logger.warning("code_on_foreign_checkout", store_id=store.id, count=1)


def _bind(
    conn: Connection, store: StoreRef, news: CheckoutNews, found: Concerned, now: datetime
) -> None:
    """The code belongs to this checkout from now on; the driver does the rest.

    Where other points of the owner's are on it still, they are looked at first: one voucher
    replaces the other. The next news of the checkout bind the code then.
    """
    sightings.note(conn, store.id, found.id, news.id, user_id=news.user_id, foreign=False, now=now)
    others = [one.id for one in redemptions.on_checkout(conn, store.id, news.id) if one.is_live]
    if others:
        redemptions.wake(conn, store.id, others, now)
        return
    redemptions.change(conn, found.id, None, {"checkout_id": news.id, "due_at": now})
