"""Where the owner begins: what is left to do, what is wrong, and the kill switches: `/start`."""

from collections.abc import Iterable
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.dashboard.actions import switch
from saleor_loyalty_app.api.dashboard.figures import figures
from saleor_loyalty_app.api.dashboard.refusals import OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_SET_UP, Staff, StaffOf
from saleor_loyalty_app.api.dashboard.start_steps import Evidence, StepKey, steps
from saleor_loyalty_app.api.errors import documented
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.app_manifest import wanted_permissions
from saleor_loyalty_app.members.models import PageSession
from saleor_loyalty_app.programs import repository as programs
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.errors import ProgramInvalid
from saleor_loyalty_app.programs.models import ProgramSampling
from saleor_loyalty_app.rewards.models import Redemption
from saleor_loyalty_app.stores import repository as stores
from saleor_loyalty_app.stores import staff_actions
from saleor_loyalty_app.stores.models import Store
from saleor_loyalty_app.stores.problems import open_problems
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.switches import Part

Place = Literal["activity", "settings"]
#: Noted when a test mail went out.
TEST_MAIL_SENT = "test_mail_sent"
#: Where a problem is mended, by how its key begins.
_MENDED_ON: tuple[tuple[str, Place], ...] = (
    ("books-drift", "activity"),
    ("dead-letters", "activity"),
    ("redemptions-not-rebuilt", "activity"),
    ("unreadable-order", "activity"),
    ("consents-due", "settings"),
    ("expiry-notices", "settings"),
    ("mail-failing", "settings"),
    ("sms-failing", "settings"),
    ("webhook-off:", "settings"),
)
router = staff_router()


