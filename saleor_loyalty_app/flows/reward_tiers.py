"""What rules and levels give to who reached a tier is given once, and taken back where it falls.

A level falls where what it was reached by goes back; one that time takes leaves what it gave. After
all of it was taken back it may be given again; whoever kept anything of it had it.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.flows.award_deed import reverse_deed
from saleor_loyalty_app.flows.deed_perks import lock_gifts_of_deeds
from saleor_loyalty_app.flows.each_row import Aside, EachRow
from saleor_loyalty_app.flows.give_bonus import give_once
from saleor_loyalty_app.flows.known_member import lock_people
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.programs import deed_awards, perk_rows
from saleor_loyalty_app.programs.deed_awards import DeedRow
from saleor_loyalty_app.programs.deeds import DeedFacts
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.programs.tier_deeds import TIER_REACHED, deed_key, tier_of
from saleor_loyalty_app.programs.tiers import Tiers
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers import entry_rewards, repository
from saleor_loyalty_app.tiers.entry_rewards import OpenReward
from saleor_loyalty_app.tiers.standing import tier_of as held_tier

#: What rewards of tiers that fail are told by.
WORK = "tier_rewards"
#: What was sent is not something that is kept.
MESSAGE = "message"
#: Why a reward is withheld for a while: it is asked for again.
_PASSING = frozenset({"earning_off", "paused", "blocked"})


@dataclass(frozen=True, slots=True)
class _Reached:
    """A level that somebody reached, and what they were given for it.

    Attributes:
        owner: who the member is today; `person` are they and who was merged into them.
        deeds: those that were taken back included.
    """

    row: OpenReward
    owner: int
    person: tuple[int, ...]
    deeds: tuple[DeedRow, ...]

    @property
    def standing(self) -> list[DeedRow]:
        """What they were given and have not lost."""
        return [deed for deed in self.deeds if deed.reversed_at is None]


def give_rewards(
    conn: Connection,
    store: StoreRef,
    *,
    limit: int,
    keys: EmailKeys,
    now: datetime,
    aside: Aside | None = None,
) -> int:
    """Gives the rewards of levels that were reached, and takes back those of levels that fell;
    gives the number of those looked at.

    What is withheld while earning is switched off waits until it is on again, and that of members
    who pause or are blocked until that ends. An account that is made again gets none a second time.

    Args:
        aside: rewards that failed, which others go before until they are tried again.
    """
    each = EachRow(conn, store, WORK, aside or Aside(), now)

    def waiting(most: int) -> list[OpenReward]:
        return entry_rewards.open_ones(conn, store.id, limit=most, giving=store.earning_on)

    rows = each.ready(waiting, limit, _name)
    if not rows:
        return 0
    falling = [
        (one.owner, deed.deed_key) for one in _reached(conn, store, rows) for deed in one.standing
    ]
    gifts = lock_gifts_of_deeds(conn, store, falling)
    lock_people(conn, store, {row.member_id for row in rows}, now=now, gifts=gifts)
    revision = revision_at(conn, store.id, now)
    tiers = None if revision is None else revision.program.tiers
    done: set[tuple[int, str]] = set()

    def settle(rows: Sequence[OpenReward]) -> None:
        done.update(_settle(conn, store, rows, done, tiers, keys, now))

    each.do(rows, settle, _name)
    return len(rows)


def _settle(
    conn: Connection,
    store: StoreRef,
    rows: Sequence[OpenReward],
    before: Collection[tuple[int, str]],
    tiers: Tiers | None,
    keys: EmailKeys,
    now: datetime,
) -> set[tuple[int, str]]:
    """Gives and takes back what rows ask for; gives the levels of people that they were of.

    Args:
        before: those that other rows of the page were of.
    """
    done: set[tuple[int, str]] = set()
    for one in _reached(conn, store, rows):
        level = (one.owner, one.row.tier)
        if level in done or level in before:
            # They became one while each waited, and it is the same level of one person.
            entry_rewards.settle(conn, store.id, [one.row.member_id], one.row.tier)
        elif one.standing:
            _take(conn, store, one, tiers, now)
        else:
            _give(conn, store, one, keys, now)
        done.add(level)
    return done


def _name(row: OpenReward) -> tuple[int, str]:
    return row.member_id, row.tier


def _reached(conn: Connection, store: StoreRef, rows: Sequence[OpenReward]) -> list[_Reached]:
    owners = repository.owners(conn, store.id, [row.member_id for row in rows])
    absorbed = repository.merged_into(conn, store.id, [*set(owners.values())])
    owners |= absorbed | {owner: owner for owner in owners.values()}
    people: defaultdict[int, list[int]] = defaultdict(list)
    for member_id, owner in sorted(owners.items()):
        people[owner].append(member_id)
    deeds: defaultdict[tuple[int, str], list[DeedRow]] = defaultdict(list)
    for deed in deed_awards.on_levels(conn, store.id, owners):
        deeds[owners[deed.member_id], tier_of(deed.deed_key)].append(deed)
    return [
        _Reached(row, owner, tuple(people[owner]), tuple(deeds[owner, row.tier]))
        for row in rows
        for owner in [owners[row.member_id]]
    ]


def _give(conn: Connection, store: StoreRef, one: _Reached, keys: EmailKeys, now: datetime) -> None:
    row = one.row
    key = deed_key(row.tier, [deed.deed_key for deed in one.deeds])
    deed = DeedFacts(TIER_REACHED, row.tier, row.at, key)
    awarded = give_once(conn, store, row.member_id, deed, keys=keys, now=now)
    if awarded.withheld not in _PASSING:
        entry_rewards.settle(conn, store.id, [row.member_id], row.tier, awarded.total())


def _take(
    conn: Connection, store: StoreRef, one: _Reached, tiers: Tiers | None, now: datetime
) -> None:
    """Takes back what a level gave that is not held any more; held again, it stays."""
    tier, deeds = one.row.tier, [deed for deed in one.standing if deed.grants]
    if not deeds or _holds(conn, store, one.owner, tiers, tier):
        entry_rewards.settle(conn, store.id, one.person, tier)
        return
    left = 0
    for deed in deeds:
        taken = reverse_deed(
            conn, store, one.owner, deed.deed_key, now=now, why="tier_lost", of=[deed.member_id]
        )
        left += taken.waived.get("points", 0)
    kept = left or any(_is_kept(conn, store, deed) for deed in deeds)
    mine = one.row.member_id
    entry_rewards.forget(conn, store.id, [each for each in one.person if each != mine], tier)
    if kept:
        entry_rewards.settle(conn, store.id, [mine], tier, left)
    else:
        entry_rewards.forget(conn, store.id, [mine], tier)


def _holds(
    conn: Connection, store: StoreRef, member_id: int, tiers: Tiers | None, tier: str
) -> bool:
    """Whether a member has a level or a higher one."""
    if tiers is None or not tiers.enabled:
        return False
    return tiers.rank_of(held_tier(conn, store.id, member_id)) >= tiers.rank_of(tier) >= 0


def _is_kept(conn: Connection, store: StoreRef, deed: DeedRow) -> bool:
    """Whether the member kept anything that a deed brought beside points: it was used."""
    rows = perk_rows.of_sources(conn, store.id, [deed.perk_source])
    return any(row.kind != MESSAGE and row.state in perk_rows.COUNTED for row in rows)
