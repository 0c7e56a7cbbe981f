"""Where the store is, and whose days and words it follows: `/api/dashboard/v1/general`."""

from functools import cache
from typing import Annotated, Final
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, StringConstraints
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import Faces, FacesOf
from saleor_loyalty_app.api.dashboard.refusals import OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_SET_UP, StaffOf
from saleor_loyalty_app.api.errors import documented
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.i18n import LANGUAGES
from saleor_loyalty_app.stores import repository as stores
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.staff_actions import note

router = staff_router("/general")
_Name = Annotated[
    str, StringConstraints(min_length=1, max_length=64, pattern=r"^[A-Za-z0-9/_+-]+$")
]
#: Names of zones without a place, and old names of countries: nobody looks for their own there.
_OTHER: Final = ("Etc/", "SystemV/", "US/", "Brazil/", "Canada/", "Chile/", "Mexico/")


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GeneralChannel(_Shape):
    """A channel of the store, for the snippets that name one."""

    slug: str
    name: str
    currency: str


class StoreLocale(_Shape):
    """Whose days and words the store follows."""

    timezone: _Name = Field(description="IANA name, such as Europe/Istanbul.")
    language: Annotated[str, StringConstraints(max_length=20)] = Field(
        description="Of what the app writes where it knows nobody's own: en, tr."
    )


class General(_Shape):
    """What holds for the whole store."""

    saleor_api_url: str
    app_url: str = Field(description="Where browsers reach the app.")
    channels: list[GeneralChannel] = Field(description="The active ones.")
    locale: StoreLocale
    timezones: list[str] = Field(description="Names to choose from.")
    languages: list[str] = Field(description="Languages that the app has texts in.")


class StoreLocaleInput(_Shape):
    """The locale as it is to be, and as it was when somebody began to change it."""

    locale: StoreLocale
    was: StoreLocale


@router.get("", responses=documented(*OF_STAFF))
async def read_general(faces: FacesOf, staff: StaffOf) -> General:
    """What holds for the whole store."""
    staff.need(TO_SET_UP)

    def read(conn: Connection) -> General:
        return _general(conn, faces, still_active(conn, staff.store))

    return await faces.database.read_async(read)


@router.put(
    "/locale",
    responses=documented(
        *OF_STAFF,
        (400, "request_unreadable", {}),
        (400, "unknown_timezone", {"timezone": "Europe/Ankara"}),
        (400, "unknown_language", {"language": "de", "known": "en, tr"}),
        (409, "store_locale_changed", {"timezone": "Europe/Istanbul", "language": "tr"}),
        (422, "request_invalid", {"fields": []}),
    ),
)
async def change_locale(faces: FacesOf, staff: StaffOf, what: StoreLocaleInput) -> General:
    """Changes time zone and language, unless somebody else did so meanwhile."""
    staff.need(TO_SET_UP)
    now = faces.clock()

    def change(conn: Connection) -> General:
        store = still_active(conn, staff.store)
        stores.replace_locale(
            conn,
            store.id,
            was=(what.was.timezone, what.was.language),
            timezone=what.locale.timezone,
            language=what.locale.language,
        )
        if what.locale != what.was:
            note(
                conn,
                store.id,
                actor=staff.actor,
                kind="store_locale_changed",
                subject="store",
                before=what.was.model_dump(),
                after=what.locale.model_dump(),
                now=now,
            )
        return _general(conn, faces, still_active(conn, staff.store))

    return await faces.database.write_async(change)


def _general(conn: Connection, faces: Faces, store: StoreRef) -> General:
    return General(
        saleor_api_url=store.api_url,
        app_url=faces.public_url,
        channels=[
            GeneralChannel(slug=channel.slug, name=channel.name, currency=channel.currency)
            for channel in stores.channels(conn, store.id)
            if channel.active
        ],
        locale=StoreLocale(timezone=store.timezone, language=store.language),
        timezones=sorted({*_timezones(), store.timezone}),
        languages=list(LANGUAGES),
    )


@cache
def _timezones() -> frozenset[str]:
    """Zones by place, and UTC."""
    places = {name for name in available_timezones() if "/" in name}
    return frozenset({name for name in places if not name.startswith(_OTHER)} | {"UTC"})
