"""What a draft would have given for what members did in the last 90 days, other than ordering.

Each count is of something that the app knows: who joined and is still there, birthdays and
anniversaries of the days, answers, levels reached, events that came, lines passed. Nothing is
written.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from saleor_loyalty_app.bonuses import anniversaries, answers, birthdays
from saleor_loyalty_app.bonuses.celebrating import LeapDay, birthdays_on, joined_years_before
from saleor_loyalty_app.custom_events.repository import totals as events_since
from saleor_loyalty_app.flows.move_tiers import zone_of
from saleor_loyalty_app.flows.pass_milestones import MilestoneRule, milestones_of
from saleor_loyalty_app.members.eligibility import takes_part
from saleor_loyalty_app.members.joined import confirmed_since
from saleor_loyalty_app.members.sampling import count_people, sampled_pages
from saleor_loyalty_app.milestones import passed
from saleor_loyalty_app.milestones.totals import totals_of
from saleor_loyalty_app.programs import deed_costs as costs
from saleor_loyalty_app.programs.bonuses import DEFAULTS
from saleor_loyalty_app.programs.deed_costs import Deed, DeedCost, Uncounted
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.milestone_rules import missing_to_line
from saleor_loyalty_app.programs.milestones import MILESTONE
from saleor_loyalty_app.programs.stats import DAYS
from saleor_loyalty_app.stores.installed import installed_at
from saleor_loyalty_app.stores.refs import StoreRef
from saleor_loyalty_app.tiers import browsing
from saleor_loyalty_app.tiers import repository as people_of

#: What events came to that count as deeds: somebody was known for them.
_DEEDS = ("given", "nothing", "withheld")


@dataclass(frozen=True, slots=True)
class DeedCosts:
    """What deeds cost.

    Attributes:
        since: from when on deeds are counted: 90 days back, or when the app was installed.
        items: each kind of deed that brings points by the draft or by the program in force.
        goodwill, goodwill_before: points that goodwill without a person gives in a month at most.
        uncounted: what the draft may cost besides.
    """

    since: datetime
    items: tuple[DeedCost, ...]
    goodwill: int
    goodwill_before: int
    uncounted: tuple[Uncounted, ...]

    @property
    def points(self) -> int:
        """Points of the time since then, by the draft."""
        return sum(one.points for one in self.items if not one.at_once)

    @property
    def points_before(self) -> int:
        """Points of the time since then, by the program in force."""
        return sum(one.points_before for one in self.items if not one.at_once)

    @property
    def at_once(self) -> int:
        """Points that publishing gives at once."""
        return sum(one.points for one in self.items if one.at_once)


def cost_of_deeds(
    conn: Connection, store: StoreRef, live: Program | None, draft: Program, *, now: datetime
) -> DeedCosts:
    """What the draft would have given for the deeds of the last 90 days, beside what is in force.

    Deeds that nobody could do so far are named instead of being counted as none.
    """
    zone = zone_of(store)
    since = max(now - timedelta(days=DAYS), installed_at(conn, store.id))
    known = birthdays.known(conn, store.id)
    unknown = costs.uncounted_deeds(draft, live, birthdays_known=known)
    listed = list(dict.fromkeys([*costs.deeds_of(draft), *costs.deeds_of(live)]))
    wanted = [deed for deed in listed if deed not in unknown]
    simple = [deed for deed in wanted if deed[0] not in (costs.ANNIVERSARY, MILESTONE)]
    times = _times(conn, store, draft, simple, since, now, zone)
    items = [costs.cost_of(deed, draft, live, times[deed]) for deed in simple]
    if (costs.ANNIVERSARY, "") in wanted:
        leap_day = (draft.bonuses or DEFAULTS).birthdays.leap_day
        years = _anniversaries(conn, store.id, _days(since, now, zone), zone, leap_day)
        items.append(costs.cost_of_anniversaries(draft, live, years))
    items += _milestones(conn, store, live, draft, since)
    return DeedCosts(
        since=since,
        items=tuple(items),
        goodwill=costs.automatic_goodwill(draft),
        goodwill_before=costs.automatic_goodwill(live),
        uncounted=(*(Uncounted(*deed) for deed in unknown), *costs.uncounted_perks(draft)),
    )


def _times(
    conn: Connection,
    store: StoreRef,
    draft: Program,
    deeds: Sequence[Deed],
    since: datetime,
    now: datetime,
    zone: ZoneInfo,
) -> Counter[Deed]:
    """How often each happened since then; only what is asked for is counted."""
    found: Counter[Deed] = Counter()
    triggers = {trigger for trigger, _ in deeds}
    if costs.CONFIRMED in triggers:
        found[costs.CONFIRMED, ""] = confirmed_since(conn, store.id, since)
    if costs.BIRTHDAY in triggers:
        leap_day = (draft.bonuses or DEFAULTS).birthdays.leap_day
        by_day = birthdays.counted_by_day(conn, store.id)
        found[costs.BIRTHDAY, ""] = sum(
            by_day.get((born.month, born.day), 0)
            for day in _days(since, now, zone)
            for born in birthdays_on(day, leap_day)
        )
    if costs.ANSWER in triggers:
        for question, number in answers.answered_since(conn, store.id, since).items():
            found[costs.ANSWER, question] = number
    if costs.TIER in triggers:
        for level, number in browsing.reached_since(conn, store.id, since).items():
            found[costs.TIER, level] = number
    if costs.EVENT in triggers:
        for total in events_since(conn, store.id, since):
            if total.outcome in _DEEDS:
                found[costs.EVENT, total.type] += total.times - total.reversed
    return found


def _days(since: datetime, now: datetime, zone: ZoneInfo) -> list[date]:
    """The days in the store's zone that began since then, today included."""
    first, last = since.astimezone(zone).date() + timedelta(days=1), now.astimezone(zone).date()
    return [first + timedelta(days=at) for at in range((last - first).days + 1)]


