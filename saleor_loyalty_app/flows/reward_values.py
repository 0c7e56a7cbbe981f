"""What messages show of a reward that was taken: as it was then, in the reader's language."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.programs.rewards import VOUCHER_KINDS, stored_item
from saleor_loyalty_app.programs.rewards_words import gift_words
from saleor_loyalty_app.programs.scalars import in_locale
from saleor_loyalty_app.rewards import claims
from saleor_loyalty_app.rewards.models import Redemption

_redemption = table(Redemption)


def reward_figures(conn: Connection, store_id: int, public_id: str) -> dict[str, Any] | None:
    """What a message on a claim shows, not yet in words; None where there is nothing to tell."""
    row = conn.execute(
        sa.select(_redemption).where(
            _redemption.c.store_id == store_id, _redemption.c.public_id == public_id
        )
    ).one_or_none()
    claim = None if row is None else claims.of_redemption(conn, row.id)
    if row is None or claim is None:
        return None
    known: dict[str, Any] = {
        "reward_item": dict(claim.item),
        "reward_channel": row.channel,
        "reward_currency": row.currency,
        "points": row.points,
        "reward_given": not row.points,
    }
    if claim.kind in VOUCHER_KINDS:
        if row.state not in ("issued", "attached") or row.ending:
            return None
        return known | {"code": row.code, "valid_until": row.deadline.isoformat()}
    ended = row.state in ("released", "expired", "failed") or row.ending
    if ended or row.state == "restored":
        return None
    if claim.kind == "early_access":
        known["valid_until"] = row.deadline.isoformat()
    return known


def reward_values(known: Mapping[str, Any], language: str, locale: str) -> dict[str, str]:
    """The reward of a message in words: its name, what it gives, and its note. Pure.

    Args:
        language: for which the owner may have written texts, such as "pt-BR".
        locale: by whose rules dates and numbers are written, such as "pt_BR".
    """
    if "reward_item" not in known:
        return {}
    item = stored_item(known["reward_item"])
    where = item.in_channel(str(known["reward_channel"]), str(known["reward_currency"]))
    gift = item.gift
    return {
        "given": "yes" if known.get("reward_given") else "",
        "reward": item.name(language),
        "gives": "" if where is None else gift_words(item, where, locale),
        "hint": gift.type if gift.type in ("free_product", "shipping", "early_access") else "",
        "note": in_locale(gift.notes, language) or "" if gift.type == "invitation" else "",
    }
