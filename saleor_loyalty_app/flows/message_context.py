"""What a message needs: whom it goes to, with which figures, in which words."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from babel.core import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal
from sqlalchemy.engine import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.campaign_values import campaign_figures
from saleor_loyalty_app.flows.reward_values import reward_figures, reward_values
from saleor_loyalty_app.ledger import Account
from saleor_loyalty_app.ledger.expiry import expiry_after_notice
from saleor_loyalty_app.ledger.models import Lot
from saleor_loyalty_app.members.models import Member, MemberIdentity
from saleor_loyalty_app.members.preferences import Preference, preference_of
from saleor_loyalty_app.messages.kinds import Kind
from saleor_loyalty_app.messages.setup import MailSetup, setup_of
from saleor_loyalty_app.programs.document import Program, Texts
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.programs.scalars import in_locale
from saleor_loyalty_app.programs.tiers_words import tier_values
from saleor_loyalty_app.rewards.models import Redemption
from saleor_loyalty_app.stores import storefront_setup
from saleor_loyalty_app.stores.locale import last_day, usable_timezone
from saleor_loyalty_app.stores.refs import StoreRef

UNIT = "points"
_member, _identity, _lot = table(Member), table(MemberIdentity), table(Lot)
_redemption = table(Redemption)
#: Data that are a number of points.
_POINTS = ("points", "earned", "spent", "expired")


@dataclass(frozen=True, slots=True)
class Recipient:
    """Who is written to, as they are now; everything is empty for who is not known any more."""

    member_id: int
    state: str
    email: str = ""
    email_key: str = ""
    previous_email: str = ""
    phone: str = ""
    first_name: str = ""
    language: str = ""
    confirmed: bool = False
    preference: Preference = field(default_factory=Preference)

    @property
    def languages(self) -> tuple[str, ...]:
        """Their languages, the one they chose first."""
        return tuple(one for one in (self.preference.language, self.language) if one)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a message shows, not yet in words.

    Attributes:
        values: of the kind, from the outbox and from the books.
        lots: those whose expiry the message tells of.
        nothing: there is nothing to tell any more.
    """

    values: Mapping[str, Any]
    balance: int
    available: int
    lots: tuple[int, ...] = ()
    nothing: bool = False


def recipient(conn: Connection, store_id: int, member_id: int) -> Recipient:
    """Who a message of a member goes to: the member, or whom they were merged into."""
    wanted: int | None = member_id
    for _ in range(10):
        row = conn.execute(
            sa.select(_member.c.state, _member.c.merged_into, _identity)
            .select_from(
                _member.outerjoin(_identity, _identity.c.member_id == _member.c.id),
            )
            .where(_member.c.store_id == store_id, _member.c.id == wanted)
        ).one_or_none()
        if row is None:
            break
        if row.merged_into is None:
            if row.email is None:
                return Recipient(int(wanted or member_id), row.state)
            return Recipient(
                row.member_id,
                row.state,
                row.email,
                row.email_key,
                row.previous_email,
                row.phone,
                row.first_name,
                row.language,
                row.confirmed,
                preference_of(conn, store_id, row.member_id),
            )
        wanted = row.merged_into
    return Recipient(member_id, "erased")


def figures(
    conn: Connection,
    store: StoreRef,
    member_id: int,
    kind: Kind,
    data: Mapping[str, Any],
    *,
    now: datetime,
) -> Figures:
    """What a message of a kind shows to a member at `now`."""
    balance = ledger.balance(conn, Account(store.id, member_id, UNIT), now=now)
    values = dict(data)
    lots: tuple[int, ...] = ()
    nothing = False
    if kind in (Kind.points_expiring, Kind.points_expiring_soon):
        lots, points, date = _expiring(conn, store.id, member_id, kind, data, now)
        values |= {"points": points, "expires_at": date.isoformat() if date else ""}
        nothing = points == 0
    elif kind is Kind.reward_code:
        found = _code(conn, store.id, str(data.get("redemption", "")))
        nothing = found is None
        values |= found or {}
    elif kind in (Kind.reward_issued, Kind.reward_expiring):
        found = reward_figures(conn, store.id, str(data.get("redemption", "")))
        nothing = found is None
        values |= found or {}
    elif kind is Kind.campaign:
        found = campaign_figures(conn, store.id, data, now=now)
        nothing = found is None
        values |= found or {}
    return Figures(values, balance.total, max(balance.available, 0), lots, nothing)


def _expiring(
    conn: Connection,
    store_id: int,
    member_id: int,
    kind: Kind,
    data: Mapping[str, Any],
    now: datetime,
) -> tuple[tuple[int, ...], int, datetime | None]:
    """What is left of the lots, and the date that the message must name.

    A notice names the first date that it is in time for; a reminder the date as it stands.
    """
    rows = conn.execute(
        sa.select(_lot.c.id, _lot.c.remaining, _lot.c.expires_at, _lot.c.notice_required).where(
            _lot.c.store_id == store_id,
            _lot.c.member_id == member_id,
            _lot.c.id.in_([int(one) for one in data.get("lots", [])]),
            _lot.c.remaining > 0,
            _lot.c.expires_at > now,
            _lot.c.noticed_at.is_(None)
            if kind is Kind.points_expiring
            else _lot.c.noticed_at.is_not(None),
        )
    ).all()
    dates = [
        expiry_after_notice(row.expires_at, now)
        if kind is Kind.points_expiring and row.notice_required
        else row.expires_at
        for row in rows
    ]
    points = sum(row.remaining for row in rows)
    return tuple(row.id for row in rows), points, min(dates, default=None)


