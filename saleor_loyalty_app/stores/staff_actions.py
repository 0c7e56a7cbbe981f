"""Who changed what: every action of staff with its state before and after, written once.

The row is written in the transaction of the change, so that neither stands without the other.
What is noted holds no personal data and no secret: whoever sees the app may read it, and it
outlives the people it is about.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.stores.models import StaffAction

LONGEST_KIND = 64
LONGEST_NAME = 200
_ACTION = table(StaffAction)
_KIND = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Action:
    """An action as it was noted; `before` is none of what was made, `after` of what went."""

    id: int
    at: datetime
    actor: str
    kind: str
    subject: str
    before: Mapping[str, object] | None
    after: Mapping[str, object] | None


def forget_shoppers(conn: Connection, store_id: int, user_ids: Sequence[str]) -> None:
    """Takes away which shoppers did something, as older versions noted it."""
    conn.execute(
        sa.update(_ACTION)
        .where(
            _ACTION.c.store_id == store_id,
            _ACTION.c.actor.in_([f"shopper:{one}" for one in user_ids]),
        )
        .values(actor="shopper")
    )


def note(
    conn: Connection,
    store_id: int,
    *,
    actor: str,
    kind: str,
    subject: str,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    now: datetime,
) -> int:
    """Notes that `actor` ("user:<id>") did `kind` to `subject`; gives the number of the note.

    Args:
        kind: a stable word such as "program_published"; its text is `staff_action.<kind>` in the
            catalogues.
        subject: what it was done to: "revision:3", "member:12", "store".
        before, after: JSON values of what changed, without personal data and secrets.

    Raises:
        ValueError: a name is malformed or too long: a mistake of the caller.
    """
    if len(kind) > LONGEST_KIND or not _KIND.fullmatch(kind):
        raise ValueError(f"{kind!r} is no kind of action")
    for name in (actor, subject):
        if not 1 <= len(name) <= LONGEST_NAME:
            raise ValueError("whoever acts and what is acted upon have names of 1 to 200 letters")
    inserted = conn.execute(
        sa.insert(_ACTION)
        .values(
            store_id=store_id,
            at=now,
            actor=actor,
            kind=kind,
            subject=subject,
            before=None if before is None else dict(before),
            after=None if after is None else dict(after),
        )
        .returning(_ACTION.c.id)
    )
    number: int = inserted.scalar_one()
    return number


def page(
    conn: Connection,
    store_id: int,
    first: int,
    before_id: int | None,
    *,
    kind: str | None = None,
    subject: str | None = None,
    actor: str | None = None,
) -> list[Action]:
    """The actions of a store, newest first: at most `first`, older than `before_id`.

    Only those of a kind, upon a subject or by somebody, where that is given.
    """
    query = (
        sa.select(_ACTION)
        .where(_ACTION.c.store_id == store_id)
        .order_by(_ACTION.c.id.desc())
        .limit(first)
    )
    if before_id is not None:
        query = query.where(_ACTION.c.id < before_id)
    for column, wanted in (("kind", kind), ("subject", subject), ("actor", actor)):
        if wanted is not None:
            query = query.where(_ACTION.c[column] == wanted)
    return [_action(row) for row in conn.execute(query)]


def _action(row: Row[tuple[object, ...]]) -> Action:
    return Action(
        id=row.id,
        at=row.at,
        actor=row.actor,
        kind=row.kind,
        subject=row.subject,
        before=row.before,
        after=row.after,
    )
