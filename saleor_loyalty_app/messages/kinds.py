"""The kinds of messages, each with its class for ever: an owner cannot make an offer urgent mail.

Transactional messages tell a member what happened to their own points or account and need no
consent. Marketing needs a recorded consent for the channel, keeps quiet hours and a weekly cap, and
carries a link that ends it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class MessageClass(StrEnum):
    """Why a message is sent; decides what the law asks of it."""

    transactional = "transactional"
    marketing = "marketing"


class Kind(StrEnum):
    """What a member is told."""

    welcome = "welcome"
    points_earned = "points_earned"
    points_available = "points_available"
    points_held = "points_held"
    points_spent = "points_spent"
    points_returned = "points_returned"
    points_restored = "points_restored"
    points_reversed = "points_reversed"
    reward_code = "reward_code"
    points_expiring = "points_expiring"
    points_expiring_soon = "points_expiring_soon"
    balance_blocked = "balance_blocked"
    email_changed = "email_changed"
    program_ending = "program_ending"
    program_continues = "program_continues"
    sign_in_link = "sign_in_link"
    guest_claim = "guest_claim"
    monthly_statement = "monthly_statement"
    announcement = "announcement"
    order_message = "order_message"
    campaign = "campaign"
    tier_up = "tier_up"
    tier_at_risk = "tier_at_risk"
    bonus_given = "bonus_given"
    goodwill = "goodwill"
    birthday = "birthday"
    anniversary = "anniversary"
    reward_issued = "reward_issued"
    reward_expiring = "reward_expiring"


@dataclass(frozen=True, slots=True)
class KindSpec:
    """What is fixed about a kind.

    Attributes:
        fields: names of what its texts may show, beside those of every message.
        event: what partners' webhooks call it; "" = they are not told.
        optional: whether the owner may switch it off.
        mailed: whether people are written to at all.
        stale_after: a message that could not be sent for so long is not sent any more.
        to_guests: it goes to somebody who is no member, at the sealed address in its figures.
        secret: the figures hold something that only the addressee may know, and go once sent.
    """

    message_class: MessageClass
    fields: tuple[str, ...]
    event: str = ""
    optional: bool = True
    mailed: bool = True
    stale_after: timedelta = timedelta(days=3)
    secret: bool = False
    to_guests: bool = False


_TRANSACTIONAL, _MARKETING = MessageClass.transactional, MessageClass.marketing
_REDEMPTION = ("points", "order", "amount")

KINDS: Mapping[Kind, KindSpec] = {
    Kind.welcome: KindSpec(_TRANSACTIONAL, (), "member.joined"),
    Kind.points_earned: KindSpec(
        _TRANSACTIONAL, ("points", "order", "available_on"), "points.earned"
    ),
    Kind.points_available: KindSpec(_TRANSACTIONAL, ("points",), "points.available"),
    Kind.points_held: KindSpec(_TRANSACTIONAL, _REDEMPTION, "points.held", mailed=False),
    Kind.points_spent: KindSpec(_TRANSACTIONAL, _REDEMPTION, "points.spent"),
    Kind.points_returned: KindSpec(_TRANSACTIONAL, ("points", "amount"), "points.returned"),
    Kind.points_restored: KindSpec(_TRANSACTIONAL, ("points", "order"), "points.restored"),
    Kind.points_reversed: KindSpec(_TRANSACTIONAL, ("points", "order", "bonus"), "points.reversed"),
    Kind.reward_code: KindSpec(
        _TRANSACTIONAL, ("points", "amount", "code", "valid_until"), optional=False
    ),
    Kind.points_expiring: KindSpec(
        _TRANSACTIONAL,
        ("points", "expires_on"),
        "points.expiring",
        optional=False,
        stale_after=timedelta(days=10),
    ),
    Kind.points_expiring_soon: KindSpec(_TRANSACTIONAL, ("points", "expires_on")),
    Kind.balance_blocked: KindSpec(_TRANSACTIONAL, ("blocked",), "member.blocked"),
    Kind.email_changed: KindSpec(_TRANSACTIONAL, ("spending_from",), optional=False),
    Kind.program_ending: KindSpec(
        _TRANSACTIONAL,
        ("earning_until", "spending_until"),
        "program.ending",
        optional=False,
        stale_after=timedelta(days=10),
    ),
    Kind.program_continues: KindSpec(
        _TRANSACTIONAL, (), "program.continues", optional=False, stale_after=timedelta(days=10)
    ),
    Kind.sign_in_link: KindSpec(
        _TRANSACTIONAL,
        ("link", "minutes"),
        optional=False,
        stale_after=timedelta(minutes=15),
        secret=True,
    ),
    Kind.guest_claim: KindSpec(
        _TRANSACTIONAL,
        ("points", "order", "link"),
        stale_after=timedelta(days=3),
        secret=True,
        to_guests=True,
    ),
    Kind.monthly_statement: KindSpec(
        _MARKETING,
        ("month", "earned", "spent", "expired"),
        stale_after=timedelta(days=7),
    ),
    Kind.tier_up: KindSpec(_TRANSACTIONAL, ("tier",), "tier.reached"),
    Kind.tier_at_risk: KindSpec(
        _TRANSACTIONAL,
        ("tier", "drops_to", "drops_on", "keep_by", "missing"),
        "tier.at_risk",
        stale_after=timedelta(days=10),
    ),
    Kind.announcement: KindSpec(
        _MARKETING, ("title", "body", "link"), stale_after=timedelta(days=7)
    ),
    Kind.order_message: KindSpec(
        _MARKETING, ("title", "body", "order"), stale_after=timedelta(days=7)
    ),
    Kind.campaign: KindSpec(
        _MARKETING, ("title", "body", "code", "valid_until", "link"), stale_after=timedelta(days=3)
    ),
    Kind.goodwill: KindSpec(
        _TRANSACTIONAL, ("points", "amount", "order", "goodwill", "apology"), "goodwill.given"
    ),
    Kind.bonus_given: KindSpec(_TRANSACTIONAL, ("points", "bonus"), "bonus.given"),
    Kind.birthday: KindSpec(_MARKETING, ("points",), stale_after=timedelta(days=2)),
    Kind.reward_issued: KindSpec(
        _TRANSACTIONAL,
        ("points", "reward", "gives", "code", "valid_until", "note", "hint", "given"),
        "reward.issued",
        optional=False,
    ),
    Kind.reward_expiring: KindSpec(
        _TRANSACTIONAL,
        ("points", "reward", "gives", "code", "valid_until", "given"),
        "reward.expiring",
    ),
    Kind.anniversary: KindSpec(_MARKETING, ("points", "years"), stale_after=timedelta(days=2)),
}

#: What the texts of every kind may show.
COMMON_FIELDS = ("name", "program", "shop", "balance", "available", "link_to_points")


def spec(kind: str) -> KindSpec | None:
    """What is fixed about a kind; None for a word that is none (any more)."""
    try:
        return KINDS[Kind(kind)]
    except ValueError:
        return None
