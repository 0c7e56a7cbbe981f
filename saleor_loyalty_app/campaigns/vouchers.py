"""The vouchers that carry codes of campaigns, as rows. Never commits.

A voucher is `wanted` until Saleor has it, `open` until its end is decided or its last day is over.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects import postgresql, sqlite

from saleor_loyalty_app.campaigns.models import Campaign, CampaignCode, CampaignVoucher
from saleor_loyalty_app.db.tables import table

_C, _K, _W = table(Campaign), table(CampaignCode), table(CampaignVoucher)
#: The voucher of the campaign itself, and how those of single test codes begin.
MAIN, TEST = "", "test"
#: Troubles of a shared code that are the owner's to settle.
TAKEN, DIFFERS = "code_taken", "code_differs"
#: Staff ended or deleted it in Saleor while its campaign goes on.
ENDED = "code_ended"
#: What Saleor refused is tried again so much later, and so much later where something ends.
AGAIN, ENDS_AGAIN = timedelta(minutes=10), timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class VoucherRow:
    """A voucher of a campaign."""

    id: int
    campaign_id: int
    batch: str
    state: str
    voucher_id: str | None
    adopted: bool
    starts_at: datetime
    ends_at: datetime
    told: str


_VOUCHER = tuple(_W.c[name] for name in VoucherRow.__dataclass_fields__)


def need_voucher(
    conn: Connection,
    store_id: int,
    campaign_id: int,
    batch: str,
    *,
    starts_at: datetime,
    ends_at: datetime,
) -> VoucherRow:
    """The voucher of a batch, planned where there is none yet; its dates follow the campaign's.

    Saleor is told of dates that change.
    """
    same = sa.and_(_W.c.starts_at == starts_at, _W.c.ends_at == ends_at)
    make = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    row = conn.execute(
        make(_W)
        .values(
            store_id=store_id,
            campaign_id=campaign_id,
            batch=batch,
            state="wanted",
            adopted=False,
            starts_at=starts_at,
            ends_at=ends_at,
            told="",
        )
        .on_conflict_do_update(
            index_elements=["campaign_id", "batch"],
            set_={
                "starts_at": starts_at,
                "ends_at": ends_at,
                "told": sa.case((same, _W.c.told), else_=""),
            },
        )
        .returning(*_VOUCHER)
    ).one()
    return VoucherRow(*row)


def has_main(conn: Connection, campaign_id: int) -> bool:
    """Whether the voucher of a campaign itself is planned or made."""
    return any(row.batch == MAIN for row in vouchers_of(conn, campaign_id))


def move_end(conn: Connection, campaign_id: int, ends_at: datetime) -> None:
    """The codes of the campaign itself are valid until its new end."""
    main = sa.select(_W.c.id).where(_W.c.campaign_id == campaign_id, _W.c.batch == MAIN)
    conn.execute(
        sa.update(_K)
        .where(_K.c.voucher_id.in_(main), _K.c.state.in_(("wanted", "open")))
        .values(valid_until=ends_at)
    )


def vouchers_of(conn: Connection, campaign_id: int) -> list[VoucherRow]:
    """The vouchers of a campaign."""
    rows = conn.execute(
        sa.select(*_VOUCHER).where(_W.c.campaign_id == campaign_id).order_by(_W.c.id)
    )
    return [VoucherRow(*row) for row in rows]


def vouchers_at_work(
    conn: Connection, store_id: int, *, makes: bool = True, now: datetime, limit: int
) -> list[VoucherRow]:
    """Vouchers of which Saleor has to be told something: ends first, then new ones and changes.

    None holds a place for nothing: what Saleor refused comes again after a while, and a shared code
    on which the owner has to decide comes when that is done.

    Args:
        makes: new codes are made; else only what there is changes and ends.
    """
    ending = sa.or_(_W.c.state == "to_end", _has_code("to_end"))
    to_tell = sa.or_(_W.c.state == "wanted", sa.and_(_W.c.state == "open", _W.c.told == ""))
    waits = sa.and_(_W.c.state == "wanted", _W.c.batch == MAIN, _C.c.trouble.in_((TAKEN, DIFFERS)))
    undone = sa.and_(_W.c.state == "open", _W.c.told == "")
    if makes:
        undone = sa.or_(_has_code("wanted"), undone)
    due = sa.or_(_W.c.tried_at.is_(None), _W.c.tried_at <= now - AGAIN)
    due_to_end = sa.or_(_W.c.tried_at.is_(None), _W.c.tried_at <= now - ENDS_AGAIN)
    query = (
        sa.select(*_VOUCHER)
        .join(_C, _C.c.id == _W.c.campaign_id)
        .where(
            _W.c.store_id == store_id,
            _W.c.state != "ended",
            sa.or_(sa.and_(ending, due_to_end), sa.and_(undone, sa.not_(waits), due)),
        )
        .order_by(sa.case((ending, 0), (to_tell, 1), else_=2), _W.c.id)
        .limit(limit)
    )
    return [VoucherRow(*row) for row in conn.execute(query)]


def _has_code(state: str) -> sa.Exists:
    return (
        sa.select(_K.c.id)
        .where(_K.c.voucher_id == _W.c.id, _K.c.state == state)
        .correlate(_W)
        .exists()
    )


def get(conn: Connection, voucher_row: int) -> VoucherRow:
    """A voucher by its row, as it stands."""
    row = conn.execute(sa.select(*_VOUCHER).where(_W.c.id == voucher_row)).one()
    return VoucherRow(*row)


def look_again(conn: Connection, campaign_id: int) -> None:
    """Has what stands in Saleor compared with the campaign anew, and at once."""
    conn.execute(
        sa.update(_W)
        .where(_W.c.campaign_id == campaign_id, _W.c.state.in_(("wanted", "open")))
        .values(told="", tried_at=None)
    )


def set_voucher(conn: Connection, voucher_row: int, **values: Any) -> None:
    """Writes columns of a voucher's row."""
    conn.execute(sa.update(_W).where(_W.c.id == voucher_row).values(**values))


