"""The account codes under which a store's journal is booked."""

import re
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection

from saleor_loyalty_app.db.tables import table
from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.insights.models import JournalAccounts

_ROWS = table(JournalAccounts)
#: Begins with a letter or digit, so that no spreadsheet takes it for a formula.
CODE = r"^[A-Za-z0-9][A-Za-z0-9 ._/-]{0,39}$"
_CODE = re.compile(CODE)


class Purpose(StrEnum):
    """What an account is for."""

    liability = "liability"
    expense = "expense"
    redemption = "redemption"
    breakage = "breakage"
    adjustment = "adjustment"
    revaluation = "revaluation"


#: Until the owner names their own: words that no chart of accounts has.
DEFAULTS: Mapping[Purpose, str] = {purpose: f"POINTS-{purpose.upper()}" for purpose in Purpose}


class AccountInvalid(AppError):
    """An account code is no such code; nothing was changed."""

    code: ClassVar[str] = "account_invalid"
    status: ClassVar[int] = 422

    def __init__(self, purpose: str) -> None:
        super().__init__(purpose=purpose)


def accounts_of(conn: Connection, store_id: int) -> dict[Purpose, str]:
    """The account codes of a store."""
    stored = conn.execute(
        sa.select(_ROWS.c.codes).where(_ROWS.c.store_id == store_id)
    ).scalar_one_or_none()
    named = stored or {}
    return {purpose: str(named.get(purpose, DEFAULTS[purpose])) for purpose in Purpose}


def name_accounts(
    conn: Connection, store_id: int, codes: Mapping[Purpose, str], *, by: str, now: datetime
) -> dict[Purpose, str]:
    """Names the account codes of a store; gives them as they are now.

    Raises:
        AccountInvalid: one of them is no code.
    """
    for purpose, code in codes.items():
        if not _CODE.fullmatch(code) or code != code.strip():
            raise AccountInvalid(purpose)
    values = {
        "codes": {str(purpose): code for purpose, code in codes.items()},
        "updated_at": now,
        "updated_by": by,
    }
    insert = postgresql.insert if conn.dialect.name == "postgresql" else sqlite.insert
    conn.execute(
        insert(_ROWS)
        .values(store_id=store_id, **values)
        .on_conflict_do_update(index_elements=["store_id"], set_=values)
    )
    return accounts_of(conn, store_id)
