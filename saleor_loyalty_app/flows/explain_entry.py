"""Why entries have their amounts: read what they rest on, and put it in words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.ledger.errors import EntryNotFound
from saleor_loyalty_app.ledger.models import Entry
from saleor_loyalty_app.orders.models import OrderState
from saleor_loyalty_app.programs import deed_awards, perk_rows
from saleor_loyalty_app.programs.deed_awards import DeedRow
from saleor_loyalty_app.programs.explain import EntryFacts, explain
from saleor_loyalty_app.programs.repository import programs_by_id

_entries = table(Entry)
_orders = table(OrderState)
_ORDER = "order:"


@dataclass(frozen=True, slots=True)
class Explanation:
    """An entry, and the sentences that lead to its amount."""

    entry_id: int
    member_id: int
    kind: str
    amount: int
    unit: str
    sentences: tuple[str, ...]


def explain_entry(conn: Connection, store_id: int, entry_id: int, *, language: str) -> Explanation:
    """Why one entry has its amount.

    Raises:
        EntryNotFound: the store has no such entry.
    """
    found = explain_entries(conn, store_id, [entry_id], language=language)
    if not found:
        raise EntryNotFound(entry=entry_id)
    return found[0]


def explain_entries(
    conn: Connection,
    store_id: int,
    entry_ids: Sequence[int],
    *,
    language: str,
    line_names: Mapping[str, str] | None = None,
    to_shopper: bool = False,
) -> list[Explanation]:
    """Why these entries have their amounts, in the order asked for; unknown ones are left out.

    Six queries for a whole page. `line_names` are product names by order line, where they are
    known: the books hold none. A shopper reads nothing of messages: offers wait for their consent.
    """
    rows = {
        row.id: row
        for row in conn.execute(
            sa.select(
                _entries.c.id,
                _entries.c.member_id,
                _entries.c.kind,
                _entries.c.amount,
                _entries.c.unit,
                _entries.c.part,
                _entries.c.source,
                _entries.c.reason,
                _entries.c.revision_id,
            ).where(_entries.c.store_id == store_id, _entries.c.id.in_(list(entry_ids)))
        )
    }
    sources = {row.source for row in rows.values()}
    plans = _with_perks(conn, store_id, _plans(conn, store_id, sources), to_shopper=to_shopper)
    deeds = deed_awards.of_sources(conn, store_id, [*sources])
    told = _of_deeds(conn, store_id, deeds, to_shopper=to_shopper)
    about = _about_deeds(deeds)
    programs = programs_by_id(
        conn, store_id, {row.revision_id for row in rows.values() if row.revision_id is not None}
    )
    return [
        Explanation(
            entry_id=row.id,
            member_id=row.member_id,
            kind=row.kind,
            amount=row.amount,
            unit=row.unit,
            sentences=explain(
                EntryFacts(
                    row.kind,
                    row.amount,
                    row.unit,
                    row.part,
                    about.get(row.source, {}) | row.reason,
                ),
                language=language,
                program=programs.get(row.revision_id),
                plan=plans.get(row.source) or told.get((row.source, row.unit)),
                line_names=line_names,
            ),
        )
        for row in (rows[entry_id] for entry_id in dict.fromkeys(entry_ids) if entry_id in rows)
    ]


def _plans(conn: Connection, store_id: int, sources: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Award plans by the source of the entries."""
    order_ids = {source.removeprefix(_ORDER) for source in sources if source.startswith(_ORDER)}
    if not order_ids:
        return {}
    rows = conn.execute(
        sa.select(_orders.c.order_id, _orders.c.plan).where(
            _orders.c.store_id == store_id, _orders.c.order_id.in_(order_ids)
        )
    )
    return {f"{_ORDER}{row.order_id}": row.plan for row in rows if row.plan}


def _with_perks(
    conn: Connection, store_id: int, plans: Mapping[str, dict[str, Any]], *, to_shopper: bool
) -> dict[str, dict[str, Any]]:
    """The plans, with what became of what they give beside points."""
    giving = [source for source, plan in plans.items() if plan.get("perks")]
    rows = {
        (row.source, row.rule_id): {"state": row.state, "detail": row.detail}
        for row in perk_rows.of_sources(conn, store_id, giving)
    }
    return {
        source: {
            **plan,
            "perks": [
                one | rows.get((source, one["rule"]), {})
                for one in plan.get("perks", ())
                if not (to_shopper and one["effect"]["type"] == "message")
            ],
        }
        for source, plan in plans.items()
    }


def _of_deeds(
    conn: Connection, store_id: int, deeds: Sequence[DeedRow], *, to_shopper: bool
) -> dict[tuple[str, str], dict[str, Any]]:
    """What deeds brought beside points, by source and the unit whose entry tells it."""
    told = deed_perks_told(conn, store_id, deeds, to_shopper=to_shopper)
    found = {}
    for deed in deeds:
        units = {one.unit for one in deed.grants}
        unit = "points" if "points" in units else "status"
        if perks := told[deed.id]:
            found[deed.source, unit] = {"perks": perks}
    return found


def _about_deeds(deeds: Sequence[DeedRow]) -> dict[str, dict[str, Any]]:
    """By source, what deeds were about: an entry that takes one back does not say it itself."""
    return {
        deed.source: {
            name: value
            for grant in deed.grants
            for name, value in grant.reason.items()
            if name in ("on", "number")
        }
        for deed in deeds
    }


def deed_perks_told(
    conn: Connection, store_id: int, deeds: Sequence[DeedRow], *, to_shopper: bool = False
) -> dict[int, list[dict[str, Any]]]:
    """What deeds brought beside points, as plans tell it, with what became of it; by their ids."""
    giving = [deed.perk_source for deed in deeds if deed.perks]
    rows = {
        (row.source, row.rule_id): {"state": row.state, "detail": row.detail}
        for row in perk_rows.of_sources(conn, store_id, giving)
    }
    return {
        deed.id: [
            {"rule": rule_id, "effect": effect.model_dump(mode="json")}
            | rows.get((deed.perk_source, rule_id), {})
            for rule_id, effect in deed.perks
            if not (to_shopper and effect.type == "message")
        ]
        for deed in deeds
    }
