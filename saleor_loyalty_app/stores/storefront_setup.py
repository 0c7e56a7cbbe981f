"""How a store meets its shoppers: the rewards page, its looks and words, and where the shop is."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, ClassVar, Self
from urllib.parse import urlsplit

import sqlalchemy as sa
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StringConstraints
from pydantic_core import PydanticCustomError
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.stores.colors import Palette, dark_palette, light_palette
from saleor_loyalty_app.stores.models import StorefrontSetup
from saleor_loyalty_app.stores.refs import StoreRef

_setups = table(StorefrontSetup)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")
_URL = re.compile(r"https?://[A-Za-z0-9.\[\]:-]+(/[^\s\"'<>\\;,]*)?")


class SetupChanged(AppError):
    """Somebody else changed the settings meanwhile."""

    code: ClassVar[str] = "storefront_setup_changed"
    status: ClassVar[int] = 409


class SlugTaken(AppError):
    """Another store has its rewards page under this name."""

    code: ClassVar[str] = "slug_taken"
    status: ClassVar[int] = 409

    def __init__(self, slug: str) -> None:
        super().__init__(slug=slug)


def _printable(text: str) -> str:
    if _CONTROL.search(text):
        raise PydanticCustomError("control_characters", "must be printable text")
    return text


def _page(text: str) -> str:
    if text and not _URL.fullmatch(text):
        raise PydanticCustomError("page_address", "must be an address that begins with https://")
    return text


Line = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=120), AfterValidator(_printable)
]
Text = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=1000), AfterValidator(_printable)
]
Address = Annotated[
    str, StringConstraints(strip_whitespace=True, max_length=500), AfterValidator(_page)
]
Color = Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$", to_lower=True)]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9-]{0,58}[a-z0-9])?$")]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PageTexts(_Part):
    """The brand's own words on the rewards page; "" = the app's."""

    heading: Line = ""
    welcome: Text = ""


class Looks(_Part):
    """What the rewards page looks like. Colors as #rrggbb.

    The brand's color is moved towards black or white as far as it has to be, to be read; text that
    cannot be read on its ground is refused.
    """

    brand_color: Color = "#1f6f54"
    ground_color: Color = "#ffffff"
    text_color: Color = "#1b1f24"
    logo_url: Address = ""

    @property
    def light(self) -> Palette:
        """The colors by day."""
        return light_palette(self.brand_color, self.ground_color, self.text_color)

    @property
    def dark(self) -> Palette:
        """The colors by night."""
        return dark_palette(self.brand_color)


class Setup(_Part):
    """The settings. `erase_at_once`: a member's wish to be erased is done without a person."""

    page_on: StrictBool = True
    slug: Slug | None = Field(
        default=None, description="The page is at /rewards/<slug>, and at /rewards/<API host>."
    )
    shop_name: Line = ""
    shop_url: Address = ""
    account_url: Address = Field(
        default="", description="Where shoppers make an account or sign in at the shop."
    )
    looks: Looks = Looks()
    texts: dict[Annotated[str, StringConstraints(pattern=r"^(en|tr)$")], PageTexts] = {}
    erase_at_once: StrictBool = False
    mail_guests: StrictBool = Field(
        default=False, description="Guests are told by mail of the points that wait for them."
    )

    def words(self, language: str) -> PageTexts:
        """The brand's words in a language; none are borrowed from another."""
        return self.texts.get(language) or PageTexts()

    def checked(self) -> Self:
        """The settings themselves.

        Raises:
            ContrastTooLow: text could not be read.
        """
        _ = self.looks.light
        return self


@dataclass(frozen=True, slots=True)
class StoredSetup:
    """The settings with the number of their version; 0 = never changed."""

    setup: Setup
    version: int


def setup_of(conn: Connection, store_id: int) -> StoredSetup:
    """The settings of a store, or what holds where none were made."""
    row = conn.execute(
        sa.select(_setups.c.document, _setups.c.version).where(_setups.c.store_id == store_id)
    ).one_or_none()
    if row is None:
        return StoredSetup(Setup(), 0)
    known = {name: part for name, part in row.document.items() if name in Setup.model_fields}
    return StoredSetup(Setup.model_validate(known), row.version)


def page_path(conn: Connection, store: StoreRef) -> str:
    """The path of a store's rewards page below the app's address; "" while it is off."""
    setup = setup_of(conn, store.id).setup
    name = setup.slug or urlsplit(store.api_url).netloc
    return f"/rewards/{name}" if setup.page_on else ""


def store_with_slug(conn: Connection, slug: str) -> int | None:
    """The id of the store whose page has this name."""
    found: int | None = conn.execute(
        sa.select(_setups.c.store_id).where(_setups.c.slug == slug)
    ).scalar_one_or_none()
    return found


def store_setup(
    conn: Connection, store_id: int, setup: Setup, *, version: int, now: datetime
) -> StoredSetup:
    """Replaces the settings that were read as `version`.

    Raises:
        ContrastTooLow: text could not be read.
        SetupChanged: somebody else was faster.
        SlugTaken: another store has that name.
    """
    setup.checked()
    if setup.slug is not None and store_with_slug(conn, setup.slug) not in (None, store_id):
        raise SlugTaken(setup.slug)
    values: dict[str, Any] = {
        "slug": setup.slug,
        "document": setup.model_dump(mode="json"),
        "version": version + 1,
        "updated_at": now,
    }
    insert = sqlite.insert if conn.dialect.name == "sqlite" else postgresql.insert
    statement: Any = (
        insert(_setups)
        .values(store_id=store_id, **values)
        .on_conflict_do_nothing(index_elements=["store_id"])
        if version == 0
        else sa.update(_setups)
        .where(_setups.c.store_id == store_id, _setups.c.version == version)
        .values(values)
    )
    try:
        written = conn.execute(statement.returning(_setups.c.version)).scalar_one_or_none()
    except IntegrityError:
        raise SlugTaken(setup.slug or "") from None
    if written is None:
        raise SetupChanged
    return StoredSetup(setup, version + 1)
