"""Ports for the servers that a test starts."""

import itertools
import os
import re
import secrets
import socket

#: Below the ports that systems lend to outgoing connections (from 32,768 on Linux): such a port
#: may be free when it is chosen and lent a moment later, before the server has taken it.
FIRST, END = 10_000, 32_500
#: What a server has beside its port stays free too (the demo's store takes mail 25 above its own).
STEP, MAIL = 50, 25


def _turns() -> tuple[int, int, int]:
    """The first port of this process, the distance to its next, and how many it has."""
    worker = int(re.sub(r"\D", "", os.environ.get("PYTEST_XDIST_WORKER", "")) or 0)
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    return (
        FIRST + worker * STEP + secrets.randbelow(MAIL),
        workers * STEP,
        (END - FIRST) // (workers * STEP),
    )


_FIRST, _DISTANCE, _COUNT = _turns()
_next = itertools.count(secrets.randbelow(_COUNT))


def free_port() -> int:
    """A port on which nobody listens, and which no other worker of this run is given.

    Runs beside each other begin anywhere, and hardly ever meet.

    Raises:
        RuntimeError: somebody listens on each of them.
    """
    for _ in range(_COUNT):
        port = _FIRST + next(_next) % _COUNT * _DISTANCE
        if is_free(port) and is_free(port + MAIL):
            return port
    raise RuntimeError("no port is free")


def is_free(port: int) -> bool:
    """Whether a server could listen on `port` now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
