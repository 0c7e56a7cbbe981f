"""Members as other systems find and read them, in one transaction each."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.api.opaque import cursor_of, entry_id, ledger_cursor
from saleor_loyalty_app.api.partner.schemas import (
    ExpiringLots,
    MemberPoints,
    MemberTier,
    Movement,
    Movements,
    PartnerMember,
)
from saleor_loyalty_app.api.storefront.board import value_of
from saleor_loyalty_app.flows.explain_entry import explain_entries
from saleor_loyalty_app.flows.find_members import FoundMember, MemberFilter, find_members
from saleor_loyalty_app.ledger import Account, EntryView
from saleor_loyalty_app.members import repository
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.errors import MemberNotFound
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.members.search_terms import SearchTerms
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.programs.rules import UnitCode
from saleor_loyalty_app.programs.tiers import level_in_force
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers.standing import tier_in_force

UNIT = "points"
#: One address has an account and a guest at most, but for accounts that share it by mistake.
MOST_FOUND = 10
#: Greater numbers are no member's.
_LONGEST_NUMBER = 18


def number_of(member: str) -> int:
    """The number of a member behind the id.

    Raises:
        MemberNotFound: it is none.
    """
    if not (member.isascii() and member.isdigit() and len(member) <= _LONGEST_NUMBER):
        raise MemberNotFound
    return int(member)


def look_up(
    conn: Connection,
    store: StoreRef,
    terms: SearchTerms,
    *,
    keys: EmailKeys,
    now: datetime,
    language: str,
    identify: bool = False,
) -> list[PartnerMember]:
    """The members that a number, user or address stands for; who became another, as that one.

    Who proved to own the address comes first, then who came first.

    Args:
        identify: with their names and addresses, which whoever asks may know.
    """
    found = find_members(
        conn,
        store.id,
        MemberFilter(),
        terms,
        keys=keys,
        first=MOST_FOUND,
        before=None,
        now=now,
    )
    told = _told(conn, store, found, now, language, identify=identify)
    return sorted(told, key=lambda one: (not one.confirmed, int(one.id)))


def member_of(
    conn: Connection,
    store: StoreRef,
    number: int,
    *,
    keys: EmailKeys,
    now: datetime,
    language: str,
    identify: bool = False,
) -> PartnerMember:
    """One member, or whom they became; `identify`: see `look_up`.

    Raises:
        MemberNotFound: the store has no such member.
    """
    terms = SearchTerms(member=number)
    found = look_up(conn, store, terms, keys=keys, now=now, language=language, identify=identify)
    if not found:
        raise MemberNotFound
    return found[0]


def member_named(
    conn: Connection, store: StoreRef, terms: SearchTerms, *, keys: EmailKeys, now: datetime
) -> MemberRef:
    """The member whom a system names, as look-ups find them; of several the first.

    Raises:
        MemberNotFound: there is nobody.
    """
    wanted = MemberFilter()
    found = find_members(
        conn, store.id, wanted, terms, keys=keys, first=MOST_FOUND, before=None, now=now
    )
    members = (repository.member_by_id(conn, store.id, one.id) for one in found)
    known = [one for one in members if one is not None]
    if not known:
        raise MemberNotFound
    return min(known, key=lambda one: (not one.confirmed, one.id))


def read_movements(
    conn: Connection,
    store: StoreRef,
    member: PartnerMember,
    *,
    unit: UnitCode,
    first: int,
    after: str | None,
    now: datetime,
    language: str,
) -> Movements:
    """A page of a member's movements in a unit.

    Raises:
        CursorInvalid: `after` did not come from here.
    """
    start = None if after is None else ledger_cursor(after)
    account = Account(store.id, int(member.id), unit)
    page = ledger.history(conn, account, now=now, first=first, after=start)
    told = {
        found.entry_id: list(found.sentences)
        for found in explain_entries(
            conn, store.id, [view.id for view in page.entries], language=language
        )
    }
    return Movements(
        items=[_movement(view, told[view.id]) for view in page.entries],
        next=None if page.next_cursor is None else cursor_of(page.next_cursor),
    )


def _told(
    conn: Connection,
    store: StoreRef,
    found: Sequence[FoundMember],
    now: datetime,
    language: str,
    *,
    identify: bool,
) -> list[PartnerMember]:
    revision = revision_at(conn, store.id, now)
    program = revision.program if revision else None
    known = _identities(conn, store.id, [one.id for one in found])
    return [
        PartnerMember(
            id=str(one.id),
            user_id=one.user_id,
            name=f"{one.first_name} {one.last_name}".strip() if identify else None,
            email=(one.email or None) if identify else None,
            confirmed=known.get(one.id, (False, ""))[0],
            language=known.get(one.id, (False, ""))[1],
            state=one.state,
            blocked=_blocked(one),
            joined_at=one.first_enrolled_at,
            tier=_tier(conn, store, one.id, program, language),
            points=_points(conn, store, one.id, program, now),
        )
        for one in found
    ]


def _tier(
    conn: Connection, store: StoreRef, member_id: int, program: Program | None, language: str
) -> MemberTier | None:
    if program is None:
        return None
    level = level_in_force(program.tiers, tier_in_force(conn, store.id, member_id, program))
    return None if level is None else MemberTier(id=level.id, name=level.label(language))


def _points(
    conn: Connection, store: StoreRef, member_id: int, program: Program | None, now: datetime
) -> MemberPoints:
    held = ledger.balance(conn, Account(store.id, member_id, UNIT), now=now)
    return MemberPoints(
        available=held.available,
        pending=held.pending,
        held=held.held,
        debt=held.debt,
        lifetime=held.lifetime,
        worth=value_of(program, held.available),
        expiring=[ExpiringLots(amount=one.amount, expires_at=one.at) for one in held.expiring],
    )


def _identities(
    conn: Connection, store_id: int, member_ids: Sequence[int]
) -> dict[int, tuple[bool, str]]:
    """Whether the address is proved, and the language, by member."""
    row = repository.identities.c
    query = sa.select(row.member_id, row.confirmed, row.language).where(
        row.store_id == store_id, row.member_id.in_(member_ids)
    )
    return {one.member_id: (one.confirmed, one.language) for one in conn.execute(query)}


def _blocked(one: FoundMember) -> list[str]:
    stands = (
        ("spending", one.spending_blocked),
        ("earning", one.earning_blocked),
        ("codes", one.codes_blocked),
    )
    return [word for word, is_blocked in stands if is_blocked]


def _movement(view: EntryView, sentences: list[str]) -> Movement:
    order = view.reason.get("order")
    return Movement(
        id=entry_id(view.id),
        kind=view.kind,
        amount=view.amount,
        state=view.state,
        at=view.effective_at,
        order_number=None if order is None else str(order),
        reason=str(view.reason.get("code") or view.kind),
        explanation=sentences,
        available_from=view.available_from,
        expires_at=view.expires_at,
    )
