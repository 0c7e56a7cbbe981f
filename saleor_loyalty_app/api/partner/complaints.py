"""Other systems tell that a customer complained of an order: `/complaints`."""

from typing import Literal

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy.engine import Connection

from saleor_loyalty_app.adjustments.reasons import LONGEST_NOTE
from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.dashboard.members_deed_schemas import TEXT
from saleor_loyalty_app.api.errors import documented
from saleor_loyalty_app.api.partner.holder import ActorOf, store_now
from saleor_loyalty_app.api.partner.refusals import OF_SCOPES, UNREADABLE
from saleor_loyalty_app.api.routing import partner_router
from saleor_loyalty_app.api.storefront.answers import make_private
from saleor_loyalty_app.flows.open_goodwill import open_complaint
from saleor_loyalty_app.goodwill.prompts import Prompt
from saleor_loyalty_app.stores.partner_keys import Scope

router = partner_router("/complaints")


class Complaint(BaseModel):
    """A customer complained of an order, which is named by one of its id and its number."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"order_number": "18", "note": "Ticket 4711"}]},
    )

    order_id: str = Field(default="", max_length=200, pattern=TEXT, description="Saleor's id.")
    order_number: str = Field(default="", max_length=100, pattern=TEXT)
    note: str = Field(
        default="", max_length=LONGEST_NOTE, pattern=TEXT, description="For staff who decide."
    )

    @model_validator(mode="after")
    def _check(self) -> "Complaint":
        if bool(self.order_id.strip()) is bool(self.order_number.strip()):
            raise PydanticCustomError("one_order", "one of order_id, order_number")
        return self


class ComplaintNoted(BaseModel):
    """What became of a complaint so far."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"order_number": "18", "member_id": "1042", "state": "open", "points": 0}]
        },
    )

    order_number: str
    member_id: str | None = Field(description="For keys with members:read; else null.")
    state: Literal["open", "waiting", "given", "declined"] = Field(
        description="open = staff have not decided yet."
    )
    points: int = Field(description="That were given.")


@router.post(
    "",
    status_code=201,
    responses=documented(
        *OF_SCOPES,
        UNREADABLE,
        (404, "goodwill_order", {}),
        (409, "goodwill_off", {"signal": "complaint"}),
    ),
)
async def tell_complaint(
    response: Response, faces: FacesOf, partner: ActorOf, language: Language, what: Complaint
) -> ComplaintNoted:
    """Asks staff whether to give goodwill for an order; told again, it is the same complaint."""
    partner.need(Scope.report_complaints)
    now = faces.clock()

    def write(conn: Connection) -> Prompt:
        return open_complaint(
            conn,
            store_now(conn, partner),
            order_id=what.order_id.strip(),
            order_number=what.order_number.strip(),
            note=what.note,
            actor=partner.key.actor,
            now=now,
        )

    made = await faces.database.write_async(write)
    reads = Scope.read_members in partner.key.terms.scopes
    make_private(response, language)
    return ComplaintNoted.model_validate(
        {
            "order_number": made.order_number,
            "member_id": str(made.member_id) if reads else None,
            "state": made.state,
            "points": made.given,
        }
    )
