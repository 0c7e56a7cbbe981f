"""How the store meets its shoppers, and its rewards page: `/api/dashboard/v1/rewards-page`."""

from typing import Any
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StrictInt
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import Faces, FacesOf
from saleor_loyalty_app.api.dashboard.refusals import OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_SET_UP, StaffOf
from saleor_loyalty_app.api.errors import documented
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.stores.colors import Palette
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.staff_actions import note
from saleor_loyalty_app.stores.storefront_setup import (
    Setup,
    StoredSetup,
    setup_of,
    store_setup,
)

router = staff_router("/rewards-page")
_SETUP: dict[str, Any] = {
    "page_on": True,
    "slug": "acme",
    "shop_name": "Acme",
    "shop_url": "https://shop.example.com",
    "account_url": "https://shop.example.com/account",
    "looks": {
        "brand_color": "#1f6f54",
        "ground_color": "#ffffff",
        "text_color": "#1b1f24",
        "logo_url": "https://shop.example.com/logo.svg",
    },
    "texts": {"en": {"heading": "Acme rewards", "welcome": ""}},
    "erase_at_once": False,
    "mail_guests": False,
}


class Shades(BaseModel):
    """The colors of the page in one mode, as they come out."""

    model_config = ConfigDict(extra="forbid")

    ground: str
    ink: str
    accent: str
    on_accent: str

    @classmethod
    def of(cls, palette: Palette) -> "Shades":
        """Those of a palette that the owner sees."""
        return cls(
            ground=palette.ground,
            ink=palette.ink,
            accent=palette.accent,
            on_accent=palette.on_accent,
        )


class RewardsPage(BaseModel):
    """The settings, where the page is, and its colors by day and by night."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "setup": _SETUP,
                    "version": 1,
                    "url": "https://loyalty.example.com/rewards/acme",
                    "light": {
                        "ground": "#ffffff",
                        "ink": "#1b1f24",
                        "accent": "#1f6f54",
                        "on_accent": "#ffffff",
                    },
                    "dark": {
                        "ground": "#101418",
                        "ink": "#e9ecf0",
                        "accent": "#62a18d",
                        "on_accent": "#000000",
                    },
                }
            ]
        },
    )

    setup: Setup
    version: int = Field(description="Give it back with a change.")
    url: str
    light: Shades
    dark: Shades


class RewardsPageInput(BaseModel):
    """The settings as they are to be, and the version that they were made from."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"setup": _SETUP, "version": 0}]}
    )

    setup: Setup
    version: StrictInt = Field(ge=0, le=2**31 - 1)


@router.get("", responses=documented(*OF_STAFF))
async def read_rewards_page(faces: FacesOf, staff: StaffOf) -> RewardsPage:
    """How shoppers meet the store."""
    stored = await faces.database.read_async(lambda conn: setup_of(conn, staff.store.id))
    return _page(faces, staff.store, stored)


@router.put(
    "",
    responses=documented(
        *OF_STAFF,
        (400, "request_unreadable", {}),
        (409, "storefront_setup_changed", {}),
        (409, "slug_taken", {"slug": "acme"}),
        (
            422,
            "contrast_too_low",
            {"text": "#777777", "ground": "#ffffff", "contrast": "4.48", "needed": "4.5"},
        ),
        (422, "request_invalid", {"fields": []}),
    ),
)
async def change_rewards_page(
    faces: FacesOf, staff: StaffOf, what: RewardsPageInput
) -> RewardsPage:
    """Changes how shoppers meet the store, unless somebody else did so meanwhile."""
    staff.need(TO_SET_UP)
    now = faces.clock()

    def write(conn: Connection) -> StoredSetup:
        store = still_active(conn, staff.store)
        before = setup_of(conn, store.id)
        after = store_setup(conn, store.id, what.setup, version=what.version, now=now)
        note(
            conn,
            store.id,
            actor=staff.actor,
            kind="rewards_page_changed",
            subject="store",
            before=before.setup.model_dump(mode="json"),
            after=after.setup.model_dump(mode="json"),
            now=now,
        )
        return after

    return _page(faces, staff.store, await faces.database.write_async(write))


def _page(faces: Faces, store: StoreRef, stored: StoredSetup) -> RewardsPage:
    name = stored.setup.slug or urlsplit(store.api_url).netloc
    return RewardsPage(
        setup=stored.setup,
        version=stored.version,
        url=f"{faces.public_url}/rewards/{name}",
        light=Shades.of(stored.setup.looks.light),
        dark=Shades.of(stored.setup.looks.dark),
    )
