"""Segments: how many members are in each, who and why, and what a rule would come to."""

from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Annotated

from fastapi import Path
from fastapi.responses import StreamingResponse
from pydantic import TypeAdapter, ValidationError
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import Faces, FacesOf, Language
from saleor_loyalty_app.api.csv_files import CSV_RESPONSE
from saleor_loyalty_app.api.dashboard.members_schemas import (
    After,
    First,
    MemberId,
    next_of,
    number_of,
    on_its_clocks,
    place_of,
)
from saleor_loyalty_app.api.dashboard.program_schemas import Document
from saleor_loyalty_app.api.dashboard.refusals import OF_SERVING, OF_STAFF
from saleor_loyalty_app.api.dashboard.segment_names import categories_told, names_in
from saleor_loyalty_app.api.dashboard.segments_schemas import (
    MemberSegments,
    NamedMember,
    SegmentBoard,
    SegmentFits,
    SegmentLine,
    SegmentMemberLine,
    SegmentMemberPage,
    SegmentStandingLine,
    SegmentSweepState,
    SegmentTrial,
    told_reasons,
)
from saleor_loyalty_app.api.dashboard.staff import TO_CHANGE, TO_SEE_MEMBERS, StaffOf
from saleor_loyalty_app.api.errors import documented
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.csv_lines import csv_line
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.preview_segment import preview_segment
from saleor_loyalty_app.flows.segment_standing import Then, facts_now, why
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.members.repository import names_of
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.errors import ProgramInvalid
from saleor_loyalty_app.programs.problems import check_size, invalid, problems_of
from saleor_loyalty_app.programs.repository import find_draft, revision_at
from saleor_loyalty_app.programs.segment_reasons import (
    Line,
    Reason,
    flat,
    flat_reasons,
    parts_told,
    reasons_of,
)
from saleor_loyalty_app.programs.segments import Segment
from saleor_loyalty_app.programs.segments_words import (
    Names,
    came_in_words,
    number_words,
    segment_sentence,
    whole_words,
)
from saleor_loyalty_app.segments import repository, sweeps
from saleor_loyalty_app.segments.repository import Row
from saleor_loyalty_app.stores.refs import StoreRef

router = staff_router()
SegmentId = Annotated[str, Path(max_length=60, description="`id` of a segment.")]
_SEGMENT: TypeAdapter[Segment] = TypeAdapter(Segment)
#: Members whom a file is written of at once.
PAGE = 500
_HEADER = ("member", "name", "since", "came_in")


class SegmentUnknown(AppError):
    """The program in force has no such segment."""

    code = "segment_unknown"
    status = 404


_UNKNOWN = (404, "segment_unknown", {"segment": "loyal"})


@router.get("/segments", responses=documented(*OF_STAFF, *OF_SERVING))
async def read_segments(faces: FacesOf, staff: StaffOf, language: Language) -> SegmentBoard:
    """The segments in force, how many members are in each, and how fresh that is."""
    await faces.gate.read(staff.key)
    now = faces.clock()
    categories = await categories_told(faces, staff, now)

    def read(conn: Connection) -> SegmentBoard:
        store = still_active(conn, staff.store)
        program = _program(conn, store, now)
        segments = () if program is None else program.segments or ()
        sizes = repository.sizes(conn, store.id) if segments else {}
        sweep = sweeps.sweep_of(conn, store.id)
        names = names_in(program, language, categories)
        board = SegmentBoard(
            segments=[
                SegmentLine.of(one, sizes.get(one.id, 0), language, names) for one in segments
            ],
            sweep=None if sweep is None or not sweep.digest else SegmentSweepState.of(sweep),
        )
        return on_its_clocks(board, store)

    return await faces.database.read_async(read)


