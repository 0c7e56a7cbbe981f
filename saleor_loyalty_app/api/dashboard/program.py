"""The program as staff edit it: draft, problems while typing, examples, trials: `/program`."""

from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from babel.numbers import get_currency_precision
from fastapi import Query
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import FacesOf, Language
from saleor_loyalty_app.api.dashboard.catalog_told import Catalog, catalog_of
from saleor_loyalty_app.api.dashboard.program_schemas import (
    ChannelOfStore,
    Checked,
    CheckInput,
    Document,
    DraftInput,
    Finding,
    Live,
    ParsedYaml,
    ProgramEditor,
    ProposalInput,
    SamplingState,
    SavedDraft,
    WorkedExample,
    YamlText,
)
from saleor_loyalty_app.api.dashboard.refusals import OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_CHANGE, Staff, StaffOf
from saleor_loyalty_app.api.errors import Refusal, documented
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.flows.called_in_store import called_in_store
from saleor_loyalty_app.flows.edit_draft import save_draft, stats_of_evidence
from saleor_loyalty_app.flows.program_examples import (
    ExampleOrder,
    examples,
    usual_order,
)
from saleor_loyalty_app.flows.program_problems import problems_of_document, problems_of_program
from saleor_loyalty_app.flows.propose_anew import propose_from_sample
from saleor_loyalty_app.flows.sample_orders import begin, is_fresh
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.programs import repository, samples
from saleor_loyalty_app.programs.diff import differences
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.errors import ProgramInvalid
from saleor_loyalty_app.programs.formats import FORMAT
from saleor_loyalty_app.programs.problems import in_newest_format, read_program
from saleor_loyalty_app.programs.repository import Draft
from saleor_loyalty_app.programs.stats import OrderStats
from saleor_loyalty_app.programs.yaml_text import parse_yaml, program_to_yaml
from saleor_loyalty_app.stores.refs import ChannelRef, StoreRef
from saleor_loyalty_app.stores.repository import channels

router = staff_router("/program")
_INVALID: Refusal = (422, "program_invalid", {"count": 1, "problems": []})
_UNREADABLE: Refusal = (400, "request_unreadable", {})
_OVERWRITTEN: Refusal = (
    409,
    "program_draft_overwritten",
    {
        "by": "user:VXNlcjo1",
        "at": "2027-01-04T09:30:00+00:00",
        "version": "0" * 64,
        "theirs": {},
        "mine": {},
        "changes": [],
    },
)


@router.get("", responses=documented(*OF_STAFF))
async def read_program_page(faces: FacesOf, staff: StaffOf) -> ProgramEditor:
    """The draft, the program in force, and the channels that it may have rates for."""
    now = faces.clock()
    return await faces.database.read_async(lambda conn: _page(conn, staff, now))


@router.put(
    "/draft",
    responses=documented(
        *OF_STAFF, _UNREADABLE, _OVERWRITTEN, _INVALID, (422, "request_invalid", {"fields": []})
    ),
)
async def save(faces: FacesOf, staff: StaffOf, language: Language, what: DraftInput) -> SavedDraft:
    """Saves the draft, if it is still the one that was edited; it may have problems."""
    staff.need(TO_CHANGE)
    now = faces.clock()

    def write(conn: Connection) -> Draft:
        store = still_active(conn, staff.store)
        return save_draft(
            conn,
            store,
            what.document,
            version=what.version,
            by=staff.actor,
            now=now,
            language=language,
        )

    return _saved(await faces.database.write_async(write), staff)


@router.post(
    "/check",
    responses=documented(*OF_STAFF, _UNREADABLE, (422, "request_invalid", {"fields": []})),
)
async def check(faces: FacesOf, staff: StaffOf, language: Language, what: CheckInput) -> Checked:
    """What is wrong with a document, what it changes, and what each setting means for an order."""
    now = faces.clock()

    def compared(conn: Connection, store: StoreRef) -> list[Program]:
        live = repository.revision_at(conn, store.id, now)
        try:
            new = read_program(what.document)
        except ProgramInvalid:
            return []
        return [new] if live is None else [live.program, new]

    catalog = await catalog_of(faces, staff, now, compared)
    return await faces.database.read_async(
        lambda conn: _checked(conn, staff, what, now, language, catalog)
    )


@router.post(
    "/proposal",
    responses=documented(
        *OF_STAFF,
        _UNREADABLE,
        _OVERWRITTEN,
        (409, "orders_not_read", {"state": "running", "progress": 40}),
        (422, "request_invalid", {"fields": []}),
    ),
)
async def propose(
    faces: FacesOf, staff: StaffOf, language: Language, what: ProposalInput
) -> SavedDraft:
    """Has a draft proposed anew from the orders that were read (`PUT /program/sample`)."""
    staff.need(TO_CHANGE)
    now = faces.clock()

    def write(conn: Connection) -> Draft:
        store = still_active(conn, staff.store)
        return propose_from_sample(
            conn, store, version=what.version, by=staff.actor, now=now, language=language
        )

    return _saved(await faces.database.write_async(write), staff)


@router.get("/sample", responses=documented(*OF_STAFF))
async def read_sample(faces: FacesOf, staff: StaffOf) -> SamplingState:
    """How far the reading of the last 90 days' orders is."""
    now = faces.clock()
    found = await faces.database.read_async(lambda conn: samples.sampling_of(conn, staff.store.id))
    return sampling_state(found, now)


@router.put("/sample", responses=documented(*OF_STAFF, (422, "request_invalid", {"fields": []})))
async def begin_sample(
    faces: FacesOf,
    staff: StaffOf,
    anew: Annotated[bool, Query(description="Also if that was done today.")] = False,
) -> SamplingState:
    """Has the last 90 days' orders read, unless that was done today or is under way."""
    staff.need(TO_CHANGE)
    now = faces.clock()

    def write(conn: Connection) -> samples.Sampling:
        return begin(conn, still_active(conn, staff.store), now=now, anew=anew)

    return sampling_state(await faces.database.write_async(write), now)


