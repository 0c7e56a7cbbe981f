"""What rules and levels give to who reached a tier is given once, and taken back where it falls.

A level falls where what it was reached by goes back; one that time takes leaves what it gave. After
all of it was taken back it may be given again; whoever kept anything of it had it.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.flows.award_deed import reverse_deed
from saleor_loyalty_app.flows.deed_perks import lock_gifts_of_deeds
from saleor_loyalty_app.flows.give_bonus import give_once
from saleor_loyalty_app.flows.known_member import everybody, lock_people
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.members.repository import surviving_member
from saleor_loyalty_app.programs import deed_awards, perk_rows
from saleor_loyalty_app.programs.deed_awards import DeedRow
from saleor_loyalty_app.programs.deeds import DeedFacts
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.programs.tier_deeds import TIER_REACHED, deed_key
from saleor_loyalty_app.programs.tiers import Tiers
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers import entry_rewards
from saleor_loyalty_app.tiers.entry_rewards import OpenReward
from saleor_loyalty_app.tiers.repository import survivors
from saleor_loyalty_app.tiers.standing import tier_of

#: What was sent is not something that is kept.
MESSAGE = "message"
#: Why a reward is withheld for a while: it is asked for again.
_PASSING = frozenset({"earning_off", "paused", "blocked"})


def give_rewards(
    conn: Connection, store: StoreRef, *, limit: int, keys: EmailKeys, now: datetime
) -> int:
    """Gives the rewards of levels that were reached, and takes back those of levels that fell;
    gives the number of those looked at.

    What is withheld while earning is switched off waits until it is on again, and that of members
    who pause or are blocked until that ends. An account that is made again gets none a second time.
    """
    rows = entry_rewards.open_ones(conn, store.id, limit=limit, giving=store.earning_on)
    falling = {row: found for row in rows if (found := _standing(conn, store, row))}
    lock_gifts_of_deeds(
        conn,
        store,
        [(row.member_id, deed.deed_key) for row, found in falling.items() for deed in found],
    )
    lock_people(conn, store, {row.member_id for row in rows})
    revision = revision_at(conn, store.id, now)
    tiers = None if revision is None else revision.program.tiers
    for row in rows:
        if row in falling:
            _take(conn, store, row, tiers, now)
        else:
            _give(conn, store, row, keys, now)
    return len(rows)


def _give(
    conn: Connection, store: StoreRef, row: OpenReward, keys: EmailKeys, now: datetime
) -> None:
    person = _person(conn, store, row)
    deeds = deed_awards.on_level(conn, store.id, person, row.tier)
    if any(deed.reversed_at is None for deed in deeds):
        # Another whom the member became one with had it a moment ago.
        entry_rewards.settle(conn, store.id, [row.member_id], row.tier)
        return
    key = deed_key(row.tier, [deed.deed_key for deed in deeds])
    deed = DeedFacts(TIER_REACHED, row.tier, row.at, key)
    awarded = give_once(conn, store, row.member_id, deed, keys=keys, now=now)
    if awarded.withheld not in _PASSING:
        entry_rewards.settle(conn, store.id, [row.member_id], row.tier, awarded.total())


def _take(
    conn: Connection, store: StoreRef, row: OpenReward, tiers: Tiers | None, now: datetime
) -> None:
    """Takes back what a level gave that is not held any more; held again, it stays."""
    member = surviving_member(conn, store.id, row.member_id)
    person = _person(conn, store, row)
    deeds = [deed for deed in _standing(conn, store, row) if deed.grants]
    if member is None or not deeds or _holds(conn, store, member, tiers, row.tier):
        entry_rewards.settle(conn, store.id, person, row.tier)
        return
    left = 0
    for deed in deeds:
        taken = reverse_deed(
            conn, store, member.id, deed.deed_key, now=now, why="tier_lost", of=[deed.member_id]
        )
        left += taken.waived.get("points", 0)
    kept = left or any(_is_kept(conn, store, deed) for deed in deeds)
    entry_rewards.forget(conn, store.id, [one for one in person if one != row.member_id], row.tier)
    if kept:
        entry_rewards.settle(conn, store.id, [row.member_id], row.tier, left)
    else:
        entry_rewards.forget(conn, store.id, [row.member_id], row.tier)


def _person(conn: Connection, store: StoreRef, row: OpenReward) -> list[int]:
    """The member, and who became one with them."""
    [member_id] = survivors(conn, store.id, [row.member_id])
    return everybody(conn, store, member_id)


def _standing(conn: Connection, store: StoreRef, row: OpenReward) -> Sequence[DeedRow]:
    """What a person was given for a level and has not lost."""
    deeds = deed_awards.on_level(conn, store.id, _person(conn, store, row), row.tier)
    return [deed for deed in deeds if deed.reversed_at is None]


def _holds(
    conn: Connection, store: StoreRef, member: MemberRef, tiers: Tiers | None, tier: str
) -> bool:
    """Whether a member has a level or a higher one."""
    if tiers is None or not tiers.enabled:
        return False
    return tiers.rank_of(tier_of(conn, store.id, member.id)) >= tiers.rank_of(tier) >= 0


def _is_kept(conn: Connection, store: StoreRef, deed: DeedRow) -> bool:
    """Whether the member kept anything that a deed brought beside points: it was used."""
    rows = perk_rows.of_sources(conn, store.id, [deed.perk_source])
    return any(row.kind != MESSAGE and row.state in perk_rows.COUNTED for row in rows)
