"""The campaigns of a store as rows. Takes connections and never commits."""

import secrets
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from saleor_loyalty_app.campaigns.errors import (
    CampaignChanged,
    CampaignStateUnfit,
    CampaignUnknown,
    TooManyCampaigns,
)
from saleor_loyalty_app.campaigns.models import Campaign, CampaignVersion, CampaignVoucher
from saleor_loyalty_app.campaigns.terms import Terms, read_terms
from saleor_loyalty_app.db.hot import Hot
from saleor_loyalty_app.db.tables import table

_C, _V, _W = table(Campaign), table(CampaignVersion), table(CampaignVoucher)
#: Campaigns of a store that have not ended.
MOST_OPEN = 200
OPEN_STATES = ("draft", "scheduled", "running")
#: So long it is looked whether something is left of a campaign.
_AFTERWARDS = timedelta(days=2)
#: What decides the value of its vouchers in Saleor.
_IN_SALEOR = frozenset(("terms", "reduced_at"))


_ANY = Hot(sa.select(_C.c.id).where(_C.c.store_id == sa.bindparam("store_id")).limit(1))


@dataclass(frozen=True, slots=True)
class CampaignRow:
    """A campaign as it stands."""

    id: int
    store_id: int
    public_id: str
    state: str
    version: int
    terms: Terms
    starts_at: datetime
    ends_at: datetime
    published_at: datetime | None
    ended_at: datetime | None
    ended_why: str
    spent_points: int
    warned_at: datetime | None
    reduced_at: datetime | None
    issue_after: int
    issue_due_at: datetime | None
    tell_after: int | None
    trouble: str
    differs: list[str]
    adopts: bool
    created_at: datetime
    updated_at: datetime

    @property
    def is_open(self) -> bool:
        """It was scheduled and has not ended."""
        return self.state in ("scheduled", "running")

    @property
    def ended_by_force(self) -> bool:
        """It ended before its time, and its codes with it."""
        return self.ended_why in ("budget", "hand", "program")

    @property
    def works_from(self) -> datetime:
        """When it begins to do something: not before it was scheduled."""
        return max(self.starts_at, self.published_at or self.starts_at)

    def covers(self, at: datetime) -> bool:
        """Whether something of that time is for it, whatever came later."""
        if self.published_at is None or at < self.works_from:
            return False
        return at < min(self.ends_at, self.ended_at or self.ends_at)


_COLUMNS = tuple(_C.c[name] for name in CampaignRow.__dataclass_fields__)


def of_row(row: sa.Row[Any]) -> CampaignRow:
    """A campaign from its row."""
    values = dict(zip(CampaignRow.__dataclass_fields__, row, strict=True))
    return CampaignRow(**values | {"terms": read_terms(values["terms"])})


def get(conn: Connection, store_id: int, public_id: str, *, lock: bool = False) -> CampaignRow:
    """The campaign of a store.

    Raises:
        CampaignUnknown: there is none.
    """
    query = sa.select(*_COLUMNS).where(_C.c.store_id == store_id, _C.c.public_id == public_id)
    row = conn.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise CampaignUnknown
    return of_row(row)


def by_ids(
    conn: Connection, store_id: int, ids: Collection[int], *, lock: bool = False
) -> dict[int, CampaignRow]:
    """Campaigns by id, locked in one order."""
    if not ids:
        return {}
    query = (
        sa.select(*_COLUMNS)
        .where(_C.c.store_id == store_id, _C.c.id.in_(sorted(ids)))
        .order_by(_C.c.id)
    )
    rows = conn.execute(query.with_for_update() if lock else query)
    return {row.id: of_row(row) for row in rows}


def ids_of(conn: Connection, store_id: int, public_ids: Iterable[str]) -> dict[str, int]:
    """The ids of campaigns by their public ones; those that there are not are left out."""
    query = sa.select(_C.c.public_id, _C.c.id).where(
        _C.c.store_id == store_id, _C.c.public_id.in_(sorted(public_ids))
    )
    return {row.public_id: row.id for row in conn.execute(query)}


def listed(
    conn: Connection, store_id: int, *, first: int, before: int | None, state: str | None
) -> list[CampaignRow]:
    """The campaigns of a store, the newest first."""
    query = sa.select(*_COLUMNS).where(_C.c.store_id == store_id)
    if before is not None:
        query = query.where(_C.c.id < before)
    if state is not None:
        query = query.where(_C.c.state == state)
    return [of_row(row) for row in conn.execute(query.order_by(_C.c.id.desc()).limit(first))]


