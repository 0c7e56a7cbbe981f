"""What a draft would have cost on past orders, and counting orders from before the program."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Path
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.dashboard.program import sampling_state
from saleor_loyalty_app.api.dashboard.publishing_schemas import (
    ChannelCost,
    Cost,
    Import,
    ImportInput,
    ImportReport,
    Imports,
    RuleCost,
    TopTier,
)
from saleor_loyalty_app.api.dashboard.refusals import OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_CHANGE, StaffOf
from saleor_loyalty_app.api.errors import Refusal, documented
from saleor_loyalty_app.api.money import Money
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.flows.cost_on_sample import results_on_sample
from saleor_loyalty_app.flows.import_choice import ImportChoice
from saleor_loyalty_app.flows.import_history import (
    cancel_history_import,
    start_history_import,
)
from saleor_loyalty_app.flows.propose_anew import days_of
from saleor_loyalty_app.i18n import catalogue, translate
from saleor_loyalty_app.orders.imports import ImportRow, latest_imports
from saleor_loyalty_app.programs import repository, samples
from saleor_loyalty_app.programs.backtest import ChannelResult, top_tier
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.words import percent_words, tier_names
from saleor_loyalty_app.stores import staff_actions
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import channels

router = staff_router("/publishing")
ImportId = Annotated[int, Path(ge=1, le=2**62)]
_INVALID: Refusal = (422, "program_invalid", {"count": 1, "problems": []})
_FIELDS: Refusal = (422, "request_invalid", {"fields": []})
_POINTS = "points"
_STATUS = "status"
#: So many imports are listed.
LISTED = 10


@router.get("/cost", responses=documented(*OF_STAFF, (404, "no_program_draft", {}), _INVALID))
async def read_cost(faces: FacesOf, staff: StaffOf, language: Language) -> Cost:
    """What the draft would have given on the orders that were read, beside the program in force."""
    now = faces.clock()
    return await faces.database.read_async(
        lambda conn: _cost(conn, still_active(conn, staff.store), now, language)
    )


@router.get("/imports", responses=documented(*OF_STAFF))
async def list_imports(faces: FacesOf, staff: StaffOf, language: Language) -> Imports:
    """The latest imports of orders from before the program."""

    def read(conn: Connection) -> Imports:
        store = still_active(conn, staff.store)
        rows = latest_imports(conn, store.id, first=LISTED)
        return Imports(items=[_told(row, store, language) for row in rows])

    return await faces.database.read_async(read)


@router.post(
    "/imports",
    status_code=201,
    responses=documented(
        *OF_STAFF,
        (400, "request_unreadable", {}),
        (404, "no_program_draft", {}),
        (409, "program_not_live", {}),
        (409, "import_running", {}),
        (422, "invalid_import_choice", {"field": "days", "maximum": 3650}),
        _INVALID,
        _FIELDS,
    ),
)
async def start_import(
    faces: FacesOf, staff: StaffOf, language: Language, what: ImportInput
) -> Import:
    """Begins to count orders from before the program; a dry run only reports."""
    staff.need(TO_CHANGE)
    choice = ImportChoice(what.mode, what.days, what.cap)
    now = faces.clock()

    def write(conn: Connection) -> Import:
        store = still_active(conn, staff.store)
        repository.lock_programs(conn, store.id)
        row = start_history_import(conn, store, choice, dry_run=what.dry_run, now=now)
        _note(conn, store, staff.actor, "history_import_started", row, now)
        return _told(row, store, language)

    return await faces.database.write_async(write)


@router.post(
    "/imports/{import_id}/cancel",
    responses=documented(*OF_STAFF, (404, "import_not_found", {"import_id": 7}), _FIELDS),
)
async def cancel_import(
    faces: FacesOf, staff: StaffOf, language: Language, import_id: ImportId
) -> Import:
    """Stops an import; what it booked stays booked."""
    staff.need(TO_CHANGE)
    now = faces.clock()

    def write(conn: Connection) -> Import:
        store = still_active(conn, staff.store)
        row = cancel_history_import(conn, store, import_id, now=now)
        if row.state == "canceled" and row.finished_at == now:
            _note(conn, store, staff.actor, "history_import_canceled", row, now)
        return _told(row, store, language)

    return await faces.database.write_async(write)


def _note(
    conn: Connection, store: StoreRef, actor: str, kind: str, row: ImportRow, now: datetime
) -> None:
    staff_actions.note(
        conn,
        store.id,
        actor=actor,
        kind=kind,
        subject=f"history_import:{row.id}",
        after={**row.choice, "dry_run": row.dry_run, "orders_seen": row.orders_seen},
        now=now,
    )


def _cost(conn: Connection, store: StoreRef, now: datetime, language: str) -> Cost:
    sampling = samples.sampling_of(conn, store.id)
    state = sampling_state(sampling, now)
    if sampling is None or sampling.state != "done":
        return Cost(sampling=state, days=None, channels=None)
    program = repository.get_draft(conn, store.id).program()
    live = repository.revision_at(conn, store.id, now)
    compared = (program,) if live is None else (program, live.program)
    in_force = None if live is None else live.program
    after, *before = results_on_sample(conn, store, sampling, *compared, live=in_force)
    days = days_of(sampling)
    names = {one.slug: one.name for one in channels(conn, store.id)}
    return Cost(
        sampling=state,
        days=days,
        channels=[
            _channel(
                result,
                program,
                None if live is None else _monthly(live.program, before[0], result, days),
                days,
                names,
                language,
            )
            for result in after
        ],
    )


def _channel(
    found: ChannelResult,
    program: Program,
    before: Money | None,
    days: int,
    names: dict[str, str],
    language: str,
) -> ChannelCost:
    currency = found.currency
    rules = sorted(found.points_by_rule.items(), key=lambda item: (-item[1], item[0]))
    return ChannelCost(
        channel=found.channel,
        channel_name=names.get(found.channel, found.channel),
        currency=currency,
        orders=found.orders,
        turnover=Money.of(found.turnover, currency),
        earning=found.earning,
        points=found.points,
        worth=Money.of(found.worth(program), currency),
        monthly=Money.of(found.monthly(program, days), currency),
        share=percent_words(found.share(program), language),
        monthly_before=before,
        tier_known=found.tier_known,
        top=_top(found, program, days, language),
        rules=[
            RuleCost(id=rule_id, rule=program.rule_name(rule_id, language), points=int(points))
            for rule_id, points in rules
        ],
        not_judged=[
            rule.label(language) for rule in program.earning.rules if rule.id in found.unjudged
        ],
    )


def _top(found: ChannelResult, program: Program, days: int, language: str) -> TopTier | None:
    tier = top_tier(program)
    if not tier:
        return None
    return TopTier(
        tier=tier_names(program, language).get(tier, tier),
        points=found.top_points,
        monthly=Money.of(found.top().monthly(program, days), found.currency),
    )


def _monthly(
    program: Program, results: Sequence[ChannelResult], like: ChannelResult, days: int
) -> Money | None:
    """What the program in force costs a month in the same channel."""
    for one in results:
        if (one.channel, one.currency) == (like.channel, like.currency):
            return Money.of(one.monthly(program, days), one.currency)
    return None


def _told(row: ImportRow, store: StoreRef, language: str) -> Import:
    zone = ZoneInfo(store.timezone)
    orders, mode = row.report.get("orders", {}), str(row.choice["mode"])
    unit = _STATUS if mode == "status_only" else _POINTS
    customers = row.report.get("customers", {}).get(unit) if row.finished_at else None
    reasons = {
        name: number
        for name, number in orders.items()
        if name != "counted" and not name.startswith("points:") and number
    }
    over = row.state != "running"
    return Import(
        id=row.id,
        mode=mode,
        days=row.choice.get("days"),
        cap=row.choice.get("cap"),
        dry_run=row.dry_run,
        state=row.state,
        progress=_progress(row),
        orders_seen=row.orders_seen,
        started_at=row.started_at.astimezone(zone),
        finished_at=None if row.finished_at is None else row.finished_at.astimezone(zone),
        report=ImportReport(
            points=orders.get(f"points:{unit}", 0),
            customers=customers["customers"] if customers else 0 if over else None,
            most=customers["most"] if customers else 0 if over else None,
            counted=orders.get("counted", 0),
            reasons={
                _reason(name, mode, language): number for name, number in sorted(reasons.items())
            },
        ),
    )


def _reason(name: str, mode: str, language: str) -> str:
    for key in (f"import.{name}.{mode}", f"import.{name}", f"withheld.{name}"):
        if key in catalogue(language):
            return translate(key, language)
    return name


def _progress(row: ImportRow) -> int:
    """How much of the time up to the start of the import was read, in percent."""
    if row.state == "done":
        return 100
    start, until = row.report.get("from"), row.report.get("until")
    if not start or not until:
        return 0
    begun = datetime.fromisoformat(start)
    span = (row.started_at - begun).total_seconds()
    read = (datetime.fromisoformat(until) - begun).total_seconds()
    return max(0, min(99, int(100 * read / span))) if span > 0 else 0
