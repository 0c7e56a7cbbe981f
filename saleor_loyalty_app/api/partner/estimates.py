"""What goods would earn, for somebody or for a member who is named: `/estimate`."""

from typing import Annotated, Self

from fastapi import Response
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.errors import documented
from saleor_loyalty_app.api.partner.holder import ReaderOf, store_now
from saleor_loyalty_app.api.partner.people import member_named, number_of
from saleor_loyalty_app.api.partner.refusals import OF_SCOPES, UNREADABLE
from saleor_loyalty_app.api.partner.schemas import AddressHash, UserId
from saleor_loyalty_app.api.routing import partner_router
from saleor_loyalty_app.api.storefront.answers import make_private
from saleor_loyalty_app.api.storefront.estimate import OF_READING_ESTIMATES, read_estimate
from saleor_loyalty_app.api.storefront.estimate_schemas import EstimateInput, EstimatePage
from saleor_loyalty_app.flows.estimate_cart import Buyer
from saleor_loyalty_app.members.search_terms import SearchTerms
from saleor_loyalty_app.stores.partner_keys import Scope

router = partner_router()


class PartnerEstimateInput(EstimateInput):
    """Goods, and who would buy them, as far as that is known: by one of three."""

    member_id: Annotated[str, Field(max_length=40)] | None = Field(
        default=None, description="`id` of the member."
    )
    user_id: UserId | None = Field(default=None, description="Saleor’s id of the customer.")
    email_sha256: AddressHash | None = None

    @model_validator(mode="after")
    def _one_at_most(self) -> Self:
        if sum(one is not None for one in self._names()) > 1:
            raise PydanticCustomError(
                "one_of_both", "give one of member_id, user_id and email_sha256"
            )
        return self

    def _names(self) -> tuple[str | None, ...]:
        return self.member_id, self.user_id, self.email_sha256

    @property
    def names_somebody(self) -> bool:
        """Whether it is for one member."""
        return any(one is not None for one in self._names())

    def named(self) -> SearchTerms | None:
        """Whom it is for; None = nobody is named.

        Raises:
            MemberNotFound: what is named cannot be a member.
        """
        if self.member_id is not None:
            return SearchTerms(member=number_of(self.member_id))
        if not self.names_somebody:
            return None
        return SearchTerms(user_id=self.user_id or "", address_hash=self.email_sha256 or "")


@router.post(
    "/estimate",
    responses=documented(
        *OF_SCOPES, UNREADABLE, *OF_READING_ESTIMATES, (404, "member_not_found", {})
    ),
)
async def estimate_order(
    response: Response,
    faces: FacesOf,
    partner: ReaderOf,
    language: Language,
    what: PartnerEstimateInput,
) -> EstimatePage:
    """What a member would earn for goods, or for an order value: one line with its price.

    Keys with members:read may name the member: then it is what their order would earn, by their
    tier, orders and limits, and their shipping offers. Without one it is what anybody gets who
    takes part. Saleor is not asked.
    """
    if what.names_somebody:
        partner.need(Scope.read_members)
    now, named = faces.clock(), what.named()

    def read(conn: Connection) -> EstimatePage:
        store, buyer = store_now(conn, partner), None
        if named is not None:
            member = member_named(conn, store, named, keys=faces.email_keys, now=now)
            buyer = Buyer(member, faces.email_keys)
        return read_estimate(conn, store, what, now=now, language=language, buyer=buyer)

    page = await faces.database.read_async(read)
    make_private(response, language)
    return page
