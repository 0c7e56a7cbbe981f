"""The app itself: removed, switched off and on, or given other permissions by the store's staff."""

from datetime import timedelta

from saleor_loyalty_app import log
from saleor_loyalty_app.flows.catch_up import begin_catch_up
from saleor_loyalty_app.flows.event_handler import EventContext, Handler
from saleor_loyalty_app.flows.install_store import set_store_active, uninstall_store
from saleor_loyalty_app.flows.sync_store import note_permissions
from saleor_loyalty_app.inbox import repository as inbox
from saleor_loyalty_app.saleor.event import (
    AppEvent,
    AppSnapshot,
    MalformedEvent,
    parse,
    parse_envelope,
)
from saleor_loyalty_app.stores.repository import save_permissions

#: Saleor gives up on a delivery after about 5 minutes; a day also covers one repeated by hand.
LATEST_ARRIVAL = timedelta(days=1)
_log = log.get(__name__)


def receive_app(context: EventContext) -> None:
    """Brings the store to what happened to the app there.

    Raises:
        MalformedEvent: the event does not show this app.
    """
    app = parse(context.body, AppEvent).app
    if app is None or app.id != context.store.app_id:
        raise MalformedEvent("nothing_in_it")
    if context.envelope.typename == "AppDeleted":
        uninstall_store(context.conn, context.store, app.id, context.now)
    elif context.envelope.typename == "AppStatusChanged":
        _switch(context, app)
    elif app.permissions is not None:
        granted = frozenset(permission.code for permission in app.permissions)
        save_permissions(context.conn, context.store.id, granted)
        note_permissions(context.conn, context.store, granted, context.now)


def _switch(context: EventContext, app: AppSnapshot) -> None:
    """Off and on may arrive in the wrong order; an app taken for off would hear nothing more."""
    if app.is_active is None:
        raise MalformedEvent("nothing_in_it")
    if _is_overtaken(context):
        _log.info("app_status_overtaken", store_id=context.store.id)
        return
    changed = set_store_active(context.conn, context.store, app.is_active, context.now)
    if changed and app.is_active:
        begin_catch_up(context.conn, context.store, context.now)


def _is_overtaken(context: EventContext) -> bool:
    mine = context.envelope.issued_at
    if mine is None:
        return False
    told = inbox.recent(
        context.conn,
        context.store.id,
        [context.delivery.handler],
        since=context.now - LATEST_ARRIVAL,
    )
    earlier = (parse_envelope(letter.delivery.body) for letter in told)
    return any(
        envelope.typename == context.envelope.typename
        and envelope.recipient_id == context.store.app_id
        and envelope.issued_at is not None
        and envelope.issued_at > mine
        for envelope in earlier
    )


APP_LIFECYCLE = Handler(
    name="app-lifecycle",
    events=("APP_DELETED", "APP_STATUS_CHANGED", "APP_UPDATED"),
    document="app_lifecycle",
    receive=receive_app,
    while_inactive=True,
)
