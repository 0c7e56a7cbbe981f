"""What a deed brings beside points is given once, and taken back where the deed is undone.

Written in the transaction that books the deed. What waits for an account or a switch is looked at
again until it can be given; a deed is never decided a second time.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app import log
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.known_member import everybody, lock_members
from saleor_loyalty_app.flows.perk_problems import NAMED
from saleor_loyalty_app.flows.perk_rewards import DEED_BACK
from saleor_loyalty_app.flows.perk_work import Occasion, PerkWork, names_of, surviving_id
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.members.repository import surviving_member
from saleor_loyalty_app.programs import cap_uses, deed_awards, perk_rows
from saleor_loyalty_app.programs.cap_uses import Draw
from saleor_loyalty_app.programs.decide_deed import caps_of
from saleor_loyalty_app.programs.deed_awards import DeedRow, deed_named, perk_source
from saleor_loyalty_app.programs.models import RulePerk
from saleor_loyalty_app.programs.perk_rows import COUNTED, ENDED, TAKEN, WAITING, PerkRow
from saleor_loyalty_app.programs.repository import programs_by_id, revision_at
from saleor_loyalty_app.rewards import redemptions
from saleor_loyalty_app.rewards.models import Redemption
from saleor_loyalty_app.stores.refs import StoreRef

logger = log.get(__name__)

#: What every source of a deed begins with.
_DEEDS = "deed:%"
#: Deeds that one transaction looks at again.
PAGE = 50
_M, _P, _R = (table(one).c for one in (Member, RulePerk, Redemption))


def lock_gifts_of_deeds(
    conn: Connection, store: StoreRef, deeds: Iterable[tuple[int, str]]
) -> None:
    """Locks the rewards that deeds brought, before any account is.

    Args:
        deeds: the number of a member, and the deed's key; of who became one with them, too.
    """
    sources = [
        perk_source(one, key)
        for member_id, key in deeds
        for one in everybody(conn, store, surviving_id(conn, store, member_id))
    ]
    rows = perk_rows.of_sources(conn, store.id, sources)
    redemptions.lock(conn, store.id, redemptions.ids_of(conn, store.id, names_of(rows)))


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
    known = {row.rule_id: row for row in perk_rows.of_sources(conn, store.id, sources, lock=True)}
    work = _work(conn, store, deed, known.values(), now, keys)
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
    return {
        rule_id: _draw(work.settled(rule_id, effect, known.get(rule_id), None))
        for rule_id, effect in deed.perks
    }


def wake_deeds(
    conn: Connection, store: StoreRef, *, now: datetime, keys: EmailKeys | None = None
) -> int:
    """Gives what waited and can be given by now; gives how many rows were looked at.

    What a cart that was paid used in the moment that it was taken back is the member's after all.
    """
    if not store.earning_on:
        return 0
    rows = _waiting(conn, store) or _used_after_all(conn, store)
    gifts = redemptions.ids_of(conn, store.id, names_of(rows))
    redemptions.lock(conn, store.id, gifts)
    lock_members(conn, store, {surviving_id(conn, store, row.member_id) for row in rows})
    for row in perk_rows.of_sources(conn, store.id, {row.source for row in rows}, lock=True):
        if row.state in (WAITING, TAKEN):
            _look_again(conn, store, row, now, keys)
    return len(rows)


def _look_again(
    conn: Connection, store: StoreRef, row: PerkRow, now: datetime, keys: EmailKeys | None
) -> None:
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


def _draw(row: PerkRow | None) -> Draw:
    return Draw(0, int(row is not None and row.state in COUNTED))


def _waiting(conn: Connection, store: StoreRef) -> list[PerkRow]:
    """What may be given by now: its member has an account, and the switches are on."""
    winner = table(Member).alias()
    has_account = sa.func.coalesce(winner.c.user_id, _M.user_id).is_not(None)
    erased = sa.func.coalesce(winner.c.state, _M.state) == "erased"
    ready = has_account if store.spending_on else sa.and_(has_account, _P.kind != "issue_reward")
    query = (
        sa.select(_P.source)
        .join_from(table(RulePerk), table(Member), _M.id == _P.member_id)
        .outerjoin(winner, winner.c.id == _M.merged_into)
        .where(
            _P.store_id == store.id,
            _P.state == WAITING,
            _P.source.like(_DEEDS),
            sa.or_(ready, erased),
        )
        .order_by(_P.id)
        .limit(PAGE)
    )
    return perk_rows.of_sources(conn, store.id, conn.execute(query).scalars().all())


def _used_after_all(conn: Connection, store: StoreRef) -> list[PerkRow]:
    named = _P.detail[NAMED].as_string()
    query = (
        sa.select(_P.source)
        .join_from(
            table(RulePerk),
            table(Redemption),
            sa.and_(_R.store_id == _P.store_id, _R.public_id == named),
        )
        .where(
            _P.store_id == store.id,
            _P.state == TAKEN,
            _P.kind == "issue_reward",
            _P.source.like(_DEEDS),
            _R.state == "consumed",
        )
        .order_by(_P.id)
        .limit(PAGE)
    )
    return perk_rows.of_sources(conn, store.id, conn.execute(query).scalars().all())
