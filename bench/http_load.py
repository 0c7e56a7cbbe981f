"""The load: a process that sends requests, made before, over raw sockets, and times the answers.

    python -m bench.http_load FILE CONNECTIONS SECONDS RATE PORT [PORT …]

The file holds the requests, each with its length in 4 bytes before it; each is sent once. A
connection has one request in flight; with several ports its requests go to each port in turn. RATE
is how many requests a second are sent at most by all connections together; 0 = as many as are
answered.
Prints one JSON line: answers a second, latencies in milliseconds, and how often each status came.
"""

import heapq
import json
import selectors
import socket
import struct
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from bench.figures import percentile

END_OF_HEAD = b"\r\n\r\n"


@dataclass
class Lane:
    """One client: an open connection to each port, and the request that is in flight."""

    sockets: list[socket.socket]
    pause: float = 0.0
    turn: int = 0
    due_at: float = 0.0
    sent_at: float = 0.0
    received: bytearray = field(default_factory=bytearray)

    def send(self, request: bytes) -> None:
        """Sends the next request to the next port."""
        self.due_at += self.pause
        self.turn = (self.turn + 1) % len(self.sockets)
        self.sent_at = time.perf_counter()
        self.sockets[self.turn].sendall(request)


def is_whole(answer: bytes | bytearray) -> bool:
    """Whether an answer has come to its end."""
    head, end, body = answer.partition(END_OF_HEAD)
    if not end:
        return False
    _, found, rest = head.lower().partition(b"content-length:")
    return len(body) >= (int(rest.partition(b"\r\n")[0]) if found else 0)


def requests_of(file: Path) -> Iterator[bytes]:
    """The requests in a file."""
    raw, at = memoryview(file.read_bytes()), 0
    while at < len(raw):
        (length,) = struct.unpack_from(">I", raw, at)
        yield bytes(raw[at + 4 : at + 4 + length])
        at += 4 + length


def write_requests(file: Path, requests: list[bytes]) -> None:
    """Writes the file that `requests_of` reads."""
    file.write_bytes(b"".join(struct.pack(">I", len(one)) + one for one in requests))


def run(
    requests: Iterator[bytes], connections: int, seconds: float, rate: float, ports: list[int]
) -> str:
    """Sends for so many seconds; gives the line to print."""
    selector = selectors.DefaultSelector()
    pause = connections / rate if rate else 0.0
    lanes = [
        Lane([socket.create_connection(("127.0.0.1", port)) for port in ports], pause=pause)
        for _ in range(connections)
    ]
    for lane in lanes:
        for one in lane.sockets:
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(one, selectors.EVENT_READ, lane)
    latencies: list[float] = []
    statuses: Counter[str] = Counter()
    in_flight, began = 0, time.perf_counter()
    end = began + seconds
    early: list[tuple[float, int, Lane]] = []
    for number, lane in enumerate(lanes):
        # Paced lanes take turns, so that no burst comes of them.
        lane.due_at = began + pause * number / connections
        heapq.heappush(early, (lane.due_at, id(lane), lane))
    while in_flight or early:
        now = time.perf_counter()
        while early and early[0][0] <= now:
            in_flight += _goes_on(heapq.heappop(early)[2], requests, now < end)
        if not in_flight and not early:
            break
        patience = max(0.0, early[0][0] - now) if early else 30.0
        for key, _ in selector.select(patience) or _silent(early):
            found: Lane = key.data
            chunk = found.sockets[found.turn].recv(65536)
            if not chunk:
                raise ConnectionError("the server closed a connection")
            found.received += chunk
            if not is_whole(found.received):
                continue
            now = time.perf_counter()
            latencies.append((now - found.sent_at) * 1000)
            statuses[found.received[9:12].decode()] += 1
            found.received.clear()
            in_flight -= 1
            if found.due_at > now:
                heapq.heappush(early, (found.due_at, id(found), found))
            else:
                in_flight += _goes_on(found, requests, now < end)
    elapsed = time.perf_counter() - began
    for key in list(selector.get_map().values()):
        for one in key.data.sockets:
            one.close()
    selector.close()
    return json.dumps(
        {
            "per_second": len(latencies) / elapsed,
            "seconds": elapsed,
            "p50": percentile(latencies, 0.50),
            "p95": percentile(latencies, 0.95),
            "p99": percentile(latencies, 0.99),
            "statuses": statuses,
        }
    )


def _goes_on(lane: Lane, requests: Iterator[bytes], on: bool) -> bool:
    """Sends a lane's next request, if there is one."""
    request = next(requests, None) if on else None
    if request is not None:
        lane.send(request)
    return request is not None


def _silent(early: list[tuple[float, int, Lane]]) -> list[tuple[selectors.SelectorKey, int]]:
    if early:
        return []
    raise TimeoutError("no answer for 30 seconds")


def main() -> None:
    """Sends and prints."""
    file, connections, seconds, rate, *ports = sys.argv[1:]
    sent = requests_of(Path(file))
    print(run(sent, int(connections), float(seconds), float(rate), [int(port) for port in ports]))


if __name__ == "__main__":
    main()
