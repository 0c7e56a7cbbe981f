"""Whose rewards page an address means, and where it is."""

import re
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.errors import NotFound
from saleor_loyalty_app.api.html import security_headers
from saleor_loyalty_app.api.storefront.store_named import StoreAmbiguous, store_named
from saleor_loyalty_app.saleor.errors import InvalidApiUrl
from saleor_loyalty_app.stores.errors import StoreNotFound
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import store_by_id
from saleor_loyalty_app.stores.storefront_setup import Setup, setup_of, store_with_slug

COOKIE = "loyalty_rewards"
#: A slug, or a host with its port.
_NAME = re.compile(r"[A-Za-z0-9._:\[\]-]{1,300}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Place:
    """A store's rewards page.

    Attributes:
        name: in the address: the slug, or the host of the store's API.
        public_url: where browsers reach the app.
    """

    store: StoreRef
    setup: Setup
    name: str
    public_url: str

    @property
    def url(self) -> str:
        """The whole address of the page."""
        return f"{self.public_url}{self._below}"

    @property
    def path(self) -> str:
        """The page's path as browsers see it."""
        return f"{self.prefix}{self._below}"

    @property
    def prefix(self) -> str:
        """What stands before all paths of the app, where it shares a host; mostly nothing."""
        return urlsplit(self.public_url).path

    @property
    def is_secure(self) -> bool:
        """Whether browsers come by https."""
        return self.public_url.startswith("https:")

    @property
    def shop_name(self) -> str:
        """What the shop is called; its host where nobody said."""
        said = self.setup.shop_name or self.store.name
        return said or urlsplit(self.store.api_url).hostname or self.name

    @property
    def headers(self) -> dict[str, str]:
        """Headers of all its pages: no script runs, nothing comes from elsewhere but the logo."""
        logo = urlsplit(self.setup.looks.logo_url)
        images = f"'self' {logo.scheme}://{logo.netloc}" if logo.netloc else "'self'"
        return {
            **security_headers(
                style_src="'self'",
                img_src=images,
                form_action="'self'",
                frame_ancestors="'none'",
            ),
            "Cache-Control": "private, no-store",
            "Cross-Origin-Opener-Policy": "same-origin",
            "X-Robots-Tag": "noindex",
            "Vary": "Accept-Language, Cookie",
        }

    @property
    def _below(self) -> str:
        return f"/rewards/{quote(self.name, safe=':')}"


def place_named(conn: Connection, name: str, public_url: str) -> Place:
    """The page under a name: a slug, or the host of the store's API.

    Raises:
        NotFound: no store has such a page (any more).
    """
    store = _store(conn, name)
    if store is None:
        raise NotFound
    setup = setup_of(conn, store.id).setup
    if not setup.page_on:
        raise NotFound
    return Place(store, setup, setup.slug or name.lower(), public_url)


def _store(conn: Connection, name: str) -> StoreRef | None:
    if not _NAME.fullmatch(name):
        return None
    store_id = store_with_slug(conn, name)
    if store_id is not None:
        found = store_by_id(conn, store_id)
        return found if found is not None and found.active else None
    if "." not in name and ":" not in name and name != "localhost":
        return None
    try:
        return store_named(conn, name)
    except (StoreNotFound, StoreAmbiguous, InvalidApiUrl):
        return None
