"""Where one member stands between the tiers, told for people."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection

from saleor_loyalty_app.flows.move_tiers import history_of, in_program, zone_of
from saleor_loyalty_app.flows.tier_promises import promised_after
from saleor_loyalty_app.i18n import capitalized, translate
from saleor_loyalty_app.members.errors import MemberNotFound
from saleor_loyalty_app.members.refs import MemberRef
from saleor_loyalty_app.programs import words
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.programs.tier_calendar import period_after
from saleor_loyalty_app.programs.tier_measures import Measures, measures_on
from saleor_loyalty_app.programs.tier_projection import Projection, projection
from saleor_loyalty_app.programs.tier_rules import State, history_from, kept_through_changes
from saleor_loyalty_app.programs.tiers import Tiers, at_least_entry
from saleor_loyalty_app.programs.tiers_words import missing_words
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers import books, repository


@dataclass(frozen=True, slots=True)
class TierStanding:
    """The tiers in force, a member's state in them, and what is ahead.

    Attributes:
        state: as far as a look has noted it, with at least the tier that everybody has.
        today: in the store's time zone.
        since: when the tier was reached; None = the member has none.
    """

    tiers: Tiers
    today: date
    state: State
    since: datetime | None
    measures: Measures
    ahead: Projection


def tier_standing(
    conn: Connection, store: StoreRef, member: int | MemberRef, *, now: datetime
) -> TierStanding | None:
    """Where a member stands; None where tiers are off or the member takes no part.

    Args:
        member: also a newcomer.

    Raises:
        MemberNotFound: there is no such member.
    """
    revision = revision_at(conn, store.id, now)
    person = repository.person_of(conn, store.id, member)
    if person is None:
        raise MemberNotFound
    ids = [person.id]
    tiers = None if revision is None else revision.program.tiers
    if revision is None or tiers is None or not tiers.enabled:
        return None
    if not in_program(person, revision.program):
        return None
    zone = zone_of(store)
    today = now.astimezone(zone).date()
    held = repository.held(conn, store.id, ids).get(person.id)
    state = State(today) if held is None else held.state
    joined_on = person.since.astimezone(zone).date()
    if held is not None and held.law is not None:
        state = kept_through_changes(held.law, tiers, state, joined_on, today)
    since = held.since if held is not None and held.tier else None
    if (counting := with_entry(tiers, state, joined_on, today)) is not state:
        state, since = counting, max(person.since, revision.effective_from)
    first = history_from(tiers, state, today, joined_on)
    counted = books.counted_of(conn, store.id, ids, since=first, zone=zone)
    history = history_of(person, counted.get(person.id, ()), zone)
    absorbed = repository.merged_into(conn, store.id, [person.id])
    promised = promised_after(conn, store.id, {person.id: state}, absorbed, today)
    return TierStanding(
        tiers=tiers,
        today=today,
        state=state,
        since=since,
        measures=measures_on(tiers, history, today),
        ahead=projection(tiers, state, history, today, promised.get(person.id, ())),
    )


def with_entry(tiers: Tiers, state: State, joined_on: date, today: date) -> State:
    """A state with at least the tier that everybody has; the same one where it has that already."""
    tier = at_least_entry(tiers, state.tier(tiers))
    if tier == state.tier(tiers):
        return state
    return replace(state, earned=tier, period_until=period_after(tiers.window, today, joined_on))


def ahead_words(found: TierStanding, language: str) -> list[str]:
    """What is missing to the next tier, and what happens if nothing more is bought."""
    tiers, ahead = found.tiers, found.ahead
    told: list[str] = []
    if ahead.next_tier and ahead.missing:
        level = tiers.levels[tiers.rank_of(ahead.next_tier)]
        any_of = level.requirements.match == "any"
        missing = missing_words(ahead.missing, language, any_of=any_of)
        key = "tiers.next" if ahead.reach_by is None else "tiers.next_by"
        day = "" if ahead.reach_by is None else words.day_words(ahead.reach_by, language)
        told.append(translate(key, language, missing=missing, tier=level.label(language), day=day))
    if ahead.drops_on is not None:
        key = "tiers.drops" if ahead.drops_to else "tiers.drops_out"
        below = (
            tiers.levels[tiers.rank_of(ahead.drops_to)].label(language) if ahead.drops_to else ""
        )
        day = words.day_words(ahead.drops_on, language)
        told.append(translate(key, language, tier=below, day=day))
    if ahead.to_keep and ahead.keep_by is not None:
        level = tiers.levels[tiers.rank_of(ahead.tier)]
        any_of = level.requirements.match == "any"
        missing = missing_words(ahead.to_keep, language, any_of=any_of)
        day = words.day_words(ahead.keep_by, language)
        since = ahead.keep_from if ahead.keep_from != found.today else None
        key = "tiers.keep" if since is None else "tiers.keep_from"
        first = "" if since is None else words.day_words(since, language)
        told.append(translate(key, language, missing=missing, first=first, day=day))
    return [capitalized(text, language) for text in told]
