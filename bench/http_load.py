"""The load: a process that sends requests, made before, over raw sockets, and times the answers.

    python -m bench.http_load FILE CONNECTIONS SECONDS PORT [PORT …]

The file holds the requests, each with its length in 4 bytes before it; each is sent once. A
connection has one request in flight; with several ports its requests go to each port in turn.
Prints one JSON line: answers a second, latencies in milliseconds, and how often each status came.
"""

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
    turn: int = 0
    sent_at: float = 0.0
    received: bytearray = field(default_factory=bytearray)

    def send(self, request: bytes) -> None:
        """Sends the next request to the next port."""
        self.turn = (self.turn + 1) % len(self.sockets)
        self.sent_at = time.perf_counter()
        self.sockets[self.turn].sendall(request)


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


def run(requests: Iterator[bytes], connections: int, seconds: float, ports: list[int]) -> str:
    """Sends for so many seconds; gives the line to print."""
    selector = selectors.DefaultSelector()
    for _ in range(connections):
        lane = Lane([socket.create_connection(("127.0.0.1", port)) for port in ports])
        for one in lane.sockets:
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            selector.register(one, selectors.EVENT_READ, lane)
        lane.send(next(requests))
    latencies: list[float] = []
    statuses: Counter[str] = Counter()
    in_flight, began = connections, time.perf_counter()
    end = began + seconds
    while in_flight:
        for key, _ in selector.select(30) or _silent():
            found: Lane = key.data
            chunk = found.sockets[found.turn].recv(65536)
            if not chunk:
                raise ConnectionError("the server closed a connection")
            found.received += chunk
            if END_OF_HEAD not in found.received:
                continue
            now = time.perf_counter()
            latencies.append((now - found.sent_at) * 1000)
            statuses[found.received[9:12].decode()] += 1
            found.received.clear()
            request = next(requests, None) if now < end else None
            if request is None:
                in_flight -= 1
            else:
                found.send(request)
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
            "p99": percentile(latencies, 0.99),
            "statuses": statuses,
        }
    )


def _silent() -> list[tuple[selectors.SelectorKey, int]]:
    raise TimeoutError("no answer for 30 seconds")


def main() -> None:
    """Sends and prints."""
    file, connections, seconds, *ports = sys.argv[1:]
    sent = requests_of(Path(file))
    print(run(sent, int(connections), float(seconds), [int(port) for port in ports]))


if __name__ == "__main__":
    main()
