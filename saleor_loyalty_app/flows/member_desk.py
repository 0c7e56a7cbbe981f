"""What staff do with one member besides points: blocks, states, erasure. Each is noted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.erase_member import erase_member
from saleor_loyalty_app.flows.join_member import enrollment_of
from saleor_loyalty_app.flows.member_news import tell_of_block
from saleor_loyalty_app.ledger import Account, BalanceView
from saleor_loyalty_app.ledger.models import Balance
from saleor_loyalty_app.members import notes, service
from saleor_loyalty_app.members import repository as members
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.errors import MemberErased, MemberNotFound
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.rewards import redemptions
from saleor_loyalty_app.rewards.errors import NoProgram
from saleor_loyalty_app.stores import staff_actions
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers.looks import look_again

_balances = table(Balance)
Wanted = Literal["active", "paused", "left"]


@dataclass(frozen=True, slots=True)
class Blocks:
    """What of a member is blocked."""

    spending: bool
    earning: bool
    codes: bool

    @classmethod
    def of(cls, member: MemberRef) -> "Blocks":
        """As it stands."""
        return cls(member.spending_blocked, member.earning_blocked, member.codes_blocked)

    def as_words(self) -> dict[str, object]:
        """For the note of the deed."""
        return {"spending": self.spending, "earning": self.earning, "codes": self.codes}


@dataclass(frozen=True, slots=True)
class Loss:
    """What goes with a member: points by unit, and redemptions that are on their way."""

    member: MemberRef
    balances: dict[str, BalanceView]
    redemptions: int


def set_blocks(
    conn: Connection,
    store: StoreRef,
    member_id: int,
    wanted: Blocks,
    reason: str,
    *,
    actor: str,
    now: datetime,
) -> MemberRef:
    """Blocks and frees parts of a member; the reason is kept as a note, which is erasable.

    Raises:
        MemberNotFound, MemberErased: there is nobody to block.
        NoteEmpty: no reason is given.
    """
    before = _present(conn, store, member_id)
    member = service.block(
        conn,
        store.id,
        before.id,
        spending=wanted.spending,
        earning=wanted.earning,
        codes=wanted.codes,
    )
    tell_of_block(conn, store, before, member, now=now)
    if before.earning_blocked and not member.earning_blocked:
        # Lines that they passed meanwhile were not noted for them.
        look_again(conn, store.id, (member.id,))
    notes.add_note(conn, store.id, member.id, reason, author=actor, now=now, kind="block")
    staff_actions.note(
        conn,
        store.id,
        actor=actor,
        kind="member_blocked",
        subject=f"member:{member.id}",
        before=Blocks.of(before).as_words(),
        after=wanted.as_words(),
        now=now,
    )
    return member


def set_state(
    conn: Connection, store: StoreRef, member_id: int, wanted: Wanted, *, actor: str, now: datetime
) -> MemberRef:
    """The member pauses, goes on, leaves or comes (back), as they asked for.

    Raises:
        MemberNotFound, MemberErased: there is nobody.
        WrongMemberState: it does not fit where they stand, or they are a guest.
        MemberBlocked: they are blocked altogether.
        NoProgram: there is nothing that could be joined.
    """
    before = _present(conn, store, member_id)
    if wanted == "paused":
        member = service.pause(conn, store.id, before.id, now=now)
    elif wanted == "left":
        member = service.leave(conn, store.id, before.id, now=now)
    elif before.state == "paused":
        member = service.resume(conn, store.id, before.id)
    else:
        revision = revision_at(conn, store.id, now)
        if revision is None:
            raise NoProgram
        terms = enrollment_of(revision.program.settings)
        member = service.enroll(conn, store.id, before.id, terms, source="staff", now=now)
    if member.state != before.state:
        look_again(conn, store.id, (member.id,))
        staff_actions.note(
            conn,
            store.id,
            actor=actor,
            kind="member_state",
            subject=f"member:{member.id}",
            before={"state": before.state},
            after={"state": member.state},
            now=now,
        )
    return member


def loss_of(conn: Connection, store: StoreRef, member_id: int, *, now: datetime) -> Loss:
    """What would be lost if the member were erased now.

    Raises:
        MemberNotFound, MemberErased: there is nobody.
    """
    member = members.member_by_id(conn, store.id, member_id)
    if member is not None and member.merged_into is not None:
        member = members.member_by_id(conn, store.id, member.merged_into)
    if member is None:
        raise MemberNotFound
    if member.state == "erased":
        raise MemberErased
    units = conn.execute(
        sa.select(_balances.c.unit)
        .where(_balances.c.store_id == store.id, _balances.c.member_id == member.id)
        .order_by(_balances.c.unit)
    ).scalars()
    held = {
        unit: ledger.balance(conn, Account(store.id, member.id, unit), now=now)
        for unit in units.all()
    }
    everybody = [member.id, *members.merged_members(conn, store.id, member.id)]
    return Loss(member, held, len(redemptions.live_of(conn, store.id, everybody)))


def erase(
    conn: Connection,
    store: StoreRef,
    member_id: int,
    *,
    actor: str,
    keys: EmailKeys,
    now: datetime,
) -> Loss:
    """Erases a member, as they asked for; gives what was lost.

    Raises:
        MemberNotFound, MemberErased: there is nobody.
    """
    lost = loss_of(conn, store, member_id, now=now)
    erase_member(conn, store, lost.member.id, keys=keys, now=now, actor=actor)
    staff_actions.note(
        conn,
        store.id,
        actor=actor,
        kind="member_erased",
        subject=f"member:{lost.member.id}",
        before={"state": lost.member.state},
        after={"points": {unit: held.total for unit, held in lost.balances.items()}},
        now=now,
    )
    return lost


def _present(conn: Connection, store: StoreRef, member_id: int) -> MemberRef:
    member = members.surviving_member(conn, store.id, member_id)
    if member is None:
        raise MemberNotFound
    if member.state == "erased":
        raise MemberErased
    return member
