"""Codes of campaigns as rows; the vouchers that carry them are in `vouchers`. Never commits.

A code is `wanted` until Saleor has it, `open` until its end is decided, `to_end` until Saleor ended
it. What was asked of Saleor twice, or by two at once, ends in the same rows.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from saleor_loyalty_app.campaigns.models import (
    Campaign,
    CampaignCode,
    CampaignUse,
    CampaignVoucher,
)
from saleor_loyalty_app.campaigns.vouchers import VoucherRow
from saleor_loyalty_app.db.tables import table

_C, _K = table(Campaign), table(CampaignCode)
_U, _W = table(CampaignUse), table(CampaignVoucher)
#: The signs of personal codes, as those of spent points: nothing that people mix up.
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LENGTH = 16
#: What the code that everybody may use is issued for.
SHARED = "shared"
#: How that begins which a code to try a campaign with is issued for.
TRIAL = "test:"
_AGAIN = ":again:"
#: Codes that Saleor is told of in one request; each costs it two look-ups.
BATCH = 100


@dataclass(frozen=True, slots=True)
class CodeRow:
    """A code of a campaign."""

    id: int
    campaign_id: int
    voucher_id: int
    code: str
    issue_key: str
    member_id: int | None
    state: str
    valid_until: datetime
    issued_at: datetime
    ended_at: datetime | None
    ended_why: str

    @property
    def is_trial(self) -> bool:
        """It was made to try the campaign with."""
        return self.issue_key.startswith(TRIAL)


@dataclass(frozen=True, slots=True)
class CountedCode(CodeRow):
    """A code with its orders.

    `uses` counts those that kept something of it. `used`: there was one, also if it came back
    since; a code for one order helps nobody then, as Saleor does not give it back.
    """

    uses: int
    used: bool


_uses = (
    sa.select(sa.func.count())
    .where(_U.c.code_id == _K.c.id, _U.c.money_milli > 0)
    .correlate(_K)
    .scalar_subquery()
    .label("uses")
)
_is_used = sa.select(_U.c.id).where(_U.c.code_id == _K.c.id).correlate(_K).exists()
#: What of a code is read as a `CodeRow`.
COLUMNS = tuple(_K.c[name] for name in CodeRow.__dataclass_fields__)
_COUNTED = (*COLUMNS, _uses, _is_used.label("used"))


def member_key(member_id: int) -> str:
    """What a member's own code in a campaign for members is issued for."""
    return f"member:{member_id}"


def again_key(used: CodeRow) -> str:
    """What the code is issued for that comes in the place of one that was used up."""
    return f"{used.issue_key.partition(_AGAIN)[0]}{_AGAIN}{used.code}"


def new_code() -> str:
    """A code of 80 random bits."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def issue(
    conn: Connection,
    store_id: int,
    voucher: VoucherRow,
    issue_key: str,
    *,
    now: datetime,
    code: str = "",
    member_id: int | None = None,
) -> int | None:
    """Plans a code, once for each key; None where that was done. An empty text is a new code.

    A code that another campaign has, and has not ended, is refused by the database (see
    `is_taken`).
    """
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    made = conn.execute(
        make(_K)
        .values(
            store_id=store_id,
            campaign_id=voucher.campaign_id,
            voucher_id=voucher.id,
            code=code or new_code(),
            issue_key=issue_key,
            member_id=member_id,
            state="wanted",
            valid_until=voucher.ends_at,
            issued_at=now,
            ended_why="",
        )
        .on_conflict_do_nothing(index_elements=["store_id", "issue_key", "campaign_id"])
        .returning(_K.c.id)
    )
    return made.scalar_one_or_none()


def is_taken(conn: Connection, store_id: int, code: str, *, but: int) -> bool:
    """Whether another campaign of the store has a code that has not ended."""
    query = sa.select(_K.c.id).where(
        _K.c.store_id == store_id,
        _K.c.code == code,
        _K.c.campaign_id != but,
        _K.c.state != "ended",
    )
    return conn.execute(query).first() is not None


@dataclass(frozen=True, slots=True)
class WithText:
    """A code with a text; `begins`: of one taken over from the owner, its campaign's begin."""

    code: CodeRow
    begins: datetime | None


