"""What the app's page shows, read in one transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.dashboard.figures import figures
from saleor_loyalty_app.api.dashboard.schemas import (
    Basis,
    ChannelTerms,
    Draft,
    InForce,
    Notice,
    Numbers,
    Overview,
    Scheduled,
    StoreTrouble,
    Switch,
    Term,
)
from saleor_loyalty_app.api.dashboard.staff import Staff
from saleor_loyalty_app.api.money import Money
from saleor_loyalty_app.flows.publish_program import preview
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.programs import repository
from saleor_loyalty_app.programs.cost import monthly_cost
from saleor_loyalty_app.programs.diff import differences
from saleor_loyalty_app.programs.document import ChannelRates, Program
from saleor_loyalty_app.programs.errors import ProgramInvalid
from saleor_loyalty_app.programs.problems import Problem, problems_in
from saleor_loyalty_app.programs.stats import OrderStats
from saleor_loyalty_app.programs.words import (
    availability_words,
    earn_rate_words,
    expiry_words,
    percent_words,
    spend_rate_words,
)
from saleor_loyalty_app.stores.problems import open_problems
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.stores.repository import channels
from saleor_loyalty_app.stores.switches import Part


def overview(conn: Connection, staff: Staff, *, now: datetime, language: str) -> Overview:
    """The page of a store for one staff member, in their language.

    Raises:
        InvalidToken: the store deactivated or uninstalled the app meanwhile.
    """
    store = still_active(conn, staff.store)
    names = {channel.slug: channel.name for channel in channels(conn, store.id)}
    stored = repository.find_draft(conn, store.id)
    stats = _stats(stored.evidence) if stored else {}
    told = _Teller(names, stats, store, now, language)
    revision = repository.revision_at(conn, store.id, now)
    coming = repository.scheduled_revisions(conn, store.id, now)
    published = {one.digest for one in (revision, *coming) if one is not None}
    draft = _draft(conn, stored, told) if stored else None
    if draft is not None and draft.digest in published:
        draft = None
    held = figures(conn, store.id, now)
    return Overview(
        may_change=staff.may_change,
        in_force=_in_force(revision, told) if revision else None,
        scheduled=_scheduled(revision, coming, told),
        draft=draft,
        draft_waits=revision is None and stored is None,
        switches=[Switch(part=part, on=getattr(store, f"{part}_on")) for part in Part],
        problems=[
            StoreTrouble(key=item.key, message=item.message, since=told.local(item.first_seen))
            for item in open_problems(conn, store.id)
        ],
        figures=Numbers(members=held.members, outstanding=held.outstanding, pending=held.pending),
    )


class _Teller:
    """Puts the terms of a program into words for one store and language."""

    def __init__(
        self,
        names: Mapping[str, str],
        stats: Mapping[tuple[str, str], OrderStats],
        store: StoreRef,
        now: datetime,
        language: str,
    ) -> None:
        self._names = names
        self._stats = stats
        self.store = store
        self.now = now
        self.language = language

    def local(self, moment: datetime) -> datetime:
        """The same instant as the clocks of the store show it."""
        return moment.astimezone(ZoneInfo(self.store.timezone))

    def terms(self, program: Program) -> list[ChannelTerms]:
        return [self._channel(program, rates) for rates in program.currencies]

    def _channel(self, program: Program, rates: ChannelRates) -> ChannelTerms:
        stats = self._stats.get((rates.channel, rates.currency))
        give_back = rates.give_back
        return ChannelTerms(
            channel=rates.channel,
            channel_name=self._names.get(rates.channel, rates.channel),
            currency=rates.currency,
            earn=earn_rate_words(rates.earn_rate, rates.currency, self.language),
            worth=spend_rate_words(rates.spend_rate, rates.currency, self.language),
            give_back=None if give_back is None else percent_words(give_back, self.language),
            basis=None if stats is None else _basis(stats),
            monthly_cost=None if stats is None else self._cost(program, stats),
        )

    def _cost(self, program: Program, stats: OrderStats) -> Money:
        cost = monthly_cost(program, stats, now=self.now, timezone=self.store.timezone)
        return Money.of(cost, stats.currency)


def _basis(stats: OrderStats) -> Basis:
    return Basis(orders=stats.count, days=stats.days, median=Money.of(stats.median, stats.currency))


def _stats(evidence: Mapping[str, object]) -> dict[tuple[str, str], OrderStats]:
    told = evidence.get("channels")
    if not isinstance(told, list):
        return {}
    found = [OrderStats.from_json(item["stats"]) for item in told if item["stats"]]
    return {(stats.channel, stats.currency): stats for stats in found}


def _draft(conn: Connection, stored: repository.Draft, told: _Teller) -> Draft:
    try:
        program = stored.program()
        seen = preview(conn, told.store, program, now=told.now, language=told.language)
    except ProgramInvalid as failure:
        return _unreadable(stored, problems_in(failure), told.language)
    return Draft(
        digest=program.digest,
        name=program.texts_for(told.language).program,
        updated_at=stored.updated_at,
        channels=told.terms(program),
        changes=[change.text for change in seen.changes],
        notices=_notices(seen.problems, told.language),
        publishable=seen.publishable,
    )


def _unreadable(stored: repository.Draft, problems: list[Problem], language: str) -> Draft:
    name = stored.document.get("name")
    return Draft(
        digest="0" * 64,
        name=name if isinstance(name, str) else "",
        updated_at=stored.updated_at,
        channels=[],
        changes=[],
        notices=_notices(problems, language),
        publishable=False,
    )


def _notices(problems: list[Problem] | tuple[Problem, ...], language: str) -> list[Notice]:
    return [
        Notice(code=item.code, severity=item.severity, text=item.in_words(language))
        for item in problems
    ]


def _scheduled(
    revision: repository.Revision | None, coming: Sequence[repository.Revision], told: _Teller
) -> list[Scheduled]:
    return [
        Scheduled(
            revision=one.number,
            name=one.program.texts_for(told.language).program,
            effective_from=told.local(one.effective_from),
            channels=told.terms(one.program),
            changes=[
                change.text
                for change in differences(
                    before.program if before else None, one.program, told.language
                )
            ],
        )
        for before, one in zip((revision, *coming), coming, strict=False)
    ]


def _in_force(revision: repository.Revision, told: _Teller) -> InForce:
    settings = revision.program.settings
    return InForce(
        revision=revision.number,
        name=revision.program.texts_for(told.language).program,
        since=told.local(revision.effective_from),
        channels=told.terms(revision.program),
        terms=[
            _term("availability", availability_words(settings.availability, told.language), told),
            _term("expiry", expiry_words(settings.expiry, told.language), told),
        ],
    )


def _term(setting: str, value: str, told: _Teller) -> Term:
    return Term(name=translate(f"setting.{setting}", told.language), value=value)
