"""Points that were given as goodwill become a code, by the machine that makes all codes.

Where none can be made the points stay, and the member is told of those. Either is told once it is
known what became of the code.
"""

from datetime import timedelta
from enum import StrEnum

from sqlalchemy import Connection

from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.goodwill_news import apologize
from saleor_loyalty_app.flows.spend_points import Spender
from saleor_loyalty_app.goodwill import prompts
from saleor_loyalty_app.goodwill.prompts import Prompt
from saleor_loyalty_app.members.repository import surviving_member
from saleor_loyalty_app.rewards.errors import SpendingRefused
from saleor_loyalty_app.rewards.redemptions import RedemptionRef
from saleor_loyalty_app.rewards.spend_request import Bearer, SpendRequest
from saleor_loyalty_app.stores.refs import StoreRef

#: So long the maker waits for Saleor; the sweep of redemptions goes on with it then.
PATIENCE = timedelta(seconds=8)


class CodeState(StrEnum):
    """What became of a code: `wanted` while its redemption is on its way."""

    wanted = "wanted"
    made = "made"
    refused = "refused"


def make_code(
    database: Database, spender: Spender, store: StoreRef, prompt: Prompt, *, clock: Clock
) -> CodeState:
    """Has a code made of a prompt's points; gives what became of it. May call the network.

    Safe to repeat: the same prompt asks for the same redemption, and once there is one the sweep
    drives it; here it is only looked how it ends.

    Raises:
        SaleorUnavailable and the like: Saleor could not be asked; it is tried again.
    """
    made, why = None, ""
    if prompt.redemption:
        made = spender.find(store, prompt.redemption, None)
    elif user_id := database.read(lambda conn: _user(conn, store, prompt)):
        request = SpendRequest(
            user_id=user_id,
            actor=prompt.decided_by,
            target=Bearer(prompt.channel),
            points=prompt.given,
            key=f"goodwill:{prompt.id}",
        )
        try:
            made = spender.spend(store, request, patience=PATIENCE)
        except SpendingRefused as refused:
            why = refused.code
    else:
        why = "guest"
    return database.write(lambda conn: _settle(conn, store, prompt.id, made, why, clock))


def became(redemption: RedemptionRef) -> tuple[CodeState, str]:
    """What became of the code of a redemption, and why there is none. Pure.

    A code that was made counts also if it ended since: its points came back then.
    """
    if redemption.issued_at is not None:
        return CodeState.made, ""
    if redemption.is_live:
        return CodeState.wanted, ""
    why = (redemption.reason or {}).get("code", redemption.state)
    return CodeState.refused, str(why)


def _user(conn: Connection, store: StoreRef, prompt: Prompt) -> str:
    member = surviving_member(conn, store.id, prompt.member_id)
    return "" if member is None or member.user_id is None else member.user_id


def _settle(
    conn: Connection,
    store: StoreRef,
    prompt_id: int,
    made: RedemptionRef | None,
    why: str,
    clock: Clock,
) -> CodeState:
    prompt = prompts.by_id(conn, store.id, prompt_id, lock=True)
    if prompt is None:
        return CodeState.refused
    if prompt.code_state != CodeState.wanted:
        return CodeState(prompt.code_state)
    state = CodeState.refused
    if made is not None:
        state, why = became(made)
        prompts.change(conn, prompt.id, redemption=made.public_id)
    if state is not CodeState.wanted:
        prompts.change(conn, prompt.id, code_state=state.value, code_why=why)
        code = made if state is CodeState.made else None
        apologize(conn, store, prompt, code=code, now=clock())
    return state
