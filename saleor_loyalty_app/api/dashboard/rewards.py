"""Rewards for staff: what became of each, and what waits to be handed over: `/rewards`."""

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.dashboard.refusals import OF_SERVING, OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_SEE_MEMBERS, TO_SERVE, Staff, StaffOf
from saleor_loyalty_app.api.dashboard.staff_names import staff_names
from saleor_loyalty_app.api.errors import documented
from saleor_loyalty_app.api.money import Money
from saleor_loyalty_app.api.opaque import cursor_of, number_after
from saleor_loyalty_app.api.redemption_answers import RedemptionId
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.flows.fulfill_claim import move_claim, moves_of
from saleor_loyalty_app.flows.reward_board import Taken, with_redemptions
from saleor_loyalty_app.flows.spending_terms import today_of
from saleor_loyalty_app.members.repository import names_of, surviving_member
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.programs.rewards import NO_REWARDS, RewardItem
from saleor_loyalty_app.programs.rewards_words import gift_words
from saleor_loyalty_app.rewards import claim_figures, claims, redemptions
from saleor_loyalty_app.rewards.claim_figures import ClaimFigures
from saleor_loyalty_app.rewards.claim_states import state_of
from saleor_loyalty_app.rewards.claims import HANDED_OVER, PREPARING, REFUSED, REQUESTED
from saleor_loyalty_app.rewards.errors import RedemptionUnknown
from saleor_loyalty_app.stores.refs import StoreRef

router = staff_router("/rewards")
Move = Literal["requested", "preparing", "handed_over", "refused"]
_LINE: dict[str, Any] = {
    "id": "coffee",
    "name": "A bag of coffee",
    "kind": "free_product",
    "gives": ["a product for free (default-channel)"],
    "state": "offered",
    "points": 500,
    "stock": 100,
    "left": 14,
    "claimed": 96,
    "used": 70,
    "open": 16,
    "waiting": 0,
    "points_spent": 35000,
    "cost": [{"amount": "630.00", "currency": "USD"}],
}
_CLAIM: dict[str, Any] = {
    "id": "rd_3f9a61c07be24d58a1c6e092",
    "reward": "A mug with your name",
    "member": "5",
    "member_name": "Ayşe Yılmaz",
    "state": "requested",
    "note": "",
    "points": 800,
    "claimed_at": "2027-01-04T09:30:00Z",
    "moved_at": None,
    "moved_by": None,
    "moves": ["preparing", "handed_over", "refused"],
}


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid")


class RewardLine(_Part):
    """A reward, and what became of it."""

    id: str
    name: str
    kind: str
    gives: list[str] = Field(description="What it gives in each channel, in words.")
    state: Literal["offered", "off", "later", "over", "sold_out", "removed"]
    points: int
    stock: int | None
    left: int | None = Field(description="How many there still are; null = no limit.")
    claimed: int = Field(description="Taken in all, also those that were given back.")
    used: int = Field(description="Orders made with it, or handed over.")
    open: int = Field(description="Still to be used or handed over.")
    waiting: int = Field(description="Open, and for staff to hand over.")
    points_spent: int
    cost: list[Money] = Field(description="What the used ones took off or are worth.")


class RewardLines(_Part):
    """The rewards of the program in force, and those that were taken and are gone from it."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"rewards": [_LINE]}]}
    )

    rewards: list[RewardLine]


class ClaimLine(_Part):
    """A reward that staff hand over."""

    id: str
    reward: str
    member: str = Field(description="`id` of the member.")
    member_name: str | None
    state: str
    note: str = Field(description="What staff wrote at the last move.")
    points: int
    claimed_at: datetime
    moved_at: datetime | None
    moved_by: str | None
    moves: list[Move] = Field(description="Where it can be moved.")

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_CLAIM]})


class ClaimLines(_Part):
    """A page of what staff hand over, oldest first."""

    items: list[ClaimLine]
    next: str | None


class MoveClaimInput(_Part):
    """Where a claim is moved, and what staff want to remember."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"to": "preparing", "note": "Engraver asked."}]},
    )

    to: Move
    note: str = Field(default="", max_length=500, pattern=r"^[^\x00]*$")


@router.get("", responses=documented(*OF_STAFF))
async def list_rewards(faces: FacesOf, staff: StaffOf, language: Language) -> RewardLines:
    """All rewards with what became of them, in the order of the program."""
    now = faces.clock()
    return await faces.database.read_async(lambda conn: _lines(conn, staff, language, now))


