"""What was decided once is done again: award plans of orders, and deeds, page by page.

The fractions of a plan are no sum that a database could do; pages of orders by their number keep it
in bounds however many there are.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.bonuses.models import BonusGiven
from saleor_loyalty_app.campaigns.models import Campaign, CampaignUse
from saleor_loyalty_app.db.among import among
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.ledger.auditing import Drift
from saleor_loyalty_app.ledger.models import Entry
from saleor_loyalty_app.members.models import Member
from saleor_loyalty_app.orders.models import OrderState, OrderUnit
from saleor_loyalty_app.orders.plan import AwardPlan
from saleor_loyalty_app.orders.target import Book, booked_by, drawn_by_rule, retold_awards
from saleor_loyalty_app.programs import perk_rows
from saleor_loyalty_app.programs.boosts import RULE_PREFIX, added_by
from saleor_loyalty_app.programs.cap_uses import Draw
from saleor_loyalty_app.programs.caps import whole
from saleor_loyalty_app.programs.decide_deed import caps_of
from saleor_loyalty_app.programs.deed_awards import perk_source
from saleor_loyalty_app.programs.models import CapUse, DeedAward
from saleor_loyalty_app.programs.perk_rows import COUNTED, PerkRow
from saleor_loyalty_app.programs.repository import programs_by_id

#: Orders or deeds of a page.
PAGE = 1000
#: Deeds that are noted as bonuses: those that happen to a member once, or once a year.
_BONUSES = frozenset(
    {
        "account_confirmed",
        "anniversary",
        "birthday",
        "milestone",
        "question_answered",
        "tier_reached",
    }
)
_O, _OU, _CU, _U = (table(one).c for one in (OrderState, OrderUnit, CapUse, CampaignUse))
_D, _E, _M, _G, _C = (table(one).c for one in (DeedAward, Entry, Member, BonusGiven, Campaign))


@dataclass(frozen=True, slots=True)
class _Source:
    """What drew of caps: whose it is, how it is told, and when it counts."""

    name: str
    member_id: int | None
    about: str
    at: Any


def plan_drifts(conn: Connection, store_id: int) -> Iterator[Drift]:
    """What does not follow from what was decided, of one store.

    To be run on a connection that reads one snapshot.
    """
    yield from _orders(conn, store_id)
    yield from _deeds(conn, store_id)


def _orders(conn: Connection, store_id: int) -> Iterator[Drift]:
    """Orders of erased members are left out: their books are closed, whatever orders become."""
    campaigns = {
        row.public_id: row.id
        for row in conn.execute(sa.select(_C.public_id, _C.id).where(_C.store_id == store_id))
    }
    query = (
        sa.select(
            _O.id,
            _O.order_id,
            _O.number,
            _O.member_id,
            _O.withheld,
            _O.deferred,
            _O.created_at,
            _O.status,
            _O.plan,
            _O.kept_shares,
        )
        .outerjoin_from(table(OrderState), table(Member), _M.id == _O.member_id)
        .where(
            _O.store_id == store_id,
            _O.plan.is_not(None),
            _O.kept_shares.is_not(None),
            sa.or_(_M.state.is_(None), _M.state != "erased"),
        )
    )
    for page in _pages(conn, query, _O.id):
        units = _units(conn, page)
        uses = _uses_of(conn, store_id, page)
        sources = [f"order:{row.order_id}" for row in page]
        drawn = _drawn(conn, store_id, sources)
        perks = _perks(conn, store_id, sources)
        people = _people(conn, store_id, page, drawn)
        for row in page:
            plan = AwardPlan.from_json(row.plan)
            kept = retold_awards(plan, row.kept_shares)
            earns = not row.withheld and row.member_id is not None
            targets = booked_by(kept) if earns else {}
            yield from _of_units(store_id, row, targets, units.get(row.id, {}))
            given = drawn_by_rule(kept) if earns else {}
            source = _Source(f"order:{row.order_id}", row.member_id, row.number, row.created_at)
            wanted = {rule: Draw.of(given.get(rule, Fraction(0))) for rule in plan.capped}
            held = perks.get(source.name, {})
            wanted |= {
                rule: Draw(0, int(perk.state in COUNTED))
                for rule, perk in held.items()
                if rule in wanted
            }
            yield from _of_perks(store_id, row, plan, earns, held)
            yield from _of_caps(store_id, source, wanted, drawn.get(source.name, {}), people)
            added = {} if row.withheld or plan.imported else added_by(kept)
            points = {
                campaigns[public_id]: whole(more)
                for rule, more in added.items()
                if more > 0 and (public_id := rule.removeprefix(RULE_PREFIX)) in campaigns
            }
            yield from _of_campaigns(store_id, row, points, uses.get(row.order_id, {}))


def _pages(conn: Connection, query: sa.Select[Any], key: Any) -> Iterator[Sequence[Any]]:
    after = 0
    while page := conn.execute(query.where(key > after).order_by(key).limit(PAGE)).all():
        yield page
        after = page[-1].id


def _units(conn: Connection, page: Sequence[Any]) -> dict[int, dict[Book, int]]:
    found: defaultdict[int, dict[Book, int]] = defaultdict(dict)
    query = sa.select(_OU.order_state_id, _OU.unit, _OU.part, (_OU.booked - _OU.waived)).where(
        among(conn, _OU.order_state_id, [row.id for row in page])
    )
    for row_id, unit, part, standing in conn.execute(query):
        found[row_id][unit, part] = int(standing)
    return found


def _uses_of(conn: Connection, store_id: int, page: Sequence[Any]) -> dict[str, dict[int, int]]:
    found: defaultdict[str, dict[int, int]] = defaultdict(dict)
    query = sa.select(_U.order_id, _U.campaign_id, _U.points).where(
        _U.store_id == store_id, _U.order_id.in_([row.order_id for row in page])
    )
    for order_id, campaign_id, points in conn.execute(query):
        found[order_id][campaign_id] = int(points)
    return found


def _drawn(conn: Connection, store_id: int, sources: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What was drawn of caps, by source and rule."""
    found: defaultdict[str, dict[str, Any]] = defaultdict(dict)
    query = sa.select(_CU.source, _CU.rule_id, _CU.member_id, _CU.at, _CU.points, _CU.times).where(
        _CU.store_id == store_id, _CU.source.in_(sources)
    )
    for row in conn.execute(query):
        found[row.source][row.rule_id] = row
    return found


