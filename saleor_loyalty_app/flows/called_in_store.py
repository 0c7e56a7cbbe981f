"""What sentences about programs call the things of a store."""

from collections.abc import Mapping

from sqlalchemy import Connection

from saleor_loyalty_app.programs.store_names import called_in
from saleor_loyalty_app.stores import repository as stores


def called_in_store(
    conn: Connection, store_id: int, catalog: Mapping[str, Mapping[str, str]] | None = None
) -> dict[str, str]:
    """Names by "<kind>:<reference>": of channels from the last sync, of the catalog as given.

    Args:
        catalog: names of what the store sells, by kind and reference, where they are known.
    """
    channels = {channel.slug: channel.name for channel in stores.channels(conn, store_id)}
    return called_in({**(catalog or {}), "channel": channels})
