"""What a rewards page shows of a member, read in one transaction, as its templates want it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.money import Money
from saleor_loyalty_app.api.rewards.catalog import Exchange, read_exchange
from saleor_loyalty_app.api.rewards.telling import Telling, read_telling
from saleor_loyalty_app.api.rewards.visits import Visitor
from saleor_loyalty_app.api.storefront.board import read_board
from saleor_loyalty_app.api.storefront.campaigns import MyCampaign
from saleor_loyalty_app.api.storefront.campaigns import told as campaign_told
from saleor_loyalty_app.api.storefront.membership_page import membership_page
from saleor_loyalty_app.api.storefront.membership_schemas import Membership
from saleor_loyalty_app.api.storefront.past import read_history
from saleor_loyalty_app.api.storefront.program_page import ending_page
from saleor_loyalty_app.api.storefront.schemas import History, Me
from saleor_loyalty_app.api.storefront.shopper import shopper_now
from saleor_loyalty_app.api.storefront.tier_schemas import MyTier
from saleor_loyalty_app.api.storefront.wishes import preferences_page
from saleor_loyalty_app.api.storefront.wishes_schemas import Preferences
from saleor_loyalty_app.api.units import POINTS
from saleor_loyalty_app.flows.campaign_board import campaigns_for
from saleor_loyalty_app.flows.take_part import standing_of
from saleor_loyalty_app.flows.tier_standing import tier_standing
from saleor_loyalty_app.i18n import language_of
from saleor_loyalty_app.members.eligibility import why_not_spending
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.members.repository import merged_members
from saleor_loyalty_app.programs import words
from saleor_loyalty_app.programs.document import ChannelRates, Program
from saleor_loyalty_app.programs.faq import Answer, answers
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.programs.spending import DEFAULTS
from saleor_loyalty_app.rewards.redemptions import RedemptionRef, live_of
from saleor_loyalty_app.stores import wind_downs
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import channels

SHOWN = 10
_CODE_STATES = frozenset({"held", "issued"})


@dataclass(frozen=True, slots=True)
class CodeOffer:
    """How points become a code in one channel."""

    channel: str
    name: str
    rate: str
    minimum: int
    step: int
    most: int


@dataclass(frozen=True, slots=True)
class Code:
    """A code that was made of points; "" while it is being made."""

    id: str
    code: str
    worth: str
    points: str
    until: str


@dataclass(frozen=True, slots=True)
class Sums:
    """A member's page."""

    board: Me
    worths: Sequence[str]
    expiring: Sequence[tuple[str, str]]
    tier: MyTier
    #: The last day on which the tier is held in any case, in words; "" = no end, or no tier.
    tier_held: str
    history: History
    membership: Membership
    telling: Telling
    preferences: Preferences
    offers: Sequence[CodeOffer]
    codes: Sequence[Code]
    campaigns: Sequence[tuple[MyCampaign, str]]
    exchange: Exchange
    spending_rests: str
    #: When the program ends, in words; "" = it goes on.
    ending: str
    faq: Sequence[Answer]


