"""Campaigns as staff plan and watch them: `/campaigns`."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Annotated

from babel.numbers import get_currency_precision
from fastapi import Path, Query
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import Faces, FacesOf, Language
from saleor_loyalty_app.api.dashboard.campaigns_schemas import (
    CampaignChoices,
    CampaignForecast,
    CampaignLine,
    CampaignLines,
    CampaignMeanwhile,
    CampaignPage,
    ChannelChoice,
    CheckedTerms,
    CloneInput,
    CodeCounts,
    DeletedCampaign,
    ForecastInput,
    NamedChoice,
    Overlaps,
    PromotionMeanwhile,
    State,
    TermsChange,
    TermsInput,
    VersionInput,
    line_values,
)
from saleor_loyalty_app.api.dashboard.members_schemas import (
    After,
    First,
    next_of,
    on_its_clocks,
    place_of,
)
from saleor_loyalty_app.api.dashboard.program_schemas import Finding
from saleor_loyalty_app.api.dashboard.refusals import OF_SERVING, OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_CHANGE, Staff, StaffOf
from saleor_loyalty_app.api.errors import Refusal, documented
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.api.saleor_refusals import OF_SALEOR
from saleor_loyalty_app.campaigns import check, codes, repository, spending
from saleor_loyalty_app.campaigns.errors import CampaignInvalid
from saleor_loyalty_app.campaigns.repository import CampaignRow
from saleor_loyalty_app.flows import campaign_desk as desk
from saleor_loyalty_app.flows.campaign_forecast import forecast, promotions_meanwhile
from saleor_loyalty_app.flows.message_context import program_of
from saleor_loyalty_app.messages.kinds import Kind
from saleor_loyalty_app.messages.setup import setup_of
from saleor_loyalty_app.programs.problems import problem_of_json
from saleor_loyalty_app.stores import repository as stores
from saleor_loyalty_app.stores.refs import StoreRef

router = staff_router("/campaigns")
CampaignId = Annotated[str, Path(pattern=r"^cp_[0-9a-f]{12}$", description="`id` of the campaign.")]
_UNKNOWN: Refusal = (404, "campaign_unknown", {})
_INVALID: Refusal = (422, "campaign_invalid", {"count": 1, "problems": []})
_CHANGED: Refusal = (409, "campaign_changed", {"version": 2})
_UNFIT: Refusal = (409, "campaign_state_unfit", {"state": "ended"})
_UNREADABLE: Refusal = (400, "request_unreadable", {})
_OF_WRITING: tuple[Refusal, ...] = (*OF_STAFF, *OF_SERVING, _UNREADABLE)


@router.get("", responses=documented(*OF_STAFF, *OF_SERVING, (400, "invalid_cursor", {})))
async def list_campaigns(
    faces: FacesOf,
    staff: StaffOf,
    language: Language,
    state: Annotated[State | None, Query(description="Only those in this state.")] = None,
    first: First = 25,
    after: After = None,
) -> CampaignLines:
    """The campaigns with their numbers, the newest first."""
    await faces.gate.read(staff.key)
    place = place_of(after)

    def read(conn: Connection) -> CampaignLines:
        store = still_active(conn, staff.store)
        rows = repository.listed(conn, store.id, first=first + 1, before=place, state=state)
        shown = rows[:first]
        page = CampaignLines(
            items=_lines(conn, shown, language),
            next=next_of(shown[-1].id if len(rows) > first else None),
        )
        return on_its_clocks(page, store)

    return await faces.database.read_async(read)


@router.post(
    "",
    status_code=201,
    responses=documented(*_OF_WRITING, _INVALID, (409, "too_many_campaigns", {"most": 200})),
)
async def create_campaign(
    faces: FacesOf, staff: StaffOf, language: Language, what: TermsInput
) -> CampaignPage:
    """Makes a draft. It does nothing before it is scheduled."""
    terms = check.read(what.terms)
    make = partial(desk.create_campaign, terms=terms)
    return await _written(faces, staff, language, make)


@router.get("/choices", responses=documented(*OF_STAFF, *OF_SERVING))
async def read_choices(faces: FacesOf, staff: StaffOf, language: Language) -> CampaignChoices:
    """What the editor offers: channels, tiers, segments and languages."""
    await faces.gate.read(staff.key)
    now = faces.clock()
    return await faces.database.read_async(
        lambda conn: _choices(conn, still_active(conn, staff.store), now, language)
    )


@router.post("/check", responses=documented(*_OF_WRITING))
async def check_terms(
    faces: FacesOf, staff: StaffOf, language: Language, what: TermsInput
) -> CheckedTerms:
    """What is wrong with terms that are being written."""
    staff.need(TO_CHANGE)
    now = faces.clock()
    try:
        terms = check.read(what.terms)
    except CampaignInvalid as failure:
        listed = failure.detail["problems"]
        found = [problem_of_json(one) for one in listed] if isinstance(listed, list) else []
        return CheckedTerms(
            problems=[Finding.of(one, language) for one in found], schedulable=False
        )

    def read(conn: Connection) -> CheckedTerms:
        problems = desk.problems_of(conn, still_active(conn, staff.store), terms, now=now)
        return CheckedTerms(
            problems=[Finding.of(one, language) for one in problems],
            schedulable=all(one.severity != "error" for one in problems),
        )

    return await faces.database.read_async(read)


@router.post("/forecast", responses=documented(*_OF_WRITING, _INVALID))
async def forecast_terms(
    faces: FacesOf, staff: StaffOf, language: Language, what: ForecastInput
) -> CampaignForecast:
    """What terms may cost, on the orders that were read for the preview of the program."""
    staff.need(TO_CHANGE)
    await faces.gate.read(staff.key)
    terms, now = check.read(what.terms), faces.clock()

    def read(conn: Connection) -> CampaignForecast:
        found = forecast(conn, still_active(conn, staff.store), terms, now=now)
        return CampaignForecast.of(found, terms.kind, what.use_percent, language)

    return await faces.database.read_async(read)


@router.get("/{campaign}", responses=documented(*OF_STAFF, *OF_SERVING, _UNKNOWN))
async def read_campaign(
    faces: FacesOf, staff: StaffOf, language: Language, campaign: CampaignId
) -> CampaignPage:
    """A campaign with its terms, numbers and versions."""
    await faces.gate.read(staff.key)
    now = faces.clock()

    def read(conn: Connection) -> CampaignPage:
        store = still_active(conn, staff.store)
        return _page(conn, store, repository.get(conn, store.id, campaign), staff, now, language)

    return await faces.database.read_async(read)


@router.put(
    "/{campaign}",
    responses=documented(
        *_OF_WRITING, _UNKNOWN, _INVALID, _CHANGED, _UNFIT, (409, "campaign_fixed", {"fields": []})
    ),
)
async def change_campaign(
    faces: FacesOf, staff: StaffOf, language: Language, campaign: CampaignId, what: TermsChange
) -> CampaignPage:
    """Saves changed terms; of what was scheduled only name, texts, end, budget and telling."""
    terms = check.read(what.terms)
    change = partial(desk.change_campaign, public_id=campaign, terms=terms, version=what.version)
    return await _written(faces, staff, language, change)


@router.delete("/{campaign}", responses=documented(*OF_STAFF, *OF_SERVING, _UNKNOWN, _UNFIT))
async def delete_campaign(faces: FacesOf, staff: StaffOf, campaign: CampaignId) -> DeletedCampaign:
    """Deletes a draft that no code was made of."""
    staff.need(TO_CHANGE)
    now = faces.clock()
    await faces.database.write_async(
        lambda conn: desk.delete_campaign(
            conn, still_active(conn, staff.store), campaign, actor=staff.actor, now=now
        )
    )
    return DeletedCampaign(id=campaign)


@router.post(
    "/{campaign}/schedule",
    responses=documented(
        *_OF_WRITING,
        _UNKNOWN,
        _INVALID,
        _CHANGED,
        _UNFIT,
        (409, "campaign_code_taken", {"campaign_code": "AUTUMN10"}),
    ),
)
async def schedule_campaign(
    faces: FacesOf, staff: StaffOf, language: Language, campaign: CampaignId, what: VersionInput
) -> CampaignPage:
    """Lets a draft begin at its time, or now; codes are made in the background."""
    schedule = partial(desk.schedule_campaign, public_id=campaign, version=what.version)
    return await _written(faces, staff, language, schedule)


@router.post("/{campaign}/stop", responses=documented(*OF_STAFF, *OF_SERVING, _UNKNOWN, _UNFIT))
async def stop_campaign(
    faces: FacesOf, staff: StaffOf, language: Language, campaign: CampaignId
) -> CampaignPage:
    """Ends a campaign and all of its codes, for good."""
    return await _written(faces, staff, language, partial(desk.stop_campaign, public_id=campaign))


@router.post(
    "/{campaign}/clone",
    status_code=201,
    responses=documented(*_OF_WRITING, _UNKNOWN, (409, "too_many_campaigns", {"most": 200})),
)
async def clone_campaign(
    faces: FacesOf, staff: StaffOf, language: Language, campaign: CampaignId, what: CloneInput
) -> CampaignPage:
    """Makes a draft with the same terms, from tomorrow on at the earliest."""
    clone = partial(desk.clone_campaign, public_id=campaign, name=what.name)
    return await _written(faces, staff, language, clone)


@router.post("/{campaign}/adopt", responses=documented(*OF_STAFF, *OF_SERVING, _UNKNOWN, _UNFIT))
async def adopt_code(
    faces: FacesOf, staff: StaffOf, language: Language, campaign: CampaignId
) -> CampaignPage:
    """Says that the code which is in Saleor already may be used, where it is worth the same."""
    return await _written(faces, staff, language, partial(desk.adopt_code, public_id=campaign))


@router.get(
    "/{campaign}/overlaps", responses=documented(*OF_STAFF, *OF_SERVING, *OF_SALEOR, _UNKNOWN)
)
async def read_overlaps(faces: FacesOf, staff: StaffOf, campaign: CampaignId) -> Overlaps:
    """The store's own promotions and the other campaigns at the same time. Asks Saleor."""
    staff.need(TO_CHANGE)
    await faces.gate.serve_customer(staff.key)

    def read(conn: Connection) -> tuple[StoreRef, CampaignRow, list[CampaignRow]]:
        store = still_active(conn, staff.store)
        one = repository.get(conn, store.id, campaign)
        others = repository.overlapping(conn, store.id, one.starts_at, one.ends_at, but=one.id)
        return store, one, [other for other in others if _share_channel(one, other)]

    store, one, others = await faces.database.read_async(read)
    promotions = await faces.calls.run(lambda: promotions_meanwhile(faces.access, store, one.terms))
    found = Overlaps(
        promotions=[PromotionMeanwhile.of(each) for each in promotions],
        campaigns=[
            CampaignMeanwhile.model_validate(
                {
                    "id": each.public_id,
                    "name": each.terms.name,
                    "kind": each.terms.kind,
                    "state": each.state,
                    "starts_at": each.starts_at,
                    "ends_at": each.ends_at,
                }
            )
            for each in others
        ],
    )
    return on_its_clocks(found, store)


