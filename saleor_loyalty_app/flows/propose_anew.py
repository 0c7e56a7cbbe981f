"""A new proposal in the place of a draft that somebody knows, from orders that were read."""

from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.edit_draft import save_draft
from saleor_loyalty_app.flows.sample_orders import is_fresh
from saleor_loyalty_app.programs import samples
from saleor_loyalty_app.programs.backtest import days_between
from saleor_loyalty_app.programs.proposal import propose
from saleor_loyalty_app.programs.repository import Draft
from saleor_loyalty_app.programs.sampled import stats_of_sample
from saleor_loyalty_app.programs.samples import Sampling
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import channels


class OrdersNotRead(AppError):
    """The latest orders have to be read first; `detail` tells how far that is."""

    code = "orders_not_read"
    status = 409


def require_sample(conn: Connection, store_id: int, now: datetime) -> Sampling:
    """The sample of a store.

    Raises:
        OrdersNotRead: it is not complete, or too old.
    """
    found = samples.sampling_of(conn, store_id)
    if found is None:
        raise OrdersNotRead(state="missing", progress=0)
    if not is_fresh(found, now):
        state = "stale" if found.state == "done" else found.state
        raise OrdersNotRead(state=state, progress=found.progress)
    return found


def days_of(sampling: Sampling) -> int:
    """How many days the orders of a sample are from; fewer than 90 where there were too many."""
    end = sampling.started_at if sampling.cursor is None else sampling.until
    return days_between(sampling.since, end or sampling.started_at)


def propose_from_sample(
    conn: Connection,
    store: StoreRef,
    *,
    version: str | None,
    by: str,
    now: datetime,
    language: str,
) -> Draft:
    """Writes a proposal as the store's draft.

    Raises:
        OrdersNotRead: the latest orders were not read, or too long ago.
        DraftOverwritten: the draft is no longer the one of `version`.
    """
    sampling = require_sample(conn, store.id, now)
    stats = stats_of_sample(samples.sampled_orders(conn, store.id), days=days_of(sampling))
    proposal = propose(
        stats,
        channels(conn, store.id),
        language=store.language,
        now=now,
        timezone=store.timezone,
    )
    return save_draft(
        conn,
        store,
        proposal.program.document,
        version=version,
        by=by,
        now=now,
        language=language,
        evidence=proposal.evidence_json(),
        kind="program_proposed",
    )
