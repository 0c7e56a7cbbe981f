"""Points that a plugin gives: by the rules that hold for everybody, once for each key."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app import ledger
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.flows.plugin_handler import PluginEvent
from saleor_loyalty_app.flows.points_life import end_of_life, life_for
from saleor_loyalty_app.ledger import Account, Cause
from saleor_loyalty_app.ledger.errors import IdempotencyConflict
from saleor_loyalty_app.ledger.models import Entry
from saleor_loyalty_app.members.eligibility import why_not_earning
from saleor_loyalty_app.members.repository import member_by_user, surviving_member
from saleor_loyalty_app.programs.repository import revision_at
from saleor_loyalty_app.stores import wind_downs
from saleor_loyalty_app.tiers.looks import look_again

LONGEST_NOTE = 200
_entries = table(Entry)


@dataclass(frozen=True, slots=True)
class Granted:
    """What became of a grant.

    Attributes:
        points: those of the entry; 0 where none was posted.
        is_new: false when the key was used before: nothing happened this time.
        withheld: why nothing was posted, as a stable word: no_program, switched_off, no_member,
            hold_out, blocked, paused, left, not_enrolled, erased.
    """

    points: int = 0
    is_new: bool = False
    withheld: str = ""


def grant_points(
    event: PluginEvent, user_id: str, points: int, *, plugin: str, key: str, note: str
) -> Granted:
    """Gives a member points at once; they expire as the program says.

    Args:
        user_id: Saleor's id of the user.
        points: a positive whole number.
        plugin: the plugin's name; the books show it as the actor.
        key: the same for each attempt to give the same points, such as "profile:VXNlcjox".
        note: why, for the member and for support, in the store's language.

    Raises:
        InvalidAmount: not a positive whole number.
        IdempotencyConflict: the key was used with another amount.
    """

    def post(conn: Connection) -> Granted:
        return _post(conn, event, user_id, points, plugin, key, note)

    return event.transactions.write(post)


def _post(
    conn: Connection,
    event: PluginEvent,
    user_id: str,
    points: int,
    plugin: str,
    key: str,
    note: str,
) -> Granted:
    store, now = event.store, event.now
    revision = revision_at(conn, store.id, now)
    if revision is None:
        return Granted(withheld="no_program")
    if not wind_downs.as_of(conn, store, now).earning_on:
        return Granted(withheld="switched_off")
    known = member_by_user(conn, store.id, user_id)
    member = known and surviving_member(conn, store.id, known.id)
    if member is None:
        return Granted(withheld="no_member")
    settings = revision.program.settings
    if why := why_not_earning(member, automatic=settings.enrollment == "automatic", at=now):
        return Granted(withheld=why)
    ledger_key = f"plugin:{plugin}:{key}"
    before = conn.execute(
        sa.select(_entries.c.amount).where(
            _entries.c.store_id == store.id, _entries.c.idempotency_key == ledger_key
        )
    ).scalar_one_or_none()
    if before is not None:
        if before != points:
            raise IdempotencyConflict(key=ledger_key)
        return Granted(points=before)
    life = life_for(conn, store, member.id, settings.expiry)
    posted = ledger.earn(
        conn,
        Account(store.id, member.id, "points"),
        points,
        Cause(
            source=ledger_key,
            part="points",
            actor=f"plugin:{plugin}",
            revision_id=revision.id,
            reason={"code": "plugin_granted", "note": note[:LONGEST_NOTE], **life.reason},
        ),
        key=ledger_key,
        now=now,
        effective_at=now,
        available_from=now,
        expires_at=end_of_life(life, now, store.timezone),
        notice_required=settings.expiry.notice == "required",
    )
    look_again(conn, store.id, (member.id,))
    return Granted(points=posted.amount, is_new=posted.created)
