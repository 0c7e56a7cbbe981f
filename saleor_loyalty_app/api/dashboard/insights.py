"""Figures of the program: overview, months, closing: `/insights`."""

from datetime import date
from typing import Annotated, Final
from zoneinfo import ZoneInfo

from fastapi import Path, Query
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import Faces, FacesOf, Language
from saleor_loyalty_app.api.csv_files import CSV_RESPONSE, CsvFile
from saleor_loyalty_app.api.dashboard.insight_files import (
    journal_file,
    overview_file,
    roll_forward_file,
)
from saleor_loyalty_app.api.dashboard.insight_month_schemas import (
    AgedPoints,
    BreakageOf,
    ClosedBy,
    JournalAccountCodes,
    MonthFigures,
    MonthInList,
    MonthsOfBooks,
    StandingFigures,
)
from saleor_loyalty_app.api.dashboard.insight_schemas import (
    RangeOverview,
    liabilities,
)
from saleor_loyalty_app.api.dashboard.refusals import OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_SET_UP, Staff, StaffOf
from saleor_loyalty_app.api.dashboard.staff_names import staff_names
from saleor_loyalty_app.api.errors import Refusal, documented
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.insights.accounts import Purpose, accounts_of, name_accounts
from saleor_loyalty_app.insights.closing import (
    MonthReport,
    closed_periods,
    closing_report,
    freeze,
    is_closable,
    month_report,
    months_of_books,
)
from saleor_loyalty_app.insights.days import day_of
from saleor_loyalty_app.insights.overview import Overview, figures
from saleor_loyalty_app.insights.ranges import Step, wanted_range
from saleor_loyalty_app.insights.standing import Standing, standing_on
from saleor_loyalty_app.stores import staff_actions
from saleor_loyalty_app.stores.refs import StoreRef

router = staff_router("/insights")
_INVALID: Final[Refusal] = (422, "request_invalid", {"fields": []})
_RANGE: Final[Refusal] = (422, "range_invalid", {"most": 1100})
_UNKNOWN: Final[Refusal] = (404, "month_unknown", {"month": "2027-01"})


def _is_month(text: str) -> str:
    year, month = int(text[:4]), int(text[5:])
    if not (2000 <= year <= 9998 and 1 <= month <= 12):
        raise PydanticCustomError("month", "a month, such as 2027-01")
    return text


Month = Annotated[
    str,
    Path(pattern=r"^[0-9]{4}-[0-9]{2}$", description="Such as 2027-01.", examples=["2027-01"]),
    AfterValidator(_is_month),
]
Since = Annotated[
    date | None, Query(description="The first day; 30 days by default.", examples=["2027-01-01"])
]
Until = Annotated[
    date | None, Query(description="The last day; today by default.", examples=["2027-01-31"])
]
StepOf = Annotated[Step, Query(description="What the chart shows at once.")]


@router.get("/overview", responses=documented(*OF_STAFF, _INVALID, _RANGE))
async def read_range(
    faces: FacesOf,
    staff: StaffOf,
    since: Since = None,
    until: Until = None,
    step: StepOf = Step.day,
) -> RangeOverview:
    """What a range of days brought, beside the range before."""
    store, found = await _overview(faces, staff, since, until, step)
    return RangeOverview.of(
        found, store.timezone, today=day_of(faces.clock(), ZoneInfo(store.timezone))
    )


@router.get(
    "/overview.csv",
    responses={**CSV_RESPONSE, **documented(*OF_STAFF, _INVALID, _RANGE)},
)
async def save_range(
    faces: FacesOf,
    staff: StaffOf,
    language: Language,
    since: Since = None,
    until: Until = None,
    step: StepOf = Step.day,
) -> CsvFile:
    """The chart of a range as a file."""
    _, found = await _overview(faces, staff, since, until, step)
    return overview_file(found, language)


@router.get("/standing", responses=documented(*OF_STAFF, _INVALID, _RANGE))
async def read_standing(
    faces: FacesOf,
    staff: StaffOf,
    on: Annotated[date, Query(description="At the end of this day.", examples=["2027-01-31"])],
) -> StandingFigures:
    """What members held at the end of a day, how old it was and what would expire."""
    now = faces.clock()

    def read(conn: Connection) -> Standing:
        return standing_on(conn, still_active(conn, staff.store), on, now)

    found = await faces.database.read_async(read, snapshot=True)
    return StandingFigures(
        on=on,
        outstanding=found.liability.points,
        liability=liabilities(found.liability),
        unvalued=found.liability.unvalued,
        by_age=[AgedPoints.of(one) for one in found.aging.by_age],
        by_expiry=[AgedPoints.of(one) for one in found.aging.by_expiry],
        owed=found.aging.owed,
        breakage=BreakageOf(
            expired=found.breakage.expired,
            redeemed=found.breakage.redeemed,
            rate=found.breakage.rate,
            expected=found.breakage.expected,
        ),
    )


@router.get("/months", responses=documented(*OF_STAFF))
async def list_months(faces: FacesOf, staff: StaffOf, language: Language) -> MonthsOfBooks:
    """All months of the books, newest first, with who closed them."""
    now = faces.clock()

    def read(conn: Connection) -> MonthsOfBooks:
        store = still_active(conn, staff.store)
        zone = ZoneInfo(store.timezone)
        closed = {period.month: period for period in closed_periods(conn, store.id)}
        closers = [period.closed_by for period in closed.values()]
        names = staff_names(conn, store.id, closers, language)
        return MonthsOfBooks(
            months=[
                MonthInList(
                    month=f"{month:%Y-%m}",
                    closed=ClosedBy.of(closed[month], names[closed[month].closed_by], zone)
                    if month in closed
                    else None,
                    closable=is_closable(store, month, list(closed.values()), now),
                )
                for month in months_of_books(conn, store, now)
            ]
        )

    return await faces.database.read_async(read, snapshot=True)