def _anniversaries(
    conn: Connection, store_id: int, days: Sequence[date], zone: ZoneInfo, leap_day: LeapDay
) -> Counter[int]:
    """How many anniversaries fell on the days, by the number of years."""
    first = anniversaries.first_joined(conn, store_id)
    if first is None or not days:
        return Counter()
    begun = first.astimezone(zone).year
    spans = [one for day in days for one in joined_years_before(day, begun, zone, leap_day)]
    found: Counter[int] = Counter()
    for years in sorted({one.years for one in spans}):
        # Days follow each other, and so do the spans of joining of one number of years.
        mine = [one for one in spans if one.years == years]
        begin, end = min(one.begin for one in mine), max(one.end for one in mine)
        found[years] = anniversaries.joined_between(conn, store_id, begin, end)
    return found


def _milestones(
    conn: Connection, store: StoreRef, live: Program | None, draft: Program, since: datetime
) -> list[DeedCost]:
    """What passing lines cost: since then, and at once where the draft looks back."""
    mine = {one.rule.id: one for one in milestones_of(draft) if _pays(draft, one)}
    theirs = {one.rule.id: one for one in milestones_of(live) if _pays(live, one)}
    if not mine and not theirs:
        return []
    total = count_people(conn, store.id)
    looked_at, found = 0, Counter[tuple[str, str, str]]()
    for page in sampled_pages(conn, store.id, total):
        looked_at += len(page)
        found += _passed(conn, store, draft, [*mine.values(), *theirs.values()], page, since)

    def expected(one: MilestoneRule | None, what: str) -> int:
        number = 0 if one is None else found[one.rule.id, one.milestone.line.text, what]
        return -(-number * total // looked_at) if looked_at else 0

    about, items = looked_at < total, []
    for rule_id in dict.fromkeys([*mine, *theirs]):
        one, before = mine.get(rule_id), theirs.get(rule_id)
        times = expected(one or before, "lately")
        item = costs.cost_of((MILESTONE, rule_id), draft, None, times, about=about)
        was = expected(before, "lately") * costs.points_for(live, MILESTONE, rule_id)
        items.append(replace(item, points_before=was))
        if one is not None and one.milestone.retroactive and (more := expected(one, "before")):
            item = costs.cost_of((MILESTONE, rule_id), draft, None, more, about=about)
            items.append(replace(item, at_once=True))
    return items


def _pays(program: Program | None, one: MilestoneRule) -> bool:
    return costs.points_for(program, MILESTONE, one.rule.id) > 0


def _passed(
    conn: Connection,
    store: StoreRef,
    draft: Program,
    rules: Sequence[MilestoneRule],
    page: list[int],
    since: datetime,
) -> Counter[tuple[str, str, str]]:
    """By rule and line, how many of a page passed it since then, or before and had nothing."""
    automatic = draft.settings.enrollment == "automatic"
    inside = [
        one.id
        for one in people_of.people(conn, store.id, page)
        if takes_part(one.state, hold_out=one.hold_out, automatic=automatic)
    ]
    absorbed = people_of.merged_into(conn, store.id, inside)
    now_has = totals_of(conn, store.id, absorbed, inside)
    then_had = totals_of(conn, store.id, absorbed, inside, until=since)
    noted = passed.known_of(conn, store.id, inside, absorbed)
    found: Counter[tuple[str, str, str]] = Counter()
    lines = {(one.rule.id, one.milestone.line.text): one.milestone.line for one in rules}
    for (rule_id, text), line in lines.items():
        for member in inside:
            if missing_to_line(line, now_has[member]):
                continue
            if missing_to_line(line, then_had[member]):
                found[rule_id, text, "lately"] += 1
            # A note of "before" says that the line was passed before it was in force.
            had = noted.get((member, rule_id, line.type))
            if had is None or had.state == "before":
                found[rule_id, text, "before"] += 1
    return found
