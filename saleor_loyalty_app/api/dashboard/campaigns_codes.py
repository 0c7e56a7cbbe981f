"""Codes of campaigns, and trying a campaign on one member: `/campaigns/{campaign}/codes`."""

from collections.abc import Iterator
from decimal import Decimal

from fastapi import Response
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.csv_files import CSV_RESPONSE, CsvFile
from saleor_loyalty_app.api.dashboard.campaigns import CampaignId
from saleor_loyalty_app.api.dashboard.campaigns_codes_schemas import (
    CodeLine,
    CodeLines,
    RevokedCodes,
    RevokeInput,
    TestInput,
    TestResult,
    kind_of,
)
from saleor_loyalty_app.api.dashboard.members_schemas import (
    After,
    First,
    next_of,
    number_of,
    on_its_clocks,
    place_of,
)
from saleor_loyalty_app.api.dashboard.refusals import OF_SERVING, OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_CHANGE, TO_SEE_MEMBERS, StaffOf
from saleor_loyalty_app.api.errors import Refusal, documented
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.campaigns import codes, repository
from saleor_loyalty_app.flows import campaign_desk as desk
from saleor_loyalty_app.flows.campaign_trial import code_held, try_points, why_not_in
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.members.repository import names_of

router = staff_router("/campaigns")
_UNKNOWN: Refusal = (404, "campaign_unknown", {})
_UNREADABLE: Refusal = (400, "request_unreadable", {})
#: So many codes one file has; more are had by the API page by page.
MOST_IN_FILE = 50_000
_PAGE = 1000


@router.get(
    "/{campaign}/codes",
    responses=documented(*OF_STAFF, *OF_SERVING, _UNKNOWN, (400, "invalid_cursor", {})),
)
async def list_codes(
    faces: FacesOf, staff: StaffOf, campaign: CampaignId, first: First = 25, after: After = None
) -> CodeLines:
    """The codes of a campaign, the newest first; names only for who may see members."""
    staff.need(TO_CHANGE)
    await faces.gate.read(staff.key)
    place = place_of(after)
    names = bool(staff.permissions & TO_SEE_MEMBERS)

    def read(conn: Connection) -> CodeLines:
        store = still_active(conn, staff.store)
        one = repository.get(conn, store.id, campaign)
        rows = codes.page(conn, one.id, first=first + 1, before=place)
        shown = rows[:first]
        owners = [row.member_id for row in shown if row.member_id is not None]
        called = names_of(conn, store.id, owners) if names else {}
        page = CodeLines(
            items=[CodeLine.of(row, called.get(row.member_id or 0, "")) for row in shown],
            next=next_of(shown[-1].id if len(rows) > first else None),
        )
        return on_its_clocks(page, store)

    return await faces.database.read_async(read)


@router.get(
    "/{campaign}/codes.csv",
    response_class=Response,
    responses=CSV_RESPONSE | documented(*OF_STAFF, *OF_SERVING, _UNKNOWN),
)
async def save_codes(
    faces: FacesOf, staff: StaffOf, language: Language, campaign: CampaignId
) -> CsvFile:
    """The codes of a campaign as a file, 50 000 at most."""
    staff.need(TO_CHANGE)
    await faces.gate.read(staff.key)

    def read(conn: Connection) -> list[tuple[object, ...]]:
        store = still_active(conn, staff.store)
        one = repository.get(conn, store.id, campaign)
        return list(_rows(conn, one.id, language))

    rows = await faces.database.read_async(read)
    columns = ("code", "kind", "member", "state", "uses", "issued_at", "valid_until")
    header = [translate(f"campaigns.csv.{column}", language) for column in columns]
    return CsvFile(f"campaign-{campaign}-codes.csv", header, rows)


@router.post(
    "/{campaign}/codes/revoke",
    responses=documented(
        *OF_STAFF, *OF_SERVING, _UNREADABLE, _UNKNOWN, (404, "campaign_code_unknown", {})
    ),
)
async def revoke_codes(
    faces: FacesOf, staff: StaffOf, campaign: CampaignId, what: RevokeInput
) -> RevokedCodes:
    """Ends codes for good; Saleor is told in the background."""
    staff.need(TO_CHANGE)
    now = faces.clock()
    ids = [int(one) for one in what.codes]

    def write(conn: Connection) -> RevokedCodes:
        store = still_active(conn, staff.store)
        ended = desk.revoke_codes(conn, store, campaign, ids, actor=staff.actor, now=now)
        return RevokedCodes(revoked=ended)

    return await faces.database.write_async(write)


@router.post(
    "/{campaign}/test",
    responses=documented(
        *OF_STAFF,
        *OF_SERVING,
        _UNREADABLE,
        _UNKNOWN,
        (404, "member_not_found", {}),
        (409, "campaign_elsewhere", {"channel": "no-such-channel"}),
        (422, "campaign_invalid", {"count": 1, "problems": []}),
    ),
)
async def test_campaign(
    faces: FacesOf, staff: StaffOf, campaign: CampaignId, what: TestInput
) -> TestResult:
    """Tries a campaign on one member: makes a code that works for two days, or counts points."""
    staff.need(TO_CHANGE)
    member_id, now, keys = number_of(what.member), faces.clock(), faces.email_keys

    def write(conn: Connection) -> TestResult:
        store = still_active(conn, staff.store)
        one = repository.get(conn, store.id, campaign)
        why_not = why_not_in(conn, store, one, member_id, now=now, keys=keys)
        if one.terms.codes is None:
            amount = Decimal(what.amount or "100")
            points = try_points(
                conn, store, one, member_id, what.channel, amount, now=now, keys=keys
            )
            return TestResult.model_validate(
                {
                    "why_not": why_not,
                    "code": None,
                    "own": False,
                    "held": None,
                    "points_before": points[0],
                    "points_after": points[1],
                }
            )
        held = code_held(conn, store, one, member_id, now=now)
        made = desk.make_test_code(conn, store, campaign, member_id, actor=staff.actor, now=now)
        [code] = codes.by_ids(conn, one.id, [made])
        return TestResult.model_validate(
            {
                "why_not": why_not,
                "code": code.code,
                "own": code.member_id is not None,
                "held": held,
                "points_before": None,
                "points_after": None,
            }
        )

    return await faces.database.write_async(write)


def _rows(conn: Connection, campaign_id: int, language: str) -> Iterator[tuple[object, ...]]:
    before: int | None = None
    told = 0
    while told < MOST_IN_FILE:
        page = codes.page(conn, campaign_id, first=_PAGE, before=before)
        for row in page:
            yield (
                row.code,
                translate(f"campaigns.code_kind.{kind_of(row.issue_key)}", language),
                row.member_id,
                translate(f"campaigns.code_state.{row.state}", language),
                row.uses,
                row.issued_at.isoformat(),
                row.valid_until.isoformat(),
            )
        told += len(page)
        if len(page) < _PAGE:
            return
        before = page[-1].id