@router.get("/months/{month}", responses=documented(*OF_STAFF, _INVALID, _UNKNOWN))
async def read_month(
    faces: FacesOf, staff: StaffOf, language: Language, month: Month
) -> MonthFigures:
    """A month as it was closed, or as the books stand."""
    now, first = faces.clock(), _day_of(month)

    def read(conn: Connection) -> MonthFigures:
        store = still_active(conn, staff.store)
        report = month_report(conn, store, first, now)
        closable = is_closable(store, first, closed_periods(conn, store.id), now)
        return _told(conn, store, report, language, closable=closable)

    return await faces.database.read_async(read, snapshot=True)


@router.get(
    "/months/{month}/roll-forward.csv",
    responses={**CSV_RESPONSE, **documented(*OF_STAFF, _INVALID, _UNKNOWN)},
)
async def save_roll_forward(
    faces: FacesOf, staff: StaffOf, language: Language, month: Month
) -> CsvFile:
    """The roll-forward of a month as a file."""
    report = await _month(faces, staff, month)
    return roll_forward_file(report, language)


@router.get(
    "/months/{month}/journal.csv",
    responses={**CSV_RESPONSE, **documented(*OF_STAFF, _INVALID, _UNKNOWN)},
)
async def save_journal(faces: FacesOf, staff: StaffOf, language: Language, month: Month) -> CsvFile:
    """The journal of a month as a file, under the store's account codes."""
    report = await _month(faces, staff, month)
    return journal_file(report, language)


@router.post(
    "/months/{month}/close",
    responses=documented(
        *OF_STAFF,
        _INVALID,
        _UNKNOWN,
        (409, "month_running", {"month": "2027-01"}),
        (409, "month_closed", {"month": "2027-01"}),
        (409, "earlier_month_open", {"next": "2026-12"}),
    ),
)
async def close(faces: FacesOf, staff: StaffOf, language: Language, month: Month) -> MonthFigures:
    """Freezes the figures of a month that is over. They are never rewritten."""
    staff.need(TO_SET_UP)
    now, first = faces.clock(), _day_of(month)

    def read(conn: Connection) -> MonthReport:
        return closing_report(conn, still_active(conn, staff.store), first, now)

    seen = await faces.database.read_async(read, snapshot=True)

    def write(conn: Connection) -> MonthFigures:
        store = still_active(conn, staff.store)
        report = freeze(conn, store, seen, by=staff.actor, now=now)
        staff_actions.note(
            conn,
            store.id,
            actor=staff.actor,
            kind="month_closed",
            subject=f"month:{month}",
            after={"closing": sum(row.closing for row in report.rows)},
            now=now,
        )
        return _told(conn, store, report, language, closable=False)

    return await faces.database.write_async(write)


@router.get("/accounts", responses=documented(*OF_STAFF))
async def read_accounts(faces: FacesOf, staff: StaffOf) -> JournalAccountCodes:
    """The account codes of the journal."""
    found = await faces.database.read_async(
        lambda conn: accounts_of(conn, still_active(conn, staff.store).id)
    )
    return _codes(found)


@router.put("/accounts", responses=documented(*OF_STAFF, (400, "request_unreadable", {}), _INVALID))
async def change_accounts(
    faces: FacesOf, staff: StaffOf, what: JournalAccountCodes
) -> JournalAccountCodes:
    """Names the account codes; closed months keep theirs."""
    staff.need(TO_SET_UP)
    now = faces.clock()

    def write(conn: Connection) -> dict[Purpose, str]:
        store = still_active(conn, staff.store)
        before = accounts_of(conn, store.id)
        wanted = {purpose: str(getattr(what, purpose)).strip() for purpose in Purpose}
        after = name_accounts(conn, store.id, wanted, by=staff.actor, now=now)
        if after != before:
            staff_actions.note(
                conn,
                store.id,
                actor=staff.actor,
                kind="accounts_changed",
                subject="journal",
                before={str(purpose): code for purpose, code in before.items()},
                after={str(purpose): code for purpose, code in after.items()},
                now=now,
            )
        return after

    return _codes(await faces.database.write_async(write))


async def _overview(
    faces: Faces, staff: Staff, since: date | None, until: date | None, step: Step
) -> tuple[StoreRef, Overview]:
    now = faces.clock()

    def read(conn: Connection) -> tuple[StoreRef, Overview]:
        store = still_active(conn, staff.store)
        asked = wanted_range(since, until, today=day_of(now, ZoneInfo(store.timezone)))
        return store, figures(conn, store, asked, step, now=now)

    return await faces.database.read_async(read, snapshot=True)


async def _month(faces: Faces, staff: Staff, month: str) -> MonthReport:
    now, first = faces.clock(), _day_of(month)

    def read(conn: Connection) -> MonthReport:
        return month_report(conn, still_active(conn, staff.store), first, now)

    return await faces.database.read_async(read, snapshot=True)


def _told(
    conn: Connection, store: StoreRef, report: MonthReport, language: str, *, closable: bool
) -> MonthFigures:
    name = ""
    if report.closed is not None:
        by = report.closed.closed_by
        name = staff_names(conn, store.id, [by], language)[by]
    zone = ZoneInfo(store.timezone)
    return MonthFigures.of(report, closable=closable, closed_by=name, zone=zone)


def _day_of(month: str) -> date:
    return date(int(month[:4]), int(month[5:]), 1)


def _codes(codes: dict[Purpose, str]) -> JournalAccountCodes:
    return JournalAccountCodes(**{str(purpose): code for purpose, code in codes.items()})
