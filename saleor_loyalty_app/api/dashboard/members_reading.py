"""What is read of one member, in one transaction each."""

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.adjustments.repository import staff_emails
from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.dashboard.members_schemas import (
    LotLine,
    LotPage,
    MemberDetail,
    MemberRedemptions,
    Remark,
    StatementLine,
    StatementPage,
    UnitBalance,
    blocked_words,
    next_of,
)
from saleor_loyalty_app.api.dashboard.staff import Staff
from saleor_loyalty_app.api.opaque import entry_id
from saleor_loyalty_app.api.redemption_schemas import Redemption
from saleor_loyalty_app.api.units import state_words
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.explain_entry import explain_entries
from saleor_loyalty_app.i18n import language_of, translate
from saleor_loyalty_app.ledger import Account, EntryView
from saleor_loyalty_app.ledger.models import Balance
from saleor_loyalty_app.member_imports.repository import lifetime_of
from saleor_loyalty_app.members import notes, repository
from saleor_loyalty_app.members.eligibility import REST_AFTER_NEW_ADDRESS
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.errors import MemberNotFound
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.members.same_person import is_same_person
from saleor_loyalty_app.programs.rules import UnitCode
from saleor_loyalty_app.rewards.redemptions import of_members
from saleor_loyalty_app.stores.partner_keys import names_of
from saleor_loyalty_app.stores.refs import StoreRef

UNIT = "points"
_balances = table(Balance)


def require_member(conn: Connection, staff: Staff, member_id: int) -> tuple[StoreRef, MemberRef]:
    """The store and its member, also one that became another.

    Raises:
        MemberNotFound: the store has no such member.
        InvalidToken: the store deactivated or uninstalled the app meanwhile.
    """
    store = still_active(conn, staff.store)
    member = repository.member_by_id(conn, store.id, member_id)
    if member is None:
        raise MemberNotFound
    return store, member


def read_member(
    conn: Connection, staff: Staff, member_id: int, *, keys: EmailKeys, now: datetime
) -> MemberDetail:
    """One member with what they have."""
    store, member = require_member(conn, staff, member_id)
    known = _identity(conn, store.id, member.id)
    units = conn.execute(
        sa.select(_balances.c.unit)
        .where(_balances.c.store_id == store.id, _balances.c.member_id == member.id)
        .order_by(_balances.c.unit)
    ).scalars()
    held = {
        unit: ledger.balance(conn, Account(store.id, member.id, unit), now=now)
        for unit in dict.fromkeys([UNIT, *units.all()])
    }
    merged = repository.merged_members(conn, store.id, member.id)
    note = notes.newest_block_note(conn, store.id, member.id)
    named = staff_names(conn, store.id, [note.author] if note else [])
    rests = member.email_changed_at and member.email_changed_at + REST_AFTER_NEW_ADDRESS
    return MemberDetail(
        id=str(member.id),
        name=f"{known['first_name']} {known['last_name']}".strip(),
        email=member.email or None,
        user_id=member.user_id,
        state=member.state,
        blocked=blocked_words(
            member.spending_blocked, member.earning_blocked, member.codes_blocked
        ),
        joined_at=member.first_enrolled_at,
        points=held[UNIT].available + held[UNIT].pending,
        held=held[UNIT].held,
        debt=held[UNIT].debt,
        language=known["language"],
        confirmed=member.confirmed,
        created_at=member.created_at,
        paused_at=member.paused_at,
        left_at=member.left_at,
        hold_out=member.hold_out,
        merged_into=None if member.merged_into is None else str(member.merged_into),
        merged=[str(one) for one in merged],
        balances=[UnitBalance.of(unit, view) for unit, view in held.items()],
        block_note=None
        if note is None
        else Remark(text=note.text, by=named[note.author], at=note.created_at),
        is_you=is_same_person(conn, store.id, member.id, staff.user_id, staff.email, keys),
        spending_rests_until=rests if rests and rests > now else None,
        collected_before=lifetime_of(conn, store.id, [member.id, *merged]),
    )


