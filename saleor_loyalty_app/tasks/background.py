"""What the tasks of a process work with."""

from concurrent.futures import Executor
from dataclasses import dataclass, field

from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.db.database import Database
from saleor_loyalty_app.flows.each_row import Aside
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.services import Services
from saleor_loyalty_app.settings import Settings
from saleor_loyalty_app.stores import repository as stores
from saleor_loyalty_app.stores.refs import StoreRef


@dataclass(frozen=True, slots=True)
class Background:
    """The services, and the threads on which stores are called.

    Attributes:
        threads: bounded, and of the background alone, so that it never keeps requests waiting.
        aside: rows that failed, which others go before until they are tried again.
    """

    services: Services
    threads: Executor
    email_keys: EmailKeys
    aside: Aside = field(default_factory=Aside)

    @property
    def database(self) -> Database:
        """The books."""
        return self.services.database

    @property
    def clock(self) -> Clock:
        """The app's clock."""
        return self.services.clock

    @property
    def settings(self) -> Settings:
        """The settings."""
        return self.services.settings

    def active_stores(self) -> list[StoreRef]:
        """The stores for which there is work to do."""
        return self.database.read(stores.all_stores)

    def all_stores(self) -> list[StoreRef]:
        """All stores, also those that deactivated or uninstalled the app."""
        return self.database.read(lambda conn: stores.all_stores(conn, active_only=False))
