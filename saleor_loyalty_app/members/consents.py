"""Consent to be written to with offers: for each channel apart, off until given, with its history.

Every change is a row that stays: what was agreed to, where and when. The newest row of a channel
is its state. Messages about what a member did need no consent; see `messages.kinds`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members.errors import (
    InvalidPhone,
    MemberErased,
    MemberNotFound,
    PhoneMissing,
    WrongMemberState,
)
from saleor_loyalty_app.members.models import ChannelConsent, MemberIdentity
from saleor_loyalty_app.members.phones import normalize_phone
from saleor_loyalty_app.members.repository import lock_members, surviving_member

_consent, _identity = table(ChannelConsent), table(MemberIdentity)

#: What is remembered of a source or a version.
LONGEST = 80


class Channel(StrEnum):
    """A way in which a member may be written to."""

    email = "email"
    sms = "sms"


@dataclass(frozen=True, slots=True)
class ConsentState:
    """Whether a member agreed to a channel, and the proof of it.

    `source`, `text_version` and `at` are of the newest change; `at` is None where there was none.
    """

    granted: bool = False
    source: str = ""
    text_version: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ConsentChange:
    """One row of the history, newest first in `changes`."""

    id: int
    channel: Channel
    granted: bool
    source: str
    text_version: str
    at: datetime


def grant(
    conn: Connection,
    store_id: int,
    member_id: int,
    channel: Channel,
    *,
    source: str,
    text_version: str,
    now: datetime,
    phone: str = "",
) -> ConsentState:
    """The member agrees to get offers by a channel. Agreeing to the same text again adds nothing.

    Args:
        source: where it was said, as a stable word: storefront, hosted_page, import, staff …
        text_version: of the text that was agreed to.
        phone: the number that text messages go to; needed once for `Channel.sms`.

    Raises:
        MemberNotFound, MemberErased: there is nobody to agree.
        WrongMemberState: a guest without an account cannot agree.
        InvalidPhone, PhoneMissing: no number can be written to.
    """
    owner = _owner(conn, store_id, member_id)
    is_new = channel is Channel.sms and _put_phone(conn, store_id, owner, phone, now)
    before = states(conn, store_id, owner)[channel]
    if before.granted and before.text_version == text_version[:LONGEST] and not is_new:
        return before
    return _write(conn, store_id, owner, channel, True, source, text_version, now)


def withdraw(
    conn: Connection,
    store_id: int,
    member_id: int,
    channel: Channel,
    *,
    source: str,
    now: datetime,
) -> ConsentState:
    """The member wants no more offers by a channel. Nothing is written where none was agreed to.

    Raises:
        MemberNotFound: the store has no such member.
    """
    member = surviving_member(conn, store_id, member_id)
    if member is None:
        raise MemberNotFound
    lock_members(conn, store_id, [member.id])
    before = states(conn, store_id, member.id)[channel]
    if not before.granted:
        return before
    return _write(conn, store_id, member.id, channel, False, source, before.text_version, now)


def states(conn: Connection, store_id: int, member_id: int) -> dict[Channel, ConsentState]:
    """What a member agreed to, for every channel there is."""
    return states_of(conn, store_id, [member_id])[member_id]


def states_of(
    conn: Connection, store_id: int, member_ids: Sequence[int]
) -> dict[int, dict[Channel, ConsentState]]:
    """`states` of several members in one query."""
    newest = (
        sa.select(sa.func.max(_consent.c.id))
        .where(_consent.c.store_id == store_id, _consent.c.member_id.in_(set(member_ids)))
        .group_by(_consent.c.member_id, _consent.c.channel)
    )
    found = {member_id: {each: ConsentState() for each in Channel} for member_id in member_ids}
    for row in conn.execute(sa.select(_consent).where(_consent.c.id.in_(newest))):
        found[row.member_id][Channel(row.channel)] = ConsentState(
            row.granted, row.source, row.text_version, row.at
        )
    return found


def changes(
    conn: Connection, store_id: int, member_id: int, *, limit: int = 100
) -> list[ConsentChange]:
    """The history of a member's consents, newest first."""
    query = (
        sa.select(_consent)
        .where(_consent.c.store_id == store_id, _consent.c.member_id == member_id)
        .order_by(_consent.c.id.desc())
        .limit(limit)
    )
    return [
        ConsentChange(
            row.id, Channel(row.channel), row.granted, row.source, row.text_version, row.at
        )
        for row in conn.execute(query)
    ]


def phone_of(conn: Connection, store_id: int, member_id: int) -> str:
    """The number that text messages to a member go to; "" = none is known."""
    query = sa.select(_identity.c.phone).where(
        _identity.c.store_id == store_id, _identity.c.member_id == member_id
    )
    return str(conn.execute(query).scalar_one_or_none() or "")


def _owner(conn: Connection, store_id: int, member_id: int) -> int:
    member = surviving_member(conn, store_id, member_id)
    if member is None:
        raise MemberNotFound
    if member.state == "erased":
        raise MemberErased
    if member.is_guest:
        raise WrongMemberState(state=member.state)
    lock_members(conn, store_id, [member.id])
    return member.id


def _put_phone(conn: Connection, store_id: int, member_id: int, phone: str, now: datetime) -> bool:
    """Stores the number; gives whether it is another one, which then is agreed to anew."""
    known = phone_of(conn, store_id, member_id)
    if not phone and not known:
        raise PhoneMissing
    number = normalize_phone(phone) if phone else known
    if not number:
        raise InvalidPhone
    if number == known:
        return False
    stored = conn.execute(
        sa.update(_identity)
        .where(_identity.c.store_id == store_id, _identity.c.member_id == member_id)
        .values(phone=number, updated_at=now)
        .returning(_identity.c.member_id)
    )
    if stored.scalar_one_or_none() is None:
        raise WrongMemberState(state="unknown")
    return True


def _write(
    conn: Connection,
    store_id: int,
    member_id: int,
    channel: Channel,
    granted: bool,
    source: str,
    text_version: str,
    now: datetime,
) -> ConsentState:
    state = ConsentState(granted, source[:LONGEST], text_version[:LONGEST], now)
    values: dict[str, Any] = {
        "store_id": store_id,
        "member_id": member_id,
        "channel": channel.value,
        "granted": granted,
        "source": state.source,
        "text_version": state.text_version,
        "at": now,
    }
    conn.execute(sa.insert(_consent).values(values))
    return state


def agreeing(conn: Connection, store_id: int, *, after: int, limit: int) -> list[int]:
    """A page of the members who agree to offers by any channel now, by their ids."""
    newest = (
        sa.select(sa.func.max(_consent.c.id))
        .where(_consent.c.store_id == store_id, _consent.c.member_id > after)
        .group_by(_consent.c.member_id, _consent.c.channel)
    )
    query = (
        sa.select(_consent.c.member_id)
        .where(_consent.c.id.in_(newest), _consent.c.granted.is_(sa.true()))
        .distinct()
        .order_by(_consent.c.member_id)
        .limit(limit)
    )
    return list(conn.execute(query).scalars())
