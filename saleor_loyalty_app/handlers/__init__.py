"""The handlers of Saleor's webhooks: one file an event family, one object a handler.

To add one, see docs/developers/handlers.md; what is not for every store belongs into a plugin.
"""

from saleor_loyalty_app.flows.event_handler import Handler
from saleor_loyalty_app.flows.sync_handler import SyncHandler
from saleor_loyalty_app.handlers.app_lifecycle import APP_LIFECYCLE
from saleor_loyalty_app.handlers.checkouts import CHECKOUTS
from saleor_loyalty_app.handlers.customers import (
    ACCOUNTS_DELETED,
    CUSTOMERS,
    CUSTOMERS_DELETED,
)
from saleor_loyalty_app.handlers.orders import ORDERS, ORDERS_BULK
from saleor_loyalty_app.handlers.shipping import SHIPPING_FILTER, SHIPPING_METHODS

CORE_HANDLERS: tuple[Handler, ...] = (
    ORDERS,
    ORDERS_BULK,
    CHECKOUTS,
    CUSTOMERS,
    ACCOUNTS_DELETED,
    CUSTOMERS_DELETED,
    APP_LIFECYCLE,
)

#: Questions that Saleor waits for.
SYNC_HANDLERS: tuple[SyncHandler, ...] = (SHIPPING_METHODS, SHIPPING_FILTER)
