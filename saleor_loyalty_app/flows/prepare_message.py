"""Whether a message goes out now, later or never, by what holds at the moment of sending."""

from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from saleor_loyalty_app.flows import message_context as context
from saleor_loyalty_app.flows.message_context import Recipient
from saleor_loyalty_app.flows.outbound import Outbound
from saleor_loyalty_app.members import consents
from saleor_loyalty_app.members.consents import Channel
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.guest_addresses import open_address
from saleor_loyalty_app.messages import deliveries, stopped_addresses, timing
from saleor_loyalty_app.messages.deliveries import Delivery
from saleor_loyalty_app.messages.kinds import KINDS, MessageClass
from saleor_loyalty_app.messages.rendering import Rendered, render
from saleor_loyalty_app.messages.setup import MailSetup
from saleor_loyalty_app.messages.texts import own_texts, words_for
from saleor_loyalty_app.messages.unsubscribe import Goodbye
from saleor_loyalty_app.stores.locale import usable_timezone
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.storefront_setup import page_path


@dataclass(frozen=True, slots=True)
class Skip:
    """The message is not sent; `why` is a stable word."""

    why: str


@dataclass(frozen=True, slots=True)
class Later:
    """The message waits."""

    until: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A message ready to be handed over.

    Attributes:
        lots: those whose expiry it announces.
        at: the instant for which its figures and dates hold.
    """

    delivery: Delivery
    address: str
    address_key: str
    rendered: Rendered
    unsubscribe_url: str
    lots: tuple[int, ...]
    at: datetime


def prepare(
    conn: Connection,
    store: StoreRef,
    setup: MailSetup,
    delivery: Delivery,
    outbound: Outbound,
    *,
    keys: EmailKeys,
    now: datetime,
) -> Letter | Later | Skip:
    """Reads what the message needs. Switches, consent, blocks and figures are those of `now`.

    Raises:
        TextInvalid: the owner's words cannot be used.
    """
    who = context.recipient(conn, store.id, delivery.member_id)
    if KINDS[delivery.kind].optional and delivery.kind in setup.switched_off:
        return Skip("switched_off")
    address, key = _address(store, delivery, who, keys)
    if why := _why_not(conn, store, delivery, who, address, key, now):
        return Skip(why)
    marketing = KINDS[delivery.kind].message_class is MessageClass.marketing
    if marketing and (later := _wait(conn, store, setup, who.member_id, now)):
        return later
    shown = context.figures(conn, store, who.member_id, delivery.kind, delivery.data, now=now)
    if shown.nothing:
        return Skip("nothing_to_tell")
    own = own_texts(conn, store.id)
    words, language = words_for(own, delivery.kind, (*who.languages, store.language))
    program = context.program_of(conn, store, now)
    values = context.in_words(shown, who, store, setup, program, language)
    if not values["link_to_points"] and (page := page_path(conn, store)):
        values["link_to_points"] = f"{outbound.settings.browser_url}{page}"
    if path := delivery.data.get("path"):
        values["link"] = f"{outbound.settings.browser_url}{path}"
    goodbye = Goodbye(store.id, who.member_id, Channel(delivery.channel))
    link = outbound.unsubscribe_url(goodbye) if marketing else ""
    rendered = render(delivery.kind, words, language, values, setup, unsubscribe_url=link)
    if delivery.channel == Channel.sms.value and not rendered.sms:
        return Skip("no_text")
    return Letter(delivery, address, key, rendered, link, shown.lots, now)


def _address(
    store: StoreRef, delivery: Delivery, who: Recipient, keys: EmailKeys
) -> tuple[str, str]:
    """Where it goes, with the key under which the address may have been stopped."""
    if delivery.channel == Channel.sms.value:
        return who.phone, ""
    if delivery.address_role == deliveries.PREVIOUS:
        address = who.previous_email
        return address, keys.current(store.id, address) if address else ""
    if KINDS[delivery.kind].to_guests and (sealed := delivery.data.get("to")):
        address = open_address(keys, store.id, str(sealed))
        return address, keys.current(store.id, address) if address else ""
    return who.email, who.email_key


def _why_not(
    conn: Connection,
    store: StoreRef,
    delivery: Delivery,
    who: Recipient,
    address: str,
    key: str,
    now: datetime,
) -> str:
    """Why a message is not sent at all, as a stable word; "" = it is."""
    known = KINDS[delivery.kind]
    channel = Channel(delivery.channel)
    if now - delivery.told_at > known.stale_after:
        return "stale"
    if who.state == "erased":
        return "erased"
    if not address:
        return "no_address"
    if known.to_guests and "to" in delivery.data and who.state != "guest":
        return "joined"
    if key and stopped_addresses.is_stopped(conn, store.id, key):
        return "stopped_address"
    if known.message_class is MessageClass.marketing:
        if who.state not in ("active", "paused"):
            return "not_a_member"
        if not consents.states(conn, store.id, who.member_id)[channel].granted:
            return "no_consent"
    elif known.optional and channel in who.preference.muted:
        return "muted"
    return ""


def _wait(
    conn: Connection, store: StoreRef, setup: MailSetup, member_id: int, now: datetime
) -> Later | None:
    hours = setup.quiet_hours
    zone = ZoneInfo(usable_timezone(store.timezone))
    begin, end = time.fromisoformat(hours.begin), time.fromisoformat(hours.end)
    if until := timing.end_of_quiet(now, begin, end, zone):
        return Later(until, "quiet_hours")
    sent = deliveries.marketing_sent(conn, store.id, member_id, now - timing.WEEK)
    if until := timing.room_in_week(sent, setup.weekly_cap, now):
        return Later(until, "weekly_cap")
    return None