def read_sums(
    conn: Connection,
    visitor: Visitor,
    *,
    after: str | None,
    keys: EmailKeys,
    now: datetime,
    language: str,
) -> Sums:
    """All of a member's page.

    Raises:
        CursorInvalid: `after` is none of the history's.
        InvalidToken: the store deactivated or uninstalled the app meanwhile.
    """
    store, member = shopper_now(conn, visitor.shopper)
    member = member or visitor.member
    store = wind_downs.as_of(conn, store, now)
    plan = wind_downs.standing_plan(conn, store.id)
    revision = revision_at(conn, store.id, now)
    program = None if revision is None else revision.program
    board = read_board(conn, visitor.shopper, channel=None, now=now, language=language)
    rests = why_not_spending(member, now=now)
    available = board.points.available
    tier = MyTier.of(tier_standing(conn, store, member.id, now=now), language)
    return Sums(
        board=board,
        worths=_worths(program, available, language),
        expiring=[
            (words.points_words(one.amount, language), day_of(one.expires_at, store, language))
            for one in board.points.expiring
        ],
        tier=tier,
        tier_held=words.day_words(tier.held_through, language) if tier.held_through else "",
        history=read_history(
            conn,
            visitor.shopper,
            unit=POINTS,
            first=SHOWN,
            after=after,
            now=now,
            language=language,
        ),
        membership=membership_page(standing_of(conn, store, member, now=now), member, language),
        telling=read_telling(conn, store, member, keys=keys, now=now, language=language),
        preferences=preferences_page(conn, store, member),
        offers=[] if rests else _offers(conn, store, program, available, language),
        codes=_codes(conn, store, member, language),
        campaigns=[
            (told, words.day_words(told.last_day, language))
            for one in campaigns_for(conn, store, member, now=now, keys=keys)
            for told in [campaign_told(one, store, language)]
        ],
        exchange=read_exchange(conn, store, member, program, now=now, keys=keys, language=language),
        spending_rests=rests,
        ending="" if plan is None else ending_page(plan, now=now, language=language).text,
        faq=read_faq(conn, store, now=now, language=language),
    )


def read_faq(conn: Connection, store: StoreRef, *, now: datetime, language: str) -> list[Answer]:
    """Questions and answers on the program in force; none without one."""
    revision = revision_at(conn, store.id, now)
    if revision is None:
        return []
    store = wind_downs.as_of(conn, store, now)
    return answers(
        revision.program,
        language,
        earning=store.earning_on,
        spending=store.spending_on,
        shipping=store.shipping_on,
    )


def read_preferred_language(conn: Connection, visitor: Visitor) -> str:
    """The language that a member is written to in."""
    return language_of([preferences_page(conn, visitor.shopper.store, visitor.member).language])


def day_of(moment: datetime, store: StoreRef, language: str) -> str:
    """A day of the store's as people write it."""
    local = moment.astimezone(ZoneInfo(store.timezone))
    return format_date(local.date(), "medium", locale=language)


def _worths(program: Program | None, points: int, language: str) -> list[str]:
    """What points are worth: once, if it is the same in all channels of a currency."""
    found: dict[str, None] = {}
    for rates in () if program is None else program.currencies:
        worth = None if program is None else program.worth(points, rates.channel, rates.currency)
        if worth:
            found[_money(worth, rates.currency, language)] = None
    return list(found)


def _money(amount: Decimal, currency: str, language: str) -> str:
    return words.money_words(Decimal(Money.of(amount, currency).amount), currency, language)


def _offers(
    conn: Connection, store: StoreRef, program: Program | None, available: int, language: str
) -> list[CodeOffer]:
    if program is None or not store.spending_on:
        return []
    limits = program.spending or DEFAULTS
    most = available // limits.step * limits.step
    if most < limits.least_points:
        return []
    names = {one.slug: one.name for one in channels(conn, store.id) if one.active}
    return [
        _offer(rates, names[rates.channel], limits.least_points, limits.step, most, language)
        for rates in program.currencies
        if rates.spend_rate is not None and rates.channel in names
    ]


def _offer(
    rates: ChannelRates, name: str, minimum: int, step: int, most: int, language: str
) -> CodeOffer:
    rate = words.spend_rate_words(rates.spend_rate, rates.currency, language)
    return CodeOffer(rates.channel, name, rate, minimum, step, most)


def _codes(conn: Connection, store: StoreRef, member: MemberRef, language: str) -> list[Code]:
    ids = [member.id, *merged_members(conn, store.id, member.id)]
    return [
        _code(one, store, language)
        for one in live_of(conn, store.id, ids)
        if one.terms is None and one.is_bearer and one.state in _CODE_STATES and not one.ending
    ]


def _code(ref: RedemptionRef, store: StoreRef, language: str) -> Code:
    return Code(
        id=ref.public_id,
        code=ref.code if ref.state == "issued" else "",
        worth=words.money_words(ref.amount, ref.currency, language),
        points=words.points_words(ref.points, language),
        until=day_of(ref.deadline, store, language),
    )
