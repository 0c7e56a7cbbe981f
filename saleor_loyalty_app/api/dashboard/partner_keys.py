"""API keys of the store's other systems: `/api/dashboard/v1/partner-keys`."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import Path, Query
from sqlalchemy.engine import Connection

from saleor_loyalty_app.api.bearer import still_active
from saleor_loyalty_app.api.context import Faces, FacesOf, Language
from saleor_loyalty_app.api.dashboard.members_schemas import (
    After,
    First,
    next_of,
    on_its_clocks,
    place_of,
)
from saleor_loyalty_app.api.dashboard.partner_keys_schemas import (
    NewPartnerKeyInput,
    PartnerKeyInput,
    PartnerKeyLine,
    PartnerKeyMade,
    PartnerKeyPage,
    RotationInput,
)
from saleor_loyalty_app.api.dashboard.refusals import OF_SERVING, OF_STAFF
from saleor_loyalty_app.api.dashboard.staff import TO_SET_UP, Staff, StaffOf
from saleor_loyalty_app.api.dashboard.staff_names import staff_names
from saleor_loyalty_app.api.errors import Refusal, documented
from saleor_loyalty_app.api.routing import staff_router
from saleor_loyalty_app.flows.give_points import key_budget
from saleor_loyalty_app.stores import partner_keys, staff_actions
from saleor_loyalty_app.stores.key_days import end_of
from saleor_loyalty_app.stores.partner_keys import Key, KeyTerms, Scope
from saleor_loyalty_app.stores.partner_tokens import PartnerToken, shown
from saleor_loyalty_app.stores.refs import StoreRef

router = staff_router("/partner-keys")
KeyId = Annotated[int, Path(ge=1, lt=2**63, description="`id` of the key.")]
_UNREADABLE: Refusal = (400, "request_unreadable", {})
_UNKNOWN: Refusal = (404, "partner_key_unknown", {})
_ENDED: Refusal = (409, "partner_key_ended", {})
_UNOPENED: Refusal = (500, "token_unreadable", {"store": "https://shop.example.com/graphql/"})
_EXPIRY: Refusal = (422, "expiry_unfit", {"latest": "2037-01-04"})


@router.get("", responses=documented(*OF_STAFF, *OF_SERVING, (400, "invalid_cursor", {})))
async def list_partner_keys(
    faces: FacesOf,
    staff: StaffOf,
    language: Language,
    ended: Annotated[
        bool, Query(description="Those that were revoked or expired, instead of those that work.")
    ] = False,
    first: First = 25,
    after: After = None,
) -> PartnerKeyPage:
    """The API keys of the store, the newest first."""
    staff.need(TO_SET_UP)
    await faces.gate.read(staff.key)
    before, now = place_of(after), faces.clock()

    def read(conn: Connection) -> PartnerKeyPage:
        store = still_active(conn, staff.store)
        found = partner_keys.page(
            conn, store.id, ended=ended, first=first + 1, before=before, now=now
        )
        return PartnerKeyPage(
            items=_told(conn, store, found[:first], language, now),
            next=next_of(found[first - 1].id if len(found) > first else None),
            api_url=f"{faces.public_url}/api/partner/v1",
            most=partner_keys.MOST_KEYS,
        )

    return await faces.database.read_async(read)


@router.post(
    "",
    status_code=201,
    responses=documented(
        *OF_STAFF, *OF_SERVING, _UNREADABLE, (409, "too_many_partner_keys", {"most": 50}), _EXPIRY
    ),
)
async def make_partner_key(
    faces: FacesOf, staff: StaffOf, language: Language, what: NewPartnerKeyInput
) -> PartnerKeyMade:
    """Makes an API key. The answer holds its secret, which is never shown again."""
    must_sign = what.gives if what.must_sign is None else what.must_sign
    sealing = faces.access.cipher if must_sign else None

    def make(conn: Connection, store: StoreRef, now: datetime) -> tuple[Key, PartnerToken]:
        terms = _terms(what, store, now)
        made, token = partner_keys.add(
            conn, store.id, terms, actor=staff.actor, now=now, sealing=sealing
        )
        proof: dict[str, object] = {"must_sign": True} if made.must_sign else {}
        _note(conn, staff, "partner_key_made", made, now, after=terms.as_words() | proof)
        return made, token

    return await _with_secret(faces, staff, language, make)


@router.put(
    "/{key}",
    responses=documented(*OF_STAFF, *OF_SERVING, _UNREADABLE, _UNKNOWN, _ENDED, _EXPIRY),
)
async def change_partner_key(
    faces: FacesOf, staff: StaffOf, language: Language, key: KeyId, what: PartnerKeyInput
) -> PartnerKeyLine:
    """Changes what an API key may do, at once. A later last day revives an expired one."""
    staff.need(TO_SET_UP)
    await faces.gate.serve_customer(staff.key)
    now = faces.clock()

    def write(conn: Connection) -> PartnerKeyLine:
        store = still_active(conn, staff.store)
        held = partner_keys.by_id(conn, store.id, key, lock=True).terms.expires_at
        terms = _terms(what, store, now, held=held)
        before, after = partner_keys.change(conn, store.id, key, terms)
        _note(
            conn,
            staff,
            "partner_key_changed",
            after,
            now,
            before=before.terms.as_words(),
            after=after.terms.as_words(),
        )
        return _told(conn, store, [after], language, now)[0]

    return await faces.database.write_async(write)


@router.post(
    "/{key}/rotate",
    status_code=201,
    responses=documented(*OF_STAFF, *OF_SERVING, _UNREADABLE, _UNKNOWN, _ENDED, _UNOPENED),
)
async def rotate_partner_key(
    faces: FacesOf, staff: StaffOf, language: Language, key: KeyId, what: RotationInput
) -> PartnerKeyMade:
    """Makes a new secret; the one before works on for a while, and any older one no more.

    From the new secret on requests may have to be signed, or no more: the old one is used as it was
    until its time is over, so that systems can be changed one after the other.
    """

    def rotate(conn: Connection, store: StoreRef, now: datetime) -> tuple[Key, PartnerToken]:
        before = partner_keys.by_id(conn, store.id, key, lock=True)
        grace = timedelta(hours=what.old_works_hours)
        must_sign = before.must_sign if what.must_sign is None else what.must_sign
        made, token = partner_keys.rotate(
            conn,
            store.id,
            key,
            grace=grace,
            now=now,
            cipher=faces.access.cipher,
            must_sign=must_sign,
        )
        _note(
            conn,
            staff,
            "partner_key_rotated",
            made,
            now,
            before={"secret_at": before.secret_at.isoformat(), "must_sign": before.must_sign},
            after={"old_works_hours": what.old_works_hours, "must_sign": must_sign},
        )
        return made, token

    return await _with_secret(faces, staff, language, rotate)


@router.post("/{key}/revoke", responses=documented(*OF_STAFF, *OF_SERVING, _UNKNOWN))
async def revoke_partner_key(
    faces: FacesOf, staff: StaffOf, language: Language, key: KeyId
) -> PartnerKeyLine:
    """Ends an API key at once and for ever; doing it again changes nothing."""
    staff.need(TO_SET_UP)
    await faces.gate.serve_customer(staff.key)
    now = faces.clock()

    def write(conn: Connection) -> PartnerKeyLine:
        store = still_active(conn, staff.store)
        before = partner_keys.by_id(conn, store.id, key, lock=True)
        ended = partner_keys.revoke(conn, store.id, key, actor=staff.actor, now=now)
        if before.revoked_at is None:
            _note(conn, staff, "partner_key_revoked", ended, now, before=before.terms.as_words())
        return _told(conn, store, [ended], language, now)[0]

    return await faces.database.write_async(write)


async def _with_secret(
    faces: Faces,
    staff: Staff,
    language: str,
    make: Callable[[Connection, StoreRef, datetime], tuple[Key, PartnerToken]],
) -> PartnerKeyMade:
    staff.need(TO_SET_UP)
    await faces.gate.serve_customer(staff.key)
    now = faces.clock()

    def write(conn: Connection) -> PartnerKeyMade:
        store = still_active(conn, staff.store)
        made, token = make(conn, store, now)
        line = _told(conn, store, [made], language, now)[0]
        return PartnerKeyMade(key=line, token=token.text)

    return await faces.database.write_async(write)


def _terms(
    what: PartnerKeyInput, store: StoreRef, now: datetime, *, held: datetime | None = None
) -> KeyTerms:
    """What was asked for; the last day may stay what it was (`held`), even where it is over."""
    ends = None
    if what.expires_on is not None and what.expires_on == _last_day(held, store):
        ends = held
    elif what.expires_on is not None:
        ends = end_of(what.expires_on, store.timezone, now)
    scopes = frozenset(what.scopes)
    limit = what.day_limit if Scope.move_points in scopes else 0
    return KeyTerms(what.name.strip(), scopes, limit, ends, frozenset(what.event_types))


def _told(
    conn: Connection, store: StoreRef, found: Sequence[Key], language: str, now: datetime
) -> list[PartnerKeyLine]:
    actors = [actor for one in found for actor in (one.created_by, one.revoked_by) if actor]
    names = staff_names(conn, store.id, actors, language)
    return [on_its_clocks(_line(conn, store, one, names, now), store) for one in found]


def _line(
    conn: Connection, store: StoreRef, key: Key, names: dict[str, str], now: datetime
) -> PartnerKeyLine:
    old = key.previous_until
    why = key.why_not(now)
    return PartnerKeyLine(
        id=key.id,
        prefix=shown(key.prefix),
        name=key.terms.name,
        scopes=sorted(key.terms.scopes),
        event_types=sorted(key.terms.event_types),
        day_limit=key.terms.day_limit,
        moved_today=key_budget(conn, store, key, now=now).moved.today,
        state="revoked" if why == "revoked" else "expired" if why else "active",
        must_sign=key.must_sign,
        expires_on=_last_day(key.terms.expires_at, store),
        secret_at=key.secret_at,
        old_secret_until=old if old is not None and old > now and not why else None,
        last_used_at=key.used_at,
        created_by=names[key.created_by],
        created_at=key.created_at,
        revoked_by=names[key.revoked_by] if key.revoked_by else None,
        revoked_at=key.revoked_at,
    )


def _last_day(ends: datetime | None, store: StoreRef) -> date | None:
    if ends is None:
        return None
    return (ends - timedelta(microseconds=1)).astimezone(ZoneInfo(store.timezone)).date()


def _note(
    conn: Connection,
    staff: Staff,
    kind: str,
    key: Key,
    now: datetime,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    staff_actions.note(
        conn,
        staff.store.id,
        actor=staff.actor,
        kind=kind,
        subject=f"partner_key:{key.id}",
        before=before,
        after=after,
        now=now,
    )
