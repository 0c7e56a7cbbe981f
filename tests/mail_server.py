"""A real SMTP server on a port of its own, that can refuse."""

import socket
import socketserver
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.ports import free_port


@dataclass
class MailServer:
    """What a server took, and what it answers to whom.

    Attributes:
        refusals: answers to RCPT by address.
        data_answer: the answer to a whole mail; "" = it is taken.
    """

    host: str
    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    refusals: dict[str, str] = field(default_factory=dict)
    data_answer: str = ""

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Takes or refuses one recipient."""
        if address in self.refusals:
            return self.refusals[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - aiosmtpd calls it so
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Takes a mail."""
        if self.data_answer:
            return self.data_answer
        content = cast(bytes, envelope.content)
        self.mails.append(message_from_bytes(content, _class=EmailMessage, policy=policy.default))
        return "250 OK"

    def sent_to(self, address: str) -> list[EmailMessage]:
        """The mails to one address."""
        return [mail for mail in self.mails if mail["To"] == address]


def part(mail: EmailMessage, kind: str) -> str:
    """The text of a mail ("plain") or its "html"."""
    found = mail.get_body((kind,))
    assert found is not None
    return cast(str, found.get_content())


@contextmanager
def mail_server(*, user: str = "", password: str = "", port: int = 0) -> Iterator[MailServer]:
    """A running server; with `user` it asks who sends."""

    def authenticate(
        server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        right = isinstance(data, LoginPassword) and (
            data.login.decode() == user and data.password.decode() == password
        )
        return AuthResult(success=right, handled=False)

    mails = MailServer("127.0.0.1")
    controller = Controller(
        mails,
        hostname="127.0.0.1",
        port=port or free_port(),
        authenticator=authenticate if user else None,
        auth_required=bool(user),
        auth_require_tls=False,
    )
    controller.start()
    mails.port = controller.port
    try:
        yield mails
    finally:
        controller.stop()


def _silent(line: socket.socket) -> None:
    while line.recv(1000):
        pass


def _says(answer: bytes) -> Callable[[socket.socket], None]:
    def say(line: socket.socket) -> None:
        line.sendall(answer)
        while line.recv(1000):
            line.sendall(answer)

    return say


def _hangs_up(line: socket.socket) -> None:
    line.sendall(b"220 here\r\n")
    line.recv(1000)


#: What a server in trouble does with whoever connects.
TROUBLES: dict[str, Callable[[socket.socket], None]] = {
    "silent": _silent,
    "refuses": _says(b"554 5.3.2 no service here\r\n"),
    "busy": _says(b"421 4.3.2 try again later\r\n"),
    "hangs up": _hangs_up,
    "is no mail server": _says(b"HTTP/1.1 400 Bad Request\r\n\r\n"),
}


@contextmanager
def mail_server_in_trouble(
    trouble: str, certificate: ssl.SSLContext | None = None
) -> Iterator[MailServer]:
    """A server that takes no mail; with a certificate it speaks TLS from the first byte."""

    class Line(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            line: socket.socket = self.request
            try:
                line.settimeout(20)
                if certificate is not None:
                    line = certificate.wrap_socket(line, server_side=True)
                TROUBLES[trouble](line)
            except OSError:
                return
            finally:
                line.close()

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False

    with Server(("127.0.0.1", 0), Line) as server:
        serving = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        serving.start()
        try:
            yield MailServer("127.0.0.1", server.server_address[1])
        finally:
            server.shutdown()
            serving.join()
