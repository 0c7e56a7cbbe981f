"""Other systems give and take points: `/members/{id}/points`, as staff do by hand."""

from fastapi import Response
from sqlalchemy.engine import Connection

from saleor_loyalty_app.adjustments.repository import AdjustmentRef
from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.errors import documented
from saleor_loyalty_app.api.opaque import entry_id
from saleor_loyalty_app.api.partner.holder import ActorOf, store_now
from saleor_loyalty_app.api.partner.members import MemberId
from saleor_loyalty_app.api.partner.people import number_of
from saleor_loyalty_app.api.partner.refusals import OF_SCOPES, UNREADABLE
from saleor_loyalty_app.api.partner.schemas import Moved, MoveInput
from saleor_loyalty_app.api.redemption_answers import IdempotencyKey
from saleor_loyalty_app.api.routing import partner_router
from saleor_loyalty_app.api.storefront.answers import make_private
from saleor_loyalty_app.flows.give_points import GiveRequest, PartnerSystem, give
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.stores.partner_keys import Scope

router = partner_router("/members/{member}/points")


@router.post(
    "",
    status_code=201,
    responses=documented(
        *OF_SCOPES,
        UNREADABLE,
        (404, "member_not_found", {}),
        (409, "member_erased", {}),
        (409, "wrong_member_state", {"state": "left"}),
        (409, "earning_blocked", {}),
        (409, "earning_off", {}),
        (409, "no_program", {}),
        (409, "insufficient_points", {"available": 120, "needed": 250, "unit": "points"}),
        (409, "day_limit_reached", {"limit": 5000, "left": 20}),
        (409, "idempotency_conflict", {"key": "receipt-4711"}),
        (422, "reason_unfit", {"reason": "misuse"}),
        (422, "note_needed", {}),
        (422, "invalid_amount", {"amount": "0", "maximum": 10**12}),
    ),
)
async def move_points_of_member(
    response: Response,
    faces: FacesOf,
    partner: ActorOf,
    language: Language,
    member: MemberId,
    what: MoveInput,
    idempotency_key: IdempotencyKey,
) -> Moved:
    """Gives points to a member, or takes them, within the key's limit for the day.

    Send a wish with the same `Idempotency-Key` until it is answered: it is booked once.
    """
    partner.need(Scope.move_points)
    wish = GiveRequest(
        number_of(member),
        what.points,
        what.reason,
        what.note,
        PartnerSystem(partner.key.id),
        idempotency_key,
    )
    now = faces.clock()

    def write(conn: Connection) -> AdjustmentRef:
        return give(conn, store_now(conn, partner), wish, keys=faces.email_keys, now=now)

    made = await faces.database.write_async(write)
    if made.entry_id is None:
        raise RuntimeError("what a key asks for is booked or refused")
    make_private(response, language)
    return Moved(
        id=str(made.id),
        member_id=str(made.member_id),
        points=made.points,
        reason=made.reason,
        reason_name=translate(f"reason.{made.reason}", language),
        entry_id=entry_id(made.entry_id),
        at=made.requested_at,
    )
