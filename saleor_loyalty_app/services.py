"""What one process has open: the books, the clock, and the way to the stores.

Web faces, tasks and commands are given this and open nothing themselves.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import httpx

from saleor_loyalty_app import metrics
from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.drive_redemption import Driver
from saleor_loyalty_app.flows.event_handler import Handler
from saleor_loyalty_app.flows.install_store import Installer, OnInstalled
from saleor_loyalty_app.flows.outbound import Outbound, open_outbound
from saleor_loyalty_app.flows.refresh_keys import KeyRing
from saleor_loyalty_app.flows.spend_points import Spender
from saleor_loyalty_app.flows.store_access import StoreAccess
from saleor_loyalty_app.flows.store_orders import StoreOrders
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.saleor.allow_list import AllowList
from saleor_loyalty_app.saleor.client import SaleorClient
from saleor_loyalty_app.saleor.network import open_client
from saleor_loyalty_app.saleor.order_reader import OrderReader
from saleor_loyalty_app.settings import Settings
from saleor_loyalty_app.stores.secrets import TokenCipher


@dataclass(frozen=True, slots=True)
class Services:
    """Shared by all threads of a process; `app.state.services` on the web.

    Attributes:
        http: reaches stores, and nothing inside the operator's own network that was not listed.
        access: sends documents to stores.
        orders: the `OrderSource` of all stores.
        driver: brings redemptions on; `spender` begins and releases them.
        outbound: mail, text messages and what partners are told.
        handlers: those of the core and of plugins.
    """

    settings: Settings
    database: Database
    clock: Clock
    http: httpx.Client
    access: StoreAccess
    orders: StoreOrders
    keys: KeyRing
    installer: Installer
    driver: Driver
    spender: Spender
    outbound: Outbound
    handlers: Sequence[Handler]

    def close(self) -> None:
        """Closes the connections; the database belongs to who opened it."""
        self.http.close()
        self.outbound.close()


def open_services(
    settings: Settings,
    database: Database,
    *,
    clock: Clock,
    handlers: Sequence[Handler],
    on_installed: OnInstalled | None = None,
    http: httpx.Client | None = None,
) -> Services:
    """Opens what a process needs to speak to stores.

    Args:
        on_installed: runs in the transaction that stores an installation.
        http: one that is open already, instead of the guarded one.
    """
    allow = AllowList.of(settings.store_hosts)
    http = http or open_client(
        allow, connections=settings.saleor_threads + settings.checkout_threads + 4
    )
    client = SaleorClient(
        http, now=clock, timeout=settings.saleor_timeout_seconds, observe=metrics.saw_saleor
    )
    access = StoreAccess(database, client, TokenCipher(settings.secrets))
    driver = Driver(access, clock)
    return Services(
        settings=settings,
        database=database,
        clock=clock,
        http=http,
        access=access,
        orders=StoreOrders(access, OrderReader(client)),
        keys=KeyRing(database, http, clock),
        installer=Installer(access, http, allow, clock, on_installed),
        driver=driver,
        spender=Spender(driver, clock, keys=EmailKeys.of(settings.secrets)),
        outbound=open_outbound(settings, access.cipher),
        handlers=handlers,
    )
