"""What the store sells, for the forms that rules are written in: `/catalog`."""

from functools import partial
from typing import Annotated, Literal

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import FacesOf
from saleor_loyalty_app.api.dashboard.refusals import OF_SERVING, OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_CHANGE, StaffOf
from saleor_loyalty_app.api.errors import documented
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.api.saleor_refusals import OF_SALEOR
from saleor_loyalty_app.programs.scalars import Reference
from saleor_loyalty_app.saleor.catalog_reader import CatalogItem, CatalogReader
from saleor_loyalty_app.saleor.client import Endpoint

router = staff_router("/catalog")
Kind = Literal["product", "variant", "category", "collection", "product_type"]
KINDS: tuple[Kind, ...] = ("product", "variant", "category", "collection", "product_type")
#: So many references are named at once.
MOST_NAMED = 300


class Shape(BaseModel):
    """What all of these have in common."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CatalogEntry(Shape):
    """Something that the store sells, or a group of such things."""

    kind: Kind
    reference: str = Field(description="What a rule names it by: a slug, or the SKU of a variant.")
    name: str
    detail: str = Field(
        description="The category of a product, the SKU of a variant, what a category is below."
    )

    @classmethod
    def of(cls, item: CatalogItem) -> "CatalogEntry":
        """One thing of the store."""
        return cls(kind=item.kind, reference=item.reference, name=item.name, detail=item.detail)


class CatalogFound(Shape):
    """What a search found first."""

    items: list[CatalogEntry]
    more: bool = Field(description="There is more than this: search for more of the name.")


_Named = Annotated[list[Reference], Field(max_length=MOST_NAMED)]


class NamesInput(Shape):
    """References whose names are wanted, 300 at most in all."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"examples": [{"category": ["apparel"]}]}
    )

    product: _Named = []
    variant: _Named = []
    category: _Named = []
    collection: _Named = []
    product_type: _Named = []

    @model_validator(mode="after")
    def _few(self) -> "NamesInput":
        if sum(len(getattr(self, kind)) for kind in KINDS) > MOST_NAMED:
            raise PydanticCustomError("too_many_names", "300 references at most")
        return self


class MissingReference(Shape):
    """A reference that Saleor knows nothing of: it was renamed or deleted, or mistyped."""

    kind: Kind
    reference: str


class CatalogNames(Shape):
    """The names of references; each item has the very reference that was asked for."""

    items: list[CatalogEntry]
    missing: list[MissingReference]


@router.get("", responses=documented(*OF_STAFF, *OF_SERVING, *OF_SALEOR))
async def search_catalog(
    faces: FacesOf,
    staff: StaffOf,
    kind: Kind,
    search: Annotated[
        str, Query(max_length=100, pattern=r"^[^\x00]*$", description="A part of the name.")
    ] = "",
    first: Annotated[int, Query(ge=1, le=50)] = 20,
) -> CatalogFound:
    """Searches the store's catalog by name; without a name, the first of all."""
    staff.need(TO_CHANGE)
    await faces.gate.serve_customer(staff.key)
    store = await faces.database.read_async(partial(still_active, store=staff.store))
    reader = CatalogReader(faces.access.client)
    page = await faces.calls.run(
        lambda: reader.search(faces.access.endpoint(store), kind, search, first)
    )
    return CatalogFound(items=[CatalogEntry.of(item) for item in page.items], more=page.more)


@router.post(
    "/names",
    responses=documented(*OF_STAFF, *OF_SERVING, *OF_SALEOR, (400, "request_unreadable", {})),
)
async def name_references(faces: FacesOf, staff: StaffOf, what: NamesInput) -> CatalogNames:
    """What the references of rules are called in the store."""
    await faces.gate.serve_customer(staff.key)
    store = await faces.database.read_async(partial(still_active, store=staff.store))
    reader = CatalogReader(faces.access.client)
    return await faces.calls.run(lambda: _named(reader, faces.access.endpoint(store), what))


def _named(reader: CatalogReader, endpoint: Endpoint, what: NamesInput) -> CatalogNames:
    items: list[CatalogEntry] = []
    missing: list[MissingReference] = []
    for kind in KINDS:
        wanted: list[str] = getattr(what, kind)
        known = {
            key: item
            for item in reader.named(endpoint, kind, wanted)
            for key in (item.id, item.reference)
        }
        for reference in dict.fromkeys(wanted):
            item = known.get(reference)
            if item is None:
                missing.append(MissingReference(kind=kind, reference=reference))
            else:
                items.append(
                    CatalogEntry(kind=kind, reference=reference, name=item.name, detail=item.detail)
                )
    return CatalogNames(items=items, missing=missing)
