"""What an answer on shipping has to know: one statement, and a program that is remembered."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.db.hot import Hot
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.sync_handler import Memory
from saleor_loyalty_app.members.eligibility import takes_part
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.orders.models import OrderState
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.rewards.claims import HANDED_OVER
from saleor_loyalty_app.rewards.models import (
    LIVE_STATES,
    CheckoutTotal,
    Redemption,
    RewardClaim,
    ShippingAsk,
    ShippingOffer,
)
from saleor_loyalty_app.rewards.offer_rows import OfferKey, read_offers
from saleor_loyalty_app.rewards.offers import Offer
from saleor_loyalty_app.rewards.shipping_asks import Asked
from saleor_loyalty_app.segments.models import AccessPass, SegmentMember
from saleor_loyalty_app.stores.models import Store
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import channels
from saleor_loyalty_app.tiers.models import MemberTier
from saleor_loyalty_app.tiers.standing import counted_tier

#: A program that was published is followed within this time.
PROGRAM_REMEMBERED = timedelta(seconds=5)

_store, _member, _order = table(Store), table(Member), table(OrderState)
#: The row of the user itself; `_member` is whom it was merged into, or the same.
_account = table(Member).alias("account")
_offer, _total, _ask = table(ShippingOffer), table(CheckoutTotal), table(ShippingAsk)
_redemption, _tier = table(Redemption), table(MemberTier)
#: A reward that was taken, its redemption, and the rows of one person who was several members.
_claim, _taken = table(RewardClaim), table(Redemption).alias("taken")
_part_of = table(Member).alias("part_of")
_segment, _pass = table(SegmentMember), table(AccessPass)


@dataclass(frozen=True, slots=True)
class LivePart:
    """The program in force, since when, and by channel whether prices are entered with tax."""

    program: Program | None
    since: datetime | None
    with_tax: Mapping[str, bool]


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of a checkout and its shopper.

    Attributes:
        is_live: the store has the app, and its shipping part is switched on.
        state: of the member; "" = none is known.
        orders: paid ones of the member.
        tier: that the last look at the member noted; "" = none, or nobody looked yet.
        segments: that the member was in at the last look.
        rewards: that let the member buy what is kept back.
        stored: offers that were made to this shopper at this checkout.
        total_hash, total: the cart whose subtotal was asked of Saleor, and the subtotal.
        own_code: the code on the checkout is that of a live redemption.
        passed, passed_until: the gates that this shopper's checkout was let through, and till when.
    """

    part: LivePart
    is_live: bool
    state: str
    hold_out: bool
    orders: int
    tier: str
    segments: frozenset[str]
    stored: tuple[Offer, ...]
    total_hash: str
    total: Decimal
    asked: Asked | None
    own_code: bool
    rewards: frozenset[str] = frozenset()
    passed: frozenset[str] = frozenset()
    passed_until: datetime | None = None

    @property
    def segments_in_force(self) -> frozenset[str]:
        """The segments of the member that the program has."""
        program = self.part.program
        if program is None or not program.segments:
            return frozenset()
        return self.segments & {segment.id for segment in program.segments}

    def tier_in_force(self, user_id: str) -> str:
        """The tier that counts for the shopper; "" = none, tiers are off, or they are a guest."""
        if not user_id:
            return ""
        return counted_tier(self.part.program, self.tier, state=self.state, hold_out=self.hold_out)

    def is_member(self, user_id: str) -> bool:
        """Whether the shopper takes part in the program."""
        program = self.part.program
        if not user_id or program is None:
            return False
        automatic = program.settings.enrollment == "automatic"
        return takes_part(self.state, hold_out=self.hold_out, automatic=automatic)


