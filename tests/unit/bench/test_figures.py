"""The benchmarks' own arithmetic, and their load process against a server that does nothing."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from bench import ceiling
from bench.__main__ import main
from bench.figures import Figure, interleaved, percentile, ratio
from bench.http_load import is_whole, requests_of, run, write_requests
from bench.over_http import started
from bench.scene import API_URL, NOW, PAID, order_event
from bench.signing import Signer
from saleor_loyalty_app.saleor.errors import InvalidSignature
from saleor_loyalty_app.saleor.event import OrderEvent, parse
from saleor_loyalty_app.saleor.keys import KeySet
from saleor_loyalty_app.saleor.signature import verify_webhook


def figure(ratio: float | None, target: float | None, *, at_most: bool = False) -> Figure:
    return Figure("group", "name", 1.0, "per s", ratio=ratio, target=target, at_most=at_most)


def test_a_figure_says_whether_its_target_was_reached() -> None:
    assert figure(0.35, 0.35).reached is True
    assert figure(0.34, 0.35).reached is False
    assert figure(1.0, 1.0, at_most=True).reached is True
    assert figure(1.1, 1.0, at_most=True).reached is False
    assert figure(None, 0.35).reached is None
    assert figure(0.35, 0.35).to_json()["reached"] is True


def test_cases_run_in_turn_and_ratios_are_of_the_same_round() -> None:
    order: list[str] = []

    def case(name: str, speeds: Iterator[float]) -> float:
        order.append(name)
        return next(speeds)

    ours, theirs = iter([10.0, 1.0, 30.0]), iter([20.0, 2.0, 20.0])
    found = interleaved(
        {"ours": lambda _: case("ours", ours), "theirs": lambda _: case("theirs", theirs)},
        1.0,
        3,
        lambda _: None,
    )
    assert order == ["ours", "theirs"] * 3
    assert ratio(found["ours"], found["theirs"]) == 0.5


def test_percentiles_are_by_nearest_rank() -> None:
    values = [float(number) for number in range(100, 0, -1)]
    assert (percentile(values, 0.5), percentile(values, 0.99)) == (51.0, 100.0)
    assert percentile([7.0], 0.99) == 7.0


def test_orders_are_as_the_app_reads_them() -> None:
    event = parse(json.dumps(order_event(7)).encode(), OrderEvent)
    assert event.order is not None
    assert event.order.updated_at == PAID < NOW


def test_signatures_are_true() -> None:
    signer = Signer()
    keys = KeySet.from_jwks(signer.jwks)
    verify_webhook(signer.signature(b"body"), b"body", keys)
    with pytest.raises(InvalidSignature):
        verify_webhook(signer.signature(b"body"), b"other", keys)
    request = signer.request("/path", API_URL, b"body")
    assert request.startswith(b"POST /path HTTP/1.1\r\n")
    assert request.endswith(b"Content-Length: 4\r\n\r\nbody")


def test_literals_for_pgbench_hide_quotes_and_colons() -> None:
    statement = ceiling.Statement(
        "SELECT %(a)s, %(b)s, %(n)s", {"a": "o'clock", "b": "a:b", "n": 5}
    )
    text = ceiling._with_variables(statement, 10**11, {"order_state": 1, "member": 2})
    assert text == "SELECT 'o''clock', E'a\\x3ab', 5"


def test_requests_are_sent_once_and_answers_counted(tmp_path: Path) -> None:
    file = tmp_path / "requests"
    requests = [Signer().request("/x", API_URL, b"x" * size) for size in (0, 10, 100_000)] * 5
    write_requests(file, requests)
    assert list(requests_of(file)) == requests
    command = [sys.executable, "-m", "bench.http_null"]
    with started(command, {}) as first, started(command, {}) as second:
        found = json.loads(run(requests_of(file), 2, 10.0, 0.0, [first, second]))
    assert found["statuses"] == {"200": 15}
    assert 0 < found["p50"] <= found["p99"]


def test_a_paced_load_sends_no_more_than_its_rate(tmp_path: Path) -> None:
    file = tmp_path / "requests"
    request = b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nhi"
    write_requests(file, [request] * 1000)
    with started([sys.executable, "-m", "bench.http_null"], {}) as port:
        found = json.loads(run(requests_of(file), 2, 1.0, 40.0, [port]))
    assert found["statuses"]["200"] <= 44


@pytest.mark.parametrize(
    ("answer", "whole"),
    [
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n", False),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nh", False),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", True),
        (b"HTTP/1.1 204 No Content\r\n\r\n", True),
    ],
)
def test_an_answer_ends_where_its_length_says(answer: bytes, whole: bool) -> None:
    assert is_whole(answer) is whole


def test_the_command_refuses_parts_that_there_are_not() -> None:
    command = typer.Typer()
    command.command()(main)
    done = CliRunner().invoke(command, ["--only", "moon"])
    assert done.exit_code == 2
    assert "moon" in done.output
