"""The tags of members, and staff who add and remove them: `/members/{id}/tags`."""

from datetime import datetime
from typing import Annotated

from fastapi import Path
from pydantic import ConfigDict, Field, JsonValue
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import FacesOf
from saleor_loyalty_app.api.dashboard.members_points import agent_of
from saleor_loyalty_app.api.dashboard.members_reading import require_member, staff_names
from saleor_loyalty_app.api.dashboard.members_schemas import (
    Answer,
    MemberId,
    number_of,
    on_its_clocks,
)
from saleor_loyalty_app.api.dashboard.refusals import OF_SERVING, OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_GIVE, TO_SEE_MEMBERS, Staff, StaffOf
from saleor_loyalty_app.api.errors import Refusal, documented
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.flows.perk_tags import add_tag, remove_tag, tags_by_source
from saleor_loyalty_app.members import tags

router = staff_router("/members")
_OF_ONE: tuple[Refusal, ...] = (*OF_STAFF, *OF_SERVING, (404, "member_not_found", {}))
_OF_CHANGING: tuple[Refusal, ...] = (
    *_OF_ONE,
    (403, "own_account", {}),
    (409, "member_erased", {}),
)
_EXAMPLE: dict[str, JsonValue] = {
    "tag": "vip",
    "orders": 2,
    "by": "agent@example.com",
    "at": "2027-01-04T09:30:00Z",
}
TagName = Annotated[str, Path(max_length=60, description="A tag of the member.")]


class MemberTagLine(Answer):
    """A tag of a member, and what gives it."""

    tag: str
    orders: int = Field(ge=0, description="Orders whose rules give it.")
    by: str | None = Field(description="The staff member who put it there; null = nobody did.")
    at: datetime | None = Field(description="When staff put it there.")


class MemberTags(Answer):
    """The tags of a member, by name."""

    model_config = ConfigDict(
        extra="forbid",
        frozen=True,
        json_schema_extra={"examples": [{"items": [_EXAMPLE], "most": 50}]},
    )

    items: list[MemberTagLine]
    most: int = Field(description="So many tags staff put on one member at most.")


class MemberTagInput(Answer):
    """A tag to put on a member."""

    model_config = ConfigDict(
        extra="forbid", frozen=True, json_schema_extra={"examples": [{"tag": "vip"}]}
    )

    tag: str = Field(min_length=1, max_length=200)


@router.get("/{member}/tags", responses=documented(*_OF_ONE))
async def list_tags(faces: FacesOf, staff: StaffOf, member: MemberId) -> MemberTags:
    """The tags of a member, each with what gives it."""
    staff.need_one(TO_SEE_MEMBERS)
    await faces.gate.read(staff.key)
    number = number_of(member)
    return await faces.database.read_async(lambda conn: _read(conn, staff, number))


@router.post(
    "/{member}/tags",
    status_code=201,
    responses=documented(
        *_OF_CHANGING,
        (400, "request_unreadable", {}),
        (409, "tags_too_many", {"most": 50}),
        (422, "tag_invalid", {}),
    ),
)
async def put_tag(
    faces: FacesOf, staff: StaffOf, member: MemberId, what: MemberTagInput
) -> MemberTags:
    """Puts a tag on a member, which stays whatever orders become; again changes nothing."""
    staff.need(TO_GIVE)
    await faces.gate.serve_customer(staff.key)
    number, now = number_of(member), faces.clock()

    def write(conn: Connection) -> MemberTags:
        store, agent = still_active(conn, staff.store), agent_of(staff)
        found = add_tag(conn, store, number, what.tag, agent, keys=faces.email_keys, now=now)
        return _read(conn, staff, found.id)

    return await faces.database.write_async(write)


@router.delete(
    "/{member}/tags/{tag}",
    responses=documented(*_OF_CHANGING, (404, "tag_unknown", {"tag": "vip"})),
)
async def take_tag(faces: FacesOf, staff: StaffOf, member: MemberId, tag: TagName) -> MemberTags:
    """Takes a tag from a member, whoever gave it; a later order may give it again."""
    staff.need(TO_GIVE)
    await faces.gate.serve_customer(staff.key)
    number, now = number_of(member), faces.clock()

    def write(conn: Connection) -> MemberTags:
        store, agent = still_active(conn, staff.store), agent_of(staff)
        found = remove_tag(conn, store, number, tag, agent, keys=faces.email_keys, now=now)
        return _read(conn, staff, found.id)

    return await faces.database.write_async(write)


def _read(conn: Connection, staff: Staff, number: int) -> MemberTags:
    store, member = require_member(conn, staff, number)
    found = tags_by_source(conn, store, member)
    names = staff_names(conn, store.id, [one.author for one in found if one.author])
    listed = MemberTags(
        items=[
            MemberTagLine(
                tag=one.tag,
                orders=one.orders,
                by=names[one.author] if one.author else None,
                at=one.at,
            )
            for one in found
        ],
        most=tags.MOST,
    )
    return on_its_clocks(listed, staff.store)