@router.post(
    "/segments/preview",
    responses=documented(
        *OF_STAFF,
        *OF_SERVING,
        (400, "request_unreadable", {}),
        (422, "program_invalid", {"count": 1, "problems": []}),
    ),
)
async def preview_rule(
    faces: FacesOf, staff: StaffOf, language: Language, what: SegmentTrial
) -> SegmentFits:
    """How many members a rule would take in now: everybody counted, or a sample of them."""
    staff.need(TO_CHANGE)
    await faces.gate.serve_customer(staff.key)
    segment, now = _segment(what.rule), faces.clock()
    named = bool(staff.permissions & frozenset(TO_SEE_MEMBERS))

    def read(conn: Connection) -> SegmentFits:
        store = still_active(conn, staff.store)
        program = _drafted(conn, store.id) or _program(conn, store, now)
        names = names_in(program, language, what.names)
        told = segment_sentence(segment.rule, language, names)
        if program is None:
            return SegmentFits(
                told=told, total=0, looked_at=0, sample=False, fit=0, expected=0, shown=[]
            )
        found = preview_segment(conn, store, program, segment.rule, now=now)
        called = names_of(conn, store.id, found.shown) if named else {}
        return SegmentFits(
            told=told,
            total=found.total,
            looked_at=found.looked_at,
            sample=found.is_sample,
            fit=found.fit,
            expected=found.expected,
            shown=[
                NamedMember(member=str(one), name=called.get(one, ""))
                for one in (found.shown if named else ())
            ],
        )

    return await faces.database.read_async(read)


@router.get(
    "/segments/{segment}/members",
    responses=documented(*OF_STAFF, *OF_SERVING, (400, "invalid_cursor", {}), _UNKNOWN),
)
async def list_segment_members(
    faces: FacesOf,
    staff: StaffOf,
    language: Language,
    segment: SegmentId,
    first: First = 25,
    after: After = None,
) -> SegmentMemberPage:
    """The members of a segment, each with what the conditions find now."""
    staff.need_one(TO_SEE_MEMBERS)
    await faces.gate.read(staff.key)
    place, now = place_of(after), faces.clock()
    categories = await categories_told(faces, staff, now)

    def read(conn: Connection) -> SegmentMemberPage:
        store = still_active(conn, staff.store)
        program, found = _in_force(conn, store, segment, now)
        rows = repository.members_of(conn, store.id, segment, first=first + 1, after=place)
        shown = rows[:first]
        members = [row.member_id for row in shown]
        names, called = names_in(program, language, categories), names_of(conn, store.id, members)
        facts = facts_now(conn, store, program, [found], members, now=now)
        then = Then(conn, store)
        page = SegmentMemberPage(
            items=[
                SegmentMemberLine(
                    member=str(row.member_id),
                    name=called.get(row.member_id, ""),
                    since=row.since,
                    why=told_reasons(reasons_of(found.rule, facts[row.member_id]), language, names)
                    if row.member_id in facts
                    else [],
                    came_in=came_in_words(then.came_in(row), language, names),
                )
                for row in shown
            ],
            next=next_of(shown[-1].member_id if len(rows) > first else None),
        )
        return on_its_clocks(page, store)

    return await faces.database.read_async(read)


@router.get(
    "/segments/{segment}/members.csv",
    response_class=StreamingResponse,
    responses={**documented(*OF_STAFF, *OF_SERVING, _UNKNOWN), **CSV_RESPONSE},
)
async def download_segment_members(
    faces: FacesOf, staff: StaffOf, language: Language, segment: SegmentId
) -> StreamingResponse:
    """All members of a segment as a file: number, name, since when and with what they came in.

    Each condition has two columns: what the member has now, and whether that meets it. Before the
    conditions of a group is whether the group is met.
    """
    staff.need_one(TO_SEE_MEMBERS)
    await faces.gate.serve_customer(staff.key)
    now = faces.clock()

    def read(conn: Connection) -> tuple[StoreRef, Program, Segment]:
        store = still_active(conn, staff.store)
        return store, *_in_force(conn, store, segment, now)

    store, program, found = await faces.database.read_async(read)
    names = names_in(program, language, await categories_told(faces, staff, now))
    return StreamingResponse(
        _file(faces, store, program, found, language, names, now),
        media_type="text/csv",
        headers={
            "Content-Disposition": f'attachment; filename="loyalty-segment-{found.id}.csv"',
            "Cache-Control": "no-store",
        },
    )


