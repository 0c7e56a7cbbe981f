"""What publishing costs beside orders, and who moves between tiers and segments, line by line."""

from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.cli.tier_lines import lines_of_tiers
from saleor_loyalty_app.flows.cost_of_deeds import DeedCosts, cost_of_deeds
from saleor_loyalty_app.flows.preview_segment_moves import SegmentMoves, preview_segment_moves
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.programs.deed_costs import DeedCost
from saleor_loyalty_app.programs.deed_costs_words import deed_words, uncounted_words
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.repository import get_draft, revision_at
from saleor_loyalty_app.programs.words import number_words, points_words
from saleor_loyalty_app.stores.refs import StoreRef


def lines_beside_orders(
    conn: Connection,
    store: StoreRef,
    program: Program | None,
    *,
    start: datetime,
    now: datetime,
    language: str,
) -> tuple[str, ...]:
    """What a program (by default the draft) would change for members, in words; see Publish.

    Args:
        start: what is in force then is what it is held against.
    """
    draft = program or get_draft(conn, store.id).program()
    revision = revision_at(conn, store.id, start)
    live = None if revision is None else revision.program
    moves = preview_segment_moves(conn, store, live, draft, now=now)
    deeds = cost_of_deeds(conn, store, live, draft, now=now)
    tiers = lines_of_tiers(conn, store, live, draft, now=now, language=language)
    return (*tiers, *_of_segments(moves, language), *_of_deeds(deeds, draft, live, language))


def _of_segments(moves: SegmentMoves, language: str) -> list[str]:
    found = [
        translate(
            f"publishing.line.segment_{flow.changed}",
            language,
            name=flow.segment.label(language),
            **{
                name: number_words(moves.expected(number), language)
                for name, number in (
                    ("before", flow.before),
                    ("after", flow.after),
                    ("come", flow.come),
                    ("gone", flow.gone),
                )
            },
        )
        for flow in moves.flows
    ]
    if found and moves.is_sample:
        looked_at = number_words(moves.looked_at, language)
        total = number_words(moves.total, language)
        found.append(
            translate("publishing.line.sample", language, looked_at=looked_at, total=total)
        )
    return found


def _of_deeds(costs: DeedCosts, draft: Program, live: Program | None, language: str) -> list[str]:
    since = costs.since.date().isoformat()
    found = [_of_deed(one, draft, live, since, language) for one in costs.items]
    if costs.goodwill:
        points = points_words(costs.goodwill, language)
        found.append(translate("publishing.line.goodwill", language, points=points))
    found += [
        translate("publishing.line.uncounted", language, what=uncounted_words(one, draft, language))
        for one in costs.uncounted
    ]
    return found


def _of_deed(one: DeedCost, draft: Program, live: Program | None, since: str, language: str) -> str:
    times = number_words(one.times, language)
    return translate(
        f"publishing.line.{'at_once' if one.at_once else 'deed'}",
        language,
        what=deed_words(one, draft, live, language),
        times=f"≈ {times}" if one.about else times,
        each=points_words(one.each, language),
        points=points_words(one.points, language),
        before=points_words(one.points_before, language),
        since=since,
    )
