"""Whose pages may call the storefront API of a store: `/api/dashboard/v1/storefront-origins`."""

from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import FacesOf
from saleor_loyalty_app.api.dashboard.refusals import OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_SET_UP, StaffOf
from saleor_loyalty_app.api.errors import documented
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.stores.origins import MOST_ORIGINS, origins_of, set_origins
from saleor_loyalty_app.stores.staff_actions import note

router = staff_router()


class StorefrontOrigins(BaseModel):
    """The origins whose browsers may call the storefront API for the store."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"origins": ["https://shop.example.com"]}]}
    )

    origins: list[str] | None = Field(
        max_length=MOST_ORIGINS,
        description="Such as https://shop.example.com or https://*.example.com; null = any, an "
        "empty list = no browser.",
    )


@router.get("/storefront-origins", responses=documented(*OF_STAFF))
async def read_origins(faces: FacesOf, staff: StaffOf) -> StorefrontOrigins:
    """The origins that the store named."""
    named = await faces.database.read_async(lambda conn: origins_of(conn, staff.store.id))
    return StorefrontOrigins(origins=None if named is None else list(named))


@router.put(
    "/storefront-origins",
    responses=documented(
        *OF_STAFF,
        (400, "request_unreadable", {}),
        (400, "invalid_origin", {"origin": "shop.example.com"}),
        (422, "request_invalid", {"fields": []}),
    ),
)
async def name_origins(
    faces: FacesOf, staff: StaffOf, what: StorefrontOrigins
) -> StorefrontOrigins:
    """Names the origins; it acts within seconds."""
    staff.need(TO_SET_UP)
    now = faces.clock()

    def change(conn: Connection) -> tuple[str, ...] | None:
        store = still_active(conn, staff.store)
        before = origins_of(conn, store.id)
        after = set_origins(conn, store.id, what.origins)
        if after != before:
            note(
                conn,
                store.id,
                actor=staff.actor,
                kind="storefront_origins_changed",
                subject="store",
                before={"origins": before},
                after={"origins": after},
                now=now,
            )
        return after

    named = await faces.database.write_async(change)
    return StorefrontOrigins(origins=None if named is None else list(named))