def open_ones(conn: Connection, store_id: int) -> list[CampaignRow]:
    """The campaigns that are scheduled or run."""
    query = sa.select(*_COLUMNS).where(
        _C.c.store_id == store_id, _C.c.state.in_(("scheduled", "running"))
    )
    return [of_row(row) for row in conn.execute(query.order_by(_C.c.id))]


def with_codes_in_force(conn: Connection, store_id: int, now: datetime) -> list[CampaignRow]:
    """The campaigns that are scheduled or run, and those over of which a code works still."""
    works = (
        sa.select(_W.c.id)
        .where(_W.c.campaign_id == _C.c.id, _W.c.state.in_(("wanted", "open")), _W.c.ends_at > now)
        .correlate(_C)
        .exists()
    )
    query = sa.select(*_COLUMNS).where(
        _C.c.store_id == store_id,
        sa.or_(_C.c.state.in_(("scheduled", "running")), sa.and_(_C.c.state == "ended", works)),
    )
    return [of_row(row) for row in conn.execute(query.order_by(_C.c.id))]


def covering(
    conn: Connection, store_id: int, at: datetime, *, sharing: str | None = None
) -> list[CampaignRow]:
    """The campaigns that something of a time is for; see `CampaignRow.covers`."""
    query = sa.select(*_COLUMNS).where(
        _C.c.store_id == store_id,
        _C.c.published_at <= at,
        _C.c.starts_at <= at,
        _C.c.ends_at > at,
        sa.or_(_C.c.ended_at.is_(None), _C.c.ended_at > at),
    )
    if sharing is not None:
        query = query.where(_C.c.sharing == sharing)
    return [of_row(row) for row in conn.execute(query.order_by(_C.c.id))]


def ran_within(conn: Connection, store_id: int, first: datetime, last: datetime) -> set[int]:
    """The campaigns, by id, that something of some instant between two may be for."""
    query = sa.select(_C.c.id).where(
        _C.c.store_id == store_id,
        _C.c.published_at <= last,
        _C.c.starts_at <= last,
        _C.c.ends_at > first,
        sa.or_(_C.c.ended_at.is_(None), _C.c.ended_at > first),
    )
    return set(conn.execute(query).scalars())


def overlapping(
    conn: Connection, store_id: int, starts_at: datetime, ends_at: datetime, *, but: int
) -> list[CampaignRow]:
    """Other campaigns that are planned or run within a time."""
    query = sa.select(*_COLUMNS).where(
        _C.c.store_id == store_id,
        _C.c.id != but,
        _C.c.state.in_(OPEN_STATES),
        _C.c.starts_at < ends_at,
        _C.c.ends_at > starts_at,
    )
    return [of_row(row) for row in conn.execute(query.order_by(_C.c.starts_at).limit(50))]


def has_any(conn: Connection, store_id: int) -> bool:
    """Whether a store ever made a campaign: asked first for every order."""
    return _ANY.one_or_none(conn, {"store_id": store_id}) is not None


def stores_at_work(conn: Connection, now: datetime) -> set[int]:
    """The stores with campaigns that have not ended long since, or codes that have not."""
    late = sa.select(_C.c.store_id).where(
        _C.c.state.in_(("scheduled", "running", "ended")), _C.c.ends_at > now - _AFTERWARDS
    )
    unfinished = sa.select(_W.c.store_id).where(_W.c.state != "ended")
    return set(conn.execute(sa.union(late, unfinished)).scalars())


def create(conn: Connection, store_id: int, terms: Terms, *, now: datetime) -> CampaignRow:
    """A new draft.

    Raises:
        TooManyCampaigns: the store has as many as it can have.
    """
    there_are = conn.execute(
        sa.select(sa.func.count()).where(_C.c.store_id == store_id, _C.c.state.in_(OPEN_STATES))
    ).scalar_one()
    if there_are >= MOST_OPEN:
        raise TooManyCampaigns(most=MOST_OPEN)
    row = conn.execute(
        sa.insert(_C)
        .values(
            store_id=store_id,
            public_id=f"cp_{secrets.token_hex(6)}",
            state="draft",
            version=1,
            spent_points=0,
            issue_after=0,
            ended_why="",
            trouble="",
            differs=[],
            adopts=False,
            created_at=now,
            updated_at=now,
            **_said(terms),
        )
        .returning(*_COLUMNS)
    ).one()
    return of_row(row)


