"""A mail server as small as it can be (RFC 5321): it takes everything, for the machine itself only.

It knows no encryption and no passwords, and so listens where nobody else can reach it.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

#: Bytes of the largest mail.
LARGEST = 2 * 1024 * 1024
#: Seconds that a client may be silent.
PATIENCE = 60.0
_ADDRESS = re.compile(r"(?:FROM|TO):\s*<([^<>\s]*)>", re.IGNORECASE)

#: Takes the content of a mail and the address that it goes to.
Deliver = Callable[[bytes, str], None]


class MailServer:
    """Listens on a port of this machine from `start` until `stop`."""

    def __init__(self, port: int, deliver: Deliver) -> None:
        self._port = port
        self._deliver = deliver
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listens.

        Raises:
            OSError: the port is taken.
        """
        self._server = await asyncio.start_server(
            self._serve, "127.0.0.1", self._port, limit=LARGEST
        )

    async def stop(self) -> None:
        """Listens no more."""
        if self._server is not None:
            self._server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await asyncio.wait_for(_talk(reader, writer, self._deliver), PATIENCE)
        except (
            TimeoutError,
            ConnectionError,
            asyncio.IncompleteReadError,
            asyncio.LimitOverrunError,
            ValueError,
        ):
            # Whoever hangs up, sends nothing or too much is let go.
            return
        finally:
            writer.close()


async def _talk(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, deliver: Deliver
) -> None:
    recipients: list[str] = []

    async def say(answer: str) -> None:
        writer.write(f"{answer}\r\n".encode())
        await writer.drain()

    await say("220 sandbox takes mail")
    while line := (await reader.readline()).decode("utf-8", "replace").rstrip("\r\n"):
        verb = line.split(" ", 1)[0].upper()
        if verb == "EHLO":
            await say(f"250-sandbox\r\n250-SIZE {LARGEST}\r\n250-8BITMIME\r\n250 SMTPUTF8")
        elif verb in ("HELO", "NOOP"):
            await say("250 sandbox")
        elif verb in ("MAIL", "RSET"):
            recipients.clear()
            await say("250 OK")
        elif verb == "RCPT" and (found := _ADDRESS.search(line)):
            recipients.append(found[1])
            await say("250 OK")
        elif verb == "DATA" and recipients:
            await say("354 end with a dot alone on a line")
            content = await _content(reader)
            for address in recipients:
                deliver(content, address)
            recipients.clear()
            await say("250 taken")
        elif verb == "QUIT":
            await say("221 bye")
            return
        else:
            await say("503 not now" if verb in ("RCPT", "DATA") else "502 not here")


async def _content(reader: asyncio.StreamReader) -> bytes:
    """The mail without the dots that the transfer adds.

    Raises:
        ValueError: it is larger than the server takes.
    """
    raw = await reader.readuntil(b"\r\n.\r\n")
    if len(raw) > LARGEST:
        raise ValueError("too large")
    return b"\r\n".join(
        line[1:] if line.startswith(b"..") else line for line in raw[:-5].split(b"\r\n")
    )
