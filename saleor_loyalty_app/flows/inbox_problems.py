"""What the owner is told of webhooks that came in part, or not at all, and when that is over."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from saleor_loyalty_app import log
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.event_handler import Handler
from saleor_loyalty_app.i18n import Words
from saleor_loyalty_app.inbox import repository as inbox
from saleor_loyalty_app.saleor.event import Envelope
from saleor_loyalty_app.stores.problems import (
    Problem,
    open_problems,
    report_words,
    resolve_problem,
)
from saleor_loyalty_app.stores.refs import StoreRef

#: Key of the problem that dead letters wait.
DEAD_LETTERS = "dead-letters"
#: Errors that come now and then are one problem, not one each.
QUIET = timedelta(hours=6)
_ERRORS = "webhook-errors-"
#: Of handlers without an inbox: nobody knows what they accepted since.
_UNKEPT_ERRORS = "unkept-webhook-errors-"
_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class _Review:
    """What changed: keys of errors that are over, how many dead letters wait (None = as told)."""

    over: tuple[str, ...]
    waiting: int | None


def tell_errors(
    conn: Connection, handler: Handler, store: StoreRef, envelope: Envelope, now: datetime
) -> None:
    """What Saleor could not resolve in a webhook is logged by place, and told to the owner once."""
    paths = envelope.problem_paths()
    if not paths:
        return
    _log.warning(
        "webhook_with_errors",
        store_id=store.id,
        handler=handler.name,
        event_type=envelope.typename,
        field=", ".join(paths[:10]),
        count=len(paths),
    )
    words = Words(
        "problem.webhook_errors",
        {
            "handler": handler.name,
            "event": envelope.typename,
            "fields": ", ".join(paths[:10])[:500],
        },
    )
    prefix = _ERRORS if handler.inbox else _UNKEPT_ERRORS
    report_words(conn, store, f"{prefix}{handler.name}", words, now)


def review_inbox(database: Database, store: StoreRef, now: datetime) -> None:
    """Resolves errors of webhooks that come whole again, and tells of dead letters that wait.

    For a schedule: webhooks themselves pay nothing for it.
    """
    review = database.read(lambda conn: _review(conn, store, now))
    if review.over or review.waiting is not None:
        database.write(lambda conn: _note(conn, store, review, now))


def _review(conn: Connection, store: StoreRef, now: datetime) -> _Review:
    known = {problem.key: problem for problem in open_problems(conn, store.id)}
    over = (key for key, problem in known.items() if _is_over(conn, store.id, problem, now))
    waiting = inbox.count_dead_letters(conn, store.id)
    told = known[DEAD_LETTERS].message if DEAD_LETTERS in known else ""
    changed = told != (_waiting(store, waiting).said(store.language) if waiting else "")
    return _Review(tuple(over), waiting if changed else None)


def _is_over(conn: Connection, store_id: int, problem: Problem, now: datetime) -> bool:
    """Whether the handler accepted something since its last error, and that was a while ago.

    Of a handler without an inbox it is enough that no error was told for a while.
    """
    if now - problem.last_seen < QUIET:
        return False
    if problem.key.startswith(_UNKEPT_ERRORS):
        return True
    if not problem.key.startswith(_ERRORS):
        return False
    handler = problem.key.removeprefix(_ERRORS)
    return inbox.has_accepted(conn, store_id, handler, after=problem.last_seen)


def _note(conn: Connection, store: StoreRef, review: _Review, now: datetime) -> None:
    for key in review.over:
        resolve_problem(conn, store.id, key, now)
    if review.waiting:
        report_words(conn, store, DEAD_LETTERS, _waiting(store, review.waiting), now)
    elif review.waiting == 0:
        resolve_problem(conn, store.id, DEAD_LETTERS, now)


def _waiting(store: StoreRef, count: int) -> Words:
    return Words("problem.dead_letters", {"count": count, "store": store.id})
