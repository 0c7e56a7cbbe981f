"""A shopper's points and program, read in one transaction; its cost does not grow with history."""

from datetime import datetime
from typing import ClassVar

from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.money import Money
from saleor_loyalty_app.api.storefront.schemas import Expiring, Me, Points, ProgramNames
from saleor_loyalty_app.api.storefront.shopper import Shopper, shopper_now
from saleor_loyalty_app.api.units import STATUS
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.ledger.balance_view import BalanceView, balance
from saleor_loyalty_app.ledger.types import Account
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.programs.document import ChannelRates, Program
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.programs.tiers_check import uses_status_points
from saleor_loyalty_app.stores.repository import channels

UNIT = "points"
_NOTHING = BalanceView(0, 0, 0, 0, 0, [])
_MEMBERS = frozenset(("active", "paused", "blocked"))


class ChannelUnknown(AppError):
    """The store has no channel with this slug."""

    code: ClassVar[str] = "channel_unknown"
    status: ClassVar[int] = 400

    def __init__(self, channel: str) -> None:
        super().__init__(channel=channel)


def read_board(
    conn: Connection, shopper: Shopper, *, channel: str | None, now: datetime, language: str
) -> Me:
    """The board of a shopper; of who is not in the books yet, with zeros.

    Args:
        channel: the slug of the channel in whose currency points are valued. Without one they are
            valued where all channels of the program give them the same value.

    Raises:
        ChannelUnknown: the store has no such channel.
        InvalidToken: the store deactivated or uninstalled the app meanwhile.
    """
    store, member = shopper_now(conn, shopper)
    revision = revision_at(conn, store.id, now)
    program = revision.program if revision else None
    rates = _rates(program, channel)
    if channel is not None and rates is None:
        require_channel(conn, store.id, channel)
    held = status = _NOTHING
    has_status = program is not None and uses_status_points(program)
    if member is not None:
        held = balance(conn, Account(store.id, member.id, UNIT), now=now)
        if has_status:
            status = balance(conn, Account(store.id, member.id, STATUS), now=now)
    return Me(
        program=None if program is None else program_names(program, language),
        member_since=_member_since(member),
        points=points_of(held, _worth(program, rates, held.available)),
        status_points=status.available if has_status else None,
    )


def points_of(held: BalanceView, worth: Money | None) -> Points:
    """A balance as it is told; `worth` is what its spendable points are worth."""
    return Points(
        available=held.available,
        pending=held.pending,
        held=held.held,
        lifetime=held.lifetime,
        worth=worth,
        expiring=[Expiring(amount=amount, expires_at=at) for at, amount in held.expiring],
    )


def value_of(program: Program | None, points: int) -> Money | None:
    """What points are worth where all channels of the program give them the same value."""
    return _worth(program, _rates(program, None), points)


def program_names(program: Program, language: str) -> ProgramNames:
    """What the program and its points are called in a language."""
    texts = program.texts_for(language)
    return ProgramNames(name=texts.program, point_name=texts.point, points_name=texts.points)


def _member_since(member: MemberRef | None) -> datetime | None:
    return member.enrolled_at if member is not None and member.state in _MEMBERS else None


def _rates(program: Program | None, channel: str | None) -> ChannelRates | None:
    """The rates of the channel; without a channel those of any, if points are worth the same in
    all."""
    if program is None:
        return None
    if channel is not None:
        return next((one for one in program.currencies if one.channel == channel), None)
    spending = [one for one in program.currencies if one.spend_rate is not None]
    values = {
        (one.currency, one.spend_rate.money_per_point)
        for one in spending
        if one.spend_rate is not None
    }
    return spending[0] if len(values) == 1 else None


def _worth(program: Program | None, rates: ChannelRates | None, points: int) -> Money | None:
    if program is None or rates is None:
        return None
    amount = program.worth(points, rates.channel, rates.currency)
    return None if amount is None else Money.of(amount, rates.currency)


def require_channel(conn: Connection, store_id: int, channel: str) -> None:
    """Raises ChannelUnknown, if the store has no channel with this slug."""
    if all(known.slug != channel for known in channels(conn, store_id)):
        raise ChannelUnknown(channel)
