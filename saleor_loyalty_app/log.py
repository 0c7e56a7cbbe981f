"""Structured logs whose keys are on an allow-list, so that no personal data slips into them.

`log.get(__name__).info("order_converged", store_id=1, order_id="T3JkZXI6MQ==")`: the first argument
is a stable event name. E-mails, tokens, codes and payloads have no key and never get one.
"""

import logging
import sys
import traceback
from collections.abc import MutableMapping
from typing import Any, Literal, TextIO, cast

import structlog
from sqlalchemy.exc import DBAPIError

from saleor_loyalty_app.errors import AppError

#: All keys that an event may have. Values are ids, counts, durations and stable codes.
ALLOWED_KEYS = frozenset(
    {
        "amount", "api_host", "app_id", "attempt", "campaign", "channel", "count", "currency",
        "database", "document", "entry_id", "error_code", "event_type", "executor",
        "failed", "field", "handler", "handlers", "hold_id", "job", "kid", "kind", "limit",
        "meant", "member_id", "missing", "month", "name", "order_id", "part", "perk", "plugin",
        "problem_key", "reason", "redemption", "revision", "revision_id", "row", "schedule",
        "schema_version", "seconds", "since", "size", "state", "status", "store_id", "table",
        "unit", "user_id", "variable", "version", "webhook",
    }
)  # fmt: skip

#: Put there by the machinery, not by callers.
_OWN_KEYS = frozenset(
    {"event", "level", "logger", "timestamp", "error", "error_at", "dropped_keys",
     "_record", "_from_structlog"}
)  # fmt: skip

LONGEST_VALUE = 500

EventDict = MutableMapping[str, Any]


class UnknownLogKey(Exception):
    """An event was logged with a key that is not on the allow-list."""


class _AllowList:
    """Refuses (strict) or drops keys that are not on the allow-list."""

    def __init__(self, *, strict: bool) -> None:
        self._strict = strict

    def __call__(self, _logger: Any, _method: str, event: EventDict) -> EventDict:
        unknown = sorted(event.keys() - ALLOWED_KEYS - _OWN_KEYS)
        if unknown and self._strict:
            raise UnknownLogKey(", ".join(unknown))
        for key in unknown:
            del event[key]
        if unknown:
            event["dropped_keys"] = unknown
        for key, value in event.items():
            if isinstance(value, str) and len(value) > LONGEST_VALUE:
                event[key] = value[:LONGEST_VALUE] + "…"
        return event


def _describe_exception(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Replaces an exception by its classes, safe words and places: messages may hold data."""
    info = event.pop("exc_info", None)
    if info is True:
        info = sys.exc_info()
    failure = info[1] if isinstance(info, tuple) else info
    if isinstance(failure, BaseException):
        event["error"] = describe(failure)
        event["error_at"] = [
            f"{frame.filename}:{frame.lineno} {frame.name}"
            for frame in traceback.extract_tb(failure.__traceback__)[-12:]
        ]
    return event


def describe(failure: BaseException) -> str:
    """An exception and its causes in words that hold no personal data."""
    words = type(failure).__name__
    if isinstance(failure, AppError):
        words += f": {failure.code}"
    elif isinstance(failure, DBAPIError):
        words += f": {_database_message(failure)}"
    elif isinstance(failure, OSError):
        words += f": {failure.strerror or failure.errno}"
    cause = failure.__cause__
    return f"{words} < {describe(cause)}" if cause is not None else words


def _database_message(failure: DBAPIError) -> str:
    diagnosis = getattr(failure.orig, "diag", None)
    if diagnosis is not None:
        return f"{diagnosis.sqlstate} {diagnosis.message_primary}"
    return str(failure.orig)


def _processors(*, strict: bool) -> list[Any]:
    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _describe_exception,
        _AllowList(strict=strict),
    ]


class _OwnHandler(logging.StreamHandler[TextIO]):
    """The handler of `configure`; told from those of others by its class."""


def _configure_events(*, strict: bool) -> None:
    """Strict logging looks at every event, also at those below the level that is written."""
    structlog.configure(
        processors=[
            *([] if strict else [structlog.stdlib.filter_by_level]),
            *_processors(strict=strict),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )


def configure(
    *,
    level: str = "INFO",
    form: Literal["json", "console"] = "json",
    strict: bool = False,
    stream: TextIO | None = None,
) -> None:
    """Sets up logging of the process, that of libraries included.

    Until it is called, logging is strict and nothing is written: as tests want it.

    Args:
        level: the least level that is written.
        form: "json" writes one object a line, "console" is for people.
        strict: raise UnknownLogKey where production drops a key.
        stream: where to write; standard error unless given.
    """
    out = stream or sys.stderr
    renderer = (
        structlog.processors.JSONRenderer(sort_keys=True, ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=out.isatty())
    )
    handler = _OwnHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_processors(strict=False),
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [one for one in root.handlers if not isinstance(one, _OwnHandler)]
    root.addHandler(handler)
    root.setLevel(level)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "dbos", "alembic"):
        library = logging.getLogger(name)
        # DBOS adds a handler of its own to a logger that has none.
        library.handlers[:] = [logging.NullHandler()]
        library.propagate = True
    for name in ("httpx", "httpcore", "alembic", "uvicorn.access", "dbos"):
        logging.getLogger(name).setLevel("WARNING")
    _configure_events(strict=strict)


def get(name: str) -> structlog.stdlib.BoundLogger:
    """The logger of the module `name`."""
    return cast(structlog.stdlib.BoundLogger, structlog.get_logger(name))


_configure_events(strict=True)