def of_time(found: Sequence[WithText], at: datetime) -> CodeRow | None:
    """Which of the codes with one text something of a time was made with. Pure.

    A text may be used again once its campaign has ended: the last one issued before `at` is meant,
    or the first where clocks differ. What was the owner's before is a campaign's from its begin on.

    Args:
        found: the newest first.
    """
    for one in found:
        if max(one.code.issued_at, one.begins or one.code.issued_at) <= at:
            return one.code
    oldest = found[-1] if found else None
    return oldest.code if oldest is not None and oldest.begins is None else None


def by_text(conn: Connection, store_id: int, code: str, *, at: datetime) -> CodeRow | None:
    """The code with a text, as it is written, that an order of a time was made with."""
    rows = conn.execute(
        sa.select(*COLUMNS, _W.c.adopted, _W.c.starts_at)
        .join(_W, _W.c.id == _K.c.voucher_id)
        .where(_K.c.store_id == store_id, _K.c.code == code)
        .order_by(_K.c.issued_at.desc(), _K.c.id.desc())
        .limit(100)
    )
    return of_time(
        [
            WithText(CodeRow(*row[: len(COLUMNS)]), row.starts_at if row.adopted else None)
            for row in rows
        ],
        at,
    )


def of_campaign(conn: Connection, store_id: int, campaign_id: int, code: str) -> CountedCode | None:
    """The code of a campaign with a text, as it is written."""
    row = conn.execute(
        sa.select(*_COUNTED)
        .where(_K.c.store_id == store_id, _K.c.code == code, _K.c.campaign_id == campaign_id)
        .order_by(_K.c.id.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else CountedCode(*row)


def has_uses(conn: Connection, code_id: int, number: int) -> bool:
    """Whether a code was used in so many orders; no more of them are looked at."""
    query = sa.select(_U.c.id).where(_U.c.code_id == code_id).offset(number - 1).limit(1)
    return conn.execute(query).first() is not None


def by_key(conn: Connection, store_id: int, issue_key: str) -> list[CountedCode]:
    """The codes that were issued for something, whatever the campaign."""
    rows = conn.execute(
        sa.select(*_COUNTED).where(_K.c.store_id == store_id, _K.c.issue_key == issue_key)
    )
    return [CountedCode(*row) for row in rows]


def by_ids(conn: Connection, campaign_id: int, code_ids: Sequence[int]) -> list[CodeRow]:
    """Codes of a campaign by their ids."""
    rows = conn.execute(
        sa.select(*COLUMNS)
        .where(_K.c.campaign_id == campaign_id, _K.c.id.in_(list(code_ids)))
        .order_by(_K.c.id)
    )
    return [CodeRow(*row) for row in rows]


def open_of(conn: Connection, store_id: int, campaign_id: int, member_id: int) -> CodeRow | None:
    """The code of a member's own that Saleor has."""
    row = conn.execute(
        sa.select(*COLUMNS).where(
            _K.c.store_id == store_id,
            _K.c.issue_key == member_key(member_id),
            _K.c.campaign_id == campaign_id,
            _K.c.state == "open",
        )
    ).one_or_none()
    return None if row is None else CodeRow(*row)


def page(
    conn: Connection, campaign_id: int, *, first: int, before: int | None
) -> list[CountedCode]:
    """The codes of a campaign, the newest first."""
    query = sa.select(*_COUNTED).where(_K.c.campaign_id == campaign_id)
    if before is not None:
        query = query.where(_K.c.id < before)
    rows = conn.execute(query.order_by(_K.c.id.desc()).limit(first))
    return [CountedCode(*row) for row in rows]


def of_members(
    conn: Connection, store_id: int, member_ids: Sequence[int], *, now: datetime
) -> list[CodeRow]:
    """The codes of a member's own that can be used now: begun, not over, and in no order yet."""
    query = (
        sa.select(*COLUMNS)
        .join(_W, _W.c.id == _K.c.voucher_id)
        .where(
            _K.c.store_id == store_id,
            _K.c.member_id.in_(list(member_ids)),
            _K.c.state == "open",
            _K.c.valid_until > now,
            _W.c.starts_at <= now,
            sa.not_(_is_used),
        )
        .order_by(_K.c.id.desc())
        .limit(100)
    )
    return [CodeRow(*row) for row in conn.execute(query)]


def campaigns_of(conn: Connection, store_id: int, member_ids: Sequence[int]) -> list[str]:
    """The public ids of the campaigns that are not over, in which members got codes of their own.

    Those that came with orders, and those to try a campaign, are not meant.
    """
    keys = [member_key(one) for one in member_ids]
    query = (
        sa.select(_C.c.public_id)
        .distinct()
        .join(_K, _K.c.campaign_id == _C.c.id)
        .where(
            _K.c.store_id == store_id,
            _K.c.issue_key.in_(keys),
            _C.c.state.in_(("scheduled", "running")),
        )
    )
    return sorted(conn.execute(query).scalars())


def holders(conn: Connection, campaign_id: int, keys: Sequence[str]) -> set[str]:
    """Which of some keys a campaign has issued a code for."""
    query = sa.select(_K.c.issue_key).where(
        _K.c.campaign_id == campaign_id, _K.c.issue_key.in_(list(keys))
    )
    return set(conn.execute(query).scalars())


@dataclass(frozen=True, slots=True)
class Counts:
    """How many codes there are in which state."""

    wanted: int = 0
    open: int = 0
    to_end: int = 0
    ended: int = 0

    @property
    def all(self) -> int:
        """All that were issued."""
        return self.wanted + self.open + self.to_end + self.ended


def counts_of(conn: Connection, campaign_ids: list[int]) -> dict[int, Counts]:
    """How many codes campaigns have."""
    found: dict[int, dict[str, int]] = {one: {} for one in campaign_ids}
    rows = conn.execute(
        sa.select(_K.c.campaign_id, _K.c.state, sa.func.count().label("number"))
        .where(_K.c.campaign_id.in_(campaign_ids))
        .group_by(_K.c.campaign_id, _K.c.state)
    )
    for row in rows:
        found[row.campaign_id][row.state] = row.number
    return {one: Counts(**states) for one, states in found.items()}


def in_state(
    conn: Connection, voucher_row: int, state: str, *, limit: int = BATCH
) -> list[CodeRow]:
    """Codes of a voucher in a state, the oldest first."""
    rows = conn.execute(
        sa.select(*COLUMNS)
        .where(_K.c.voucher_id == voucher_row, _K.c.state == state)
        .order_by(_K.c.id)
        .limit(limit)
    )
    return [CodeRow(*row) for row in rows]


def opened(conn: Connection, code_ids: Sequence[int]) -> list[int]:
    """Saleor has these codes now; gives those that were waited for (others were ended since)."""
    rows = conn.execute(
        sa.update(_K)
        .where(_K.c.id.in_(list(code_ids)), _K.c.state == "wanted")
        .values(state="open")
        .returning(_K.c.id)
    )
    return list(rows.scalars())


def renamed(conn: Connection, code_id: int) -> None:
    """Gives a personal code that somebody else has another text."""
    conn.execute(
        sa.update(_K).where(_K.c.id == code_id, _K.c.state == "wanted").values(code=new_code())
    )


def to_end(conn: Connection, code_ids: Sequence[int], why: str, *, now: datetime) -> int:
    """Decides the end of codes; gives how many had none yet. One that Saleor never had is over."""
    rows = conn.execute(
        sa.update(_K)
        .where(_K.c.id.in_(list(code_ids)), _K.c.state.in_(("wanted", "open")))
        .values(state="to_end", ended_at=now, ended_why=why)
        .returning(_K.c.id)
    )
    return len(rows.all())


def texts_of(conn: Connection, voucher_row: int) -> dict[str, str]:
    """The states of all codes of a voucher, by their texts."""
    rows = conn.execute(
        sa.select(_K.c.code, _K.c.state).where(_K.c.voucher_id == voucher_row).order_by(_K.c.id)
    )
    return {row.code: row.state for row in rows}


def gone(conn: Connection, *, voucher_row: int, texts: Sequence[str], now: datetime) -> None:
    """Saleor does not have these codes of a voucher any more."""
    conn.execute(
        sa.update(_K)
        .where(_K.c.voucher_id == voucher_row, _K.c.code.in_(list(texts)), _K.c.state == "open")
        .values(state="ended", ended_at=now, ended_why="gone")
    )


def ended(conn: Connection, code_ids: Sequence[int]) -> None:
    """Saleor has ended these codes."""
    conn.execute(sa.update(_K).where(_K.c.id.in_(list(code_ids))).values(state="ended"))
