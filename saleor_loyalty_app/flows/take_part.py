"""A shopper joins the program, sees what leaving would cost, and leaves."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.erase_member import write_off
from saleor_loyalty_app.flows.join_member import join_program
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.ledger import Account
from saleor_loyalty_app.ledger.balance_view import balance
from saleor_loyalty_app.members import service
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.members.errors import WrongMemberState
from saleor_loyalty_app.members.models import MemberConsent
from saleor_loyalty_app.members.refs import MemberRef, Person
from saleor_loyalty_app.members.repository import merged_members
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.rewards.errors import NoProgram, RedemptionLive, UserInactive
from saleor_loyalty_app.rewards.redemptions import live_of
from saleor_loyalty_app.saleor.shopper_account import ShopperAccount, account_of, is_user_id
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers.looks import look_again

UNIT = "points"
_consents = table(MemberConsent)
#: States in which there is something to leave.
_IN = frozenset({"active", "paused", "invited", "blocked"})


class TermsChanged(AppError):
    """Other versions of the texts are in force than those that were agreed to."""

    code: ClassVar[str] = "terms_changed"
    status: ClassVar[int] = 409


class LossChanged(AppError):
    """Leaving would cost another number of points than was shown."""

    code: ClassVar[str] = "loss_changed"
    status: ClassVar[int] = 409


@dataclass(frozen=True, slots=True)
class Agreed:
    """Which version of a text a member agreed to or was shown last."""

    version: str
    source: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody stands to the program.

    Attributes:
        state: of the member; "" = not in the books.
        terms, privacy: what they agreed to or were shown; None = nothing.
    """

    program: Program | None
    state: str
    member_since: datetime | None
    terms: Agreed | None
    privacy: Agreed | None

    @property
    def takes_part(self) -> bool:
        """Whether they are a member now."""
        return self.state in ("active", "paused", "blocked")


@dataclass(frozen=True, slots=True)
class Loss:
    """What leaving costs: points that can be spent or would have been.

    Attributes:
        live: a discount that is under way; nobody leaves before it is used or given up.
        debt: owed points, which stay.
    """

    points: int
    pending: int
    held: int
    debt: int
    live: str | None


def standing_of(
    conn: Connection, store: StoreRef, member: MemberRef | None, *, now: datetime
) -> Standing:
    """How a shopper stands to the program in force."""
    revision = revision_at(conn, store.id, now)
    program = None if revision is None else revision.program
    if member is None:
        return Standing(program, "", None, None, None)
    agreed = _agreed(conn, store.id, member.id)
    return Standing(
        program, member.state, member.enrolled_at, agreed.get("terms"), agreed.get("privacy")
    )


def read_account(access: StoreAccess, store: StoreRef, user_id: str) -> ShopperAccount:
    """The shopper's account as Saleor has it now. Calls the network.

    Raises:
        UserInactive: there is none that may do anything.
        SaleorUnavailable and the like: Saleor does not answer.
    """
    if not is_user_id(user_id):
        raise UserInactive
    found = account_of(access.ask(store, "queries/shopper", {"id": user_id}))
    if found is None:
        raise UserInactive
    return found


def join(
    conn: Connection,
    store: StoreRef,
    account: ShopperAccount,
    *,
    terms: str,
    privacy: str,
    source: str,
    keys: EmailKeys,
    now: datetime,
) -> MemberRef:
    """The shopper joins, or joins again, and agrees to the texts in force.

    What is paid once in a lifetime is not paid again, and what was lost by leaving stays lost.

    Args:
        terms, privacy: the versions that were shown; "" where the program names none.
        source: where that was.

    Raises:
        NoProgram: nothing is in force.
        TermsChanged: other versions are.
        MemberBlocked, MemberErased: see `join_program`.
    """
    revision = revision_at(conn, store.id, now)
    if revision is None:
        raise NoProgram
    settings = revision.program.settings
    if (terms, privacy) != (settings.terms_version, settings.privacy_version):
        raise TermsChanged(
            terms_version=settings.terms_version, privacy_version=settings.privacy_version
        )
    joined = join_program(
        conn, store, person_of_account(account), source=source, keys=keys, now=now
    )
    if joined is None:
        raise NoProgram
    return joined.member


def person_of_account(account: ShopperAccount) -> Person:
    """The person behind an account."""
    return Person(
        account.id,
        account.email,
        account.confirmed,
        account.first_name,
        account.last_name,
        account.language,
        account.as_of,
    )


def loss_of(conn: Connection, store: StoreRef, member: MemberRef, *, now: datetime) -> Loss:
    """What leaving would cost the member now."""
    held = balance(conn, Account(store.id, member.id, UNIT), now=now)
    ids = [member.id, *merged_members(conn, store.id, member.id)]
    live = live_of(conn, store.id, ids)
    return Loss(
        points=held.available,
        pending=held.pending,
        held=held.held,
        debt=held.debt,
        live=live[0].public_id if live else None,
    )


def leave(
    conn: Connection,
    store: StoreRef,
    member: MemberRef,
    *,
    loses: int,
    actor: str,
    now: datetime,
) -> MemberRef:
    """The member leaves and loses what the preview said; doing it twice changes nothing.

    Args:
        loses: how many points they agreed to lose: those that can be spent and those pending.

    Raises:
        WrongMemberState: they are no member.
        LossChanged: it would be another number.
        RedemptionLive: a discount is under way.
    """
    if member.state == "left":
        return member
    if member.state not in _IN:
        raise WrongMemberState(state=member.state)
    left = service.leave(conn, store.id, member.id, now=now)
    loss = loss_of(conn, store, left, now=now)
    if loss.live is not None:
        raise RedemptionLive(id=loss.live)
    if loss.points + loss.pending != loses:
        raise LossChanged(loses=loss.points + loss.pending)
    look_again(conn, store.id, (left.id,))
    write_off(
        conn,
        store,
        left.id,
        key=f"leave:{left.id}:{now.isoformat()}",
        actor=actor,
        now=now,
        reason="member_left",
    )
    return left


def _agreed(conn: Connection, store_id: int, member_id: int) -> dict[str, Agreed]:
    query = (
        sa.select(_consents)
        .where(_consents.c.store_id == store_id, _consents.c.member_id == member_id)
        .order_by(_consents.c.id)
    )
    return {row.kind: Agreed(row.version, row.source, row.at) for row in conn.execute(query)}
