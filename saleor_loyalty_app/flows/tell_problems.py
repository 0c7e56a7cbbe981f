"""Tells the owner, in Saleor's list of extensions, which problems there are, and which no more."""

from dataclasses import dataclass
from datetime import datetime

from saleor_loyalty_app import log
from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.stores import problems
from saleor_loyalty_app.stores.problems import Problem
from saleor_loyalty_app.stores.refs import StoreRef

#: Saleor refuses more problems of one app.
MOST_PROBLEMS = 100
_log = log.get(__name__)


@dataclass(frozen=True, slots=True)
class Told:
    """How many problems Saleor was told, and told to forget."""

    reported: int
    dismissed: int


def tell_problems(access: StoreAccess, store: StoreRef, clock: Clock) -> Told:
    """Tells Saleor what changed since it was told last. Network calls, outside of transactions.

    A problem whose message changed is dismissed first, as Saleor would show both.

    Telling twice does no harm: Saleor counts problems with one key together, and dismisses what is
    not there. So what is interrupted is told again.

    Raises:
        What `StoreAccess.change` raises; what was told until then is noted.
    """
    untold, mended = access.database.read(
        lambda conn: (
            problems.untold_problems(conn, store.id),
            problems.undismissed_keys(conn, store.id),
        )
    )
    if outdated := [*mended, *(problem.key for problem in untold if problem.is_shown)]:
        access.change(store, "mutations/app_problem_dismiss", {"keys": outdated})
        access.database.write(
            lambda conn: problems.mark_dismissed(conn, store.id, outdated, clock())
        )
    for problem in untold[:MOST_PROBLEMS]:
        _tell(access, store, problem, clock())
    if untold or mended:
        _log.info("problems_told", store_id=store.id, count=len(untold))
    return Told(len(untold[:MOST_PROBLEMS]), len(mended))


def _tell(access: StoreAccess, store: StoreRef, problem: Problem, now: datetime) -> None:
    access.change(
        store,
        "mutations/app_problem_create",
        {"input": {"key": problem.key, "message": problem.message}},
    )
    access.database.write(lambda conn: problems.mark_told(conn, store.id, [problem], now))
