"""The same piece of work for many stores, side by side; one that fails does not stop the others."""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import ClassVar

from saleor_loyalty_app import log
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.stores.refs import StoreRef

logger = log.get(__name__)


class StoresFailed(AppError):
    """The work could not be done for some stores; each was logged with its reason."""

    code: ClassVar[str] = "stores_failed"

    def __init__(self, work: str, failed: int, of: int) -> None:
        super().__init__(work=work, failed=failed, of=of)


def for_each_store(
    name: str,
    owners: Sequence[StoreRef],
    work: Callable[[StoreRef], bool],
    *,
    threads: Executor | None = None,
) -> bool:
    """Does `work` for each store; gives whether more is waiting for any of them.

    Args:
        name: of the work, for the log.
        work: gives whether more is waiting for the store.
        threads: for work that calls the network; without it stores take turns.

    Raises:
        StoresFailed: after all were tried, if it failed for every store, so that a schedule that
            does nothing any more is seen to fail. What fails for some is logged.
    """
    results = (
        [_one(name, store, work) for store in owners]
        if threads is None
        else list(threads.map(lambda store: _one(name, store, work), owners))
    )
    failed = results.count(None)
    if failed and failed == len(results):
        raise StoresFailed(name, failed, len(results))
    return any(results)


def _one(name: str, store: StoreRef, work: Callable[[StoreRef], bool]) -> bool | None:
    try:
        return work(store)
    except AppError as failure:
        logger.warning("store_work_failed", name=name, store_id=store.id, error_code=failure.code)
    except Exception:
        logger.exception("store_work_failed", name=name, store_id=store.id)
    return None
