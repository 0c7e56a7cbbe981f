"""What staff do with one member: `/members/{id}/…`. Each is noted with who did it."""

import json

from fastapi import Response
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.dashboard.members_deed_schemas import (
    EraseMemberInput,
    MemberBlocksInput,
    MemberErasure,
    MemberStateInput,
    MergeInput,
    MergeResult,
    OrderClaim,
    OrderClaimInput,
)
from saleor_loyalty_app.api.dashboard.members_points import agent_of
from saleor_loyalty_app.api.dashboard.members_reading import read_member
from saleor_loyalty_app.api.dashboard.members_schemas import (
    MemberDetail,
    MemberId,
    UnitBalance,
    number_of,
    on_its_clocks,
)
from saleor_loyalty_app.api.dashboard.refusals import OF_SERVING, OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_GIVE, TO_SEE_MEMBERS, StaffOf
from saleor_loyalty_app.api.errors import Refusal, documented
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.api.saleor_refusals import OF_SALEOR
from saleor_loyalty_app.flows.claim_order import Claimer
from saleor_loyalty_app.flows.export_member import export_member
from saleor_loyalty_app.flows.member_desk import Blocks, Loss, erase, loss_of, set_blocks, set_state
from saleor_loyalty_app.flows.merge_members import merge_members, preview_merge
from saleor_loyalty_app.members.errors import EraseUnconfirmed
from saleor_loyalty_app.stores import staff_actions

router = staff_router("/members")
_OF_ONE: tuple[Refusal, ...] = (
    *OF_STAFF,
    *OF_SERVING,
    (404, "member_not_found", {}),
    (409, "member_erased", {}),
)
_OF_CHANGING: tuple[Refusal, ...] = (*_OF_ONE, (400, "request_unreadable", {}))


@router.put("/{member}/blocks", responses=documented(*_OF_CHANGING, (422, "note_empty", {})))
async def block_member(
    faces: FacesOf, staff: StaffOf, member: MemberId, what: MemberBlocksInput
) -> MemberDetail:
    """Blocks or frees spending, earning and codes of a member."""
    staff.need(TO_GIVE)
    await faces.gate.serve_customer(staff.key)
    number, now = number_of(member), faces.clock()

    def write(conn: Connection) -> MemberDetail:
        store = still_active(conn, staff.store)
        wanted = Blocks(what.spending, what.earning, what.codes)
        found = set_blocks(conn, store, number, wanted, what.reason, actor=staff.actor, now=now)
        changed = read_member(conn, staff, found.id, keys=faces.email_keys, now=now)
        return on_its_clocks(changed, store)

    return await faces.database.write_async(write)


@router.put(
    "/{member}/state",
    responses=documented(
        *_OF_CHANGING,
        (403, "member_blocked", {}),
        (409, "wrong_member_state", {"state": "guest"}),
        (409, "no_program", {}),
    ),
)
async def move_member(
    faces: FacesOf, staff: StaffOf, member: MemberId, what: MemberStateInput
) -> MemberDetail:
    """A member pauses, goes on, leaves or comes back, as they asked for."""
    staff.need(TO_GIVE)
    await faces.gate.serve_customer(staff.key)
    number, now = number_of(member), faces.clock()

    def write(conn: Connection) -> MemberDetail:
        store = still_active(conn, staff.store)
        found = set_state(conn, store, number, what.state, actor=staff.actor, now=now)
        changed = read_member(conn, staff, found.id, keys=faces.email_keys, now=now)
        return on_its_clocks(changed, store)

    return await faces.database.write_async(write)


@router.post(
    "/{member}/merge",
    responses=documented(
        *_OF_CHANGING,
        (403, "own_account", {}),
        (409, "merge_with_itself", {}),
        (409, "merge_into_guest", {}),
        (409, "wrong_member_state", {"state": "left"}),
    ),
)
async def merge_into(
    faces: FacesOf, staff: StaffOf, member: MemberId, what: MergeInput
) -> MergeResult:
    """Another member becomes this one, for good; a dry run only tells what would move."""
    staff.need(TO_GIVE)
    await faces.gate.serve_customer(staff.key)
    winner, loser, now = number_of(member), number_of(what.other), faces.clock()
    if what.dry_run:
        seen = await faces.database.read_async(
            lambda conn: preview_merge(
                conn, still_active(conn, staff.store), loser, winner, now=now
            )
        )
        return on_its_clocks(MergeResult.of(seen, done=False), staff.store)
    done = await faces.database.write_async(
        lambda conn: merge_members(
            conn,
            still_active(conn, staff.store),
            loser,
            winner,
            agent_of(staff),
            keys=faces.email_keys,
            now=now,
        )
    )
    return on_its_clocks(MergeResult.of(done, done=True), staff.store)


