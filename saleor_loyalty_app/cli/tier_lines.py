"""Who moves between tiers when a program is published, line by line, as the page Publish counts."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import Connection

from saleor_loyalty_app.flows.preview_tiers import TierFlow, preview_moves
from saleor_loyalty_app.flows.sweep_tiers import digest_of
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.tiers import Tiers
from saleor_loyalty_app.programs.words import number_words, points_words
from saleor_loyalty_app.stores.refs import StoreRef


def lines_of_tiers(
    conn: Connection,
    store: StoreRef,
    live: Program | None,
    draft: Program,
    *,
    now: datetime,
    language: str,
) -> list[str]:
    """Who would rise and fall at once, who falls later, and what reaching levels gives at most.

    Nothing is told where the tiers, and who may have one, stay as they are.

    Args:
        live: what the draft is held against.
        now: when members are looked at.
    """
    if digest_of(draft) == digest_of(live):
        return []
    found = preview_moves(conn, store, draft, now=now)
    before = None if live is None else live.tiers
    told = [*_told("tier_move", found.at_once, before, draft.tiers, language)]
    if not told:
        told = [translate("publishing.line.tier_nobody", language)]
    told += _told("tier_later", found.later, draft.tiers, draft.tiers, language)
    if found.entry_points:
        points = points_words(found.entry_points, language)
        told.append(translate("publishing.line.tier_entry", language, points=points))
    if found.is_sample:
        looked_at = number_words(found.looked_at, language)
        total = number_words(found.total, language)
        told.append(
            translate("publishing.line.tier_sample", language, looked_at=looked_at, total=total)
        )
    return told


def _told(
    line: str,
    flows: Iterable[TierFlow],
    before: Tiers | None,
    after: Tiers | None,
    language: str,
) -> Iterator[str]:
    for flow in flows:
        yield translate(
            f"publishing.line.{line}.{'one' if flow.members == 1 else 'many'}",
            language,
            before=_name(before, flow.from_tier, language),
            after=_name(after, flow.to_tier, language),
            members=number_words(flow.members, language),
        )


def _name(tiers: Tiers | None, tier: str, language: str) -> str:
    rank = -1 if tiers is None else tiers.rank_of(tier)
    if tiers is not None and rank >= 0:
        return tiers.levels[rank].label(language)
    return tier or translate("tiers.none", language)