@router.get("/claims", responses=documented(*OF_STAFF, *OF_SERVING, (400, "invalid_cursor", {})))
async def list_claims(
    faces: FacesOf,
    staff: StaffOf,
    language: Language,
    done: Annotated[bool, Query(description="Those that were handed over or refused.")] = False,
    first: Annotated[int, Query(ge=1, le=100, description="How many at most.")] = 25,
    after: Annotated[str | None, Query(max_length=100)] = None,
) -> ClaimLines:
    """What waits to be handed over, or was, oldest first."""
    staff.need_one(TO_SEE_MEMBERS)
    await faces.gate.serve_customer(staff.key)
    start = number_after(after)
    states = (HANDED_OVER, REFUSED) if done else (REQUESTED, PREPARING)

    def read(conn: Connection) -> list[tuple[Taken, ClaimLine]]:
        store = still_active(conn, staff.store)
        rows = claims.to_hand_over(conn, store.id, states, first=first + 1, after=start)
        found = with_redemptions(conn, store, rows)
        return list(zip(found, _told(conn, store, found, language), strict=True))

    found = await faces.database.read_async(read)
    more = len(found) > first
    last = found[first - 1][0].claim.id if more else 0
    return ClaimLines(
        items=[line for _, line in found[:first]], next=cursor_of(str(last)) if more else None
    )


@router.post(
    "/claims/{claim_id}/moves",
    responses=documented(
        *OF_STAFF,
        *OF_SERVING,
        (400, "request_unreadable", {}),
        (404, "redemption_unknown", {}),
        (409, "claim_settled", {"state": "handed_over"}),
        (422, "claim_note_missing", {}),
    ),
)
async def move(
    faces: FacesOf,
    staff: StaffOf,
    language: Language,
    claim_id: RedemptionId,
    what: MoveClaimInput,
) -> ClaimLine:
    """Moves what staff hand over: being prepared, handed over, or refused with the points back."""
    staff.need(TO_SERVE)
    await faces.gate.serve_customer(staff.key)
    now = faces.clock()

    def write(conn: Connection) -> ClaimLine:
        store = still_active(conn, staff.store)
        claim = move_claim(
            conn, store, claim_id, what.to, note=what.note, actor=staff.actor, now=now
        )
        found = redemptions.by_id(conn, store.id, claim.redemption_id)
        if found is None:
            raise RedemptionUnknown
        [line] = _told(conn, store, [Taken(claim, found)], language)
        return line

    return await faces.database.write_async(write)


def _lines(conn: Connection, staff: Staff, language: str, now: datetime) -> RewardLines:
    store = still_active(conn, staff.store)
    revision = revision_at(conn, store.id, now)
    section = None if revision is None else revision.program.rewards
    catalog = {item.id: item for item in (section or NO_REWARDS).items}
    gone = claim_figures.last_items(conn, store.id, catalog)
    figures = claim_figures.figures(conn, store.id)
    drawn = claims.drawn(conn, store.id)
    today = today_of(store, now)
    lines = []
    for item in [*catalog.values(), *gone.values()]:
        left = None if item.stock is None else max(0, item.stock - drawn.get(item.id, 0))
        state = "removed" if item.id in gone else _state(item, today, left)
        lines.append(_line(item, figures.get(item.id, ClaimFigures()), state, left, language))
    return RewardLines(rewards=lines)


def _state(item: RewardItem, today: Any, left: int | None) -> str:
    if not item.enabled:
        return "off"
    if item.active_from is not None and today < item.active_from:
        return "later"
    if item.active_until is not None and today > item.active_until:
        return "over"
    return "sold_out" if left == 0 else "offered"


def _line(
    item: RewardItem, of: ClaimFigures, state: str, left: int | None, language: str
) -> RewardLine:
    return RewardLine.model_validate(
        {
            "id": item.id,
            "name": item.name(language),
            "kind": item.gift.type,
            "gives": [gift_words(item, one, language, place=True) for one in item.channels],
            "state": state,
            "points": item.points,
            "stock": item.stock,
            "left": left,
            "claimed": of.claimed,
            "used": of.used,
            "open": of.open,
            "waiting": of.waiting,
            "points_spent": of.points,
            "cost": [Money.of(amount, currency) for currency, amount in of.money().items()],
        }
    )


def _told(conn: Connection, store: StoreRef, found: list[Taken], language: str) -> list[ClaimLine]:
    owners = {
        one.claim.member_id: surviving_member(conn, store.id, one.claim.member_id) for one in found
    }
    ids = {
        member_id: member_id if owner is None else owner.id for member_id, owner in owners.items()
    }
    names = names_of(conn, store.id, list(ids.values()))
    by = staff_names(
        conn, store.id, (one.claim.moved_by for one in found if one.claim.moved_by), language
    )
    return [
        ClaimLine.model_validate(
            {
                "id": one.redemption.public_id,
                "reward": one.claim.reward.name(language),
                "member": str(ids[one.claim.member_id]),
                "member_name": names.get(ids[one.claim.member_id]),
                "state": state_of(one.claim, one.redemption),
                "note": one.claim.note,
                "points": one.redemption.points,
                "claimed_at": one.claim.claimed_at,
                "moved_at": one.claim.moved_at,
                "moved_by": by.get(one.claim.moved_by),
                "moves": list(moves_of(one.claim, one.redemption)),
            }
        )
        for one in found
    ]
