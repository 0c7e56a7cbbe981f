"""What becomes of a prompt once its points are booked or refused, and the apology to the member."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from saleor_loyalty_app.goodwill import prompts
from saleor_loyalty_app.goodwill.prompts import Prompt
from saleor_loyalty_app.messages.outbox import Kind, tell
from saleor_loyalty_app.programs.scalars import plain
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.stores.refs import StoreRef


def reason_of(prompt: Prompt, *, automatic: bool = False) -> dict[str, Any]:
    """What an entry says of why goodwill was given: the signal, and what it rested on. Pure.

    Notes name people, so that books hold none.

    Args:
        automatic: nobody decided, the app gave it within the month's budget.
    """
    by_app = {"by_app": True} if automatic else {}
    return {**prompt.facts, "code": "goodwill", "why": prompt.signal, **by_app}


def reason_of_request(conn: Connection, store: StoreRef, adjustment_id: int) -> dict[str, Any]:
    """The same for points that waited for approval; empty where no prompt asked for them."""
    prompt = prompts.by_adjustment(conn, store.id, adjustment_id)
    return {} if prompt is None else reason_of(prompt)


def settle_prompt(
    conn: Connection, store: StoreRef, adjustment_id: int, *, approved: bool, now: datetime
) -> None:
    """The request for points of a prompt was decided: it is given, or open again."""
    prompt = prompts.by_adjustment(conn, store.id, adjustment_id)
    if prompt is None:
        return
    if approved:
        note_given(conn, store, prompt, now=now)
    else:
        again = {"state": prompts.OPEN, "decided_at": None, "decided_by": "", "given": 0}
        prompts.change(conn, prompt.id, automatic=False, code_state="", **again)


def note_given(conn: Connection, store: StoreRef, prompt: Prompt, *, now: datetime) -> None:
    """Its points are in the books. The member is told now, or once it is known of the code."""
    prompts.change(conn, prompt.id, state=prompts.GIVEN, decided_at=now)
    if prompt.code_state != "wanted":
        apologize(conn, store, prompt, code=None, now=now)


def apologize(
    conn: Connection,
    store: StoreRef,
    prompt: Prompt,
    *,
    code: RedemptionRef | None,
    now: datetime,
) -> None:
    """Tells the member what went wrong and what they were given for it, once.

    Args:
        code: the redemption that made a code of it; it says what the code is worth.
    """
    data: dict[str, object] = {
        "points": prompt.given,
        "order": prompt.order_number,
        "goodwill": prompt.signal,
    }
    if code is not None:
        data |= {"amount": plain(code.amount), "currency": code.currency}
    tell(
        conn,
        store.id,
        prompt.member_id,
        Kind.goodwill,
        data,
        key=f"goodwill:{prompt.id}",
        now=now,
    )