def _perks(
    conn: Connection, store_id: int, sources: Sequence[str]
) -> dict[str, dict[str, PerkRow]]:
    """What became of what rules give beside points, by source and rule."""
    found: defaultdict[str, dict[str, PerkRow]] = defaultdict(dict)
    for row in perk_rows.of_sources(conn, store_id, sources):
        found[row.source][row.rule_id] = row
    return found


def _of_perks(
    store_id: int, row: Any, plan: AwardPlan, earns: bool, held: Mapping[str, PerkRow]
) -> Iterator[Drift]:
    """An order has what its plan gives, and no more; one without an owner gave nothing."""
    planned = {one["rule"]: one["effect"] for one in plan.perks}
    for rule_id, perk in sorted(held.items()):
        effect = planned.get(rule_id, {})
        given = perk.state == perk_rows.GIVEN
        stray = effect.get("type") != perk.kind
        stray |= given and perk.detail.get("tag") != effect.get("tag")
        loose = not earns and perk.state in (perk_rows.GIVEN, perk_rows.WAITING)
        if stray or loose:
            about = f"{rule_id}, {row.number}"
            yield Drift("perk", store_id, row.member_id, "", row.id, 0, 1, about)


def _people(
    conn: Connection,
    store_id: int,
    page: Sequence[Any],
    drawn: Mapping[str, Mapping[str, Any]],
) -> dict[int, int]:
    """Who members are today: themselves, or whom they were merged into."""
    ids = {row.member_id for row in page if row.member_id is not None}
    ids |= {one.member_id for rules in drawn.values() for one in rules.values()}
    query = sa.select(_M.id, sa.func.coalesce(_M.merged_into, _M.id)).where(
        _M.store_id == store_id, among(conn, _M.id, ids)
    )
    return {row[0]: row[1] for row in conn.execute(query)}


