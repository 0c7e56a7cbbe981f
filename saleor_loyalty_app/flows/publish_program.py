"""From draft to revision: preview what publishing would change, publish, roll back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from saleor_loyalty_app.flows.called_in_store import called_in_store
from saleor_loyalty_app.flows.program_problems import problems_of_program
from saleor_loyalty_app.programs import repository
from saleor_loyalty_app.programs.diff import Change, cost_notes, differences
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.errors import (
    EffectiveInPast,
    EffectiveTooFar,
    EffectiveWithoutZone,
)
from saleor_loyalty_app.programs.problems import Problem, invalid, read_program
from saleor_loyalty_app.programs.repository import Revision, RevisionHead
from saleor_loyalty_app.programs.stats import OrderStats
from saleor_loyalty_app.stores.errors import StoreInactive
from saleor_loyalty_app.stores.refs import StoreRef

#: How far ahead a program may be scheduled.
LONGEST_SCHEDULE = timedelta(days=731)


@dataclass(frozen=True, slots=True)
class Published:
    """The revision in force from the time asked for; not `created` = nothing had changed."""

    revision: Revision
    created: bool
    warnings: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Preview:
    """What publishing would do: problems, differences and cost in words."""

    problems: tuple[Problem, ...]
    changes: tuple[Change, ...]
    cost: tuple[str, ...]

    @property
    def publishable(self) -> bool:
        """Whether no problem forbids publishing."""
        return not _errors(self.problems)


def preview(
    conn: Connection,
    store: StoreRef,
    program: Program | None = None,
    *,
    now: datetime,
    language: str,
    effective_from: datetime | None = None,
    catalog: Mapping[str, Mapping[str, str]] | None = None,
) -> Preview:
    """What publishing a program (by default the draft) would change, against what is in force then.

    Cost notes rest on the orders that the draft's proposal looked at.

    Args:
        catalog: names of what the store sells, by kind and reference, where they are known.

    Raises:
        NoDraft, ProgramInvalid: there is no draft, or it cannot be read.
    """
    new = program or repository.get_draft(conn, store.id).program()
    old = repository.revision_at(conn, store.id, effective_from or now)
    before = old.program if old else None
    stats = _stats_of_draft(conn, store.id)
    called = called_in_store(conn, store.id, catalog)
    notes = cost_notes(before, new, stats, language, now=now, timezone=store.timezone, store=called)
    return Preview(
        problems=tuple(problems_of_program(conn, store, new, now=now)),
        changes=tuple(differences(before, new, language, called)),
        cost=tuple(notes),
    )


def publish(
    conn: Connection,
    store: StoreRef,
    program: Program | None = None,
    *,
    by: str,
    now: datetime,
    effective_from: datetime | None = None,
    note: str = "",
    keep_draft: bool = False,
) -> Published:
    """Puts a program (by default the draft) into force, now or at a later time.

    Publishing what is in force at that time already changes nothing and says so. Otherwise a new
    immutable revision is written, and the draft goes on from it unless `keep_draft`.

    Raises:
        NoDraft: no program was given and there is no draft.
        ProgramInvalid: it has errors, such as a confirmed currency whose channel does not exist.
        EffectiveInPast, EffectiveTooFar, EffectiveWithoutZone: the time does not fit.
        StoreInactive: the store deactivated or uninstalled the app.
    """
    if not store.active:
        raise StoreInactive(store.api_url)
    start = _start(effective_from, now)
    repository.lock_programs(conn, store.id)
    new = program or repository.get_draft(conn, store.id).program()
    problems = problems_of_program(conn, store, new, now=now)
    if errors := _errors(problems):
        raise invalid(errors)
    in_force = repository.revision_at(conn, store.id, start)
    if in_force is not None and in_force.program == new:
        return Published(in_force, created=False, warnings=tuple(problems))
    revision = repository.insert_revision(
        conn, store.id, new, by=by, now=now, effective_from=start, note=note[:500]
    )
    if not keep_draft:
        repository.put_draft(conn, store.id, new.document, by=by, now=now)
    return Published(revision, created=True, warnings=tuple(problems))


def roll_back(
    conn: Connection, store: StoreRef, number: int, *, by: str, now: datetime, note: str = ""
) -> Published:
    """Publishes an old revision again, as a new one; the old one stays as it is.

    A draft that holds work which was never published stays too.

    Raises:
        RevisionNotFound: the store has no revision of this number.
        ProgramInvalid: it no longer fits the store, for instance because a channel is gone, or
            breaks a rule for documents that there was not when it was published first.
        StoreInactive: the store deactivated or uninstalled the app.
    """
    repository.lock_programs(conn, store.id)
    old = repository.revision_by_number(conn, store.id, number)
    return publish(
        conn,
        store,
        read_program(old.program.document),
        by=by,
        now=now,
        note=note or f"roll back to revision {number}",
        keep_draft=_has_work(conn, store.id, now),
    )


def _has_work(conn: Connection, store_id: int, now: datetime) -> bool:
    """Whether the draft says anything else than what is in force or comes into force."""
    draft = repository.find_draft(conn, store_id)
    if draft is None:
        return False
    live = repository.revision_at(conn, store_id, now)
    known = [*repository.scheduled_revisions(conn, store_id, now), *([live] if live else [])]
    return all(draft.version != repository.version_of(one.program.document) for one in known)


def call_off(
    conn: Connection, store: StoreRef, number: int, *, by: str, now: datetime
) -> RevisionHead:
    """Calls off a revision that is still to come; what is in force stays in force.

    Raises:
        RevisionNotFound: the store has no revision of this number.
        RevisionNotScheduled: it came into force, or was called off before.
    """
    repository.lock_programs(conn, store.id)
    return repository.cancel_revision(conn, store.id, number, by=by, now=now)


def _start(effective_from: datetime | None, now: datetime) -> datetime:
    if effective_from is None:
        return now
    if effective_from.tzinfo is None:
        raise EffectiveWithoutZone(effective_from=effective_from.isoformat())
    if effective_from < now:
        raise EffectiveInPast(effective_from=effective_from.isoformat())
    if effective_from > now + LONGEST_SCHEDULE:
        raise EffectiveTooFar(effective_from=effective_from.isoformat(), days=LONGEST_SCHEDULE.days)
    return effective_from


def _errors(problems: Sequence[Problem]) -> list[Problem]:
    return [problem for problem in problems if problem.severity == "error"]


def _stats_of_draft(conn: Connection, store_id: int) -> list[OrderStats]:
    draft = repository.find_draft(conn, store_id)
    told = draft.evidence.get("channels", ()) if draft else ()
    return [OrderStats.from_json(item["stats"]) for item in told if item["stats"]]
