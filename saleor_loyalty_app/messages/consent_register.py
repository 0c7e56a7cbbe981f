"""The Turkish register of consents (İYS): what has to be told there, and what it tells.

Law 6563 and the rules on commercial messages: a consent that was given elsewhere is to be told to
the register within three business days; a refusal recorded there ends the consent here.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.members import consents
from saleor_loyalty_app.members.consents import Channel
from saleor_loyalty_app.members.email_keys import EmailKeys, normalize_email
from saleor_loyalty_app.members.models import ChannelConsent, MemberIdentity
from saleor_loyalty_app.members.phones import normalize_phone
from saleor_loyalty_app.messages.errors import RegisterFileInvalid

BUSINESS_DAYS = 3
#: Lines of a file that is taken at once, and bytes of it.
MOST_LINES = 20_000
LARGEST_FILE = 4 * 1024 * 1024
_TURKEY = ZoneInfo("Europe/Istanbul")
_HEADER = ("recipient", "recipientType", "type", "status", "source", "consentDate", "id")
_TYPES = {Channel.email: "EPOSTA", Channel.sms: "MESAJ"}
_consent, _identity = table(ChannelConsent), table(MemberIdentity)


@dataclass(frozen=True, slots=True)
class Unreported:
    """How many changes wait to be told, and until when the first one has to be."""

    count: int
    deadline: datetime | None


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the refusals in a file."""

    refused: int
    known: int
    unknown: int


def deadline_of(at: datetime) -> datetime:
    """The end of the third business day after `at` in Turkey; holidays are not counted as such."""
    day = at.astimezone(_TURKEY)
    left = BUSINESS_DAYS
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5
    return day.replace(hour=23, minute=59, second=59, microsecond=0).astimezone(at.tzinfo)


def unreported(conn: Connection, store_id: int) -> Unreported:
    """What the register has not been told."""
    count, first = conn.execute(
        sa.select(sa.func.count(), sa.func.min(_consent.c.at)).where(
            _consent.c.store_id == store_id, _consent.c.reported_at.is_(None)
        )
    ).one()
    return Unreported(int(count), deadline_of(first) if first is not None else None)


def export(conn: Connection, store_id: int) -> Iterator[str]:
    """CSV of the changes that the register has not been told, oldest first.

    Columns as its bulk upload names them; `id` is ours and says up to where something was told.
    Members who were erased since have no address and are left out.
    """
    yield _line(_HEADER)
    rows = conn.execute(
        sa.select(_consent, _identity.c.email, _identity.c.phone)
        .join(_identity, _identity.c.member_id == _consent.c.member_id)
        .where(_consent.c.store_id == store_id, _consent.c.reported_at.is_(None))
        .order_by(_consent.c.id)
        .limit(MOST_LINES)
    )
    for row in rows:
        channel = Channel(row.channel)
        recipient = row.email if channel is Channel.email else row.phone
        if not recipient:
            continue
        yield _line(
            (
                _unfireable(recipient),
                "BIREYSEL",
                _TYPES[channel],
                "ONAY" if row.granted else "RET",
                "HS_WEB",
                row.at.astimezone(_TURKEY).strftime("%Y-%m-%d %H:%M:%S"),
                str(row.id),
            )
        )


def mark_reported(conn: Connection, store_id: int, through: int, now: datetime) -> int:
    """Notes that the register was told all changes up to the one with the id `through`."""
    told = conn.execute(
        sa.update(_consent)
        .where(
            _consent.c.store_id == store_id,
            _consent.c.reported_at.is_(None),
            _consent.c.id <= through,
        )
        .values(reported_at=now)
        .returning(_consent.c.id)
    )
    return len(told.all())


def import_refusals(
    conn: Connection, store_id: int, text: str, *, keys: EmailKeys, now: datetime
) -> Imported:
    """Ends the consent of everybody whom the register's file says to refuse (status RET).

    Columns by their names: recipient, type (EPOSTA, MESAJ), status; others are not looked at. What
    came from there is not told back.

    Raises:
        RegisterFileInvalid: a column is missing or a line cannot be read; nothing was changed.
    """
    refusals = list(_refusals(text))
    known = 0
    for recipient, channel in refusals:
        members = _members(conn, store_id, recipient, channel, keys)
        known += bool(members)
        for member_id in members:
            before = consents.states(conn, store_id, member_id)[channel]
            if before.granted:
                consents.withdraw(conn, store_id, member_id, channel, source="iys", now=now)
                _told_by_register(conn, store_id, member_id, channel, now)
    return Imported(len(refusals), known, len(refusals) - known)


def _refusals(text: str) -> Iterator[tuple[str, Channel]]:
    sample = text[:1000].split("\n", 1)[0]
    reader = csv.reader(
        io.StringIO(text.removeprefix("\ufeff")), delimiter=";" if ";" in sample else ","
    )
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        places = [header.index(name) for name in ("recipient", "type", "status")]
    except (ValueError, csv.Error):
        raise RegisterFileInvalid(1) from None
    types = {name: channel for channel, name in _TYPES.items()}
    lines = enumerate(_rows(reader), start=2)
    for number, row in lines:
        if not any(row):
            continue
        if len(row) <= max(places) or number > MOST_LINES:
            raise RegisterFileInvalid(number)
        recipient, kind, status = (row[place].strip() for place in places)
        if status.upper() not in ("RET", "ONAY"):
            raise RegisterFileInvalid(number)
        channel = types.get(kind.upper())
        if status.upper() == "RET" and channel is not None:
            yield recipient, channel


def _rows(reader: Iterator[list[str]]) -> Iterator[list[str]]:
    number = 1
    while True:
        number += 1
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error:
            raise RegisterFileInvalid(number) from None


def _members(
    conn: Connection, store_id: int, recipient: str, channel: Channel, keys: EmailKeys
) -> list[int]:
    query = sa.select(_identity.c.member_id).where(_identity.c.store_id == store_id)
    if channel is Channel.email:
        wanted = keys.every(store_id, normalize_email(recipient))
        query = query.where(_identity.c.email_key.in_(wanted))
    else:
        query = query.where(_identity.c.phone == (normalize_phone(recipient) or "-"))
    return list(conn.execute(query.order_by(_identity.c.member_id)).scalars())


def _told_by_register(
    conn: Connection, store_id: int, member_id: int, channel: Channel, now: datetime
) -> None:
    conn.execute(
        sa.update(_consent)
        .where(
            _consent.c.store_id == store_id,
            _consent.c.member_id == member_id,
            _consent.c.channel == channel.value,
            _consent.c.source == "iys",
        )
        .values(reported_at=now)
    )


def _unfireable(text: str) -> str:
    """What no spreadsheet takes for a formula; a phone number begins with its plus sign."""
    return f"'{text}" if text[:1] in "=-@\t\r" else text


def _line(values: tuple[str, ...]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(values)
    return line.getvalue()
