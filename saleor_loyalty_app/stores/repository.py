"""Reads and writes of stores and their channels. Functions never commit."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Row

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.db.whose import EVERYBODY, Whose
from saleor_loyalty_app.stores.errors import LocaleChanged
from saleor_loyalty_app.stores.locale import check_locale, usable_timezone
from saleor_loyalty_app.stores.models import Channel, Store
from saleor_loyalty_app.stores.refs import ChannelRef, StoreRef

_STORE = table(Store)
_CHANNEL = table(Channel)
_REF_COLUMNS = (
    _STORE.c.id,
    _STORE.c.saleor_api_url,
    _STORE.c.app_id,
    _STORE.c.timezone,
    _STORE.c.language,
    _STORE.c.schema_version,
    _STORE.c.active,
    _STORE.c.earning_on,
    _STORE.c.spending_on,
    _STORE.c.shipping_on,
    _STORE.c.messages_on,
    _STORE.c.name,
)


@dataclass(frozen=True, slots=True)
class Installation:
    """What a store's registration proved. `api_url` is canonical; `token` is encrypted."""

    api_url: str
    app_id: str
    token_encrypted: str
    jwks: Mapping[str, Any]
    schema_version: str
    permissions: tuple[str, ...]
    timezone: str
    language: str


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """A channel as Saleor describes it."""

    saleor_id: str
    ref: ChannelRef


@dataclass(frozen=True, slots=True)
class StoreKeys:
    """The public keys of a store as they are stored."""

    jwks: Mapping[str, Any]
    refreshed_at: datetime
    attempted_at: datetime | None


def store_by_url(conn: Connection, api_url: str) -> StoreRef | None:
    """The store with this canonical API address, also an uninstalled one."""
    return _one(conn, _STORE.c.saleor_api_url == api_url)


def stores_at_host(conn: Connection, host: str) -> list[StoreRef]:
    """The stores whose API is at this host (with its port, where it is not the usual one)."""
    at_host = sa.or_(
        *(
            _STORE.c.saleor_api_url.startswith(f"{scheme}://{host}/", autoescape=True)
            for scheme in ("https", "http")
        )
    )
    query = sa.select(*_REF_COLUMNS).where(at_host).order_by(_STORE.c.id)
    return [_ref(row) for row in conn.execute(query)]


def store_by_id(conn: Connection, store_id: int) -> StoreRef | None:
    """The store with this id, also an uninstalled one."""
    return _one(conn, _STORE.c.id == store_id)


def all_stores(conn: Connection, active_only: bool = True) -> list[StoreRef]:
    """All stores by id; without those that deactivated or uninstalled the app, unless asked for."""
    query = sa.select(*_REF_COLUMNS).order_by(_STORE.c.id)
    if active_only:
        query = query.where(_STORE.c.active)
    return [_ref(row) for row in conn.execute(query)]


def channels(conn: Connection, store_id: int) -> list[ChannelRef]:
    """The channels of a store by slug."""
    query = sa.select(_CHANNEL).where(_CHANNEL.c.store_id == store_id).order_by(_CHANNEL.c.slug)
    return [
        ChannelRef(
            slug=row.slug,
            name=row.name,
            currency=row.currency,
            active=row.active,
            default_country=row.default_country,
            countries=tuple(row.countries),
            prices_entered_with_tax=row.prices_entered_with_tax,
            display_gross_prices=row.display_gross_prices,
        )
        for row in conn.execute(query)
    ]


def channel_saleor_id(conn: Connection, store_id: int, slug: str) -> str | None:
    """Saleor's id of a channel; None where the store has none of this name."""
    found: str | None = conn.execute(
        sa.select(_CHANNEL.c.saleor_id).where(
            _CHANNEL.c.store_id == store_id, _CHANNEL.c.slug == slug
        )
    ).scalar_one_or_none()
    return found


def permissions(conn: Connection, store_id: int) -> frozenset[str]:
    """The permissions that the store granted the app, as of the last look."""
    found = conn.execute(
        sa.select(_STORE.c.permissions).where(_STORE.c.id == store_id)
    ).scalar_one_or_none()
    return frozenset(found or ())


def save_permissions(conn: Connection, store_id: int, granted: Iterable[str]) -> None:
    """Writes the permissions that the store grants the app now."""
    conn.execute(
        sa.update(_STORE).where(_STORE.c.id == store_id).values(permissions=sorted(granted))
    )


