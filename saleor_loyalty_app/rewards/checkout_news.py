"""What news of a checkout mean for the codes of spent points: one read, then a pure decision."""

from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.hot import Hot
from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.rewards.models import LIVE_STATES, Redemption, RedemptionSighting

_redemption, _sighting = table(Redemption), table(RedemptionSighting)


@dataclass(frozen=True, slots=True)
class Concerned:
    """A redemption whose code is on a checkout or should be, and what was seen of it there.

    `sighted_foreign` is None where the code was never seen on this checkout.
    """

    id: int
    code: str
    user_id: str
    member_id: int
    checkout_id: str | None
    order_id: str | None
    state: str
    ending: str
    due_at: datetime | None
    sighted_foreign: bool | None
    taken_off_at: datetime | None

    @property
    def is_live(self) -> bool:
        """Points are set aside, and the end is open."""
        return self.state in LIVE_STATES


class Meaning(StrEnum):
    """What is to be done about one redemption.

    `look`: the code is gone from its checkout, or so it seems. `bind`: a code that was handed out
    came to its owner's checkout. `maybe_own`: to a guest's, whose address tells. `unwelcome`: the
    code does not belong there. `other_owner`: its checkout went over to another user.
    """

    nothing = "nothing"
    look = "look"
    bind = "bind"
    maybe_own = "maybe_own"
    unwelcome = "unwelcome"
    other_owner = "other_owner"


def _select(*where: Any) -> sa.Select[Any]:
    seen = sa.and_(
        _sighting.c.redemption_id == _redemption.c.id,
        _sighting.c.checkout_id == sa.bindparam("checkout"),
    )
    named = {
        "sighted_foreign": _sighting.c.foreign_checkout,
        "taken_off_at": _sighting.c.removed_at,
    }
    columns = (
        named[field.name].label(field.name) if field.name in named else _redemption.c[field.name]
        for field in fields(Concerned)
    )
    return (
        sa.select(*columns)
        .select_from(_redemption.outerjoin(_sighting, seen))
        .where(_redemption.c.store_id == sa.bindparam("store_id"), *where)
    )


_CONCERNED = Hot(
    sa.union_all(
        _select(_redemption.c.code == sa.bindparam("code")),
        _select(
            _redemption.c.checkout_id == sa.bindparam("checkout"),
            _redemption.c.code != sa.bindparam("code"),
            _redemption.c.state == "attached",
        ),
    )
)


def concerned(conn: Connection, store_id: int, checkout_id: str, code: str) -> list[Concerned]:
    """The redemption of the code on a checkout, and the one whose code was put there."""
    values = {"store_id": store_id, "checkout": checkout_id, "code": code}
    return [Concerned(*row) for row in _CONCERNED.all(conn, values)]


def meaning(
    found: Concerned, checkout_id: str, user_id: str | None, code: str, now: datetime
) -> Meaning:
    """What news of a checkout mean for a redemption; nothing where that is known already."""
    if found.code != code:
        waits = found.due_at is not None and found.due_at <= now
        return Meaning.nothing if found.ending or waits else Meaning.look
    if found.is_live:
        if found.checkout_id == checkout_id:
            other = user_id is not None and user_id != found.user_id
            return Meaning.other_owner if other and not found.ending else Meaning.nothing
        if found.checkout_id is None and found.order_id is None:
            if user_id == found.user_id:
                return Meaning.bind
            if user_id is None:
                return Meaning.maybe_own
    known = bool(found.sighted_foreign) and found.taken_off_at is None
    return Meaning.nothing if known else Meaning.unwelcome
