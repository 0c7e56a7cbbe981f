"""Mail by SMTP (RFC 5321) with TLS, on one connection for a page of messages."""

import base64
import re
import smtplib
import socket
import ssl
from dataclasses import dataclass, field
from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from types import TracebackType
from typing import Literal, Self

from saleor_loyalty_app.messages.addresses import connect
from saleor_loyalty_app.messages.channels.port import Mail, NotSent, Scope
from saleor_loyalty_app.saleor.allow_list import AllowList
from saleor_loyalty_app.saleor.errors import ForbiddenAddress

#: Seconds for each step of the dialog.
TIMEOUT = 15.0
_ENHANCED = re.compile(r"\b([245])\.(\d{1,3})\.(\d{1,3})\b")
#: Codes that speak of the mailbox; what is full (552) may be emptied.
_GREETING = 220
_NO_SUCH_MAILBOX = frozenset({550, 551, 553})


@dataclass(frozen=True, slots=True)
class SmtpPlace:
    """A mail server and who sends there.

    Args:
        allow: machines of one's own network at which it may be; None = anywhere, for the server
            that the operator named.
        helo: the name by which the app greets.
    """

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    sender: str
    username: str = ""
    password: str = field(default="", repr=False)
    sender_name: str = ""
    reply_to: str = ""
    allow: AllowList | None = None
    helo: str = "localhost"


