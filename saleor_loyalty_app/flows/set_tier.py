"""Staff set a member's tier until a day, or end that; what the member earned is not touched."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from saleor_loyalty_app.flows.give_points import Agent, require_other
from saleor_loyalty_app.flows.known_member import everybody, lock_member
from saleor_loyalty_app.flows.move_tiers import in_program, look_at, zone_of
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.members import notes
from saleor_loyalty_app.members import repository as members
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.errors import MemberErased, MemberNotFound, NoteEmpty
from saleor_loyalty_app.programs import perk_rows, words
from saleor_loyalty_app.programs.repository import Revision, revision_at
from saleor_loyalty_app.programs.tier_rules import State
from saleor_loyalty_app.programs.tiers import Tiers
from saleor_loyalty_app.stores import staff_actions
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers import repository
from saleor_loyalty_app.tiers.errors import TierEndPast, TierMemberUnfit, TiersOff, TierUnknown

#: So far ahead a tier may be set.
LONGEST = timedelta(days=3653)


def tiers_in_force(conn: Connection, store: StoreRef, now: datetime) -> tuple[Revision, Tiers]:
    """The revision in force and its tiers.

    Raises:
        TiersOff: there are none, or they are switched off.
    """
    revision = revision_at(conn, store.id, now)
    tiers = None if revision is None else revision.program.tiers
    if revision is None or tiers is None or not tiers.enabled:
        raise TiersOff
    return revision, tiers


def set_tier(
    conn: Connection,
    store: StoreRef,
    member_id: int,
    tier: str,
    until: date,
    agent: Agent,
    *,
    reason: str,
    language: str,
    keys: EmailKeys,
    now: datetime,
) -> None:
    """Says which tier a member has at least, through a day of the store's time zone.

    Doing it again with another tier or day replaces what was said; with the same it changes
    nothing.

    Args:
        reason: kept as a note about the member, which goes when they are erased.
        language: of the note.

    Raises:
        NoteEmpty: there are no words in the reason.
        TiersOff, TierUnknown: there is no such tier in force.
        TierEndPast: the day is over, or more than ten years ahead.
        MemberNotFound, MemberErased, TierMemberUnfit: nobody who could have a tier.
        OwnAccount: the member is the agent.
    """
    revision, tiers = tiers_in_force(conn, store, now)
    if tiers.rank_of(tier) < 0:
        raise TierUnknown(tier=tier)
    today = now.astimezone(zone_of(store)).date()
    if not today <= until <= today + LONGEST:
        raise TierEndPast(until=until.isoformat())
    if not reason.strip():
        raise NoteEmpty
    after = until + timedelta(days=1)
    changed = _change(conn, store, revision, member_id, tier, after, agent, keys=keys, now=now)
    if changed is None:
        return
    text = translate(
        "tiers.note.set",
        language,
        tier=tiers.levels[tiers.rank_of(tier)].label(language),
        day=words.day_words(until, language),
        reason=reason.strip(),
    )
    notes.add_note(conn, store.id, changed, text, author=agent.actor, now=now)


def end_tier(
    conn: Connection,
    store: StoreRef,
    member_id: int,
    agent: Agent,
    *,
    keys: EmailKeys,
    now: datetime,
) -> None:
    """Ends a tier that staff set; the member has what was earned. Twice changes nothing.

    Raises:
        TiersOff, MemberNotFound, MemberErased, TierMemberUnfit, OwnAccount: as `set_tier`.
    """
    revision, _ = tiers_in_force(conn, store, now)
    _change(conn, store, revision, member_id, "", None, agent, keys=keys, now=now)


def _change(
    conn: Connection,
    store: StoreRef,
    revision: Revision,
    member_id: int,
    tier: str,
    until: date | None,
    agent: Agent,
    *,
    keys: EmailKeys,
    now: datetime,
) -> int | None:
    """Whom it was changed of; None where nothing was."""
    member = members.surviving_member(conn, store.id, member_id)
    if member is None:
        raise MemberNotFound
    if member.state == "erased":
        raise MemberErased
    require_other(conn, store, member, agent, keys)
    [person] = repository.people(conn, store.id, [member.id])
    if not in_program(person, revision.program):
        raise TierMemberUnfit
    today = now.astimezone(zone_of(store)).date()
    # As orders do whose rules give tiers.
    lock_member(conn, store, member.id)
    repository.begin(conn, store.id, [member.id], State(today), now)
    held = repository.held(conn, store.id, [member.id], lock=True)[member.id]
    before = held.state
    if (before.manual, before.manual_until) == (tier, until):
        return None
    perk_rows.overrule(conn, store.id, everybody(conn, store, member.id), now=now)
    state = replace(before, manual=tier, manual_until=until)
    repository.keep(conn, store.id, [(replace(held, state=state), None)], now)
    staff_actions.note(
        conn,
        store.id,
        actor=agent.actor,
        kind="tier_set" if tier else "tier_ended",
        subject=f"member:{member.id}",
        before=_told(before.manual, before.manual_until),
        after=_told(tier, until),
        now=now,
    )
    look_at(conn, store, revision, [member.id], now=now, actor=agent.actor, why="manual")
    return member.id


def _told(tier: str, until: date | None) -> dict[str, object] | None:
    if not tier:
        return None
    last = None if until is None else (until - timedelta(days=1)).isoformat()
    return {"tier": tier, "until": last}
