"""Partners' webhooks of a store: `/api/dashboard/v1/messages/webhooks`."""

from typing import Annotated, Final

from fastapi import Path, Query
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import FacesOf
from saleor_loyalty_app.api.dashboard.activity_inbox import next_of
from saleor_loyalty_app.api.dashboard.activity_schemas import After, First
from saleor_loyalty_app.api.dashboard.messages_schemas import (
    PartnerEvent,
    PartnerEvents,
    PartnerHook,
    PartnerHooks,
    WebhookInput,
)
from saleor_loyalty_app.api.dashboard.refusals import OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_SET_UP, StaffOf
from saleor_loyalty_app.api.errors import Refusal, documented
from saleor_loyalty_app.api.opaque import number_after, partner_delivery_number, webhook_number
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.flows import partner_hooks
from saleor_loyalty_app.messages import partner_deliveries, partner_webhooks
from saleor_loyalty_app.messages.errors import DeliveryUnknown, WebhookUnknown

router = staff_router("/messages/webhooks")
HookId = Annotated[str, Path(max_length=100, description="`id` of the webhook.")]
_UNKNOWN: Refusal = (404, "webhook_unknown", {})
_INPUT: Final[tuple[Refusal, ...]] = (
    (400, "request_unreadable", {}),
    (400, "address_forbidden", {"address": "http://10.0.0.5"}),
    (400, "unknown_event", {"event": "x", "known": "points.earned"}),
    (422, "request_invalid", {"fields": []}),
)
_UNFIT: Refusal = (422, "request_invalid", {"fields": []})


@router.get("", responses=documented(*OF_STAFF))
async def list_webhooks(faces: FacesOf, staff: StaffOf) -> PartnerHooks:
    """The webhooks, and the events that there are."""
    staff.need(TO_SET_UP)

    def read(conn: Connection) -> list[partner_webhooks.Webhook]:
        return partner_webhooks.webhooks(conn, still_active(conn, staff.store).id)

    found = await faces.database.read_async(read)
    return PartnerHooks(
        items=[PartnerHook.of(one) for one in found], events=list(partner_webhooks.EVENTS)
    )


@router.post(
    "",
    status_code=201,
    responses=documented(*OF_STAFF, *_INPUT, (409, "too_many_webhooks", {"most": 20})),
)
async def add_webhook(faces: FacesOf, staff: StaffOf, what: WebhookInput) -> PartnerHook:
    """Adds a webhook. The answer holds its secret, which is never shown again."""
    staff.need(TO_SET_UP)
    now = faces.clock()
    made, secret = await faces.database.write_async(
        lambda conn: partner_hooks.add_hook(
            conn,
            still_active(conn, staff.store),
            faces.outbound,
            url=what.url,
            description=what.description,
            events=what.events,
            actor=staff.actor,
            now=now,
        )
    )
    return PartnerHook.of(made, secret)


@router.put("/{hook}", responses=documented(*OF_STAFF, *_INPUT, _UNKNOWN))
async def change_webhook(
    faces: FacesOf, staff: StaffOf, hook: HookId, what: WebhookInput
) -> PartnerHook:
    """Changes a webhook, or switches it off and on."""
    staff.need(TO_SET_UP)
    number, now = _number(hook), faces.clock()
    changed = await faces.database.write_async(
        lambda conn: partner_hooks.change_hook(
            conn,
            still_active(conn, staff.store),
            number,
            faces.outbound,
            url=what.url,
            description=what.description,
            events=what.events,
            active=what.active,
            actor=staff.actor,
            now=now,
        )
    )
    return PartnerHook.of(changed)


