"""What is told of conditions and effects of plugins that decided nothing, or late."""

import time

from saleor_loyalty_app import log, metrics

#: The same of the same kind is logged once in so many seconds; all of it is counted.
LOG_EVERY = 60.0
#: So many kinds and reasons are remembered.
_MOST = 1000
_log = log.get(__name__)
_logged: dict[tuple[str, str], float] = {}


def told(kind: str, outcome: str, reason: str) -> None:
    """Counts and logs a trouble: `outcome` is missing, failed or slow."""
    # Documents name what they like, so that a kind that is missing is no label.
    metrics.plugin_troubles.labels("" if outcome == "missing" else kind, outcome).inc()
    now = time.monotonic()
    before = _logged.get((kind, reason))
    if before is None or now - before >= LOG_EVERY:
        if len(_logged) >= _MOST:
            _logged.clear()
        _logged[kind, reason] = now
        _log.warning("plugin_kind_trouble", plugin=kind, status=outcome, reason=reason)
