"""The extension API: all that plugins may import. Everything else may change without notice.

A name stays, and keeps its meaning, as long as `API_VERSION` stays. What is to go first warns with
a DeprecationWarning that names its successor, for at least two minor releases and six months; then
`API_VERSION` is raised, and plugins written for the old one are refused with a clear message. See
docs/developers/handlers.md and docs/developers/conditions-and-effects.md.
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
from saleor_loyalty_app.programs.facts import LineFacts, OrderFacts
from saleor_loyalty_app.programs.member_facts import MemberFacts
from saleor_loyalty_app.programs.plugin_kinds import (
    ConditionKind,
    EffectKind,
    Given,
    InvalidKind,
    KindSettings,
    NotMatched,
    Seen,
)
from saleor_loyalty_app.programs.plugin_testing import PluginRules
from saleor_loyalty_app.programs.scalars import ExactDecimal
from saleor_loyalty_app.saleor.event import Envelope, MalformedEvent, Principal
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef

__all__ = [
    "API_VERSION",
    "AppError",
    "ConditionKind",
    "Database",
    "EffectKind",
    "Envelope",
    "ExactDecimal",
    "Given",
    "Granted",
    "IdempotencyConflict",
    "InvalidAmount",
    "InvalidHandler",
    "InvalidKind",
    "KindSettings",
    "LineFacts",
    "MalformedEvent",
    "MemberFacts",
    "NotMatched",
    "OrderFacts",
    "OrderSnapshot",
    "Plugin",
    "PluginBooks",
    "PluginEvent",
    "PluginHandler",
    "PluginRules",
    "Principal",
    "Seen",
    "StoreRef",
    "Struct",
    "Transactions",
    "field",
    "grant_points",
]
