"""What a program would have given on a store's sample of past orders, worked out once."""

from collections import OrderedDict
from datetime import datetime
from threading import Lock

from sqlalchemy import Connection

from saleor_loyalty_app.programs import samples
from saleor_loyalty_app.programs.backtest import BackTest, ChannelResult
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.samples import Sampling
from saleor_loyalty_app.stores.refs import StoreRef

_Key = tuple[int, datetime, str, str]
_CACHE_SIZE = 64
_cache: OrderedDict[_Key, tuple[ChannelResult, ...]] = OrderedDict()
_cache_lock = Lock()


def results_on_sample(
    conn: Connection, store: StoreRef, sampling: Sampling, *programs: Program
) -> list[tuple[ChannelResult, ...]]:
    """The results of each program, by channel. A sample that is complete never changes."""
    keys = [_key(store, sampling, program) for program in programs]
    with _cache_lock:
        found = {key: _cache[key] for key in keys if key in _cache}
    wanted = {
        key: BackTest(program, store.timezone)
        for key, program in zip(keys, programs, strict=True)
        if key not in found
    }
    if wanted:
        for orders in samples.sampled_pages(conn, store.id):
            for test in wanted.values():
                test.add(orders)
        found |= {key: tuple(test.results()) for key, test in wanted.items()}
        _remember(found)
    return [found[key] for key in keys]


def _key(store: StoreRef, sampling: Sampling, program: Program) -> _Key:
    return store.id, sampling.started_at, program.digest, store.timezone


def _remember(found: dict[_Key, tuple[ChannelResult, ...]]) -> None:
    with _cache_lock:
        _cache.update(found)
        while len(_cache) > _CACHE_SIZE:
            _cache.popitem(last=False)
