"""What is kept back by early access, for whom, and what is wrong with it: `/kept-goods`."""

import base64
import re
from datetime import datetime
from functools import partial
from typing import Annotated, Literal, get_args

from fastapi import Query
from pydantic import ConfigDict, Field, JsonValue
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.dashboard.members_schemas import Answer, First, on_its_clocks
from saleor_loyalty_app.api.dashboard.refusals import OF_SERVING, OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import StaffOf
from saleor_loyalty_app.api.errors import documented
from saleor_loyalty_app.api.opaque import CursorInvalid
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.api.saleor_refusals import OF_SALEOR
from saleor_loyalty_app.flows.kept_goods import KINDS, KeptGoods, KeptThing, Kind, Place, read_kept
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.kept_back import (
    Keeping,
    State,
    keeping_of,
    keeping_words,
    rewards_named,
)
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.rewards import claims
from saleor_loyalty_app.saleor.base64url import Malformed, decode
from saleor_loyalty_app.saleor.errors import SaleorQueryError
from saleor_loyalty_app.stores.refs import StoreRef

router = staff_router("/kept-goods")
_PLACE = re.compile(rf"kept:({'|'.join(get_args(Kind))}):([\x21-\x7e]{{0,2500}})")
_THING: dict[str, JsonValue] = {
    "kind": "product",
    "id": "UHJvZHVjdDo3Mg==",
    "name": "Winter drop",
    "told": "Kept for Gold and above until Dec 1, 2026.",
    "state": "kept",
    "opens_at": "2026-12-01T00:00:00+03:00",
    "problems": [
        {
            "code": "unknown_name",
            "message": "“vip” lets nobody in: no tier, segment or reward of early access in force"
            " is called so.",
        }
    ],
}


class KeptProblem(Answer):
    """Something that a slip of the pen may have brought."""

    code: Literal["unknown_name", "unreadable_date"]
    message: str


class KeptLine(Answer):
    """A product, product type or collection whose metadata says who may buy."""

    kind: Kind
    id: str = Field(description="Of Saleor.")
    name: str
    told: str = Field(description="For whom it is kept back and until when.")
    state: State = Field(
        description="kept, or nobody = no name of it lets anybody in, passed = everybody may buy by"
        " now, open = it says that everybody may, empty = it names nobody, which keeps nothing"
        " back, waiting = no program is in force."
    )
    opens_at: datetime | None = Field(description="When everybody may buy; null = never.")
    problems: list[KeptProblem]


class KeptPage(Answer):
    """Product types, then collections, then products, each by its slug."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"items": [_THING], "next": None, "holding": "on"}]},
    )

    items: list[KeptLine]
    next: str | None = Field(description="What `after` is for the next page; null = the last.")
    holding: Literal["on", "no_program", "off"] = Field(
        description="off = the switch of shipping is off, so that nothing is kept back now."
    )


@router.get(
    "",
    responses=documented(*OF_STAFF, *OF_SERVING, *OF_SALEOR, (400, "invalid_cursor", {})),
)
async def read_kept_goods(
    faces: FacesOf,
    staff: StaffOf,
    language: Language,
    first: First = 25,
    after: Annotated[
        str | None, Query(max_length=4000, description="`next` of the page before.")
    ] = None,
) -> KeptPage:
    """What the catalog keeps back for some, as Saleor has it now. Asks Saleor."""
    await faces.gate.serve_customer(staff.key)
    place, now = _place_of(after), faces.clock()

    def read(conn: Connection) -> tuple[StoreRef, Program | None]:
        store = still_active(conn, staff.store)
        revision = revision_at(conn, store.id, now)
        return store, None if revision is None else revision.program

    store, program = await faces.database.read_async(read)
    reading = partial(read_kept, faces.access, store, first=first, after=place)
    try:
        found: KeptGoods = await faces.calls.run(reading)
    except SaleorQueryError as error:
        if place.cursor and "cursor" in error.message.lower():
            raise CursorInvalid from error
        raise
    taken: frozenset[str] = frozenset()
    if rewards := rewards_named(one.notice for one in found.things):
        taken = await faces.database.read_async(
            lambda conn: claims.accesses_in_force(conn, store.id, rewards, now=now)
        )
    weigh = partial(keeping_of, taken=taken, now=now, timezone=store.timezone)
    page = KeptPage(
        items=[
            _line(one, weigh(one.notice, program, language), language, store.timezone)
            for one in found.things
        ],
        next=None if found.next is None else _cursor_of(found.next),
        holding="no_program" if program is None else "on" if store.shipping_on else "off",
    )
    return on_its_clocks(page, store)


def _line(thing: KeptThing, keeping: Keeping, language: str, timezone: str) -> KeptLine:
    problems = [
        KeptProblem(
            code="unknown_name", message=translate("kept.unknown_name", language, name=name)
        )
        for name in keeping.unknown
    ]
    if keeping.unreadable:
        message = translate("kept.unreadable_date", language, date=keeping.unreadable)
        problems.append(KeptProblem(code="unreadable_date", message=message))
    return KeptLine(
        kind=thing.kind,
        id=thing.id,
        name=thing.name,
        told=keeping_words(keeping, language, timezone=timezone),
        state=keeping.state,
        opens_at=keeping.opens_at,
        problems=problems,
    )


def _cursor_of(place: Place) -> str:
    text = f"kept:{place.kind}:{place.cursor}"
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode("ascii")


def _place_of(after: str | None) -> Place:
    """Where a cursor says that the list goes on.

    Raises:
        CursorInvalid: it did not come from here.
    """
    if after is None:
        return Place(KINDS[0])
    try:
        found = _PLACE.fullmatch(decode(after).decode("ascii"))
    except (Malformed, UnicodeDecodeError):
        found = None
    if found is None:
        raise CursorInvalid
    kind = next(one for one in KINDS if one == found[1])
    return Place(kind, found[2])