async def _written(
    faces: Faces, staff: Staff, language: str, write: "partial[CampaignRow]"
) -> CampaignPage:
    staff.need(TO_CHANGE)
    now = faces.clock()

    def change(conn: Connection) -> CampaignPage:
        store = still_active(conn, staff.store)
        written = write(conn, store, actor=staff.actor, now=now)
        return _page(conn, store, written, staff, now, language)

    return await faces.database.write_async(change)


def _lines(conn: Connection, rows: Sequence[CampaignRow], language: str) -> list[CampaignLine]:
    ids = [one.id for one in rows]
    spent, counts = spending.spent_of(conn, ids), codes.counts_of(conn, ids)
    numbers = spending.numbers_of(conn, ids)
    return [
        CampaignLine.of(
            one, spent[one.id], numbers.get(one.id, spending.Numbers()), counts[one.id], language
        )
        for one in rows
    ]


def _page(
    conn: Connection,
    store: StoreRef,
    one: CampaignRow,
    staff: Staff,
    now: datetime,
    language: str,
) -> CampaignPage:
    counts = codes.counts_of(conn, [one.id])[one.id]
    spent = spending.spent_of(conn, [one.id])[one.id]
    numbers = spending.numbers_of(conn, [one.id]).get(one.id, spending.Numbers())
    problems = desk.problems_of(conn, store, one.terms, now=now) if one.state == "draft" else []
    page = CampaignPage.model_validate(
        {
            **line_values(one, spent, numbers, counts, language),
            "version": one.version,
            "terms": one.terms.document,
            "problems": [Finding.of(each, language) for each in problems],
            "code_counts": CodeCounts(
                wanted=counts.wanted, open=counts.open, to_end=counts.to_end, ended=counts.ended
            ),
            "versions": [
                {"version": version, "from_at": at, "by_you": actor == staff.actor}
                for version, at, actor in repository.versions(conn, one)
            ],
        }
    )
    return on_its_clocks(page, store)


def _choices(conn: Connection, store: StoreRef, now: datetime, language: str) -> CampaignChoices:
    program = program_of(conn, store, now)
    levels = () if program is None or program.tiers is None else program.tiers.levels
    segments = () if program is None else program.segments or ()
    return CampaignChoices(
        channels=[
            ChannelChoice(
                slug=one.slug,
                name=one.name,
                currency=one.currency,
                active=one.active,
                places=get_currency_precision(one.currency),
            )
            for one in stores.channels(conn, store.id)
        ],
        tiers=[NamedChoice(id=one.id, name=one.label(language)) for one in levels],
        segments=[NamedChoice(id=one.id, name=one.label(language)) for one in segments],
        locales=[] if program is None else list(program.texts),
        timezone=store.timezone,
        tells=Kind.campaign not in setup_of(conn, store.id).setup.switched_off,
    )


def _share_channel(one: CampaignRow, other: CampaignRow) -> bool:
    ours = {said.channel for said in one.terms.channels}
    theirs = {said.channel for said in other.terms.channels}
    return not ours or not theirs or bool(ours & theirs)
