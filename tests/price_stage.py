"""Prices of a sandbox store, noted day by day; for tests."""

from datetime import timedelta
from decimal import Decimal

import sqlalchemy as sa

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.note_prices import note_page
from saleor_loyalty_app.prices import watches
from saleor_loyalty_app.stores.models import Channel
from sandbox.model.catalog import ProductVariant
from tests.redemption_stage import Stage

CHANNEL = "default-channel"
_channels = table(Channel)


def shirt(stage: Stage) -> ProductVariant:
    """A shirt at 75.00."""
    products = stage.box.store.products.values()
    return next(one.variants[0] for one in products if one.slug == "linen-shirt")


def watch(stage: Stage, *, days: int = 30, running: bool = True) -> None:
    """The owner switches the noting of prices on, or off."""
    stage.database.write(
        lambda conn: watches.switch(conn, stage.store.id, CHANNEL, running=running, days=days)
    )


def read_all(stage: Stage) -> None:
    """The background reads what is due."""
    access = stage.driver.bench.access
    while note_page(access, stage.store, clock=stage.box.clock.now):
        pass


def go_through(stage: Stage, *prices: str) -> None:
    """Days go by, each with one price of the shirt that is read."""
    for one in prices:
        shirt(stage).prices[CHANNEL] = Decimal(one)
        read_all(stage)
        stage.box.clock.advance(timedelta(days=1))


def as_in_saleor(stage: Stage) -> None:
    """The app knows of the channels what Saleor says, as it does after an installation."""

    def write(conn: sa.Connection) -> None:
        for channel in stage.box.store.channels.values():
            conn.execute(
                sa.update(_channels)
                .where(_channels.c.store_id == stage.store.id, _channels.c.slug == channel.slug)
                .values(
                    prices_entered_with_tax=channel.prices_entered_with_tax,
                    display_gross_prices=channel.display_gross_prices,
                )
            )

    stage.database.write(write)