class _Shape(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class StartProgram(_Shape):
    """The program as far as it has come."""

    state: Literal["coming", "proposed", "scheduled", "in_force"] = Field(
        description="coming: the app still reads the store's orders to propose one."
    )
    name: str | None
    revision: int | None
    since: datetime | None = Field(description="From when it is, or will be, in force.")
    unpublished: bool = Field(description="The draft says something else than what is published.")


class StartStep(_Shape):
    """A step on the way, as the books have it: nobody ticks it off."""

    key: StepKey
    done: bool
    missing: list[str] = Field(description="Permissions not given, or channels without rates.")


class StartProblem(_Shape):
    """Something that the owner has to know of; its words say what to do."""

    key: str
    message: str
    since: datetime
    mended_on: Place | None = Field(
        description="The page on which it can be mended; null = outside of the app."
    )


class Switch(_Shape):
    """A part of the program that can be stopped at once."""

    part: Part
    on: bool


class SwitchInput(_Shape):
    """On or off."""

    on: bool


class Numbers(_Shape):
    """How large the program is."""

    members: int
    outstanding: int = Field(description="Points that members hold, pending ones included.")
    pending: int


class Start(_Shape):
    """All that the start page shows."""

    may_change: bool = Field(description="Whether the person may publish and switch.")
    may_set_up: bool = Field(description="Whether the person may change settings.")
    program: StartProgram
    figures: Numbers
    steps: list[StartStep]
    problems: list[StartProblem]
    switches: list[Switch]


@router.get("/start", responses=documented(*OF_STAFF))
async def read_start(faces: FacesOf, staff: StaffOf, language: Language) -> Start:
    """What is left to do, what is wrong, and what is on."""
    now = faces.clock()
    return await faces.database.read_async(lambda conn: start(conn, staff, now, language))


@router.put(
    "/switches/{part}",
    responses=documented(
        *OF_STAFF, (400, "request_unreadable", {}), (422, "request_invalid", {"fields": []})
    ),
)
async def set_switch(faces: FacesOf, staff: StaffOf, part: Part, what: SwitchInput) -> Switch:
    """Stops a part of the program, or lets it go on."""
    now = faces.clock()
    await faces.database.write_async(lambda conn: switch(conn, staff, part, what.on, now=now))
    return Switch(part=part, on=what.on)


def start(conn: Connection, staff: Staff, now: datetime, language: str) -> Start:
    """The start page of a store for one staff member, in their language.

    Raises:
        InvalidToken: the store deactivated or uninstalled the app meanwhile.
    """
    store = still_active(conn, staff.store)
    zone = ZoneInfo(store.timezone)
    live = programs.revision_at(conn, store.id, now)
    coming = programs.scheduled_revisions(conn, store.id, now)
    draft = programs.find_draft(conn, store.id)
    shown = live or (coming[0] if coming else None)
    written = _readable(draft)
    held = figures(conn, store.id, now)
    return Start(
        may_change=staff.may_change,
        may_set_up=staff.may(TO_SET_UP),
        program=_program(shown, live is not None, draft, written, [live, *coming], zone, language),
        figures=Numbers(members=held.members, outstanding=held.outstanding, pending=held.pending),
        steps=[
            StartStep(key=step.key, done=step.done, missing=list(step.missing))
            for step in steps(
                _evidence(conn, store, draft, shown.program if shown else written, shown)
            )
        ],
        problems=[
            StartProblem(
                key=problem.key,
                message=problem.said(language),
                since=problem.first_seen.astimezone(zone),
                mended_on=_mended_on(problem.key),
            )
            for problem in open_problems(conn, store.id)
        ],
        switches=[Switch(part=part, on=getattr(store, f"{part}_on")) for part in Part],
    )


def _program(
    shown: programs.Revision | None,
    is_live: bool,
    draft: programs.Draft | None,
    written: Program | None,
    published: Iterable[programs.Revision | None],
    zone: ZoneInfo,
    language: str,
) -> StartProgram:
    known = {one.digest for one in published if one is not None}
    unpublished = draft is not None and (written is None or written.digest not in known)
    if shown is not None:
        return StartProgram(
            state="in_force" if is_live else "scheduled",
            name=shown.program.texts_for(language).program,
            revision=shown.number,
            since=shown.effective_from.astimezone(zone),
            unpublished=unpublished,
        )
    return StartProgram(
        state="coming" if draft is None else "proposed",
        name=None if written is None else written.texts_for(language).program,
        revision=None,
        since=None,
        unpublished=unpublished,
    )


def _evidence(
    conn: Connection,
    store: StoreRef,
    draft: programs.Draft | None,
    program: Program | None,
    published: programs.Revision | None,
) -> Evidence:
    described, origins = conn.execute(
        sa.select(_STORE.c.metadata_synced_at, _STORE.c.storefront_origins).where(
            _STORE.c.id == store.id
        )
    ).one()
    return Evidence(
        described=described is not None,
        channels=[
            (channel.slug, channel.currency)
            for channel in stores.channels(conn, store.id)
            if channel.active
        ],
        lacking=wanted_permissions() - stores.permissions(conn, store.id),
        drafted=draft is not None,
        staff_saved=draft is not None and draft.updated_by.startswith("user:"),
        tried_out=_has(conn, store, _SAMPLING),
        published=published is not None,
        rated={(rates.channel, rates.currency) for rates in program.currencies} if program else (),
        origins=bool(origins),
        shoppers=_has(conn, store, _REDEMPTION) or _has(conn, store, _SESSION),
        mail_tested=bool(staff_actions.page(conn, store.id, 1, None, kind=TEST_MAIL_SENT)),
    )


_STORE, _SAMPLING = table(Store), table(ProgramSampling)
_REDEMPTION, _SESSION = table(Redemption), table(PageSession)


def _has(conn: Connection, store: StoreRef, rows: sa.Table) -> bool:
    found = sa.select(sa.literal(1)).where(rows.c.store_id == store.id).limit(1)
    return conn.execute(found).first() is not None


def _readable(draft: programs.Draft | None) -> Program | None:
    """The draft as a program; None where there is none, or it has errors."""
    try:
        return None if draft is None else draft.program()
    except ProgramInvalid:
        return None


def _mended_on(key: str) -> Place | None:
    return next((page for beginning, page in _MENDED_ON if key.startswith(beginning)), None)
