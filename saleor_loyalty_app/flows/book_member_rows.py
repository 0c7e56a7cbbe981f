"""Books a page of rows of a member import: who they are, their points, consents and totals."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.flows.join_member import claim_guests, enrollment_of
from saleor_loyalty_app.flows.points_life import end_of_life, life_for
from saleor_loyalty_app.ledger import Account, Cause
from saleor_loyalty_app.member_imports import carried, repository
from saleor_loyalty_app.member_imports.cells import NEVER
from saleor_loyalty_app.member_imports.deciding import BAD, READY, Judged, expiry_of, instant_of
from saleor_loyalty_app.member_imports.repository import ImportRef, StoredRow
from saleor_loyalty_app.members import notes
from saleor_loyalty_app.members import repository as members
from saleor_loyalty_app.members.consents import Channel
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.refs import Enrollment, MemberRef, Person
from saleor_loyalty_app.members.service import member_for_guest, member_for_user
from saleor_loyalty_app.programs.repository import Revision
from saleor_loyalty_app.stores.refs import StoreRef

UNIT, PART = "points", "points"


@dataclass(frozen=True, slots=True)
class _Page:
    """What all rows of a page share."""

    store: StoreRef
    row: ImportRef
    revision: Revision
    now: datetime

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.store.timezone)


def book_rows(
    conn: Connection,
    store: StoreRef,
    row: ImportRef,
    judged: Sequence[Judged],
    fetched: Mapping[str, Person],
    revision: Revision,
    *,
    keys: EmailKeys,
    now: datetime,
) -> None:
    """Books what is ready, and writes consents and totals down, also of what is there already.

    Nobody is told, and no bonus is paid.

    Args:
        fetched: users who are no members yet, as Saleor shows them.
    """
    page = _Page(store, row, revision, now)
    owners = _owners(
        conn, store, judged, fetched, enrollment_of(revision.program.settings), keys, now
    )
    ledger.lock_accounts(
        conn,
        [
            Account(store.id, owners[one.row.who].id, UNIT)
            for one in judged
            if one.verdict.state == READY and one.verdict.worth
        ],
    )
    changes: list[dict[str, Any]] = []
    for one in judged:
        column, code = one.verdict.problem
        state = "booked" if one.verdict.state == READY else one.verdict.state
        member = owners.get(one.row.who)
        if member is not None and state != BAD:
            if state == "booked" and one.row.points:
                _book(conn, page, one, member)
            remark = _carry(conn, page, one.row, member)
            if remark and not code:
                column, code = "consent_sms" if remark == "sms_needs_account" else "", remark
        changes.append(
            {
                "row_id": one.row.id,
                "state": state,
                "column": column,
                "code": code,
                "problems": [[column, code]] if code else [],
                "found": one.row.found or one.found,
                "worth": one.verdict.worth,
                "books_currency": one.verdict.currency,
                "member_id": None if member is None else member.id,
                # From here on the row is known by the member's number.
                "email": "",
                "phone": "",
                "note": "",
            }
        )
    repository.change_rows(conn, changes)


def _owners(
    conn: Connection,
    store: StoreRef,
    judged: Sequence[Judged],
    fetched: Mapping[str, Person],
    enrollment: Enrollment,
    keys: EmailKeys,
    now: datetime,
) -> dict[str, MemberRef]:
    """The members of a page, made where they are missing, by what stands for them in its rows."""
    found: dict[str, MemberRef] = {}
    for one in judged:
        row = one.row
        if one.verdict.state == BAD or row.who in found:
            continue
        if not row.user_id:
            found[row.who] = member_for_guest(
                conn, store.id, row.email, enrollment, keys=keys, now=now
            )
            continue
        member = members.member_by_user(conn, store.id, row.user_id, lock=True)
        if member is None and row.user_id in fetched:
            person = fetched[row.user_id]
            known = member_for_user(conn, store.id, person, enrollment, keys=keys, now=now)
            member = known.member
            if known.may_claim:
                claim_guests(conn, store, member, keys=keys, now=now)
        if member is not None:
            found[row.who] = member
    return found


def _book(conn: Connection, page: _Page, one: Judged, member: MemberRef) -> None:
    row, booking = one.row, one.booking
    times = 1 if booking is None else booking.times + 1
    key = one.identity.keys[0] if booking is None else booking.row_key
    settings = page.revision.program.settings
    expires_at, because = _expiry(conn, row, page, member)
    posted = ledger.adjust(
        conn,
        Account(page.store.id, member.id, UNIT),
        one.verdict.worth,
        Cause(
            source=page.row.source,
            part=PART,
            actor=page.row.actor,
            channel=row.channel,
            currency=one.verdict.currency,
            revision_id=page.revision.id,
            reason={"code": "member_imported", "import": page.row.id, **because},
        ),
        key=f"member-import:{key}:{times}",
        now=page.now,
        effective_at=instant_of(row.earned, page.zone) or page.now,
        expires_at=expires_at,
        notice_required=settings.expiry.notice == "required",
    )
    repository.put_booking(
        conn,
        None if booking is None else booking.id,
        store_id=page.store.id,
        row_key=key,
        digest=one.identity.digest,
        who=one.identity.owners[0],
        import_id=page.row.id,
        entry_id=posted.entry_id,
        points=row.points,
        posted=one.verdict.worth,
        used=row.points - one.verdict.worth,
        reversed=False,
        times=times,
        at=page.now,
    )
    if row.note:
        notes.add_note(
            conn, page.store.id, member.id, row.note, author=page.row.actor, now=page.now
        )


def _expiry(
    conn: Connection, row: StoredRow, page: _Page, member: MemberRef
) -> tuple[datetime | None, Mapping[str, Any]]:
    """The date of the row; where it names none, as the program has it from today on, and why."""
    named = expiry_of(row.expires, page.zone)
    if named is not None or row.expires == NEVER:
        return named, {}
    life = life_for(conn, page.store, member.id, page.revision.program.settings.expiry)
    return end_of_life(life, page.now, page.store.timezone), life.reason


def _carry(conn: Connection, page: _Page, row: StoredRow, member: MemberRef) -> str:
    """Writes consents and the total down; gives what is to be told of it."""
    if row.lifetime:
        carried.carry_lifetime(conn, page.row.id, member, row.lifetime)
    given_at = instant_of(row.consent_at, page.zone)
    remark = ""
    for channel, wanted in ((Channel.email, row.consent_email), (Channel.sms, row.consent_sms)):
        if not wanted or given_at is None or member.state == "erased":
            continue
        written = carried.carry_consent(
            conn,
            page.row.id,
            member,
            channel,
            given_at=given_at,
            proof=row.consent_proof,
            phone=row.phone,
            now=page.now,
        )
        remark = _REMARKS.get(written, remark)
    return remark


_REMARKS = {"no_account": "sms_needs_account", "older": "consent_older"}
