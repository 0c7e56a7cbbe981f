"""What leaves the app for other places than Saleor: mail, text messages, partners' webhooks."""

from collections.abc import Callable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httpx
from sqlalchemy.engine import Connection

from saleor_loyalty_app.messages.addresses import MAIL_PORTS
from saleor_loyalty_app.messages.channels.smtp import SmtpChannel, SmtpPlace
from saleor_loyalty_app.messages.errors import AddressForbidden
from saleor_loyalty_app.messages.setup import SMTP_PASSWORD, MailSetup, SmtpServer
from saleor_loyalty_app.messages.unsubscribe import Goodbye, token_of
from saleor_loyalty_app.saleor.allow_list import AllowList
from saleor_loyalty_app.saleor.network import open_client
from saleor_loyalty_app.settings import Settings
from saleor_loyalty_app.stores.kept_secrets import secret_of
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.secrets import TokenCipher

#: Requests to gateways and partners that one process makes at once.
CONNECTIONS = 16


@dataclass(frozen=True, slots=True)
class Outbound:
    """The ways out of one process, with what guards them.

    Attributes:
        allow: machines of one's own network at which stores may have servers.
        http: reaches public addresses, and of one's own network what is in `allow`.
        open_mail: makes a connection to a mail server.
    """

    settings: Settings
    allow: AllowList
    http: httpx.Client
    cipher: TokenCipher
    open_mail: Callable[[SmtpPlace], SmtpChannel] = field(default=SmtpChannel)

    def close(self) -> None:
        """Closes the connections."""
        self.http.close()

    def mail_place(
        self, conn: Connection, store: StoreRef, setup: MailSetup, shop: str
    ) -> SmtpPlace | None:
        """Where a store's mails are handed over and who sends them; None = not set up.

        A store without a server of its own sends through the operator's, from the operator's
        address, and gets the answers at its own.

        Raises:
            TokenUnreadable: the secret key that opens its password is gone.
        """
        helo = urlsplit(self.settings.app_url).hostname or "localhost"
        sender = setup.sender
        if setup.smtp is not None:
            if not sender.address:
                return None
            return SmtpPlace(
                host=setup.smtp.host,
                port=setup.smtp.port,
                security=setup.smtp.security,
                sender=sender.address,
                username=setup.smtp.username,
                password=secret_of(conn, store.id, SMTP_PASSWORD, cipher=self.cipher),
                sender_name=sender.name or shop,
                reply_to=sender.reply_to,
                allow=self.allow,
                helo=helo,
            )
        server = self.settings.mail_server
        if server is None or not self.settings.mail_from:
            return None
        return SmtpPlace(
            host=server.host,
            port=server.port,
            security=server.security,
            sender=self.settings.mail_from,
            username=server.username,
            password=server.password,
            sender_name=sender.name or shop,
            reply_to=sender.reply_to or sender.address,
            helo=helo,
        )

    def check_server(self, server: SmtpServer) -> None:
        """Whether a store may name this mail server.

        Raises:
            AddressForbidden: outside one's own network it has no TLS, or another port.
        """
        if self.allow.trusts_private(server.host, server.port):
            return
        if server.port not in MAIL_PORTS or server.security == "none":
            raise AddressForbidden(f"{server.host}:{server.port}")

    def unsubscribe_url(self, goodbye: Goodbye) -> str:
        """The link that ends a member's offers."""
        token = token_of(goodbye, self.settings.secrets)
        return f"{self.settings.browser_url}/unsubscribe/{token}"


def open_outbound(settings: Settings, cipher: TokenCipher) -> Outbound:
    """Opens the ways out of a process."""
    allow = AllowList.of(settings.own_hosts)
    return Outbound(settings, allow, open_client(allow, connections=CONNECTIONS), cipher)
