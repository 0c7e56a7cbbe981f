"""What the owner of an address had with an account that is gone counts for the next account too.

Otherwise an account that is deleted and made again has its first order anew, what rules and rewards
are limited to, a code of its own in a campaign, and the one order that a shared code is for. It is
kept by the peppered hash of the address, and ends as that does; what a day, week, month or year is
limited to ends soon after it.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from saleor_loyalty_app.bonuses import given
from saleor_loyalty_app.bonuses.given import Amount
from saleor_loyalty_app.campaigns import codes, shared_codes
from saleor_loyalty_app.flows.campaign_boosts import boosts_at
from saleor_loyalty_app.goodwill import prompts
from saleor_loyalty_app.members import repository as members
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.refs import MemberRef, Newcomer
from saleor_loyalty_app.orders.repository import paid_orders_of
from saleor_loyalty_app.programs import cap_uses, deed_awards, perk_rows
from saleor_loyalty_app.programs.boosts import capped_boosts
from saleor_loyalty_app.programs.caps import MemberCap, Period, period_of
from saleor_loyalty_app.programs.deed_awards import cap_source, deed_named
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.goodwill import Goodwill
from saleor_loyalty_app.programs.member_facts import Used
from saleor_loyalty_app.programs.rewards import NO_REWARDS, RewardItem
from saleor_loyalty_app.rewards import claims
from saleor_loyalty_app.stores.refs import StoreRef

ORDERS = "orders"
_CAP, _REWARD, _CODE, _OF, _GOODWILL = "cap:", "reward:", "code:", "of:", "goodwill:"
_USED = "used:"
#: An order of a period may be paid, and counted, so long after the period is over.
LATE = timedelta(days=31)


def addresses_of(
    conn: Connection, store: StoreRef, member: MemberRef, keys: EmailKeys | None
) -> tuple[str, ...]:
    """The keys that stand for a member's address; of a guest there is but the one that is stored.

    Args:
        keys: find what was kept under secrets that were replaced since, too.
    """
    if isinstance(member, Newcomer) and member.addresses:
        return member.addresses
    if member.email and keys is not None:
        return keys.every(store.id, member.email)
    known = members.email_key_of(conn, store.id, member.id) or member.guest_key
    return () if known is None else (known,)


def orders_before(
    conn: Connection,
    store: StoreRef,
    member: MemberRef,
    *,
    at: datetime,
    but: int = 0,
    keys: EmailKeys | None = None,
    addresses: Sequence[str] = (),
) -> int:
    """How many orders a member had paid, with accounts that are gone included.

    Args:
        at: of what is decided: what was remembered until before then counts no more.
        but: the row of an order that does not count.
        addresses: the keys of the address of their account, where that is known better than the
            books know it.
    """
    known = addresses or addresses_of(conn, store, member, keys)
    return paid_orders_of(conn, member.id, but=but) + orders_by(conn, store, known, at=at)


def orders_by(conn: Connection, store: StoreRef, addresses: Sequence[str], *, at: datetime) -> int:
    """How many orders the owner of an address, by its keys, had paid with accounts that are gone.

    Args:
        at: as of `orders_before`.
    """
    past = given.amounts_of(conn, store.id, addresses, [ORDERS], at=at)
    return past.get(ORDERS, Amount()).times


def used_by(
    conn: Connection,
    store: StoreRef,
    addresses: Sequence[str],
    caps: Mapping[str, MemberCap],
    *,
    at: datetime,
) -> dict[str, Used]:
    """By rule id, what the owner of an address had of caps with accounts that are gone.

    Args:
        addresses: the keys of the address.
        at: says which periods of caps are meant.
    """
    kept = {
        _in_period(f"{_CAP}{rule_id}", cap.period, at, store.timezone): rule_id
        for rule_id, cap in caps.items()
    }
    if not kept:
        return {}
    past = given.amounts_of(conn, store.id, addresses, list(kept), at=at)
    return {kept[what]: Used(had.points, had.times) for what, had in past.items()}


def taken_with_past(
    conn: Connection,
    store: StoreRef,
    member: MemberRef,
    people: Sequence[int],
    items: Sequence[RewardItem],
    *,
    now: datetime,
    keys: EmailKeys | None = None,
) -> dict[str, int]:
    """By its id, how many of each reward with a limit were taken in the period of today.

    Args:
        people: the member, and who was merged into them. Accounts that are gone count, too.
    """
    found = _taken(conn, store, people, items, now)
    kept = {
        _in_period(f"{_REWARD}{item.id}", item.limit.period, now, store.timezone): item.id
        for item in items
        if item.limit is not None
    }
    if not kept:
        return found
    addresses = addresses_of(conn, store, member, keys)
    past = given.amounts_of(conn, store.id, addresses, list(kept), at=now)
    return found | {kept[what]: found.get(kept[what], 0) + had.times for what, had in past.items()}


def had_code(
    conn: Connection,
    store: StoreRef,
    campaign: str,
    member_ids: Sequence[int],
    *,
    now: datetime,
    keys: EmailKeys | None = None,
) -> frozenset[int]:
    """Which of some members had a code of their own in a campaign with an account that is gone.

    Args:
        campaign: its public id.
    """
    what = f"{_CODE}{campaign}"
    if not given.is_remembered(conn, store.id, what, now=now):
        return frozenset()
    found = (members.member_by_id(conn, store.id, member_id) for member_id in member_ids)
    return frozenset(
        one.id
        for one in found
        if one is not None
        and given.amounts_of(conn, store.id, addresses_of(conn, store, one, keys), [what], at=now)
    )


def used_code(
    conn: Connection,
    store: StoreRef,
    member: MemberRef,
    campaigns: Sequence[str],
    *,
    now: datetime,
    keys: EmailKeys | None = None,
) -> frozenset[str]:
    """Of which campaigns the owner of a member's address used the shared code, once for each.

    Args:
        campaigns: their public ids. What is asked is what was done with accounts that are gone.
    """
    if not campaigns:
        return frozenset()
    addresses = addresses_of(conn, store, member, keys)
    whats = {f"{_USED}{one}": one for one in campaigns}
    past = given.amounts_of(conn, store.id, addresses, list(whats), at=now)
    return frozenset(whats[what] for what in past)


def goodwill_before(
    conn: Connection,
    store: StoreRef,
    member: MemberRef,
    *,
    since: datetime,
    now: datetime,
    keys: EmailKeys,
) -> int:
    """How often since a day the owner of a member's address had goodwill with accounts gone."""
    days = (now.date() - since.date()).days
    whats = [_goodwill_on(since + timedelta(days=one)) for one in range(days + 1)]
    addresses = addresses_of(conn, store, member, keys)
    past = given.amounts_of(conn, store.id, addresses, whats, at=now)
    return sum(had.times for had in past.values())


