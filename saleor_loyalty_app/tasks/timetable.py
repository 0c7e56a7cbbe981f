"""All that a worker does: its schedules and its jobs."""

from collections.abc import Mapping

from saleor_loyalty_app.flows.announce import ANNOUNCE, announce_pages
from saleor_loyalty_app.flows.archive_store import EXPORT, run_export
from saleor_loyalty_app.flows.audit_store import AUDIT, run_audit
from saleor_loyalty_app.flows.catch_up import CATCH_UP, catch_up
from saleor_loyalty_app.flows.plugin_handler import PLUGIN_JOB, PluginHandler, run_plugin_handler
from saleor_loyalty_app.flows.recalculate_shipping import RECALCULATE, recalculate
from saleor_loyalty_app.queue import BoundJob, Schedule, bind
from saleor_loyalty_app.tasks import (
    bonus_tasks,
    book_tasks,
    campaign_tasks,
    code_tasks,
    custom_event_tasks,
    goodwill_tasks,
    import_tasks,
    keeping_tasks,
    member_import_tasks,
    message_tasks,
    milestone_tasks,
    order_tasks,
    price_tasks,
    proposals,
    redemption_tasks,
    retention_tasks,
    reward_tasks,
    sample_tasks,
    segment_tasks,
    store_tasks,
    tier_tasks,
)
from saleor_loyalty_app.tasks.background import Background


def schedules(work: Background) -> tuple[Schedule, ...]:
    """What is looked after again and again."""
    return (
        *order_tasks.schedules(work),
        *redemption_tasks.schedules(work),
        *reward_tasks.schedules(work),
        *code_tasks.schedules(work),
        *import_tasks.schedules(work),
        *member_import_tasks.schedules(work),
        *keeping_tasks.schedules(work),
        *sample_tasks.schedules(work),
        *book_tasks.schedules(work),
        *bonus_tasks.schedules(work),
        *campaign_tasks.schedules(work),
        *price_tasks.schedules(work),
        *message_tasks.schedules(work),
        *store_tasks.schedules(work),
        *tier_tasks.schedules(work),
        *segment_tasks.schedules(work),
        *milestone_tasks.schedules(work),
        *goodwill_tasks.schedules(work),
        *custom_event_tasks.schedules(work),
        *retention_tasks.schedules(work),
    )


def jobs(work: Background, plugin_handlers: Mapping[str, PluginHandler]) -> tuple[BoundJob, ...]:
    """What transactions may enqueue."""
    return (
        bind(
            PLUGIN_JOB,
            lambda call: run_plugin_handler(work.database, plugin_handlers, call, clock=work.clock),
        ),
        bind(
            CATCH_UP,
            lambda behind: catch_up(
                work.database,
                work.services.orders,
                behind,
                clock=work.clock,
                secrets=work.email_keys,
            ),
        ),
        bind(ANNOUNCE, lambda wish: announce_pages(work.database, wish, clock=work.clock)),
        bind(EXPORT, lambda wish: run_export(work.database, wish, clock=work.clock)),
        bind(AUDIT, lambda wish: run_audit(work.database, wish, clock=work.clock)),
        bind(proposals.PROPOSE, lambda payload: proposals.propose(work, payload)),
        bind(
            RECALCULATE,
            lambda wish: recalculate(work.services.access, wish, clock=work.clock),
        ),
    )
