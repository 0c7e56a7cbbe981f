"""Saving the draft of a program: two editors never overwrite each other silently."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from saleor_loyalty_app.flows.called_in_store import called_in_store
from saleor_loyalty_app.flows.propose_program import APP
from saleor_loyalty_app.programs import repository
from saleor_loyalty_app.programs.diff import differences
from saleor_loyalty_app.programs.errors import DraftOverwritten, ProgramInvalid
from saleor_loyalty_app.programs.problems import in_newest_format, read_program
from saleor_loyalty_app.programs.repository import Draft, version_of
from saleor_loyalty_app.programs.stats import OrderStats
from saleor_loyalty_app.programs.store_names import NOTHING, Called
from saleor_loyalty_app.stores import staff_actions
from saleor_loyalty_app.stores.refs import StoreRef

#: So many differences are noted beside who saved.
MOST_NOTED = 100


def save_draft(
    conn: Connection,
    store: StoreRef,
    document: Mapping[str, Any],
    *,
    version: str | None,
    by: str,
    now: datetime,
    language: str,
    evidence: Mapping[str, Any] | None = None,
    kind: str = "program_draft_saved",
) -> Draft:
    """Saves a document as the draft, if the draft is still the one that its editor saw.

    Saving what is there already changes nothing, unless the app proposed it: whoever saves a
    proposal as it is has confirmed it.

    Args:
        version: of the draft that was edited (`Draft.version`); None = there was none.
        language: of what is told of the differences when somebody else was first.
        kind: what is noted of it (`staff_actions.note`).

    Raises:
        DraftOverwritten: it was saved meanwhile; `detail` tells by whom, when, and what differs.
        ProgramInvalid: it is no JSON object of a size that can be stored.
    """
    document = in_newest_format(document)
    repository.lock_programs(conn, store.id)
    present = repository.find_draft(conn, store.id)
    if present is not None and evidence is None and present.version == version_of(document):
        confirms = present.updated_by == APP and by != APP
        if not confirms:
            return present
    seen = None if present is None else present.version
    if present is not None and seen != version:
        called = called_in_store(conn, store.id)
        raise _overwritten(present, document, language, called)
    repository.put_draft(conn, store.id, document, by=by, now=now, evidence=evidence)
    staff_actions.note(
        conn,
        store.id,
        actor=by,
        kind=kind,
        subject="program:draft",
        before=None if present is None else {"version": seen},
        after={
            "version": version_of(document),
            "changed": _changed(present.document if present else None, document),
        },
        now=now,
    )
    return repository.get_draft(conn, store.id)


def _overwritten(
    present: Draft, mine: Mapping[str, Any], language: str, called: Called
) -> DraftOverwritten:
    return DraftOverwritten(
        by=present.updated_by,
        at=present.updated_at.isoformat(),
        version=present.version,
        theirs=dict(present.document),
        mine=dict(mine),
        changes=changes_in_words(present.document, mine, language, called),
    )


def changes_in_words(
    theirs: Mapping[str, Any], mine: Mapping[str, Any], language: str, called: Called = NOTHING
) -> list[str]:
    """What the second document would change in the first; empty where one cannot be read."""
    try:
        return [
            change.text
            for change in differences(read_program(theirs), read_program(mine), language, called)
        ]
    except ProgramInvalid:
        return []


def _changed(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> list[str]:
    """The places that differ, such as "settings.expiry.months", without what stands there."""
    found: list[str] = []
    _walk(before or {}, after, "", found)
    return found[:MOST_NOTED]


def _walk(before: object, after: object, path: str, found: list[str]) -> None:
    if before == after or len(found) >= MOST_NOTED:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for name in sorted({*before, *after}, key=str):
            here = f"{path}.{name}" if path else str(name)
            _walk(before.get(name), after.get(name), here[:200], found)
        return
    found.append(path)


def stats_of_evidence(evidence: Mapping[str, Any]) -> dict[tuple[str, str], OrderStats]:
    """What the proposal of a draft knew of the orders, by channel and currency."""
    told = evidence.get("channels")
    if not isinstance(told, list):
        return {}
    found = [OrderStats.from_json(item["stats"]) for item in told if item["stats"]]
    return {(stats.channel, stats.currency): stats for stats in found}
