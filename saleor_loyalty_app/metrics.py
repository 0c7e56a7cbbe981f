"""What the process counts, for Prometheus. Labels are short fixed words, never ids."""

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)

_SHORT = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)

#: outcome: accepted, duplicate, malformed, failed.
webhooks = Counter(
    "loyalty_webhooks",
    "Webhooks by handler and outcome.",
    ["handler", "outcome"],
    registry=REGISTRY,
)
#: reason: a stable code of the refusal, such as invalid_signature or wrong_recipient.
refusals = Counter(
    "loyalty_refusals", "Requests refused as not genuine.", ["face", "reason"], registry=REGISTRY
)
webhook_seconds = Histogram(
    "loyalty_webhook_seconds",
    "Time from the first byte of a webhook to the commit.",
    ["handler"],
    buckets=_SHORT,
    registry=REGISTRY,
)
#: outcome: read, booked, gone, torn, failed.
orders = Counter("loyalty_orders", "Orders read again from Saleor.", ["outcome"], registry=REGISTRY)
#: state: where a drive left the redemption.
redemptions = Counter(
    "loyalty_redemptions", "Redemptions driven by the sweep.", ["state"], registry=REGISTRY
)
#: outcome: sent, skipped, or the scope of the refusal: address, message, later, server.
messages = Counter(
    "loyalty_messages",
    "Messages by channel and outcome.",
    ["channel", "outcome"],
    registry=REGISTRY,
)
#: outcome: taken, refused, unanswered.
partner_events = Counter(
    "loyalty_partner_events", "Events sent to partners' webhooks.", ["outcome"], registry=REGISTRY
)
#: outcome: ok, or the code of the failure.
saleor_requests = Counter(
    "loyalty_saleor_requests", "Requests to Saleor.", ["operation", "outcome"], registry=REGISTRY
)
saleor_seconds = Histogram(
    "loyalty_saleor_seconds",
    "Time of requests to Saleor.",
    ["operation"],
    buckets=_SHORT,
    registry=REGISTRY,
)
#: outcome: done, failed.
schedule_runs = Counter(
    "loyalty_schedule_runs", "Runs of the schedules.", ["schedule", "outcome"], registry=REGISTRY
)
schedule_seconds = Histogram(
    "loyalty_schedule_seconds",
    "Time of one run of a schedule.",
    ["schedule"],
    buckets=(*_SHORT, 30.0, 60.0, 300.0),
    registry=REGISTRY,
)
#: kind: of a condition or effect, "" where it is missing. outcome: failed, slow, missing.
plugin_troubles = Counter(
    "loyalty_plugin_troubles",
    "Conditions and effects of plugins that decided nothing, or late.",
    ["kind", "outcome"],
    registry=REGISTRY,
)
jobs = Counter("loyalty_jobs", "Jobs by outcome.", ["job", "outcome"], registry=REGISTRY)
drift = Gauge(
    "loyalty_drifting_accounts",
    "Sums of the books, and of counters beside them, that were wrong at the last audit.",
    registry=REGISTRY,
)
#: outcome: offered, kept, none, no_address, not_live, not_stored, remembered, forgotten.
shipping_answers = Counter(
    "loyalty_shipping_answers",
    "Answers to Saleor's questions for shipping methods.",
    ["question", "outcome"],
    registry=REGISTRY,
)
#: outcome: calculated, paid, gone, inactive.
shipping_recalculations = Counter(
    "loyalty_shipping_recalculations",
    "Checkouts whose methods were to be asked for again.",
    ["outcome"],
    registry=REGISTRY,
)


def saw_saleor(operation: str, outcome: str, seconds: float) -> None:
    """Counts one request to Saleor."""
    saleor_requests.labels(operation, outcome).inc()
    saleor_seconds.labels(operation).observe(seconds)


def exposition() -> bytes:
    """All figures in Prometheus' text format."""
    return generate_latest(REGISTRY)
