"""The extension API: all that plugins may import. Everything else may change without notice.

A name stays, and keeps its meaning, as long as `API_VERSION` stays. What is to go first warns with
a DeprecationWarning that names its successor, for at least two minor releases and six months; then
`API_VERSION` is raised, and plugins written for the old one are refused with a clear message. See
docs/developers/handlers.md.
"""

from msgspec import Struct, field

from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.event_handler import InvalidHandler
from saleor_loyalty_app.flows.plugin_handler import (
    API_VERSION,
    Plugin,
    PluginEvent,
    PluginHandler,
    Transactions,
)
from saleor_loyalty_app.flows.plugin_points import Granted, grant_points
from saleor_loyalty_app.flows.plugin_testing import PluginBooks
from saleor_loyalty_app.ledger.errors import IdempotencyConflict, InvalidAmount
from saleor_loyalty_app.saleor.event import Envelope, MalformedEvent, Principal
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef

__all__ = [
    "API_VERSION",
    "AppError",
    "Database",
    "Envelope",
    "Granted",
    "IdempotencyConflict",
    "InvalidAmount",
    "InvalidHandler",
    "MalformedEvent",
    "OrderSnapshot",
    "Plugin",
    "PluginBooks",
    "PluginEvent",
    "PluginHandler",
    "Principal",
    "StoreRef",
    "Struct",
    "Transactions",
    "field",
    "grant_points",
]