def save_installation(conn: Connection, installation: Installation, now: datetime) -> StoreRef:
    """Makes or renews a store. Its program, members, books and switches stay as they are.

    A store that is renewed also keeps its time zone and language, and goes on to be read from where
    it was, or from its first installation where nothing was read yet.

    Raises:
        UnknownTimezone, UnknownLanguage: the app knows none of this name.
    """
    check_locale(installation.timezone, installation.language)
    fresh = {
        "app_id": installation.app_id,
        "token_encrypted": installation.token_encrypted,
        "jwks": dict(installation.jwks),
        "jwks_refreshed_at": now,
        "jwks_attempted_at": now,
        "schema_version": installation.schema_version,
        "permissions": list(installation.permissions),
        "installed_at": now,
        "active": True,
        "deactivated_at": None,
        "uninstalled_at": None,
    }
    insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    statement = insert(_STORE).values(
        saleor_api_url=installation.api_url,
        timezone=installation.timezone,
        language=installation.language,
        earning_on=True,
        spending_on=True,
        shipping_on=True,
        messages_on=True,
        **fresh,
    )
    reached = sa.func.coalesce(_STORE.c.cursor_updated_at, _STORE.c.installed_at)
    upsert = statement.on_conflict_do_update(
        index_elements=[_STORE.c.saleor_api_url], set_=fresh | {"cursor_updated_at": reached}
    ).returning(*_REF_COLUMNS)
    return _ref(conn.execute(upsert).one())


def set_active(conn: Connection, store_id: int, active: bool, now: datetime) -> bool:
    """Stops or resumes all work for a store whose staff switched the app off or on.

    Gives whether that changed anything; an uninstalled store stays as it is.
    """
    changed = conn.execute(
        sa.update(_STORE)
        .where(
            _STORE.c.id == store_id, _STORE.c.active != active, _STORE.c.uninstalled_at.is_(None)
        )
        .values(active=active, deactivated_at=None if active else now)
        .returning(_STORE.c.id)
    )
    return changed.scalar_one_or_none() is not None


def mark_uninstalled(conn: Connection, store_id: int, app_id: str, now: datetime) -> bool:
    """Stops all work for a store that removed the app `app_id`, and forgets the dead token.

    Gives False, and changes nothing, when the store has installed the app anew since.
    """
    done = conn.execute(
        sa.update(_STORE)
        .where(
            _STORE.c.id == store_id, _STORE.c.app_id == app_id, _STORE.c.uninstalled_at.is_(None)
        )
        .values(active=False, uninstalled_at=now, token_encrypted="")
        .returning(_STORE.c.id)
    )
    return done.scalar_one_or_none() is not None


def uninstalled_before(
    conn: Connection, moment: datetime, whose: Whose = EVERYBODY
) -> list[StoreRef]:
    """The stores that removed the app before `moment`: their personal data has to go."""
    query = (
        sa.select(*_REF_COLUMNS)
        .where(_STORE.c.uninstalled_at < moment, whose.rows(_STORE.c.id))
        .order_by(_STORE.c.id)
    )
    return [_ref(row) for row in conn.execute(query)]


def save_facts(
    conn: Connection,
    store_id: int,
    *,
    granted: Iterable[str],
    schema_version: str,
    name: str,
    found: Sequence[ChannelFacts],
    now: datetime,
) -> None:
    """Writes what a look at the store found. A channel that is gone stays, as inactive.

    A channel keeps its row by Saleor's id, so that a changed slug does not make a second one.
    """
    conn.execute(
        sa.update(_STORE)
        .where(_STORE.c.id == store_id)
        .values(
            permissions=sorted(granted),
            schema_version=schema_version,
            name=name,
            metadata_synced_at=now,
        )
    )
    known = {
        row.saleor_id: row.id
        for row in conn.execute(
            sa.select(_CHANNEL.c.saleor_id, _CHANNEL.c.id).where(_CHANNEL.c.store_id == store_id)
        )
    }
    _free_slugs(conn, store_id, found)
    for channel in found:
        values = _channel_values(channel, now)
        if channel.saleor_id in known:
            row = _CHANNEL.c.id == known[channel.saleor_id]
            conn.execute(sa.update(_CHANNEL).where(row).values(values))
        else:
            conn.execute(sa.insert(_CHANNEL).values(store_id=store_id, **values))
    conn.execute(
        sa.update(_CHANNEL)
        .where(
            _CHANNEL.c.store_id == store_id,
            _CHANNEL.c.saleor_id.not_in([channel.saleor_id for channel in found]),
        )
        .values(active=False)
    )


