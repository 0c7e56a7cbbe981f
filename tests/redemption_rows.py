"""Redemptions as rows, made in one line: points are there, set aside and on their way."""

import itertools
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.ledger import Account, Cause
from saleor_loyalty_app.members.models import MemberIdentity
from saleor_loyalty_app.rewards import redemptions
from saleor_loyalty_app.rewards.codes import new_code, new_public_id
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.stores.refs import StoreRef
from tests.factories import make_member
from tests.order_books import KEYS, NOW

_numbers = itertools.count(1)


def give_points(
    conn: Connection, store: StoreRef, member_id: int, points: int, *, now: datetime = NOW
) -> None:
    """Points that can be spent at once and never expire."""
    number = next(_numbers)
    ledger.earn(
        conn,
        Account(store.id, member_id, "points"),
        points,
        Cause(source=f"staff:{number}", part="points", actor="test", reason={"code": "test"}),
        key=f"given:{number}",
        now=now,
        effective_at=now,
        available_from=now,
        expires_at=None,
        notice_required=False,
    )


def make_ayse(conn: Connection, store: StoreRef) -> int:
    """The member behind the user U1, whose address is confirmed; gives the member's id."""
    member = make_member(conn, store.id, user_id="U1")
    conn.execute(
        sa.insert(table(MemberIdentity)).values(
            store_id=store.id,
            member_id=member,
            email="ayse@example.com",
            email_key=KEYS.current(store.id, "ayse@example.com"),
            confirmed=True,
            first_name="",
            last_name="",
            language="",
            updated_at=NOW,
        )
    )
    return member


def gift_values(store_id: int, member_id: int, now: datetime = NOW) -> dict[str, Any]:
    """A reward that was given for nothing, as a row; no rule gave it."""
    return {
        "store_id": store_id,
        "public_id": "rd_gift",
        "member_id": member_id,
        "user_id": "U1",
        "instrument": "hand_over",
        "unit": "points",
        "points": 0,
        "amount": "0",
        "channel": "default-channel",
        "currency": "USD",
        "request_key": "gift",
        "request_hash": "gift",
        "actor": "app",
        "state": "issued",
        "ending": "",
        "restored": 0,
        "restorings": 0,
        "attempts": 0,
        "fence": 0,
        "code": "GIFT",
        "deadline": now,
        "created_at": now,
    }


def make_gift(conn: Connection, store_id: int, member_id: int) -> None:
    """Writes such a reward."""
    conn.execute(sa.insert(redemptions.redemptions).values(gift_values(store_id, member_id)))


def make_redemption(
    conn: Connection,
    store: StoreRef,
    member_id: int,
    *,
    points: int = 500,
    user_id: str = "U1",
    checkout_id: str | None = "C1",
    state: str = "attached",
    now: datetime = NOW,
    **values: Any,
) -> RedemptionRef:
    """A redemption whose points are given, set aside and worth a hundredth of the currency each."""
    give_points(conn, store, member_id, points, now=now)
    public_id = new_public_id()
    hold = ledger.place_hold(
        conn,
        Account(store.id, member_id, "points"),
        points,
        key=f"redemption:{public_id}",
        source=f"redemption:{public_id}",
        deadline=now + timedelta(hours=1),
        now=now,
    )
    row: dict[str, Any] = {
        "store_id": store.id,
        "public_id": public_id,
        "member_id": member_id,
        "user_id": user_id,
        "instrument": "voucher",
        "unit": "points",
        "points": points,
        "amount": f"{points / 100:.2f}",
        "channel": "default-channel",
        "currency": "USD",
        "checkout_id": checkout_id,
        "request_key": public_id,
        "request_hash": "",
        "actor": f"shopper:{user_id}",
        "state": state,
        "ending": "",
        "hold_id": hold.hold_id,
        "restored": 0,
        "restorings": 0,
        "code": new_code(),
        "voucher_id": f"V-{public_id}",
        "deadline": now + timedelta(hours=1),
        "due_at": now + timedelta(hours=1),
        "fence": 0,
        "attempts": 0,
        "created_at": now,
    }
    made = redemptions.insert(conn, row | values)
    assert made is not None
    return made


def release(conn: Connection, redemption: RedemptionRef, *, now: datetime = NOW) -> None:
    """The points go back without an order."""
    assert redemption.hold_id is not None
    ledger.release_hold(conn, redemption.store_id, redemption.hold_id, now=now)
    redemptions.change(conn, redemption.id, None, {"state": "released", "ended_at": now})


def again(conn: Connection, redemption: RedemptionRef) -> RedemptionRef:
    """The redemption as it is now."""
    found = redemptions.by_id(conn, redemption.store_id, redemption.id)
    assert found is not None
    return found