@router.delete("/sample", responses=documented(*OF_STAFF))
async def cancel_sample(faces: FacesOf, staff: StaffOf) -> SamplingState:
    """Stops the reading of orders."""
    staff.need(TO_CHANGE)
    now = faces.clock()
    found = await faces.database.write_async(
        lambda conn: samples.cancel_sampling(conn, staff.store.id, now=now)
    )
    return sampling_state(found, now)


@router.post(
    "/yaml/read",
    responses=documented(
        *OF_STAFF, _UNREADABLE, _INVALID, (422, "request_invalid", {"fields": []})
    ),
)
async def read_yaml(staff: StaffOf, what: YamlText) -> ParsedYaml:
    """A YAML text as a document; the document itself may have problems."""
    return ParsedYaml(document=dict(in_newest_format(parse_yaml(what.yaml))))


@router.post(
    "/yaml/write",
    responses=documented(
        *OF_STAFF, _UNREADABLE, _INVALID, (422, "request_invalid", {"fields": []})
    ),
)
async def write_yaml(staff: StaffOf, what: ParsedYaml) -> YamlText:
    """A document as YAML text."""
    return YamlText(yaml=program_to_yaml(read_program(what.document)))


def sampling_state(found: samples.Sampling | None, now: datetime) -> SamplingState:
    """What is told of the reading of orders."""
    if found is None:
        return SamplingState(
            state="missing", progress=0, orders=0, since=None, until=None, stale=True
        )
    return SamplingState(
        state=found.state,
        progress=found.progress,
        orders=found.orders,
        since=found.since,
        until=found.until,
        stale=found.state != "running" and not is_fresh(found, now),
    )


def _page(conn: Connection, staff: Staff, now: datetime) -> ProgramEditor:
    store = still_active(conn, staff.store)
    draft = repository.find_draft(conn, store.id)
    live = repository.revision_at(conn, store.id, now)
    stats = stats_of_evidence(draft.evidence) if draft is not None else {}
    return ProgramEditor(
        may_change=staff.may_change,
        timezone=store.timezone,
        language=store.language,
        channels=[
            _channel(one, stats.get((one.slug, one.currency))) for one in channels(conn, store.id)
        ],
        draft=None if draft is None else _saved(draft, staff),
        in_force=None
        if live is None
        else Live(
            revision=live.number,
            since=live.effective_from.astimezone(ZoneInfo(store.timezone)),
            version=live.digest,
            document=live.program.document,
        ),
        document_example=_smallest(store),
    )


def _channel(channel: ChannelRef, stats: OrderStats | None) -> ChannelOfStore:
    usual = usual_order(channel, stats)
    return ChannelOfStore(
        slug=channel.slug,
        name=channel.name,
        currency=channel.currency,
        places=get_currency_precision(channel.currency),
        active=channel.active,
        display_gross_prices=channel.display_gross_prices,
        goods=f"{usual.goods:f}",
        shipping=f"{usual.shipping:f}",
        orders=None if stats is None else stats.count,
        countries=list(channel.countries),
    )


def _smallest(store: StoreRef) -> Document:
    language = store.language
    texts = {
        "program": translate("template.program", language),
        "point": translate("template.point", language),
        "points": translate("template.points", language),
    }
    return {
        "version": FORMAT,
        "name": texts["program"],
        "texts": {language: dict(texts)},
        "earning": {"rules": [{"id": "purchases", "then": {"type": "points_per_money"}}]},
    }


def _saved(draft: Draft, staff: Staff) -> SavedDraft:
    return SavedDraft(
        document=dict(draft.document),
        version=draft.version,
        updated_at=draft.updated_at,
        updated_by=draft.updated_by,
        by_you=draft.updated_by == staff.actor,
    )


def _checked(
    conn: Connection,
    staff: Staff,
    what: CheckInput,
    now: datetime,
    language: str,
    catalog: Catalog,
) -> Checked:
    store = still_active(conn, staff.store)
    known = channels(conn, store.id)
    try:
        program = read_program(what.document)
    except ProgramInvalid:
        wrong = problems_of_document(conn, store, what.document, now=now)
        found = [Finding.of(one, language) for one in wrong]
        return Checked(problems=found, publishable=False, digest=None, changes=[], examples=[])
    problems = problems_of_program(conn, store, program, now=now)
    live = repository.revision_at(conn, store.id, now)
    called = called_in_store(conn, store.id, catalog)
    told = examples(
        program,
        _orders(conn, store, known, what),
        now=now,
        timezone=store.timezone,
        language=language,
    )
    return Checked(
        problems=[Finding.of(one, language) for one in problems],
        publishable=all(one.severity != "error" for one in problems),
        digest=program.digest,
        changes=[
            change.text
            for change in differences(live.program if live else None, program, language, called)
        ],
        examples=[WorkedExample(path=one.path, channel=one.channel, text=one.text) for one in told],
    )


def _orders(
    conn: Connection, store: StoreRef, known: list[ChannelRef], what: CheckInput
) -> list[ExampleOrder]:
    draft = repository.find_draft(conn, store.id)
    stats = stats_of_evidence(draft.evidence) if draft is not None else {}
    given = {one.channel: one for one in what.orders}
    found = []
    for channel in known:
        usual = usual_order(channel, stats.get((channel.slug, channel.currency)))
        wish = given.get(channel.slug)
        if wish is not None:
            usual = ExampleOrder(channel, wish.goods, wish.shipping)
        found.append(usual)
    return found
