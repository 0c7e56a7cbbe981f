"""What a program would have given on a store's sample of past orders, worked out once.

What a tier multiplies counts where the app knows whose an order is, by the tier that they have now;
under other tiers than those in force nobody's is known.
"""

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from threading import Lock

from sqlalchemy import Connection

from saleor_loyalty_app.programs import samples
from saleor_loyalty_app.programs.backtest import BackTest, ChannelResult
from saleor_loyalty_app.programs.decision_plan import tier_multipliers
from saleor_loyalty_app.programs.document import Program, canonical_json
from saleor_loyalty_app.programs.samples import Sampling
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers.books import buyers_tiers

_Key = tuple[int, datetime, str, str, str]
_CACHE_SIZE = 64
_cache: OrderedDict[_Key, tuple[ChannelResult, ...]] = OrderedDict()
_cache_lock = Lock()


def results_on_sample(
    conn: Connection,
    store: StoreRef,
    sampling: Sampling,
    *programs: Program,
    live: Program | None = None,
) -> list[tuple[ChannelResult, ...]]:
    """The results of each program, by channel.

    A sample that is complete never changes; that members' tiers do is seen.

    Args:
        live: the program in force, by whose tiers members have theirs.
    """
    tiers = [
        buyers_tiers(conn, store.id) if _decide_alike(program, live) else {} for program in programs
    ]
    keys = [
        _key(store, sampling, program, known)
        for program, known in zip(programs, tiers, strict=True)
    ]
    with _cache_lock:
        found = {key: _cache[key] for key in keys if key in _cache}
    wanted = {
        key: BackTest(program, store.timezone, known)
        for key, program, known in zip(keys, programs, tiers, strict=True)
        if key not in found
    }
    if wanted:
        for orders in samples.sampled_pages(conn, store.id):
            for test in wanted.values():
                test.add(orders)
        found |= {key: tuple(test.results()) for key, test in wanted.items()}
        _remember(found)
    return [found[key] for key in keys]


def _decide_alike(program: Program, live: Program | None) -> bool:
    """Whether members have the tiers of a program: it multiplies by them, and they are in force."""
    tiers, others = program.tiers, None if live is None else live.tiers
    if tiers is None or others is None or not tier_multipliers(program):
        return False
    return others.enabled and tiers.digest == others.digest


def _key(store: StoreRef, sampling: Sampling, program: Program, tiers: Mapping[str, str]) -> _Key:
    known = canonical_json({"tiers": dict(tiers)})
    digest = hashlib.sha256(known).hexdigest()
    return store.id, sampling.started_at, program.digest, store.timezone, digest


def _remember(found: dict[_Key, tuple[ChannelResult, ...]]) -> None:
    with _cache_lock:
        _cache.update(found)
        while len(_cache) > _CACHE_SIZE:
            _cache.popitem(last=False)