@router.get(
    "/members/{member}/segments",
    responses=documented(*OF_STAFF, *OF_SERVING, (404, "member_not_found", {})),
)
async def read_member_segments(
    faces: FacesOf, staff: StaffOf, language: Language, member: MemberId
) -> MemberSegments:
    """Which segments a member is in, and why: each condition with what the member has."""
    staff.need_one(TO_SEE_MEMBERS)
    await faces.gate.read(staff.key)
    number, now = number_of(member), faces.clock()
    categories = await categories_told(faces, staff, now)

    def read(conn: Connection) -> MemberSegments:
        store = still_active(conn, staff.store)
        names = names_in(_program(conn, store, now), language, categories)
        told = MemberSegments(
            segments=[
                SegmentStandingLine.of(one, language, names)
                for one in why(conn, store, number, now=now)
            ]
        )
        return on_its_clocks(told, store)

    return await faces.database.read_async(read)


async def _file(
    faces: Faces,
    store: StoreRef,
    program: Program,
    segment: Segment,
    language: str,
    names: Names,
    now: datetime,
) -> AsyncIterator[bytes]:
    """The lines of the file, page by page; numbers are those of now."""
    header = [translate(f"csv.segment_{name}", language) for name in _HEADER]
    for part in flat(parts_told(segment.rule)):
        said = whole_words(part, language, names)
        header += [said] if isinstance(part, Line) else []
        header.append(translate("csv.segment_meets", language, condition=said))
    yield csv_line(header).encode("utf-8-sig")
    after: int | None = None
    while True:
        read = partial(_page, store=store, program=program, segment=segment, after=after)
        last, lines = await faces.database.read_async(
            partial(read, language=language, names=names, now=now)
        )
        yield "".join(csv_line(line) for line in lines).encode()
        if len(lines) < PAGE:
            return
        after = last


def _page(
    conn: Connection,
    *,
    store: StoreRef,
    program: Program,
    segment: Segment,
    after: int | None,
    language: str,
    names: Names,
    now: datetime,
) -> tuple[int | None, list[list[object]]]:
    """The last member of the next lines, and the lines."""
    rows = repository.members_of(conn, store.id, segment.id, first=PAGE, after=after)
    last = rows[-1].member_id if rows else None
    return last, _lines(conn, store, program, segment, rows, language, names, now)


def _lines(
    conn: Connection,
    store: StoreRef,
    program: Program,
    segment: Segment,
    rows: Sequence[Row],
    language: str,
    names: Names,
    now: datetime,
) -> list[list[object]]:
    members = [row.member_id for row in rows]
    called = names_of(conn, store.id, members)
    facts = facts_now(conn, store, program, [segment], members, now=now)
    then = Then(conn, store)
    lines: list[list[object]] = []
    for row in rows:
        known = facts.get(row.member_id)
        reasons = () if known is None else reasons_of(segment.rule, known)
        had = came_in_words(then.came_in(row), language, names)
        line = [row.member_id, called.get(row.member_id, ""), row.since.isoformat(), had]
        lines.append([*line, *_cells(reasons, language, names)])
    return lines


def _cells(reasons: tuple[Reason, ...], language: str, names: Names) -> Iterator[str]:
    for one in flat_reasons(reasons):
        if isinstance(one.part, Line):
            yield number_words(one.part.leaf, one.number, language, names)
        yield translate("value.yes" if one.holds else "value.no", language)


def _segment(rule: Document) -> Segment:
    """The rule as a segment of its own.

    Raises:
        ProgramInvalid: with all its problems.
    """
    document = {"id": "preview", "rule": rule}
    check_size(document)
    try:
        return _SEGMENT.validate_python(document)
    except ValidationError as error:
        raise invalid(problems_of(error, document)) from error


def _drafted(conn: Connection, store_id: int) -> Program | None:
    """The draft, whose tiers count for what is tried; None where there is none that can be read."""
    draft = find_draft(conn, store_id)
    if draft is None:
        return None
    try:
        return draft.program()
    except ProgramInvalid:
        return None


def _program(conn: Connection, store: StoreRef, now: datetime) -> Program | None:
    revision = revision_at(conn, store.id, now)
    return None if revision is None else revision.program


def _in_force(
    conn: Connection, store: StoreRef, segment_id: str, now: datetime
) -> tuple[Program, Segment]:
    program = _program(conn, store, now)
    for segment in () if program is None else program.segments or ():
        if segment.id == segment_id and program is not None:
            return program, segment
    raise SegmentUnknown(segment=segment_id)
