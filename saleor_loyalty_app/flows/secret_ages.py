"""A store's secrets without themselves: how old each is, when it was of use, what seals it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.messages.models import MessageDelivery, PartnerDelivery, PartnerWebhook
from saleor_loyalty_app.stores import sealing, staff_actions
from saleor_loyalty_app.stores.kept_secrets import rotate_kept
from saleor_loyalty_app.stores.models import PartnerKey, PartnerKeyUse, Store
from saleor_loyalty_app.stores.secrets import TokenCipher, rotate
from saleor_loyalty_app.stores.signing_secrets import NEWEST, PREVIOUS, names_of

Kind = Literal[
    "saleor_token",
    "encryption_key",
    "smtp_password",
    "sms_secret",
    "webhook_secret",
    "partner_key",
    "shopper_tokens",
]
#: A secret that is older had better be renewed.
OLD = timedelta(days=365)
_store, _message = table(Store), table(MessageDelivery)
_hook, _told = table(PartnerWebhook), table(PartnerDelivery)
_partner, _use = table(PartnerKey), table(PartnerKeyUse)
_CHANNELS = {"smtp_password": "email", "sms_secret": "sms"}
WEBHOOK = "webhook:"


@dataclass(frozen=True, slots=True)
class SecretAge:
    """A secret without itself.

    Attributes:
        label: what tells it from others of its kind: the host of a webhook, the name of a key.
        key: the fingerprint of the key that seals it; None = it is not sealed.
    """

    name: str
    kind: Kind
    label: str
    since: datetime | None
    last_used_at: datetime | None
    key: str | None
    old_key: bool
    old: bool


def secret_ages(
    conn: Connection, store_id: int, cipher: TokenCipher, *, now: datetime
) -> list[SecretAge]:
    """All secrets that work for a store."""
    newest = cipher.fingerprints[0]
    since = sealing.known_since(conn, [newest]).get(newest)
    hosts = _hosts(conn, store_id)
    sealed = sealing.sealed_of(conn, store_id, cipher)
    found = [
        SecretAge(
            name=one.name,
            kind=_kind(one.name),
            label=hosts.get(one.name, ""),
            since=one.since,
            last_used_at=_last_used(conn, store_id, one.name),
            key=one.key,
            old_key=one.key not in ("", newest),
            old=_is_old(one.since, now),
        )
        for one in sealed
        if not one.name.startswith((NEWEST, PREVIOUS))
    ]
    found += _partner_keys(conn, store_id, {one.name: one.key for one in sealed}, newest, now)
    # Both come of LOYALTY_SECRET_KEY.
    for kind in ("encryption_key", "shopper_tokens"):
        found.append(SecretAge(kind, kind, "", since, None, None, False, _is_old(since, now)))
    return found


def reseal(
    conn: Connection, store_id: int, cipher: TokenCipher, *, actor: str, now: datetime
) -> int:
    """Seals a store's secrets with the newest key; gives how many were under another one.

    Raises:
        TokenUnreadable: one cannot be opened with any of the keys.
    """
    newest = cipher.fingerprints[0]
    behind = sum(one.key != newest for one in sealing.sealed_of(conn, store_id, cipher))
    if behind == 0:
        return 0
    rotate(conn, cipher, store_id)
    rotate_kept(conn, cipher, store_id)
    staff_actions.note(
        conn,
        store_id,
        actor=actor,
        kind="secrets_resealed",
        subject="secrets",
        after={"secrets": behind, "key": newest},
        now=now,
    )
    return behind


def _kind(name: str) -> Kind:
    if name.startswith(WEBHOOK):
        return "webhook_secret"
    if name == "smtp_password":
        return "smtp_password"
    return "sms_secret" if name.startswith("sms") else "saleor_token"


def _last_used(conn: Connection, store_id: int, name: str) -> datetime | None:
    """When it was of use last, as far as the log goes back."""
    found: datetime | None
    if name == sealing.OF_SALEOR:
        query = sa.select(_store.c.metadata_synced_at).where(_store.c.id == store_id)
    elif name.startswith(WEBHOOK):
        query = sa.select(sa.func.max(_told.c.ended_at)).where(
            _told.c.store_id == store_id,
            _told.c.webhook_id == int(name.removeprefix(WEBHOOK)),
            _told.c.state == "sent",
        )
    else:
        query = sa.select(sa.func.max(_message.c.ended_at)).where(
            _message.c.store_id == store_id,
            _message.c.channel == _CHANNELS.get(name, "sms"),
            _message.c.state == "sent",
        )
    found = conn.execute(query).scalar_one_or_none()
    return found


def _hosts(conn: Connection, store_id: int) -> Mapping[str, str]:
    query = sa.select(_hook.c.id, _hook.c.url).where(_hook.c.store_id == store_id)
    return {f"{WEBHOOK}{row.id}": row.url.split("/")[2] for row in conn.execute(query)}


def _signing(sealed: Mapping[str, str]) -> list[int]:
    """The API keys that something sealed is kept of."""
    names = [name for name in sealed if name.startswith((NEWEST, PREVIOUS))]
    return sorted({int(name.rpartition(":")[2]) for name in names})


def _partner_keys(
    conn: Connection, store_id: int, sealed: Mapping[str, str], newest: str, now: datetime
) -> list[SecretAge]:
    """The API keys; `sealed` are the fingerprints of what is kept of those that sign."""
    query = (
        sa.select(
            _partner.c.id, _partner.c.prefix, _partner.c.name, _partner.c.secret_at, _use.c.used_at
        )
        .select_from(_partner.outerjoin(_use, _use.c.key_id == _partner.c.id))
        .where(
            _partner.c.store_id == store_id,
            _partner.c.revoked_at.is_(None),
            # What an expired one signs with is kept, as a later last day revives the key.
            sa.or_(
                _partner.c.expires_at.is_(None),
                _partner.c.expires_at > now,
                _partner.c.id.in_(_signing(sealed)),
            ),
        )
        .order_by(_partner.c.id)
    )
    found = []
    for row in conn.execute(query):
        keys = [sealed[name] for name in names_of(row.id) if name in sealed]
        behind = [key for key in keys if key != newest]
        found.append(
            SecretAge(
                name=f"key:{row.prefix}",
                kind="partner_key",
                label=row.name,
                since=row.secret_at,
                last_used_at=row.used_at,
                key=min(behind) if behind else keys[0] if keys else None,
                old_key=any(behind),
                old=_is_old(row.secret_at, now),
            )
        )
    return found


def _is_old(since: datetime | None, now: datetime) -> bool:
    return since is not None and now - since > OLD