def past_of(
    conn: Connection,
    store: StoreRef,
    member_ids: Sequence[int],
    program: Program | None,
    *,
    ends: datetime,
    now: datetime,
) -> dict[datetime, dict[str, Amount]]:
    """What is to be remembered of members who go, by when it is forgotten.

    What was remembered before them is not in it. A reward counts where its code was not used yet:
    it is, and stays, in their hands. What waits, and never was, does not.

    Args:
        ends: when all is forgotten.
    """
    orders = sum(paid_orders_of(conn, member_id, but=0) for member_id in member_ids)
    codes_had = codes.campaigns_of(conn, store.id, member_ids)
    codes_used = shared_codes.once_used_by(conn, store.id, member_ids)
    found: list[tuple[str, Period, Amount]] = [
        (ORDERS, "ever", Amount(0, orders)),
        *((f"{_CODE}{campaign}", "ever", Amount(0, 1)) for campaign in codes_had),
        *((f"{_USED}{campaign}", "ever", Amount(0, 1)) for campaign in codes_used),
        *_had_of_rules(conn, store, member_ids, program, now),
        *_had_of_rewards(conn, store, member_ids, program, now),
    ]
    past: dict[datetime, dict[str, Amount]] = {}
    for what, limit, amount in found:
        if amount.times or amount.points:
            period = period_of(now, limit, store.timezone)
            until = ends if period is None else min(ends, period[1] + LATE)
            past.setdefault(until, {})[_in_period(what, limit, now, store.timezone)] = amount
    for what, until, amount in _goodwill_of(conn, store, member_ids, program, now):
        past.setdefault(min(ends, until), {})[what] = amount
    return past


def _goodwill_of(
    conn: Connection,
    store: StoreRef,
    member_ids: Sequence[int],
    program: Program | None,
    now: datetime,
) -> list[tuple[str, datetime, Amount]]:
    """Goodwill that members had by its day, until it counts no more, and how often."""
    section = (None if program is None else program.goodwill) or Goodwill()
    span = timedelta(days=section.limit.days)
    found: dict[str, list[datetime]] = {}
    for at in prompts.times_of(conn, store.id, member_ids, now - span):
        found.setdefault(_goodwill_on(at), []).append(at)
    return [(what, max(days) + span, Amount(0, len(days))) for what, days in found.items()]


