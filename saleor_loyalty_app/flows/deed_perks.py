"""What a deed brings beside points is given once, and taken back where the deed is undone.

Written in the transaction that books the deed. What waits for an account or a switch is looked at
again until it can be given; a deed is never decided a second time.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app import log
from saleor_loyalty_app.flows.known_member import everybody
from saleor_loyalty_app.flows.lock_stocks import lock_stocks
from saleor_loyalty_app.flows.perk_rewards import DEED_BACK
from saleor_loyalty_app.flows.perk_work import Occasion, PerkWork, names_of, surviving_id
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.members.repository import surviving_member
from saleor_loyalty_app.programs import cap_uses, deed_awards, perk_rows
from saleor_loyalty_app.programs.cap_uses import Draw
from saleor_loyalty_app.programs.decide_deed import caps_of
from saleor_loyalty_app.programs.deed_awards import DeedRow, deed_named, perk_source
from saleor_loyalty_app.programs.perk_rows import COUNTED, ENDED, PerkRow
from saleor_loyalty_app.programs.perks import IssueReward
from saleor_loyalty_app.programs.repository import programs_by_id, revision_at
from saleor_loyalty_app.rewards import redemptions
from saleor_loyalty_app.stores.refs import StoreRef

logger = log.get(__name__)


def lock_gifts_of_deeds(
    conn: Connection, store: StoreRef, deeds: Iterable[tuple[int, str]]
) -> list[int]:
    """Locks the rewards that deeds brought, before any account is; gives their ids.

    Args:
        deeds: the number of a member, and the deed's key; of who became one with them, too.
    """
    sources = [
        perk_source(one, key)
        for member_id, key in deeds
        for one in everybody(conn, store, surviving_id(conn, store, member_id))
    ]
    rows = perk_rows.of_sources(conn, store.id, sources)
    ids = redemptions.ids_of(conn, store.id, names_of(rows))
    redemptions.lock(conn, store.id, ids)
    return ids


def give_perks(
    conn: Connection,
    store: StoreRef,
    deed: DeedRow,
    member: MemberRef,
    people: Collection[int],
    *,
    now: datetime,
    keys: EmailKeys | None = None,
) -> dict[str, Draw]:
    """Gives what a deed brings beside points; gives what that draws of caps, by rule.

    The caller holds the member's account. A store that was restored knows of codes that were given
    for deeds which it lost: such a rule gives no other.

    Args:
        people: the member, and who became one with them.
        keys: find what is remembered of the member's address under older secrets, too.
    """
    if not deed.perks:
        return {}
    sources = [perk_source(one, deed.deed_key) for one in people]
    rows = perk_rows.of_sources(conn, store.id, sources, lock=True)
    # Who became one may each have had it: the last one stands, which is the deed's own.
    known = {
        row.rule_id: row for row in sorted(rows, key=lambda one: one.source == deed.perk_source)
    }
    work = _work(conn, store, deed, rows, now, keys)
    _lock_stocks(conn, store, deed, work)
    draws = {}
    for rule_id, effect in deed.perks:
        row = known.get(rule_id)
        if row is None:
            row = work.settled(rule_id, effect, None, member)
        else:
            row = perk_rows.change(conn, row.id, now=now, source=deed.perk_source)
        draws[rule_id] = _draw(row)
    return draws


def take_perks(
    conn: Connection, store: StoreRef, deed: DeedRow, *, now: datetime
) -> dict[str, Draw]:
    """Takes back what a deed brought beside points and was not used; gives what is left of caps.

    The caller holds the rewards that it brought (`lock_gifts_of_deeds`), then the account.
    """
    if not deed.perks:
        return {}
    rows = perk_rows.of_sources(conn, store.id, [deed.perk_source], lock=True)
    known = {row.rule_id: row for row in rows}
    work = _work(conn, store, deed, rows, now)
    _lock_stocks(conn, store, deed, work)
    return {
        rule_id: _draw(work.settled(rule_id, effect, known.get(rule_id), None))
        for rule_id, effect in deed.perks
    }


def look_again(
    conn: Connection,
    store: StoreRef,
    row: PerkRow,
    *,
    now: datetime,
    keys: EmailKeys | None = None,
) -> None:
    """Gives what waited, if it can be given, and keeps what was used after it was taken back.

    The caller holds the reward that the row names, then the account of whoever has it today.
    """
    named = deed_named(row.source)
    deed = None if named is None else deed_awards.decided(conn, store.id, [named[0]], named[1])
    effect = None if deed is None else dict(deed.perks).get(row.rule_id)
    if deed is None or effect is None:
        # Told by the audit; here it must not keep others waiting.
        logger.error("perk_of_no_deed", store_id=store.id, perk=row.id)
        perk_rows.change(conn, row.id, now=now, state=ENDED)
        return
    member = surviving_member(conn, store.id, row.member_id)
    gone = deed.reversed_at is not None or member is None or member.state == "erased"
    work = _work(conn, store, deed, [row], now, keys)
    after = work.settled(row.rule_id, effect, row, None if gone else member)
    program = programs_by_id(conn, store.id, [deed.revision_id])[deed.revision_id]
    if row.rule_id not in caps_of(program, deed.trigger):
        return
    if _draw(after).times:
        whose = row.member_id if member is None else member.id
        cap_uses.draw_once(conn, store.id, whose, deed.source, row.rule_id, at=deed.at)
    else:
        cap_uses.give_back(conn, store.id, deed.source, row.rule_id)


def _work(
    conn: Connection,
    store: StoreRef,
    deed: DeedRow,
    rows: Iterable[PerkRow],
    now: datetime,
    keys: EmailKeys | None = None,
) -> PerkWork:
    ids = redemptions.ids_of(conn, store.id, names_of(rows))
    occasion = Occasion(
        source=deed.perk_source,
        perk=deed.perk_source,
        place=None,
        back={"code": DEED_BACK},
        decided_by=deed.revision_id,
        at=deed.at,
    )
    gifts = {one.public_id: one for one in redemptions.by_ids(conn, store.id, ids)}
    return PerkWork(conn, store, occasion, revision_at(conn, store.id, now), gifts, now, keys)


def _lock_stocks(conn: Connection, store: StoreRef, deed: DeedRow, work: PerkWork) -> None:
    rewards = {effect.reward for _, effect in deed.perks if isinstance(effect, IssueReward)}
    lock_stocks(conn, store, rewards, [gift.id for gift in work.gifts.values()])


def _draw(row: PerkRow | None) -> Draw:
    return Draw(0, int(row is not None and row.state in COUNTED))
