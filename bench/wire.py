"""HTTP/1.1 as cheap as it can be, so that what is timed is who answers and not who asks."""

import asyncio
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

#: uvicorn closes what was silent for five seconds: nobody sends into that.
IDLE_SECONDS = 4.0
#: Longer than anything that is asked may take.
PATIENCE = 30.0
_EMPTY = frozenset((204, 304))


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back; `body` is the decoded JSON, None where there was none."""

    status: int
    headers: Mapping[str, str]
    body: Any
    milliseconds: float


@dataclass(slots=True)
class _Line:
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    used_at: float = 0.0
    fresh: bool = True


@dataclass(slots=True)
class Wire:
    """The way to one port of this machine; as many connections as are needed at once."""

    port: int
    _idle: list[_Line] = field(default_factory=list)

    async def ask(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, body: Any = None
    ) -> Answer:
        """Sends one request; the time is that until the end of the answer.

        Raises:
            TimeoutError, OSError, asyncio.IncompleteReadError: there was no answer.
        """
        content = b"" if body is None else json.dumps(body).encode()
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        if body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(content)}"]
        request = "\r\n".join([*lines, "\r\n"]).encode() + content
        began = time.perf_counter()
        status, found, raw = await asyncio.wait_for(self._exchange(request), PATIENCE)
        took = (time.perf_counter() - began) * 1000
        return Answer(status, found, json.loads(raw) if raw else None, took)

    def close(self) -> None:
        """Hangs up."""
        for line in self._idle:
            line.writer.close()
        self._idle.clear()

    async def _exchange(self, request: bytes) -> tuple[int, dict[str, str], bytes]:
        while True:
            line = await self._line()
            try:
                line.writer.write(request)
                status, headers, body = await _answer(line.reader)
            except (ConnectionError, asyncio.IncompleteReadError) as failure:
                line.writer.close()
                # It was closed while it was idle: nobody read the request.
                partial = (
                    failure.partial if isinstance(failure, asyncio.IncompleteReadError) else b""
                )
                if line.fresh or partial:
                    raise
                continue
            except BaseException:
                line.writer.close()
                raise
            line.used_at, line.fresh = time.monotonic(), False
            if headers.get("connection") == "close":
                line.writer.close()
            else:
                self._idle.append(line)
            return status, headers, body

    async def _line(self) -> _Line:
        while self._idle:
            line = self._idle.pop()
            if time.monotonic() - line.used_at < IDLE_SECONDS:
                return line
            line.writer.close()
        return _Line(*await asyncio.open_connection("127.0.0.1", self.port))


async def _answer(reader: asyncio.StreamReader) -> tuple[int, dict[str, str], bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    status = int(head[0].split(" ", 2)[1])
    named = (line.partition(":") for line in head[1:] if line)
    headers = {name.lower(): value.strip() for name, _, value in named}
    length = 0 if status in _EMPTY else int(headers["content-length"])
    return status, headers, await reader.readexactly(length) if length else b""