def _code(conn: Connection, store_id: int, public_id: str) -> dict[str, Any] | None:
    """The code of a redemption that can still be used."""
    row = conn.execute(
        sa.select(_redemption).where(
            _redemption.c.store_id == store_id,
            _redemption.c.public_id == public_id,
            _redemption.c.state == "issued",
            _redemption.c.ending == "",
        )
    ).one_or_none()
    if row is None:
        return None
    return {
        "code": row.code,
        "points": row.points,
        "amount": row.amount,
        "currency": row.currency,
        "valid_until": row.deadline.isoformat(),
    }


def program_of(conn: Connection, store: StoreRef, now: datetime) -> Program | None:
    """The program in force."""
    revision = revision_at(conn, store.id, now)
    return None if revision is None else revision.program


def dressed_setup(conn: Connection, store: StoreRef, browser_url: str) -> MailSetup:
    """The settings of the messages; what is left open is as on the store's rewards page."""
    setup = setup_of(conn, store.id).setup
    page = storefront_setup.setup_of(conn, store.id).setup
    path = storefront_setup.page_path(conn, store)
    look = setup.look.model_copy(
        update={
            "color": setup.look.color or page.looks.brand_color,
            "logo_url": setup.look.logo_url or page.looks.logo_url,
            "points_url": setup.look.points_url or (f"{browser_url}{path}" if path else ""),
        }
    )
    sender = setup.sender.model_copy(update={"name": setup.sender.name or page.shop_name})
    return setup.model_copy(update={"look": look, "sender": sender})


def shop_name(store: StoreRef, setup: MailSetup) -> str:
    """What the shop is called: as its sender, else as Saleor says, else by its address."""
    said = setup.sender.name or setup.footer.company or store.name
    return said or urlsplit(store.api_url).hostname or ""


def in_words(
    shown: Figures,
    who: Recipient,
    store: StoreRef,
    setup: MailSetup,
    program: Program | None,
    language: str,
) -> dict[str, Any]:
    """The values of a message as its texts show them, in `language`. Pure."""
    locale = _locale(language)
    zone = ZoneInfo(usable_timezone(store.timezone))
    texts = program.texts_for(language) if program is not None else None
    values: dict[str, Any] = {
        "name": who.first_name,
        "shop": shop_name(store, setup),
        "program": texts.program if texts is not None else shop_name(store, setup),
        "balance": points_in_words(shown.balance, texts, locale),
        "available": points_in_words(shown.available, texts, locale),
        "balance_points": shown.balance,
        "available_points": shown.available,
        "link_to_points": setup.look.points_url,
    }
    known = shown.values
    for name in _POINTS:
        if isinstance(number := known.get(name), int):
            values[name] = points_in_words(number, texts, locale)
    for name in ("order", "code", "link", "title", "body", "blocked", "minutes", "bonus", "years"):
        if known.get(name):
            values[name] = str(known[name])
    for source, name in (
        ("available_from", "available_on"),
        ("expires_at", "expires_on"),
    ):
        if known.get(source):
            values[name] = format_date(_instant(known[source]).astimezone(zone), "long", locale)
    if known.get("valid_until"):
        last = last_day(_instant(known["valid_until"]), store.timezone)
        values["valid_until"] = format_date(last, "long", locale)
    if known.get("spending_from"):
        moment = _instant(known["spending_from"]).astimezone(zone)
        day, clock = (
            format_date(moment, "long", locale),
            format_time(moment, "short", locale=locale),
        )
        values["spending_from"] = f"{day} {clock}"
    for source, name in (
        ("last_earning_on", "earning_until"),
        ("last_spending_on", "spending_until"),
    ):
        if known.get(source):
            values[name] = format_date(date.fromisoformat(str(known[source])), "long", locale)
    if known.get("month"):
        first = datetime.fromisoformat(f"{known['month']}-01")
        values["month"] = format_date(first, "LLLL y", locale)
    if known.get("goodwill"):
        values["goodwill"] = str(known["goodwill"])
        section = None if program is None else program.goodwill
        values["apology"] = (section and in_locale(section.apology, language)) or ""
    if amount := _amount(known, locale):
        values["amount"] = amount
    values |= tier_values(known, program, language, str(locale))
    values |= reward_values(known, language, str(locale))
    values["pending"] = bool(known.get("pending"))
    values["expired_points"] = known.get("expired", 0)
    values["given_points"] = known.get("points", 0)
    return values


def points_in_words(points: int, texts: Texts | None, locale: Locale) -> str:
    """ "120 points" in the words of the program; in the app's own where there is none."""
    number = format_decimal(points, locale=locale)
    if texts is None:
        return f"{number} puan" if locale.language == "tr" else f"{number} points"
    return f"{number} {texts.point if points == 1 else texts.points}"


def _amount(known: Mapping[str, Any], locale: Locale) -> str:
    try:
        amount = Decimal(str(known["amount"]))
    except (KeyError, InvalidOperation):
        return ""
    currency = str(known.get("currency", ""))
    return format_currency(amount, currency, locale=locale) if currency else ""


def _instant(text: object) -> datetime:
    return datetime.fromisoformat(str(text))


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en")