def kept_with(member_ids: Sequence[int], amounts: Mapping[str, Amount]) -> dict[str, Amount]:
    """What is noted of an account that goes while who had it stays: how much is kept with it."""
    return {_with(one, what): had for one in member_ids for what, had in amounts.items()}


def not_kept(
    conn: Connection,
    store: StoreRef,
    address: str,
    member_ids: Sequence[int],
    amounts: Mapping[str, Amount],
    *,
    now: datetime,
) -> dict[str, Amount]:
    """Of what members had, that which is not remembered by an address of theirs already.

    Who was merged of several accounts may have given one of them up before.
    """
    whats = {_with(one, what): what for one in member_ids for what in amounts}
    left = dict(amounts)
    for noted, kept in given.amounts_of(conn, store.id, [address], list(whats), at=now).items():
        had = left[whats[noted]]
        points, times = max(0, had.points - kept.points), max(0, had.times - kept.times)
        left[whats[noted]] = Amount(points, times)
    return {what: had for what, had in left.items() if had.points or had.times}


def never_had(conn: Connection, store: StoreRef, member_ids: Sequence[int]) -> frozenset[str]:
    """The keys of deeds of members that brought nothing but what waits to this day."""
    waiting = {
        (row.source, row.rule_id) for row in perk_rows.never_given(conn, store.id, member_ids)
    }
    named = {found[1] for source, _ in waiting if (found := deed_named(source)) is not None}
    nothing: dict[str, bool] = {}
    for deed in deed_awards.of_members(conn, store.id, member_ids, named):
        waits = all((deed.perk_source, one.rule_id) in waiting for one in deed.grants)
        nothing[deed.deed_key] = nothing.get(deed.deed_key, True) and waits
    return frozenset(key for key, waits in nothing.items() if waits)


def _had_of_rules(
    conn: Connection,
    store: StoreRef,
    member_ids: Sequence[int],
    program: Program | None,
    now: datetime,
) -> list[tuple[str, Period, Amount]]:
    caps = {
        rule.id: rule.caps.per_member
        for rule in (() if program is None else program.earning.rules)
        if rule.caps is not None and rule.caps.per_member is not None
    }
    caps |= capped_boosts(boosts_at(conn, store, now))
    waiting: dict[str, list[str]] = {}
    for row in perk_rows.never_given(conn, store.id, member_ids):
        if row.rule_id in caps:
            waiting.setdefault(row.rule_id, []).append(cap_source(conn, store.id, row.source))
    used = cap_uses.used_by(
        conn, store.id, member_ids, caps, at=now, timezone=store.timezone, waiting=waiting
    )
    return [
        (f"{_CAP}{rule_id}", caps[rule_id].period, Amount(had.points, had.times))
        for rule_id, had in used.items()
    ]


def _had_of_rewards(
    conn: Connection,
    store: StoreRef,
    member_ids: Sequence[int],
    program: Program | None,
    now: datetime,
) -> list[tuple[str, Period, Amount]]:
    items = ((None if program is None else program.rewards) or NO_REWARDS).items
    taken = _taken(conn, store, member_ids, items, now)
    return [
        (f"{_REWARD}{item.id}", item.limit.period, Amount(0, taken.get(item.id, 0)))
        for item in items
        if item.limit is not None
    ]


def _goodwill_on(at: datetime) -> str:
    return f"{_GOODWILL}{at.astimezone(UTC).date().isoformat()}"


def _with(member_id: int, what: str) -> str:
    return f"{_OF}{member_id}:{what}"


def _in_period(what: str, limit: Period, at: datetime, timezone: str) -> str:
    """What a limit is remembered by: of a period by its kind and first day."""
    period = period_of(at, limit, timezone)
    return what if period is None else f"{what}:{limit}:{period[0].date().isoformat()}"


def _taken(
    conn: Connection,
    store: StoreRef,
    member_ids: Sequence[int],
    items: Sequence[RewardItem],
    now: datetime,
) -> dict[str, int]:
    since: dict[str, datetime | None] = {}
    for item in items:
        if item.limit is not None:
            period = period_of(now, item.limit.period, store.timezone)
            since[item.id] = None if period is None else period[0]
    return claims.taken(conn, store.id, member_ids, since) if since else {}