def _of_units(
    store_id: int, row: Any, targets: Mapping[Book, int], units: Mapping[Book, int]
) -> Iterator[Drift]:
    for book in sorted({*targets, *units}):
        target, standing = targets.get(book, 0), units.get(book, 0)
        # What was due while earning was switched off is still to come.
        waits = row.deferred and standing < target
        if target != standing and not waits:
            yield Drift(
                "order_target",
                store_id,
                row.member_id,
                book[0],
                row.id,
                target,
                standing,
                row.number,
            )


def _of_caps(
    store_id: int,
    source: _Source,
    wanted: Mapping[str, Draw],
    drawn: Mapping[str, Any],
    people: Mapping[int, int],
) -> Iterator[Drift]:
    for rule_id in sorted({*wanted, *drawn}):
        draw, row = wanted.get(rule_id, Draw(0, 0)), drawn.get(rule_id)
        points, times = (0, 0) if row is None else (row.points, row.times)
        about = f"{rule_id}, {source.about}"
        for check, expected, found in (
            ("cap_points", draw.points, points),
            ("cap_times", draw.times, times),
        ):
            if expected != found:
                yield Drift(
                    check, store_id, source.member_id, "points", None, expected, found, about
                )
        if row is None:
            continue
        whose = people.get(row.member_id), people.get(source.member_id or 0)
        if row.at != source.at or whose[0] != whose[1]:
            yield Drift("cap_place", store_id, source.member_id, "points", None, 1, 0, about)


def _of_campaigns(
    store_id: int, row: Any, points: Mapping[int, int], uses: Mapping[int, int]
) -> Iterator[Drift]:
    for campaign_id in sorted({*points, *uses}):
        expected, found = points.get(campaign_id, 0), uses.get(campaign_id, 0)
        if expected != found:
            yield Drift(
                "campaign_use",
                store_id,
                row.member_id,
                "points",
                campaign_id,
                expected,
                found,
                row.number,
            )


@dataclass(frozen=True, slots=True)
class _Posted:
    """What a deed posted in one unit by one rule: earned, taken back, forgiven."""

    earned: int = 0
    taken: int = 0
    waived: int = 0

    def plus(self, row: Any) -> "_Posted":
        if row.kind == "earn":
            return _Posted(self.earned + row.amount, self.taken, self.waived)
        return _Posted(self.earned, self.taken - row.amount, self.waived + row.waived)


def _deeds(conn: Connection, store_id: int) -> Iterator[Drift]:
    query = sa.select(
        _D.id,
        _D.member_id,
        _D.deed_key,
        _D.trigger,
        _D.at,
        _D.revision_id,
        _D.grants,
        _D.reversed_at,
    ).where(_D.store_id == store_id)
    for page in _pages(conn, query, _D.id):
        sources = {row.id: f"deed:{row.trigger}:{row.id}" for row in page}
        perks = _perks(conn, store_id, [_perk_source(row) for row in page])
        posted = _posted(conn, store_id, sources.values())
        drawn = _drawn(conn, store_id, list(sources.values()))
        given = _given(conn, store_id, page)
        people = _people(conn, store_id, page, drawn)
        programs = programs_by_id(conn, store_id, sorted({row.revision_id for row in page}))
        for row in page:
            books = posted.get(sources[row.id], {})
            yield from _of_books(store_id, row, books)
            yield from _of_flag(store_id, row, given)
            caps = caps_of(programs[row.revision_id], row.trigger)
            held = perks.get(_perk_source(row), {})
            yield from _of_deed_perks(store_id, row, held)
            wanted = {}
            for one in row.grants:
                if one["rule"] in caps and "effect" in one:
                    perk = held.get(one["rule"])
                    times = int(perk is not None and perk.state in COUNTED)
                    wanted[one["rule"]] = Draw(0, times)
                elif one["rule"] in caps:
                    back = books.get((one["rule"], one["unit"]), _Posted())
                    points = one["points"] if row.reversed_at is None else back.waived
                    wanted[one["rule"]] = Draw.of(Fraction(points))
            source = _Source(sources[row.id], row.member_id, row.deed_key, row.at)
            yield from _of_caps(store_id, source, wanted, drawn.get(source.name, {}), people)