class SmtpChannel:
    """A connection to a mail server, opened by the first mail; use it as a context.

    Mails are sent one after the other. Nothing here looks at a database.
    """

    def __init__(self, place: SmtpPlace, *, timeout: float = TIMEOUT) -> None:
        self._place = place
        self._timeout = timeout
        self._open: smtplib.SMTP | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Says good-bye, if somebody still listens."""
        if self._open is not None:
            server, self._open = self._open, None
            try:
                server.quit()
            except (OSError, smtplib.SMTPException):
                server.close()

    def send(self, mail: Mail, now: datetime) -> None:
        """Hands a mail over.

        Raises:
            NotSent: the server did not take it.
        """
        message = mime(mail, self._place, now)
        server = self._server()
        try:
            server.send_message(message, self._place.sender, [mail.to])
        except smtplib.SMTPException as failure:
            refused = conclusion(failure)
            if refused.scope is Scope.server or isinstance(failure, smtplib.SMTPServerDisconnected):
                self.close()
            raise refused from None
        except (OSError, UnicodeError) as failure:
            self.close()
            raise conclusion(failure) from None

    def _server(self) -> smtplib.SMTP:
        if self._open is not None:
            return self._open
        try:
            self._open = self._connected()
        except (OSError, smtplib.SMTPException, ForbiddenAddress) as failure:
            refused = conclusion(failure)
            raise NotSent(Scope.server, refused.why, refused.answer) from None
        return self._open

    def _connected(self) -> smtplib.SMTP:
        place = self._place
        server = _Server(place, self._timeout)
        try:
            code, answer = server.connect(place.host, place.port)
            if code != _GREETING:
                raise smtplib.SMTPConnectError(code, answer)
            server.ehlo_or_helo_if_needed()
            if place.security == "starttls":
                server.starttls(context=ssl.create_default_context())
                server.ehlo()
            if place.username:
                _sign_in(server, place)
        except BaseException:
            server.close()
            raise
        return server


def _sign_in(server: smtplib.SMTP, place: SmtpPlace) -> None:
    """Signs in; smtplib knows ASCII only, where PLAIN takes UTF-8 (RFC 4616)."""
    if place.username.isascii() and place.password.isascii():
        server.login(place.username, place.password)
        return
    secret = base64.b64encode(f"\0{place.username}\0{place.password}".encode()).decode("ascii")
    code, answer = server.docmd("AUTH", f"PLAIN {secret}")
    if code != 235:
        raise smtplib.SMTPAuthenticationError(code, answer)


class _Server(smtplib.SMTP):
    """An SMTP client that connects only where it may."""

    def __init__(self, place: SmtpPlace, timeout: float) -> None:
        self._place = place
        super().__init__(local_hostname=place.helo, timeout=timeout)
        # smtplib knows the name only of a server that it was made with; TLS checks it.
        self._host = place.host

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        place = self._place
        if place.allow is None:
            opened = socket.create_connection((host, port), timeout)
        else:
            opened = connect(host, port, allow=place.allow, timeout=timeout)
        if place.security != "tls":
            return opened
        try:
            return ssl.create_default_context().wrap_socket(opened, server_hostname=host)
        except BaseException:
            opened.close()
            raise


def mime(mail: Mail, place: SmtpPlace, now: datetime) -> EmailMessage:
    """The mail as it travels: text first, HTML as its alternative."""
    message = EmailMessage(policy=policy.SMTP)
    message["Subject"] = mail.subject
    message["From"] = Address(place.sender_name, addr_spec=place.sender)
    message["To"] = Address(addr_spec=mail.to)
    if place.reply_to:
        message["Reply-To"] = Address(addr_spec=place.reply_to)
    message["Date"] = format_datetime(now)
    message["Message-ID"] = f"<{mail.reference}@{place.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    if mail.unsubscribe_url:
        message["List-Unsubscribe"] = f"<{mail.unsubscribe_url}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(mail.text)
    message.add_alternative(mail.html, subtype="html")
    return message


def conclusion(failure: Exception) -> NotSent:
    """What a failure of the dialog means for this mail and for the next ones."""
    match failure:
        case smtplib.SMTPRecipientsRefused():
            code, answer = next(iter(failure.recipients.values()))
            return _of_recipient(code, _text(answer))
        case smtplib.SMTPSenderRefused() if failure.smtp_code >= 500:
            return NotSent(Scope.server, "sender", _text(failure.smtp_error))
        case smtplib.SMTPAuthenticationError():
            return NotSent(Scope.server, "sign_in", _text(failure.smtp_error))
        case smtplib.SMTPDataError() if failure.smtp_code >= 500:
            return NotSent(Scope.message, "refused", _text(failure.smtp_error))
        case smtplib.SMTPServerDisconnected():
            # smtplib says so of a server that says nothing, too.
            silent = isinstance(failure.__context__, TimeoutError)
            return NotSent(Scope.later, "timeout" if silent else "disconnected")
        case smtplib.SMTPNotSupportedError():
            why = "address_unsupported" if "SMTPUTF8" in str(failure) else "not_supported"
            scope = Scope.message if why == "address_unsupported" else Scope.server
            return NotSent(scope, why, str(failure))
        case smtplib.SMTPConnectError():
            return NotSent(Scope.server, "connect", _text(failure.smtp_error))
        case smtplib.SMTPResponseException():
            return NotSent(Scope.later, "busy", _text(failure.smtp_error))
        case ForbiddenAddress():
            return NotSent(Scope.server, "forbidden_address")
        case ssl.SSLError():
            return NotSent(Scope.server, "tls", getattr(failure, "reason", "") or "")
        case UnicodeError():
            return NotSent(Scope.message, "address_unsupported")
        case TimeoutError():
            return NotSent(Scope.server, "timeout")
        case OSError():
            return NotSent(Scope.server, "connect", failure.strerror or "")
        case _:
            return NotSent(Scope.later, "busy")


def _of_recipient(code: int, answer: str) -> NotSent:
    """A mailbox that does not exist is never written to again; a policy may change."""
    enhanced = _ENHANCED.search(answer)
    subject = enhanced.group(2) if enhanced is not None else ""
    if code < 500:
        return NotSent(Scope.later, "busy", answer)
    if code in _NO_SUCH_MAILBOX and subject in ("", "1"):
        return NotSent(Scope.address, "unknown_address", answer)
    return NotSent(Scope.message, "refused", answer)


def _text(answer: bytes | str) -> str:
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    return " ".join(text.split())
