"""Staff spend points for customers, on the telephone or on draft orders: `/redemptions`."""

from functools import partial
from typing import Annotated, Self

from fastapi import Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StrictInt, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.dashboard.refusals import OF_SERVING, OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_SEE_MEMBERS, TO_SERVE, Staff, StaffOf
from saleor_loyalty_app.api.errors import documented
from saleor_loyalty_app.api.opaque import cursor_of, ledger_cursor
from saleor_loyalty_app.api.redemption_answers import (
    OF_RELEASING,
    OF_SPENDING,
    IdempotencyKey,
    RedemptionId,
    answer_released,
    answer_spent,
    answer_state,
    release,
    spend,
)
from saleor_loyalty_app.api.redemption_schemas import EXAMPLE, Redemption
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.api.saleor_refusals import OF_SALEOR
from saleor_loyalty_app.api.storefront.schemas import PageInfo, Slug
from saleor_loyalty_app.members.repository import member_by_user
from saleor_loyalty_app.rewards.errors import CartUnknown, RedemptionUnknown
from saleor_loyalty_app.rewards.quote import MOST_POINTS
from saleor_loyalty_app.rewards.redemptions import RedemptionRef, by_public_id, of_member
from saleor_loyalty_app.rewards.spend_request import (
    Bearer,
    OnCheckout,
    OnDraft,
    SpendRequest,
    Target,
)
from saleor_loyalty_app.saleor.checkout_preview import is_checkout_id, is_order_id

router = staff_router("/redemptions")
SaleorId = Annotated[str, Field(pattern=r"^[A-Za-z0-9+/=_-]{1,200}$")]


class ServeInput(BaseModel):
    """Whose points to spend, how many, and where: exactly one of the three places."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"user_id": "VXNlcjo1", "points": 250, "checkout_id": EXAMPLE["checkout_id"]},
                {"user_id": "VXNlcjo1", "points": 250, "order_id": "T3JkZXI6MQ=="},
                {"user_id": "VXNlcjo1", "points": 250, "channel": "default-channel"},
            ]
        },
    )

    user_id: SaleorId = Field(description="Saleor's id of the customer.")
    points: StrictInt = Field(ge=1, le=MOST_POINTS)
    checkout_id: SaleorId | None = Field(default=None, description="A checkout of the customer.")
    order_id: SaleorId | None = Field(default=None, description="A draft order of the customer.")
    channel: Slug | None = Field(
        default=None, description="A code for the customer, to be used in this channel later."
    )

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        if sum(one is not None for one in (self.checkout_id, self.order_id, self.channel)) != 1:
            raise PydanticCustomError("one_target", "one of checkout_id, order_id, channel")
        return self

    def require_cart(self) -> None:
        """Raises CartUnknown, where it names a checkout or order that cannot be one."""
        if self.checkout_id is not None and not is_checkout_id(self.checkout_id):
            raise CartUnknown
        if self.order_id is not None and not is_order_id(self.order_id):
            raise CartUnknown

    @property
    def target(self) -> Target:
        """Where to spend."""
        if self.checkout_id is not None:
            return OnCheckout(self.checkout_id)
        if self.order_id is not None:
            return OnDraft(self.order_id)
        return Bearer(self.channel or "")


class Redemptions(BaseModel):
    """A page of a customer's redemptions, newest first."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "redemptions": [EXAMPLE],
                    "page_info": {"has_next_page": False, "end_cursor": None},
                }
            ]
        },
    )

    redemptions: list[Redemption]
    page_info: PageInfo


@router.post(
    "",
    status_code=201,
    responses={
        202: {
            "model": Redemption,
            "description": "The points are set aside; ask at Location after Retry-After seconds.",
        },
        **documented(*OF_STAFF, *OF_SERVING, *OF_SPENDING, *OF_SALEOR),
    },
)
async def spend_for_customer(
    request: Request,
    response: Response,
    faces: FacesOf,
    staff: StaffOf,
    language: Language,
    what: ServeInput,
    idempotency_key: IdempotencyKey,
) -> Redemption:
    """Spends a customer's points on their checkout or draft order, or makes them a code."""
    staff.need(TO_SERVE)
    await faces.gate.serve_customer(staff.key)
    what.require_cart()
    store = await faces.database.read_async(partial(still_active, store=staff.store))
    wish = SpendRequest(
        user_id=what.user_id,
        actor=staff.actor,
        target=what.target,
        points=what.points,
        key=f"{staff.actor}:{idempotency_key}",
    )
    found = await spend(faces, store, wish, key=idempotency_key)
    where = request.url_for("read_redemption_of_customer", redemption_id=found.public_id).path
    return answer_spent(response, found, location=where, language=language)


@router.get("", responses=documented(*OF_STAFF, *OF_SERVING, (400, "invalid_cursor", {})))
async def list_redemptions(
    faces: FacesOf,
    staff: StaffOf,
    language: Language,
    user_id: Annotated[str, Query(min_length=1, max_length=200, description="The customer.")],
    first: Annotated[int, Query(ge=1, le=100, description="How many at most.")] = 20,
    after: Annotated[
        str | None, Query(max_length=100, description="`end_cursor` of the page before.")
    ] = None,
) -> Redemptions:
    """A customer's redemptions, newest first; none of who is not in the books."""
    staff.need_one(TO_SEE_MEMBERS)
    await faces.gate.serve_customer(staff.key)
    before = None if after is None else int(ledger_cursor(after))

    def read(conn: Connection) -> list[RedemptionRef]:
        store = still_active(conn, staff.store)
        member = member_by_user(conn, store.id, user_id)
        if member is None:
            return []
        return of_member(conn, store.id, member.id, first=first + 1, before=before)

    found = await faces.database.read_async(read)
    more = len(found) > first
    return Redemptions(
        redemptions=[Redemption.of(one, language) for one in found[:first]],
        page_info=PageInfo(
            has_next_page=more, end_cursor=cursor_of(str(found[first - 1].id)) if more else None
        ),
    )


@router.get(
    "/{redemption_id}",
    responses=documented(*OF_STAFF, *OF_SERVING, (404, "redemption_unknown", {})),
)
async def read_redemption_of_customer(
    response: Response,
    faces: FacesOf,
    staff: StaffOf,
    language: Language,
    redemption_id: RedemptionId,
) -> Redemption:
    """How a redemption stands."""
    staff.need_one(TO_SEE_MEMBERS)
    await faces.gate.serve_customer(staff.key)
    found = await faces.database.read_async(lambda conn: _of_store(conn, staff, redemption_id))
    return answer_state(response, found, language=language)


@router.delete(
    "/{redemption_id}",
    responses={
        202: {
            "model": Redemption,
            "description": "The discount is being taken off; ask again after Retry-After seconds.",
        },
        **documented(*OF_STAFF, *OF_SERVING, *OF_RELEASING, *OF_SALEOR),
    },
)
async def give_up_for_customer(
    response: Response,
    faces: FacesOf,
    staff: StaffOf,
    language: Language,
    redemption_id: RedemptionId,
) -> Redemption:
    """Takes a discount off and gives the points back to the customer."""
    staff.need(TO_SERVE)
    await faces.gate.serve_customer(staff.key)
    store = await faces.database.read_async(partial(still_active, store=staff.store))
    found = await release(faces, store, redemption_id, user_id=None, actor=staff.actor)
    return answer_released(response, found, language=language)


def _of_store(conn: Connection, staff: Staff, redemption_id: str) -> RedemptionRef:
    found = by_public_id(conn, still_active(conn, staff.store).id, redemption_id)
    if found is None:
        raise RedemptionUnknown
    return found
