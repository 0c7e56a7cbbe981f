"""Tiers: how many hold each, who, who moved, who would move, and tiers set by hand."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated

from fastapi import Path, Query
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.dashboard.members_points import agent_of
from saleor_loyalty_app.api.dashboard.members_reading import staff_names
from saleor_loyalty_app.api.dashboard.members_schemas import (
    After,
    First,
    MemberId,
    next_of,
    number_of,
    on_its_clocks,
    place_of,
)
from saleor_loyalty_app.api.dashboard.refusals import OF_SERVING, OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import (
    TO_CHANGE,
    TO_GIVE,
    TO_SEE_MEMBERS,
    StaffOf,
)
from saleor_loyalty_app.api.dashboard.tiers_schemas import (
    MemberTier,
    TierBoard,
    TierHolder,
    TierHolders,
    TierInput,
    TierLevel,
    TierMoveLine,
    TierMoveLines,
    TierPreview,
    TierSweepState,
)
from saleor_loyalty_app.api.errors import Refusal, documented
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.clock import Clock
from saleor_loyalty_app.flows.preview_tiers import preview_moves
from saleor_loyalty_app.flows.set_tier import end_tier, set_tier
from saleor_loyalty_app.flows.sweep_tiers import digest_of, progress
from saleor_loyalty_app.flows.tier_standing import tier_standing
from saleor_loyalty_app.members.repository import merged_members, names_of
from saleor_loyalty_app.programs.repository import get_draft, revision_at
from saleor_loyalty_app.programs.tiers import Tiers
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers import browsing
from saleor_loyalty_app.tiers.browsing import MoveRow
from saleor_loyalty_app.tiers.holders import counts, holders

router = staff_router()
TierId = Annotated[str, Path(max_length=60, description="`id` of a tier.")]
#: How far back the moves beside the levels go.
DAYS = 30
_OF_SETTING: tuple[Refusal, ...] = (
    *OF_STAFF,
    *OF_SERVING,
    (400, "request_unreadable", {}),
    (403, "own_account", {}),
    (404, "member_not_found", {}),
    (409, "member_erased", {}),
    (409, "tiers_off", {}),
    (409, "tier_member_unfit", {}),
)


@router.get("/tiers", responses=documented(*OF_STAFF, *OF_SERVING))
async def read_tiers(faces: FacesOf, staff: StaffOf, language: Language) -> TierBoard:
    """The tiers in force, how many members hold each, and how far a change has come."""
    await faces.gate.read(staff.key)
    since = faces.clock() - timedelta(days=DAYS)

    def read(conn: Connection) -> TierBoard:
        store = still_active(conn, staff.store)
        revision = revision_at(conn, store.id, faces.clock())
        tiers = None if revision is None else revision.program.tiers
        held = counts(conn, store.id, None if revision is None else revision.program)
        sweep = progress(conn, store, now=faces.clock())
        moves = browsing.flows_since(conn, store.id, since)
        levels = () if tiers is None else tiers.levels
        board = TierBoard(
            enabled=tiers is not None and tiers.enabled,
            days=DAYS,
            without=held.get("", 0),
            levels=[TierLevel.of(one, held.get(one.id, 0), moves, language) for one in levels],
            sweep=None if sweep is None else TierSweepState.of(sweep),
        )
        return on_its_clocks(board, store)

    return await faces.database.read_async(read)


@router.get(
    "/tiers/moves",
    responses=documented(
        *OF_STAFF, *OF_SERVING, (400, "invalid_cursor", {}), (404, "member_not_found", {})
    ),
)
async def list_moves(
    faces: FacesOf,
    staff: StaffOf,
    language: Language,
    member: Annotated[str | None, Query(max_length=40, description="Only of this member.")] = None,
    first: First = 25,
    after: After = None,
) -> TierMoveLines:
    """Who moved from one tier to another, the newest first, with why and what counted."""
    staff.need_one(TO_SEE_MEMBERS)
    await faces.gate.read(staff.key)
    before = place_of(after)
    number = None if member is None else number_of(member)

    def read(conn: Connection) -> TierMoveLines:
        store = still_active(conn, staff.store)
        whose = None if number is None else [number, *merged_members(conn, store.id, number)]
        rows = browsing.moves(conn, store.id, first=first + 1, before=before, members=whose)
        shown = rows[:first]
        page = TierMoveLines(
            items=_move_lines(conn, store, shown, _in_force(conn, store, faces.clock), language),
            next=next_of(shown[-1].id if len(rows) > first else None),
        )
        return on_its_clocks(page, store)

    return await faces.database.read_async(read)


@router.get(
    "/tiers/{tier}/members",
    responses=documented(*OF_STAFF, *OF_SERVING, (400, "invalid_cursor", {})),
)
async def list_holders(
    faces: FacesOf, staff: StaffOf, tier: TierId, first: First = 25, after: After = None
) -> TierHolders:
    """The members who have a tier; none for one that there is not, or where tiers are off."""
    staff.need_one(TO_SEE_MEMBERS)
    await faces.gate.read(staff.key)
    place = place_of(after)

    def read(conn: Connection) -> TierHolders:
        store = still_active(conn, staff.store)
        revision = revision_at(conn, store.id, faces.clock())
        found = (
            []
            if revision is None
            else holders(
                conn,
                store.id,
                revision.program,
                tier,
                since=revision.effective_from,
                first=first + 1,
                after=place,
            )
        )
        shown = found[:first]
        names = names_of(conn, store.id, [one.member_id for one in shown])
        page = TierHolders(
            items=[TierHolder.of(one, names.get(one.member_id, "")) for one in shown],
            next=next_of(shown[-1].member_id if len(found) > first else None),
        )
        return on_its_clocks(page, store)

    return await faces.database.read_async(read)


@router.get(
    "/publishing/tiers",
    responses=documented(
        *OF_STAFF,
        *OF_SERVING,
        (404, "no_program_draft", {}),
        (422, "program_invalid", {"count": 1, "problems": []}),
    ),
)
async def preview_tiers(faces: FacesOf, staff: StaffOf, language: Language) -> TierPreview:
    """Who would move if the draft were published now: everybody counted, or a sample of them."""
    staff.need(TO_CHANGE)
    await faces.gate.read(staff.key)
    now = faces.clock()

    def read(conn: Connection) -> TierPreview:
        store = still_active(conn, staff.store)
        draft = get_draft(conn, store.id).program()
        revision = revision_at(conn, store.id, now)
        live = None if revision is None else revision.program
        changes = digest_of(draft) != digest_of(live)
        return TierPreview.of(
            preview_moves(conn, store, draft, now=now),
            None if live is None else live.tiers,
            draft.tiers,
            language,
            changes=changes,
        )

    return await faces.database.read_async(read)


@router.get(
    "/members/{member}/tier",
    responses=documented(*OF_STAFF, *OF_SERVING, (404, "member_not_found", {})),
)
async def read_member_tier(
    faces: FacesOf, staff: StaffOf, language: Language, member: MemberId
) -> MemberTier:
    """Where a member stands, what is missing to the next tier, and when this one would end."""
    staff.need_one(TO_SEE_MEMBERS)
    await faces.gate.read(staff.key)
    number, now = number_of(member), faces.clock()

    def read(conn: Connection) -> MemberTier:
        store = still_active(conn, staff.store)
        told = MemberTier.of(tier_standing(conn, store, number, now=now), language)
        return on_its_clocks(told, store)

    return await faces.database.read_async(read)


@router.put(
    "/members/{member}/tier",
    responses=documented(
        *_OF_SETTING,
        (404, "tier_unknown", {"tier": "gold"}),
        (422, "tier_end_past", {"until": "2020-01-01"}),
        (422, "note_empty", {}),
        (422, "request_invalid", {"fields": []}),
    ),
)
async def set_member_tier(
    faces: FacesOf, staff: StaffOf, language: Language, member: MemberId, what: TierInput
) -> MemberTier:
    """Sets the tier that a member has at least, through a day; who earns a higher one has it."""
    staff.need(TO_GIVE)
    await faces.gate.serve_customer(staff.key)
    number, now = number_of(member), faces.clock()

    def write(conn: Connection) -> MemberTier:
        store = still_active(conn, staff.store)
        set_tier(
            conn,
            store,
            number,
            what.tier,
            what.through,
            agent_of(staff),
            reason=what.reason,
            language=language,
            keys=faces.email_keys,
            now=now,
        )
        told = MemberTier.of(tier_standing(conn, store, number, now=now), language)
        return on_its_clocks(told, store)

    return await faces.database.write_async(write)


@router.delete("/members/{member}/tier", responses=documented(*_OF_SETTING))
async def end_member_tier(
    faces: FacesOf, staff: StaffOf, language: Language, member: MemberId
) -> MemberTier:
    """Ends a tier that was set by hand: the member has what was earned."""
    staff.need(TO_GIVE)
    await faces.gate.serve_customer(staff.key)
    number, now = number_of(member), faces.clock()

    def write(conn: Connection) -> MemberTier:
        store = still_active(conn, staff.store)
        end_tier(conn, store, number, agent_of(staff), keys=faces.email_keys, now=now)
        told = MemberTier.of(tier_standing(conn, store, number, now=now), language)
        return on_its_clocks(told, store)

    return await faces.database.write_async(write)


def _in_force(conn: Connection, store: StoreRef, clock: Clock) -> Tiers | None:
    revision = revision_at(conn, store.id, clock())
    return None if revision is None else revision.program.tiers


def _move_lines(
    conn: Connection,
    store: StoreRef,
    rows: Sequence[MoveRow],
    tiers: Tiers | None,
    language: str,
) -> list[TierMoveLine]:
    names = names_of(conn, store.id, [row.member_id for row in rows])
    actors = staff_names(conn, store.id, [row.actor for row in rows if row.actor != "app"])
    return [
        TierMoveLine.of(row, tiers, names.get(row.member_id, ""), actors.get(row.actor), language)
        for row in rows
    ]