def save(
    conn: Connection, before: CampaignRow, terms: Terms, *, version: int, now: datetime
) -> CampaignRow:
    """Writes changed terms upon a version that is still the newest; the row is locked.

    Raises:
        CampaignChanged: somebody was quicker.
        CampaignStateUnfit: it has ended.
    """
    if before.version != version:
        raise CampaignChanged(version=before.version)
    if before.state == "ended":
        raise CampaignStateUnfit(state=before.state)
    return change(conn, before.id, {**_said(terms), "version": version + 1, "updated_at": now})


def change(conn: Connection, campaign_id: int, values: Mapping[str, Any]) -> CampaignRow:
    """Writes columns of a campaign whose row is locked; what stands in Saleor is to be told."""
    row = conn.execute(
        sa.update(_C).where(_C.c.id == campaign_id).values(**values).returning(*_COLUMNS)
    ).one()
    if not _IN_SALEOR.isdisjoint(values):
        conn.execute(
            sa.update(_W)
            .where(_W.c.campaign_id == campaign_id, _W.c.state == "open")
            .values(told="")
        )
    return of_row(row)


def end(conn: Connection, campaign: CampaignRow, why: str, *, now: datetime) -> CampaignRow:
    """Ends a campaign whose row is locked; one that has ended stays as it is."""
    if campaign.state == "ended":
        return campaign
    ended_at = min(now, campaign.ends_at) if why == "time" else now
    values = {
        "state": "ended",
        "ended_at": ended_at,
        "ended_why": why,
        "tell_after": None,
        "issue_due_at": None,
        "trouble": "",
        "differs": [],
        "updated_at": now,
    }
    return change(conn, campaign.id, values)


def delete(conn: Connection, campaign: CampaignRow) -> None:
    """Deletes a draft that never did anything."""
    conn.execute(sa.delete(_V).where(_V.c.campaign_id == campaign.id))
    conn.execute(sa.delete(_C).where(_C.c.id == campaign.id, _C.c.state == "draft"))


def note_version(conn: Connection, campaign: CampaignRow, actor: str, *, now: datetime) -> None:
    """Keeps a campaign as it is from now on."""
    conn.execute(
        sa.insert(_V).values(
            store_id=campaign.store_id,
            campaign_id=campaign.id,
            version=campaign.version,
            name=campaign.terms.name,
            terms=campaign.terms.document,
            from_at=now,
            actor=actor,
        )
    )


def versions(conn: Connection, campaign: CampaignRow) -> list[tuple[int, datetime, str]]:
    """Which versions there were, since when and by whom, the newest first."""
    query = (
        sa.select(_V.c.version, _V.c.from_at, _V.c.actor)
        .where(_V.c.store_id == campaign.store_id, _V.c.campaign_id == campaign.id)
        .order_by(_V.c.version.desc())
        .limit(50)
    )
    return [(row.version, row.from_at, row.actor) for row in conn.execute(query)]


def at_large(conn: Connection, store_id: int, *, limit: int) -> list[int]:
    """The campaigns that are scheduled or run, or have vouchers whose end is not decided."""
    alive = (
        sa.select(_W.c.id)
        .where(_W.c.campaign_id == _C.c.id, _W.c.state.in_(("wanted", "open")))
        .exists()
    )
    planned = _C.c.state.in_(("scheduled", "running"))
    query = sa.select(_C.c.id).where(_C.c.store_id == store_id, sa.or_(planned, alive))
    return list(conn.execute(query.order_by(_C.c.id).limit(limit)).scalars())


def due_to_turn(conn: Connection, store_id: int, now: datetime) -> Sequence[int]:
    """The campaigns whose time to begin or to end has come."""
    query = sa.select(_C.c.id).where(
        _C.c.store_id == store_id,
        sa.or_(
            sa.and_(_C.c.state == "scheduled", _C.c.starts_at <= now),
            sa.and_(_C.c.state.in_(("scheduled", "running")), _C.c.ends_at <= now),
        ),
    )
    return list(conn.execute(query.order_by(_C.c.id)).scalars())


def _said(terms: Terms) -> dict[str, Any]:
    return {
        "kind": terms.kind,
        "sharing": terms.kind_of_codes,
        "name": terms.name,
        "terms": terms.document,
        "starts_at": terms.starts_at,
        "ends_at": terms.ends_at,
    }