@router.delete("/{hook}", responses=documented(*OF_STAFF, _UNKNOWN, _UNFIT))
async def remove_webhook(faces: FacesOf, staff: StaffOf, hook: HookId) -> PartnerHook:
    """Removes a webhook; what was on its way there is not sent."""
    staff.need(TO_SET_UP)
    number, now = _number(hook), faces.clock()
    gone = await faces.database.write_async(
        lambda conn: partner_hooks.remove_hook(
            conn, still_active(conn, staff.store), number, actor=staff.actor, now=now
        )
    )
    return PartnerHook.of(gone)


@router.post("/{hook}/secret", responses=documented(*OF_STAFF, _UNKNOWN, _UNFIT))
async def change_webhook_secret(faces: FacesOf, staff: StaffOf, hook: HookId) -> PartnerHook:
    """Makes a new secret; the old one is worthless at once."""
    staff.need(TO_SET_UP)
    number, now = _number(hook), faces.clock()
    found, secret = await faces.database.write_async(
        lambda conn: partner_hooks.new_hook_secret(
            conn,
            still_active(conn, staff.store),
            number,
            faces.outbound,
            actor=staff.actor,
            now=now,
        )
    )
    return PartnerHook.of(found, secret)


@router.post("/{hook}/test", responses=documented(*OF_STAFF, _UNKNOWN, _UNFIT))
async def test_webhook(faces: FacesOf, staff: StaffOf, hook: HookId) -> PartnerHook:
    """Sends a test event within seconds; what came of it stands in the log."""
    staff.need(TO_SET_UP)
    number, now = _number(hook), faces.clock()

    def publish(conn: Connection) -> partner_webhooks.Webhook:
        store = still_active(conn, staff.store)
        found = partner_webhooks.webhook(conn, store.id, number)
        partner_deliveries.publish_test(conn, store.id, found, now)
        return found

    return PartnerHook.of(await faces.database.write_async(publish))


@router.get(
    "/{hook}/deliveries",
    responses=documented(
        *OF_STAFF,
        _UNKNOWN,
        (400, "invalid_cursor", {}),
        (422, "request_invalid", {"fields": []}),
    ),
)
async def list_webhook_deliveries(
    faces: FacesOf,
    staff: StaffOf,
    hook: HookId,
    state: Annotated[str | None, Query(pattern="^(waiting|sent|failed)$")] = None,
    first: First = 25,
    after: After = None,
) -> PartnerEvents:
    """What was sent to a webhook, newest first."""
    staff.need(TO_SET_UP)
    number, before = _number(hook), number_after(after)

    def read(conn: Connection) -> list[partner_deliveries.PartnerLine]:
        store = still_active(conn, staff.store)
        partner_webhooks.webhook(conn, store.id, number)
        return partner_deliveries.log_page(
            conn, store.id, number, first=first + 1, before_id=before, state=state
        )

    found = await faces.database.read_async(read)
    return PartnerEvents(
        items=[PartnerEvent.of(line) for line in found[:first]],
        next=next_of([line.id for line in found], first),
    )


@router.post(
    "/{hook}/deliveries/{delivery}/replay",
    responses=documented(*OF_STAFF, _UNKNOWN, _UNFIT, (404, "delivery_unknown", {})),
)
async def replay_webhook_delivery(
    faces: FacesOf,
    staff: StaffOf,
    hook: HookId,
    delivery: Annotated[str, Path(max_length=100, description="`id` of the delivery.")],
) -> PartnerHook:
    """Sends an event once more, under the same `webhook-id`."""
    staff.need(TO_SET_UP)
    number, now = _number(hook), faces.clock()
    which = partner_delivery_number(delivery)
    if which is None:
        raise DeliveryUnknown

    def replay(conn: Connection) -> partner_webhooks.Webhook:
        store = still_active(conn, staff.store)
        found = partner_webhooks.webhook(conn, store.id, number)
        partner_deliveries.replay(conn, store.id, number, which, now)
        return found

    return PartnerHook.of(await faces.database.write_async(replay))


def _number(hook: str) -> int:
    number = webhook_number(hook)
    if number is None:
        raise WebhookUnknown
    return number