@router.post(
    "/{member}/orders",
    responses=documented(
        *_OF_CHANGING,
        *OF_SALEOR,
        (404, "order_unknown", {}),
        (409, "order_of_another", {}),
        (502, "order_unreadable", {}),
    ),
)
async def claim_order(
    faces: FacesOf, staff: StaffOf, language: Language, member: MemberId, what: OrderClaimInput
) -> OrderClaim:
    """Reads an order of the member from Saleor by its number, and books what it earns."""
    staff.need_one(TO_SEE_MEMBERS)
    await faces.gate.serve_customer(staff.key)
    number = number_of(member)
    store = await faces.database.read_async(lambda conn: still_active(conn, staff.store))
    claimer = Claimer(faces.access, faces.email_keys, faces.clock)
    found = await faces.calls.run(
        lambda: claimer.claim(store, number, what.number, actor=staff.actor)
    )
    return OrderClaim.of(found, language)


@router.get(
    "/{member}/export",
    response_class=Response,
    responses={
        200: {
            "description": "Everything that is kept about the person, as a JSON file.",
            "content": {"application/json": {"schema": {"type": "object"}}},
        },
        **documented(*OF_STAFF, *OF_SERVING, (404, "member_not_found", {})),
    },
)
async def export(faces: FacesOf, staff: StaffOf, member: MemberId) -> Response:
    """Everything that is kept about a member, for the member."""
    staff.need(TO_GIVE)
    await faces.gate.serve_customer(staff.key)
    number, now = number_of(member), faces.clock()

    def write(conn: Connection) -> dict[str, object]:
        store = still_active(conn, staff.store)
        found = export_member(conn, store, number, now=now)
        staff_actions.note(
            conn,
            store.id,
            actor=staff.actor,
            kind="member_exported",
            subject=f"member:{number}",
            now=now,
        )
        return found

    found = await faces.database.write_async(write)
    return Response(
        json.dumps(found, ensure_ascii=False, indent=2),
        media_type="application/json",
        headers={
            "Content-Disposition": f'attachment; filename="member-{number}.json"',
            "Cache-Control": "no-store",
        },
    )


@router.get("/{member}/erasure", responses=documented(*_OF_ONE))
async def foresee_erasure(faces: FacesOf, staff: StaffOf, member: MemberId) -> MemberErasure:
    """What would be lost if the member were erased now."""
    staff.need(TO_GIVE)
    await faces.gate.read(staff.key)
    number, now = number_of(member), faces.clock()
    lost = await faces.database.read_async(
        lambda conn: loss_of(conn, still_active(conn, staff.store), number, now=now)
    )
    return on_its_clocks(_erasure(lost, done=False), staff.store)


@router.post(
    "/{member}/erasure", responses=documented(*_OF_CHANGING, (422, "erase_unconfirmed", {}))
)
async def erase_for_good(
    faces: FacesOf, staff: StaffOf, member: MemberId, what: EraseMemberInput
) -> MemberErasure:
    """Erases a member: who they were is forgotten, what they had is written off."""
    staff.need(TO_GIVE)
    await faces.gate.serve_customer(staff.key)
    number, now = number_of(member), faces.clock()
    if what.confirm.strip() != str(number):
        raise EraseUnconfirmed
    lost = await faces.database.write_async(
        lambda conn: erase(
            conn,
            still_active(conn, staff.store),
            number,
            actor=staff.actor,
            keys=faces.email_keys,
            now=now,
        )
    )
    return on_its_clocks(_erasure(lost, done=True), staff.store)


def _erasure(lost: Loss, *, done: bool) -> MemberErasure:
    return MemberErasure(
        member=str(lost.member.id),
        done=done,
        balances=[UnitBalance.of(unit, held) for unit, held in lost.balances.items()],
        redemptions=lost.redemptions,
        has_account=lost.member.user_id is not None,
    )