def _perk_source(row: Any) -> str:
    return perk_source(row.member_id, row.deed_key)


def _of_deed_perks(store_id: int, row: Any, held: Mapping[str, PerkRow]) -> Iterator[Drift]:
    """A deed has what was decided, and no more; one that was taken back gives nothing."""
    decided = {one["rule"]: one["effect"] for one in row.grants if "effect" in one}
    for rule_id in sorted({*decided, *held}):
        effect, perk = decided.get(rule_id, {}), held.get(rule_id)
        standing = (perk_rows.GIVEN, perk_rows.WAITING)
        stray = perk is not None and effect.get("type") != perk.kind
        if perk is None or stray or (row.reversed_at is not None and perk.state in standing):
            about = f"{rule_id}, {row.deed_key}"
            expected, found = int(rule_id in decided), int(perk is not None)
            yield Drift("perk_of_deed", store_id, row.member_id, "", row.id, expected, found, about)


def _posted(
    conn: Connection, store_id: int, sources: Iterable[str]
) -> dict[str, dict[tuple[str, str], _Posted]]:
    """By source, rule and unit."""
    found: defaultdict[str, dict[tuple[str, str], _Posted]] = defaultdict(dict)
    query = sa.select(_E.source, _E.unit, _E.kind, _E.amount, _E.waived, _E.rule_ids).where(
        _E.store_id == store_id,
        _E.source.in_(list(sources)),
        _E.kind.in_(("earn", "reverse", "waive")),
    )
    for row in conn.execute(query):
        key = (row.rule_ids[0] if row.rule_ids else "", row.unit)
        found[row.source][key] = found[row.source].get(key, _Posted()).plus(row)
    return found


def _given(conn: Connection, store_id: int, page: Sequence[Any]) -> set[tuple[int, str]]:
    query = sa.select(_G.member_id, _G.deed).where(
        _G.store_id == store_id, among(conn, _G.member_id, {row.member_id for row in page})
    )
    return {(member_id, deed) for member_id, deed in conn.execute(query)}


def _of_books(store_id: int, row: Any, books: Mapping[tuple[str, str], _Posted]) -> Iterator[Drift]:
    granted: defaultdict[tuple[str, str], int] = defaultdict(int)
    for one in row.grants:
        granted[one["rule"], one["unit"]] += one["points"]
    for key in sorted({*granted, *books}):
        points, found = granted.get(key, 0), books.get(key, _Posted())
        back = points if row.reversed_at is not None else 0
        for check, expected, standing in (
            ("deed_booked", points, found.earned),
            ("deed_reversed", back, found.taken + found.waived),
        ):
            if expected != standing:
                yield Drift(
                    check,
                    store_id,
                    row.member_id,
                    key[1],
                    row.id,
                    expected,
                    standing,
                    row.deed_key,
                )


def _of_flag(store_id: int, row: Any, given: set[tuple[int, str]]) -> Iterator[Drift]:
    points = sum(one["points"] for one in row.grants if one["unit"] == "points")
    # Levels that gave no points were not noted before migration 5.
    noted = bool(row.grants) and (points > 0 or row.trigger != "tier_reached")
    if noted and row.trigger in _BONUSES and (row.member_id, row.deed_key) not in given:
        yield Drift("bonus_flag", store_id, row.member_id, "", row.id, 1, 0, row.deed_key)
