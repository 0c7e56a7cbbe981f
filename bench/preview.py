"""What a cart of twenty lines would earn under a hundred rules: in this process, and over HTTP."""

import contextlib
import json
import statistics
import tempfile
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from time import perf_counter, thread_time
from typing import Any
from urllib.parse import urlencode

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from bench import hundred_rules
from bench.figures import Figure, interleaved, percentile
from bench.http_load import write_requests
from bench.over_http import Result, load, serving
from bench.scene import API_URL, APP_ID, NOW, prepare
from bench.servers import Server
from bench.signing import Signer
from saleor_loyalty_app.clock import system_clock
from saleor_loyalty_app.db.database import open_database
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.programs import repository
from saleor_loyalty_app.programs.decide import decide_order
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.problems import read_program
from saleor_loyalty_app.programs.unknown_facts import Fact, decide_as_known
from saleor_loyalty_app.stores.models import Channel

GROUP = f"preview of {hundred_rules.LINES} lines under {hundred_rules.RULES} rules"
LIMIT_MS = 10.0
#: What who asks for an estimate does not know of a shopper.
OF_SHOPPERS = frozenset(
    (Fact.nth_order, Fact.tier, Fact.segment, Fact.member_since, Fact.member_orders)
)
ESTIMATE = f"/api/storefront/v1/estimate?{urlencode({'store': API_URL})}"
TRIAL = "/api/dashboard/v1/program/try"
#: More requests than anything answers in a second.
REQUESTS_PER_SECOND = 1_000
UNLIMITED = {
    f"LOYALTY_{limit}_LIMIT": "1000000000/minute" for limit in ("PUBLIC", "ESTIMATE", "STAFF")
}

#: Milliseconds of each of many decisions: until it was there, and of the processor alone.
Times = list[tuple[float, float]]


def measure(
    server: Server, rounds: int, seconds: float, tell: Callable[[str], None]
) -> Iterator[Figure]:
    """Measures everything in turn and gives the figures."""
    program = read_program(hundred_rules.document())
    cold, _ = once(lambda: decided(program))
    yield from figures_in_process(interleaved(cases(program), seconds, rounds, tell), cold)
    yield from _over_http(server, program, rounds, seconds, tell)


def decided(program: Program) -> int:
    """The points of the cart, for a member of whom all is known."""
    order, member = hundred_rules.order(NOW), hundred_rules.member(NOW)
    return sum(decide_order(program, order, "UTC", member).totals().values())


def cases(program: Program) -> dict[str, Callable[[float], Times]]:
    """The decision for a member, and for a cart whose shopper is not known."""
    order, member = hundred_rules.order(NOW), hundred_rules.member(NOW)
    return {
        "the decision for a member": partial(
            repeated, lambda: decide_order(program, order, "UTC", member)
        ),
        "the decision for a shopper who is not known": partial(
            repeated, lambda: decide_as_known(program, order, OF_SHOPPERS, "UTC")
        ),
    }


def once(work: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds of one time, and of them those that the processor worked."""
    began, used = perf_counter(), thread_time()
    work()
    return (perf_counter() - began) * 1000, (thread_time() - used) * 1000


def repeated(work: Callable[[], object], seconds: float) -> Times:
    """Milliseconds of each time, again and again for so long; at least twice."""
    end, found = perf_counter() + seconds, [once(work)]
    while perf_counter() < end or len(found) < 2:
        found.append(once(work))
    return found


def figures_in_process(found: Mapping[str, list[Times]], cold: float) -> Iterator[Figure]:
    """The figures of some rounds; `cold` = the first decision after the program was read."""
    for name, rounds in found.items():
        p95 = [percentile([whole for whole, _ in times], 0.95) for times in rounds]
        notes = {
            "p50": statistics.median(whole for times in rounds for whole, _ in times),
            "of it the processor": statistics.median(used for times in rounds for _, used in times),
        }
        yield _limited(f"{name}, in process", p95, notes)
    yield Figure(GROUP, "the first decision under a program", cold, "ms")


def _over_http(
    server: Server, program: Program, rounds: int, seconds: float, tell: Callable[[str], None]
) -> Iterator[Figure]:
    signer, url = Signer(), server.database("bench_preview")
    with (
        tempfile.TemporaryDirectory(prefix="loyalty-bench-") as folder,
        contextlib.closing(open_database(url)) as database,
    ):
        store = prepare(database, signer.jwks).store
        database.write(partial(_publish, store_id=store.id, program=program))
        with serving(url, UNLIMITED) as port:
            asked = {
                "POST /estimate, over HTTP": request(ESTIMATE, hundred_rules.estimate_body()),
                "POST /program/try with its document, over HTTP": request(
                    TRIAL, hundred_rules.trial_body(), token=staff_token(signer)
                ),
            }
            sending = {
                name: partial(_sent, Path(folder) / "requests", [port], one)
                for name, one in asked.items()
            }
            for send in sending.values():
                send(1.0)
            for name, results in interleaved(sending, seconds, rounds, tell).items():
                p95 = [one["p95"] for one in results]
                notes = {
                    key: statistics.median(one[key] for one in results)
                    for key in ("p50", "per_second")
                }
                yield (
                    _limited(name, p95, notes)
                    if name.startswith("POST /estimate")
                    else Figure(
                        GROUP, name, statistics.median(p95), "ms p95", rounds=p95, notes=notes
                    )
                )


def request(path: str, body: Mapping[str, Any], *, token: str = "") -> bytes:
    """A whole HTTP request on a connection that stays open."""
    content = json.dumps(body).encode()
    bearer = f"Authorization: Bearer {token}\r\n" if token else ""
    head = (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n{bearer}"
        f"Accept-Language: en\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def staff_token(signer: Signer) -> str:
    """The token of somebody who may change the program, as the Dashboard hands it to the page."""
    now = system_clock()
    return signer.token(
        {
            "iss": API_URL,
            "type": "thirdparty",
            "is_staff": True,
            "app": APP_ID,
            "user_id": "VXNlcjox",
            "email": "staff@example.com",
            "iat": int(now.timestamp()),
            "exp": int((now + timedelta(hours=6)).timestamp()),
            "permissions": ["MANAGE_DISCOUNTS"],
            "user_permissions": ["MANAGE_DISCOUNTS"],
        }
    )


def _sent(file: Path, ports: list[int], one: bytes, seconds: float) -> Result:
    write_requests(file, [one] * int(seconds * REQUESTS_PER_SECOND))
    return load(file, 1, seconds, 0.0, ports)


def _publish(conn: Connection, *, store_id: int, program: Program) -> None:
    moment = NOW - timedelta(days=1)
    repository.insert_revision(
        conn, store_id, program, by="bench", now=moment, effective_from=moment
    )
    conn.execute(
        sa.insert(table(Channel)).values(
            store_id=store_id,
            saleor_id="Q2hhbm5lbDox",
            slug=hundred_rules.CHANNEL,
            name="Default",
            currency=hundred_rules.CURRENCY,
            active=True,
            default_country="US",
            countries=["US"],
            prices_entered_with_tax=True,
            display_gross_prices=True,
            synced_at=NOW,
        )
    )


def _limited(name: str, p95: list[float], notes: Mapping[str, float]) -> Figure:
    value = statistics.median(p95)
    return Figure(
        GROUP,
        name,
        value,
        "ms p95",
        peer=f"{LIMIT_MS:g} ms",
        ratio=value / LIMIT_MS,
        target=1.0,
        at_most=True,
        rounds=p95,
        notes=notes,
    )