def keys(conn: Connection, store_id: int) -> StoreKeys | None:
    """The stored public keys of a store."""
    row = conn.execute(
        sa.select(_STORE.c.jwks, _STORE.c.jwks_refreshed_at, _STORE.c.jwks_attempted_at).where(
            _STORE.c.id == store_id
        )
    ).one_or_none()
    return None if row is None else StoreKeys(row[0], row[1], row[2])


def claim_key_refresh(
    conn: Connection, store_id: int, *, not_since: datetime, now: datetime
) -> bool:
    """Whether the caller may ask for the store's keys: nobody has since `not_since`.

    Of several processes that ask at once, one gets True.
    """
    claimed = conn.execute(
        sa.update(_STORE)
        .where(
            _STORE.c.id == store_id,
            sa.or_(_STORE.c.jwks_attempted_at.is_(None), _STORE.c.jwks_attempted_at <= not_since),
        )
        .values(jwks_attempted_at=now)
        .returning(_STORE.c.id)
    )
    return claimed.scalar_one_or_none() is not None


def save_keys(conn: Connection, store_id: int, jwks: Mapping[str, Any], now: datetime) -> None:
    """Stores the public keys that a store publishes now."""
    conn.execute(
        sa.update(_STORE)
        .where(_STORE.c.id == store_id)
        .values(jwks=dict(jwks), jwks_refreshed_at=now)
    )


def set_locale(conn: Connection, store_id: int, *, timezone: str, language: str) -> None:
    """Sets the time zone (IANA name) and language that the store's days and texts follow.

    Raises:
        UnknownTimezone, UnknownLanguage: the app knows none of this name.
    """
    check_locale(timezone, language)
    conn.execute(
        sa.update(_STORE)
        .where(_STORE.c.id == store_id)
        .values(timezone=timezone, language=language)
    )


def replace_locale(
    conn: Connection, store_id: int, *, was: tuple[str, str], timezone: str, language: str
) -> None:
    """`set_locale`, unless zone and language are not (any more) what they `was`.

    Raises:
        LocaleChanged: somebody else was faster.
        UnknownTimezone, UnknownLanguage: the app knows none of this name.
    """
    held = sa.select(_STORE.c.timezone, _STORE.c.language).where(_STORE.c.id == store_id)
    row = conn.execute(held.with_for_update()).one()
    if (usable_timezone(row.timezone), row.language) != was:
        raise LocaleChanged(row.timezone, row.language)
    set_locale(conn, store_id, timezone=timezone, language=language)


def _free_slugs(conn: Connection, store_id: int, found: Sequence[ChannelFacts]) -> None:
    """Two channels may swap their slugs: takes the wanted ones from those who hold them."""
    holder = {channel.ref.slug: channel.saleor_id for channel in found}
    rows = conn.execute(
        sa.select(_CHANNEL.c.id, _CHANNEL.c.slug, _CHANNEL.c.saleor_id).where(
            _CHANNEL.c.store_id == store_id, _CHANNEL.c.slug.in_(holder)
        )
    ).all()
    for row in rows:
        if holder[row.slug] != row.saleor_id:
            conn.execute(
                sa.update(_CHANNEL)
                .where(_CHANNEL.c.id == row.id)
                .values(slug=f"{row.slug}~{row.id}")
            )


def _channel_values(channel: ChannelFacts, now: datetime) -> dict[str, Any]:
    return {
        "saleor_id": channel.saleor_id,
        "slug": channel.ref.slug,
        "name": channel.ref.name,
        "currency": channel.ref.currency,
        "active": channel.ref.active,
        "default_country": channel.ref.default_country,
        "countries": list(channel.ref.countries),
        "prices_entered_with_tax": channel.ref.prices_entered_with_tax,
        "display_gross_prices": channel.ref.display_gross_prices,
        "synced_at": now,
    }


def _one(conn: Connection, condition: sa.ColumnElement[bool]) -> StoreRef | None:
    row = conn.execute(sa.select(*_REF_COLUMNS).where(condition)).one_or_none()
    return None if row is None else _ref(row)


def _ref(row: Row[*tuple[Any, ...]]) -> StoreRef:
    return StoreRef(
        id=row.id,
        api_url=row.saleor_api_url,
        app_id=row.app_id,
        timezone=usable_timezone(row.timezone),
        language=row.language,
        schema_version=row.schema_version,
        active=row.active,
        earning_on=row.earning_on,
        spending_on=row.spending_on,
        shipping_on=row.shipping_on,
        messages_on=row.messages_on,
        name=row.name,
    )
