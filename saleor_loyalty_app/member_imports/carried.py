"""Consents and totals that files bring: written down where there is somebody to write them to.

A consent is granted only with its time and its proof, and never over something that the member
said later. A guest has no account to write to; their consent waits until they become a member.
"""

from datetime import datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from saleor_loyalty_app.member_imports.repository import consents, lifetimes
from saleor_loyalty_app.members import consents as of_members
from saleor_loyalty_app.members.consents import Channel
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.members.repository import surviving_member

SOURCE = "import"
TAKEN_BACK = "import_reversed"
Written = Literal["granted", "known", "older", "waits", "no_account"]


def carry_consent(
    conn: Connection,
    import_id: int,
    member: MemberRef,
    channel: Channel,
    *,
    given_at: datetime,
    proof: str,
    phone: str,
    now: datetime,
) -> Written:
    """Writes a consent down, or has it wait; the same again changes nothing.

    Raises:
        ValueError: there is no proof: a mistake of the caller.
    """
    if not proof:
        raise ValueError("a consent without a proof is none")
    if member.is_guest and channel is Channel.sms:
        return "no_account"
    written: Written = "waits"
    if not member.is_guest:
        written = _grant(conn, member.store_id, member.id, channel, given_at, proof, phone)
        if written == "older":
            return written
    statement = _insert(conn, consents).values(
        store_id=member.store_id,
        import_id=import_id,
        member_id=member.id,
        channel=channel.value,
        given_at=given_at,
        proof=proof,
        applied_at=None if member.is_guest else now,
    )
    conn.execute(statement.on_conflict_do_nothing())
    return written


def apply_waiting(
    conn: Connection, store_id: int, guest_id: int, member_id: int, *, now: datetime
) -> int:
    """A guest became a member: what they consented to before is written down; gives how often."""
    row = consents.c
    waiting = conn.execute(
        sa.select(consents)
        .where(row.store_id == store_id, row.member_id == guest_id, row.applied_at.is_(None))
        .order_by(row.given_at, row.id)
    ).all()
    granted = 0
    for one in waiting:
        wanted = Channel(one.channel)
        written = _grant(conn, store_id, member_id, wanted, one.given_at, one.proof, "")
        granted += written == "granted"
        conn.execute(sa.update(consents).where(row.id == one.id).values(applied_at=now))
    return granted


def take_consents_back(conn: Connection, import_id: int, *, now: datetime) -> int:
    """Ends the consents that rest on an import alone, and forgets those that wait."""
    row = consents.c
    found = conn.execute(sa.select(consents).where(row.import_id == import_id)).all()
    ended = 0
    for one in found:
        member_id = _owner(conn, one.store_id, one.member_id)
        channel = Channel(one.channel)
        state = of_members.states(conn, one.store_id, member_id)[channel]
        if state.granted and (state.source, state.text_version, state.at) == (
            SOURCE,
            one.proof,
            one.given_at,
        ):
            of_members.withdraw(conn, one.store_id, member_id, channel, source=TAKEN_BACK, now=now)
            ended += 1
    conn.execute(sa.delete(consents).where(row.import_id == import_id))
    return ended


def carry_lifetime(conn: Connection, import_id: int, member: MemberRef, points: int) -> None:
    """Writes down what a member had collected before; of several rows the largest number counts."""
    statement = _insert(conn, lifetimes).values(
        import_id=import_id, member_id=member.id, store_id=member.store_id, points=points
    )
    more = statement.excluded.points
    conn.execute(
        statement.on_conflict_do_update(
            index_elements=[lifetimes.c.import_id, lifetimes.c.member_id],
            set_={"points": sa.case((more > lifetimes.c.points, more), else_=lifetimes.c.points)},
        )
    )


def take_lifetimes_back(conn: Connection, import_id: int) -> None:
    """Forgets what an import told of the time before."""
    conn.execute(sa.delete(lifetimes).where(lifetimes.c.import_id == import_id))


def _grant(
    conn: Connection,
    store_id: int,
    member_id: int,
    channel: Channel,
    given_at: datetime,
    proof: str,
    phone: str,
) -> Written:
    before = of_members.states(conn, store_id, member_id)[channel]
    if before.granted and (before.at, before.text_version) == (given_at, proof):
        return "known"
    if before.at is not None and before.at >= given_at:
        return "older"
    of_members.grant(
        conn,
        store_id,
        member_id,
        channel,
        source=SOURCE,
        text_version=proof,
        phone=phone if channel is Channel.sms else "",
        now=given_at,
    )
    return "granted"


def _owner(conn: Connection, store_id: int, member_id: int) -> int:
    found = surviving_member(conn, store_id, member_id)
    return member_id if found is None else found.id


def _insert(conn: Connection, target: sa.Table) -> postgresql.Insert | sqlite.Insert:
    return sqlite.insert(target) if conn.dialect.name == "sqlite" else postgresql.insert(target)