def _statement(joined: Callable[[Any], Any]) -> sa.Select[Any]:
    """The statement; `joined` makes one text of a column, with commas, in a database."""
    bind = sa.bindparam
    checkout_id: sa.BindParameter[str] = bind("checkout_id")
    user_id: sa.BindParameter[str] = bind("user_id")
    account_on = sa.and_(_account.c.store_id == _store.c.id, _account.c.user_id == user_id)
    member_on = _member.c.id == sa.func.coalesce(_account.c.merged_into, _account.c.id)
    offer_on = sa.and_(
        _offer.c.store_id == _store.c.id,
        _offer.c.checkout_id == checkout_id,
        _offer.c.user_id == user_id,
        _offer.c.country == bind("country"),
        _offer.c.currency == bind("currency"),
    )
    total_on = sa.and_(_total.c.store_id == _store.c.id, _total.c.checkout_id == checkout_id)
    ask_on = sa.and_(_ask.c.store_id == _store.c.id, _ask.c.checkout_id == checkout_id)
    pass_on = sa.and_(
        _pass.c.store_id == _store.c.id,
        _pass.c.checkout_id == checkout_id,
        _pass.c.user_id == user_id,
    )
    redemption_on = sa.and_(
        _redemption.c.store_id == _store.c.id,
        _redemption.c.code == bind("code"),
        sa.or_(*(_redemption.c.state == state for state in LIVE_STATES)),
    )
    orders = (
        sa.select(sa.func.count())
        .select_from(_order)
        .where(_order.c.member_id == _member.c.id, _order.c.paid_at.is_not(None))
        .scalar_subquery()
    )
    segments = (
        sa.select(joined(_segment.c.segment))
        .where(_segment.c.member_id == _member.c.id, _segment.c.store_id == _store.c.id)
        .scalar_subquery()
    )
    person = sa.select(_part_of.c.id).where(
        sa.or_(_part_of.c.id == _member.c.id, _part_of.c.merged_into == _member.c.id)
    )
    taken_on = sa.and_(
        _taken.c.id == _claim.c.redemption_id,
        _taken.c.deadline > bind("now", type_=_taken.c.deadline.type),
    )
    rewards = (
        sa.select(joined(_claim.c.reward_id))
        .select_from(_claim.join(_taken, taken_on))
        .where(
            _claim.c.store_id == _store.c.id,
            _claim.c.member_id.in_(person),
            _claim.c.kind == "early_access",
            _claim.c.state == HANDED_OVER,
        )
        .scalar_subquery()
    )
    return (
        sa.select(
            sa.and_(_store.c.active, _store.c.shipping_on).label("is_live"),
            _member.c.state.label("state"),
            _member.c.hold_out.label("hold_out"),
            orders.label("orders"),
            _tier.c.tier.label("tier"),
            segments.label("segments"),
            rewards.label("rewards"),
            _offer.c.offers.label("offers"),
            _total.c.cart_hash.label("total_hash"),
            _total.c.subtotal.label("total"),
            _ask.c.user_id.label("asked_user"),
            _ask.c.doubted_hash.label("asked_hash"),
            _ask.c.bare.label("asked_bare"),
            _ask.c.asked_at.label("asked_at"),
            _redemption.c.id.label("redemption"),
            _pass.c.gates.label("gates"),
            _pass.c.until.label("passed_until"),
        )
        .select_from(
            _store.outerjoin(_account, account_on)
            .outerjoin(_member, member_on)
            .outerjoin(_tier, _tier.c.member_id == _member.c.id)
            .outerjoin(_offer, offer_on)
            .outerjoin(_total, total_on)
            .outerjoin(_ask, ask_on)
            .outerjoin(_redemption, redemption_on)
            .outerjoin(_pass, pass_on)
        )
        .where(_store.c.id == bind("store_id"))
    )


_LOOK = Hot(
    {
        "sqlite": _statement(sa.func.group_concat),
        "postgresql": _statement(lambda one: sa.func.string_agg(one, sa.literal_column("','"))),
    }
)


async def look_up(
    database: Database,
    memory: Memory,
    store: StoreRef,
    key: OfferKey,
    *,
    code: str | None,
    now: datetime,
) -> Found:
    """Reads all of it; `code` is that on the checkout."""
    part = await live_part(database, memory, store, now)
    rows = await database.glance_async(
        _LOOK,
        {
            "store_id": key.store_id,
            "checkout_id": key.checkout_id,
            "user_id": key.user_id,
            "country": key.country,
            "currency": key.currency,
            "code": code or "",
            "now": now,
        },
    )
    if not rows:
        return Found(part, False, "", False, 0, "", frozenset(), (), "", Decimal(0), None, False)
    row = rows[0]
    asked = None
    if row.asked_at is not None:
        asked = Asked(row.asked_user, row.asked_hash, bool(row.asked_bare), row.asked_at)
    return Found(
        part=part,
        is_live=bool(row.is_live),
        state=row.state or "",
        hold_out=bool(row.hold_out),
        orders=row.orders,
        tier=row.tier or "",
        segments=frozenset(row.segments.split(",")) if row.segments else frozenset(),
        rewards=frozenset(row.rewards.split(",")) if row.rewards else frozenset(),
        stored=read_offers(row.offers),
        total_hash=row.total_hash or "",
        total=Decimal(row.total or 0),
        asked=asked,
        own_code=row.redemption is not None,
        passed=frozenset(row.gates or ()),
        passed_until=row.passed_until,
    )


async def live_part(database: Database, memory: Memory, store: StoreRef, now: datetime) -> LivePart:
    """The program in force, as it was at most `PROGRAM_REMEMBERED` ago."""
    remembered = memory.get(("program", store.id))
    if remembered is not None and abs(now - remembered[0]) < PROGRAM_REMEMBERED:
        part: LivePart = remembered[1]
        return part
    part = await database.read_async(lambda conn: _read_part(conn, store, now))
    memory.put(("program", store.id), (now, part))
    return part


def _read_part(conn: Connection, store: StoreRef, now: datetime) -> LivePart:
    revision = revision_at(conn, store.id, now)
    entered = {one.slug: one.prices_entered_with_tax for one in channels(conn, store.id)}
    if revision is None:
        return LivePart(None, None, entered)
    return LivePart(revision.program, revision.effective_from, entered)
