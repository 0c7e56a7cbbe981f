"""Birthdays and anniversaries: points and a greeting on the day, a missed day is caught up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from saleor_loyalty_app.bonuses import anniversaries, birthdays, runs, waiting
from saleor_loyalty_app.bonuses.celebrating import (
    birthdays_on,
    day_to_do,
    joined_years_before,
    start_of,
    years_in,
)
from saleor_loyalty_app.bonuses.runs import Celebrated, Run
from saleor_loyalty_app.flows.each_row import each_of
from saleor_loyalty_app.flows.give_bonus import give_bonus
from saleor_loyalty_app.flows.known_member import lock_people
from saleor_loyalty_app.members.email_keys import EmailKeys
from saleor_loyalty_app.messages.outbox import Kind, tell
from saleor_loyalty_app.programs.bonuses import DEFAULTS, Bonuses
from saleor_loyalty_app.programs.decide_deed import awaits
from saleor_loyalty_app.programs.deeds import DeedFacts
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.stores.locale import usable_timezone
from saleor_loyalty_app.stores.refs import StoreRef

#: Members whose turn it is in one transaction.
PAGE = 20
#: Nobody is congratulated so long after the day; the points come all the same.
LATEST_GREETING = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Turn:
    """A member on their day, and how many years it is; 0 for a birthday."""

    member_id: int
    years: int = 0


def celebrate_page(
    conn: Connection, store: StoreRef, kind: Celebrated, *, keys: EmailKeys, now: datetime
) -> bool:
    """Gives a page of members what their day brings; gives whether more are waiting.

    The days follow each other in the store's time zone, from the one on which the program was
    first live; days that were missed come before today.
    """
    revision = revision_at(conn, store.id, now)
    if revision is None:
        return False
    zone = ZoneInfo(usable_timezone(store.timezone))
    today = now.astimezone(zone).date()
    run = runs.run_of(conn, store.id, kind)
    day = day_to_do(None if run is None else run.day, today)
    if day is None:
        return False
    after = run.after if run is not None and run.day == day else 0
    turns = _turns(conn, store, kind, revision.program, day, zone, after)
    _celebrate(conn, store, kind, turns, day, zone, keys, now)
    if len(turns) == PAGE:
        runs.keep_run(conn, store.id, kind, Run(day, turns[-1].member_id))
        return True
    runs.keep_run(conn, store.id, kind, Run(day + timedelta(days=1)))
    return day < today


def _turns(
    conn: Connection,
    store: StoreRef,
    kind: Celebrated,
    program: Program,
    day: date,
    zone: ZoneInfo,
    after: int,
) -> list[Turn]:
    section = program.bonuses or DEFAULTS
    if kind == "birthday":
        return _birthdays(conn, store, section, day, zone, after)
    first = anniversaries.first_joined(conn, store.id) if awaits(program, kind) else None
    if first is None:
        return []
    leap_day = section.birthdays.leap_day
    spans = joined_years_before(day, first.astimezone(zone).year, zone, leap_day)
    found = anniversaries.joined_in(conn, store.id, spans, after=after, limit=PAGE)
    return [Turn(member_id, years_in(spans, joined)) for member_id, joined in found]


def _birthdays(
    conn: Connection, store: StoreRef, section: Bonuses, day: date, zone: ZoneInfo, after: int
) -> list[Turn]:
    if not section.birthdays.asked:
        return []
    told_before = start_of(day - timedelta(days=section.birthdays.known_days - 1), zone)
    born = birthdays_on(day, section.birthdays.leap_day)
    found = birthdays.having_birthday(
        conn, store.id, born, told_before=told_before, after=after, limit=PAGE
    )
    return [Turn(member_id) for member_id in found]


def _celebrate(
    conn: Connection,
    store: StoreRef,
    kind: Celebrated,
    turns: Sequence[Turn],
    day: date,
    zone: ZoneInfo,
    keys: EmailKeys,
    now: datetime,
) -> None:
    today = now.astimezone(zone).date()

    def give(some: Sequence[Turn]) -> None:
        for turn in some:
            deed = deed_on(kind, day, turn.years, zone)
            points = give_bonus(conn, store, turn.member_id, deed, keys=keys, now=now)
            if today - day <= LATEST_GREETING:
                tell(
                    conn,
                    store.id,
                    turn.member_id,
                    Kind(kind),
                    {"points": points, "years": turn.years},
                    key=f"{deed.key}:{turn.member_id}",
                    now=now,
                )

    lock_people(conn, store, {turn.member_id for turn in turns}, now=now)
    for turn in each_of(conn, store, kind, turns, give, lambda turn: turn.member_id):
        # It is tried again with all that wait (`give_waiting`), and told of there.
        waiting.note(conn, store.id, turn.member_id, deed_on(kind, day, turn.years, zone))


def deed_on(kind: Celebrated, day: date, years: int, zone: ZoneInfo) -> DeedFacts:
    """The deed of a birthday or an anniversary on a date. Pure."""
    at = start_of(day, zone)
    if kind == "birthday":
        return DeedFacts(trigger=kind, on="", at=at, key=f"birthday:{day.year}")
    return DeedFacts(trigger=kind, on=str(years), at=at, key=f"anniversary:{years}", number=years)
