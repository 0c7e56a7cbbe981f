"""What arrived, what could not be understood, and what was given up: `/activity`."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, ClassVar, Final
from zoneinfo import ZoneInfo

from fastapi import Path, Query
from sqlalchemy.engine import Connection
from starlette.concurrency import run_in_threadpool

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import Faces, FacesOf, Language
from saleor_loyalty_app.api.dashboard.activity_schemas import (
    MOST_REPLAYED,
    After,
    ArrivedWebhook,
    ArrivedWebhooks,
    DeadWebhook,
    DeadWebhooks,
    First,
    GivenUpJob,
    GivenUpJobs,
    ReplayedWebhook,
    ReplayedWebhooks,
    ReplayInput,
    Word,
)
from saleor_loyalty_app.api.dashboard.refusals import OF_SERVING, OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_SET_UP, Staff, StaffOf
from saleor_loyalty_app.api.errors import Refusal, documented
from saleor_loyalty_app.api.opaque import (
    cursor_of,
    job_name,
    letter_number,
    number_after,
)
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.flows.replay_inbox import Replayed
from saleor_loyalty_app.inbox import browsing
from saleor_loyalty_app.inbox.repository import count_dead_letters
from saleor_loyalty_app.queue.failed import FailedJob, JobUnknown
from saleor_loyalty_app.stores import staff_actions
from saleor_loyalty_app.stores.refs import StoreRef

router = staff_router("/activity")
_LIST: Final[tuple[Refusal, ...]] = (
    (400, "invalid_cursor", {}),
    (422, "request_invalid", {"fields": []}),
)
Since = Annotated[datetime | None, Query(description="Arrived at or after.")]
Until = Annotated[datetime | None, Query(description="Arrived before.")]


class LetterUnknown(AppError):
    """The store has no such dead letter; it may be forgotten by now."""

    code: ClassVar[str] = "letter_unknown"
    status: ClassVar[int] = 404


@router.get("/inbox", responses=documented(*OF_STAFF, *_LIST))
async def list_inbox(
    faces: FacesOf,
    staff: StaffOf,
    handler: Word = None,
    event: Word = None,
    since: Since = None,
    until: Until = None,
    first: First = 25,
    after: After = None,
) -> ArrivedWebhooks:
    """The webhooks that were accepted, newest first."""
    before = number_after(after)
    wanted = browsing.Wanted(handler, event, zoned(since), zoned(until))

    def read(conn: Connection) -> list[browsing.Arrived]:
        store = still_active(conn, staff.store)
        return browsing.arrived(conn, store.id, wanted, first=first + 1, before=before)

    found = await faces.database.read_async(read)
    return ArrivedWebhooks(
        items=[ArrivedWebhook.of(one, zone_of(staff)) for one in found[:first]],
        next=next_of([one.id for one in found], first),
    )


@router.get("/dead-letters", responses=documented(*OF_STAFF, *_LIST))
async def list_dead_letters(
    faces: FacesOf,
    staff: StaffOf,
    language: Language,
    waiting: Annotated[
        bool | None, Query(description="Only those that wait, or only those that were replayed.")
    ] = None,
    handler: Word = None,
    first: First = 25,
    after: After = None,
) -> DeadWebhooks:
    """The webhooks that could not be understood, newest first."""
    before = number_after(after)
    wanted = browsing.Wanted(handler)

    def read(conn: Connection) -> tuple[list[browsing.Letter], int]:
        store = still_active(conn, staff.store)
        page = browsing.letters(
            conn, store.id, wanted, waiting=waiting, first=first + 1, before=before
        )
        return page, count_dead_letters(conn, store.id)

    found, number = await faces.database.read_async(read)
    return DeadWebhooks(
        items=[DeadWebhook.of(one, language, zone_of(staff)) for one in found[:first]],
        next=next_of([one.id for one in found], first),
        waiting=number,
    )


@router.post(
    "/dead-letters/replay",
    responses=documented(
        *OF_STAFF, *OF_SERVING, (400, "request_unreadable", {}), (400, "invalid_cursor", {})
    ),
)
async def replay_all(faces: FacesOf, staff: StaffOf, what: ReplayInput) -> ReplayedWebhooks:
    """Replays the next dead letters that wait, oldest first; replaying is safe for the books."""
    staff.need(TO_SET_UP)
    await faces.gate.serve_customer(staff.key)
    start = number_after(what.after) or 0

    def read(conn: Connection) -> tuple[StoreRef, list[int]]:
        store = still_active(conn, staff.store)
        ids = browsing.waiting_ids(conn, store.id, after=start, first=MOST_REPLAYED + 1)
        return store, ids

    store, ids = await faces.database.read_async(read)
    page = ids[:MOST_REPLAYED]
    done = await _replay(faces, staff, store, page, "dead-letters") if page else []
    left = await faces.database.read_async(lambda conn: count_dead_letters(conn, store.id))
    return ReplayedWebhooks(
        items=[ReplayedWebhook.of(one) for one in done],
        next=cursor_of(str(page[-1])) if len(ids) > MOST_REPLAYED else None,
        waiting=left,
    )


@router.post(
    "/dead-letters/{letter}/replay",
    responses=documented(*OF_STAFF, *OF_SERVING, (404, "letter_unknown", {})),
)
async def replay_one(
    faces: FacesOf,
    staff: StaffOf,
    letter: Annotated[str, Path(max_length=100, description="`id` of the dead letter.")],
) -> ReplayedWebhook:
    """Replays a dead letter, also one that was understood before; it is safe for the books."""
    staff.need(TO_SET_UP)
    await faces.gate.serve_customer(staff.key)
    number = letter_number(letter)
    if number is None:
        raise LetterUnknown

    def read(conn: Connection) -> tuple[StoreRef, bool]:
        store = still_active(conn, staff.store)
        return store, browsing.letter(conn, store.id, number)

    store, is_there = await faces.database.read_async(read)
    done = await _replay(faces, staff, store, [number], f"dead-letter:{number}") if is_there else []
    if not done:
        raise LetterUnknown
    return ReplayedWebhook.of(done[0])


@router.get("/jobs", responses=documented(*OF_STAFF, *_LIST))
async def list_failed_jobs(
    faces: FacesOf, staff: StaffOf, language: Language, first: First = 25, after: After = None
) -> GivenUpJobs:
    """The jobs that were given up after their last attempt, newest first."""
    start = number_after(after) or 0
    store = await faces.database.read_async(partial(still_active, store=staff.store))
    found = await run_in_threadpool(
        faces.failed_jobs.page, store.id, first=first + 1, offset=min(start, 10**6)
    )
    return GivenUpJobs(
        items=[GivenUpJob.of(job, language, zone_of(staff)) for job in found[:first]],
        next=cursor_of(str(start + first)) if len(found) > first else None,
    )


@router.post(
    "/jobs/{job}/retry",
    responses=documented(*OF_STAFF, *OF_SERVING, (404, "job_unknown", {})),
)
async def retry_job(
    faces: FacesOf,
    staff: StaffOf,
    language: Language,
    job: Annotated[str, Path(max_length=900, description="`id` of the job.")],
) -> GivenUpJob:
    """Begins a job anew, with all its attempts."""
    staff.need(TO_SET_UP)
    await faces.gate.serve_customer(staff.key)
    name = job_name(job)
    if name is None:
        raise JobUnknown
    store = await faces.database.read_async(partial(still_active, store=staff.store))
    now = faces.clock()

    def note(conn: Connection, failed: FailedJob) -> None:
        staff_actions.note(
            conn,
            store.id,
            actor=staff.actor,
            kind="job_retried",
            subject=f"job:{failed.name}",
            before={"attempts": failed.attempts, "failure": failed.failure[:300]},
            now=now,
        )

    begun = await run_in_threadpool(faces.failed_jobs.retry, store.id, name, note)
    return GivenUpJob.of(begun, language, zone_of(staff))


async def _replay(
    faces: Faces, staff: Staff, store: StoreRef, ids: Sequence[int], subject: str
) -> list[Replayed]:
    """Replays letters of the store on a thread of its own, and notes who did so."""
    now = faces.clock()
    done = await run_in_threadpool(
        faces.replay.dead_letters, now=now, store_id=store.id, ids=list(ids)
    )
    failed = sum(bool(one.failure) for one in done)

    def note(conn: Connection) -> None:
        staff_actions.note(
            conn,
            store.id,
            actor=staff.actor,
            kind="dead_letters_replayed",
            subject=subject,
            after={"understood": len(done) - failed, "failed": failed},
            now=now,
        )

    if done:
        await faces.database.write_async(note)
    return done


def next_of(ids: Sequence[int], first: int) -> str | None:
    """The cursor behind a page, where more follows."""
    return cursor_of(str(ids[first - 1])) if len(ids) > first else None


def zone_of(staff: Staff) -> ZoneInfo:
    """The zone in which times are told to staff: that of their store."""
    return ZoneInfo(staff.store.timezone)


def zoned(moment: datetime | None) -> datetime | None:
    """A time without zone is UTC."""
    if moment is None or moment.tzinfo is not None:
        return moment
    return moment.replace(tzinfo=UTC)