def read_lots(
    conn: Connection, staff: Staff, member_id: int, *, first: int, after: int | None, now: datetime
) -> LotPage:
    """What is left of a member's earnings."""
    store, member = require_member(conn, staff, member_id)
    start = after or 0
    account = Account(store.id, member.id, UNIT)
    found = ledger.lots_page(conn, account, now=now, first=first + 1, offset=start)
    return LotPage(
        items=[LotLine.of(lot) for lot in found[:first]],
        next=next_of(start + first if len(found) > first else None),
    )


def read_statement(
    conn: Connection,
    staff: Staff,
    member_id: int,
    *,
    unit: UnitCode,
    first: int,
    after: int | None,
    now: datetime,
    language: str,
) -> StatementPage:
    """A member's movements in a unit, explained to who reads and to the customer."""
    store, member = require_member(conn, staff, member_id)
    account = Account(store.id, member.id, unit)
    start = None if after is None else str(after)
    page = ledger.history(conn, account, now=now, first=first, after=start)
    theirs = language_of([_identity(conn, store.id, member.id)["language"], store.language])
    ids = [view.id for view in page.entries]
    told = {
        wanted: {
            found.entry_id: list(found.sentences)
            for found in explain_entries(conn, store.id, ids, language=wanted)
        }
        for wanted in {language, theirs}
    }
    named = staff_names(conn, store.id, [view.actor for view in page.entries])
    return StatementPage(
        items=[
            _line(
                view,
                named[view.actor],
                told[language][view.id],
                told[theirs][view.id],
                state_words(view.state, unit, language),
                language,
            )
            for view in page.entries
        ],
        next=None if page.next_cursor is None else next_of(int(page.next_cursor)),
        customer_language=theirs,
    )


def read_redemptions(
    conn: Connection, staff: Staff, member_id: int, *, first: int, after: int | None, language: str
) -> MemberRedemptions:
    """A member's redemptions, also those they made as a member that became this one."""
    store, member = require_member(conn, staff, member_id)
    everybody = [member.id, *repository.merged_members(conn, store.id, member.id)]
    found = of_members(conn, store.id, everybody, first=first + 1, before=after)
    return MemberRedemptions(
        items=[Redemption.of(one, language) for one in found[:first]],
        next=next_of(found[first - 1].id if len(found) > first else None),
    )


def staff_names(conn: Connection, store_id: int, actors: Iterable[str]) -> dict[str, str]:
    """Actors by the address of the staff member or the name of the API key, where it is known.

    Others as the books say it.
    """
    wanted = list(dict.fromkeys(actors))
    systems = names_of(conn, store_id, wanted)
    emails = staff_emails(conn, store_id, wanted)
    known = systems | {actor: email for actor, email in emails.items() if email}
    return {actor: known.get(actor, actor) for actor in wanted}


def _identity(conn: Connection, store_id: int, member_id: int) -> dict[str, str]:
    row = repository.identities.c
    found = conn.execute(
        sa.select(row.first_name, row.last_name, row.language).where(
            row.store_id == store_id, row.member_id == member_id
        )
    ).one_or_none()
    if found is None:
        return {"first_name": "", "last_name": "", "language": ""}
    return {
        "first_name": found.first_name,
        "last_name": found.last_name,
        "language": found.language,
    }


def _line(
    view: EntryView,
    by: str,
    told: list[str],
    for_customer: list[str],
    state_name: str,
    language: str,
) -> StatementLine:
    order = view.reason.get("order")
    return StatementLine(
        id=entry_id(view.id),
        kind=view.kind,
        kind_name=translate(f"kind.{view.kind}", language),
        amount=view.amount,
        state=view.state,
        state_name=state_name,
        at=view.effective_at,
        posted_at=view.posted_at,
        order_number=None if order is None else str(order),
        source=view.source,
        by=by,
        available_from=view.available_from,
        expires_at=view.expires_at,
        remaining=view.remaining,
        explanation=told,
        for_customer=for_customer,
    )