def told_voucher(conn: Connection, voucher_row: int, digest: str) -> None:
    """Saleor has taken dates and values of a voucher: it is open, unless it is to end.

    Args:
        digest: of what it was told; "" where that is not what holds any more.
    """
    conn.execute(
        sa.update(_W)
        .where(_W.c.id == voucher_row)
        .values(
            told=digest,
            state=sa.case((_W.c.state == "wanted", "open"), else_=_W.c.state),
        )
    )


def end_vouchers(conn: Connection, campaign_id: int, why: str, *, now: datetime) -> None:
    """Decides the end of all codes and vouchers of a campaign."""
    conn.execute(
        sa.update(_K)
        .where(_K.c.campaign_id == campaign_id, _K.c.state.in_(("wanted", "open")))
        .values(state="to_end", ended_at=now, ended_why=why)
    )
    conn.execute(
        sa.update(_W)
        .where(_W.c.campaign_id == campaign_id, _W.c.state.in_(("wanted", "open")))
        .values(state="to_end")
    )


def end_voucher(conn: Connection, voucher_row: int, *, now: datetime) -> None:
    """Decides the end of one voucher with all its codes, which Saleor had ended already."""
    conn.execute(
        sa.update(_K)
        .where(_K.c.voucher_id == voucher_row, _K.c.state.in_(("wanted", "open")))
        .values(state="to_end", ended_at=now, ended_why="gone")
    )
    set_voucher(conn, voucher_row, state="to_end")


def voucher_ended(conn: Connection, voucher_row: int) -> None:
    """Saleor has ended a voucher, and with it all of its codes."""
    conn.execute(
        sa.update(_K)
        .where(_K.c.voucher_id == voucher_row, _K.c.state != "ended")
        .values(state="ended")
    )
    set_voucher(conn, voucher_row, state="ended")


def run_out(conn: Connection, store_id: int, now: datetime) -> None:
    """Ends what came to its last day.

    Saleor ends our vouchers by itself. One that was taken over has the owner's dates: of it our
    code is to end.
    """
    over = (
        sa.select(_W.c.id, _W.c.adopted)
        .where(_W.c.store_id == store_id, _W.c.state.in_(("wanted", "open")), _W.c.ends_at <= now)
        .limit(200)
    )
    for voucher_row, adopted in conn.execute(over).all():
        ending: dict[str, Any] = {"ended_at": now, "ended_why": "time"}
        if adopted:
            ending["state"] = "to_end"
        conn.execute(
            sa.update(_K)
            .where(_K.c.voucher_id == voucher_row, _K.c.state.in_(("open", "wanted")))
            .values(ending)
        )
        if adopted:
            set_voucher(conn, voucher_row, state="to_end")
        else:
            voucher_ended(conn, voucher_row)
