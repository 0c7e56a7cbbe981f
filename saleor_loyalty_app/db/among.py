"""Rows of many ids at once."""

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

_IDS = sa.ARRAY(sa.BigInteger)


def among(conn: Connection, column: Any, ids: Collection[int]) -> sa.ColumnElement[bool]:
    """Whether a column has one of these ids.

    On PostgreSQL they are one parameter: a text with a parameter for each of some hundred ids takes
    longer to be put together and read than its rows to be found.
    """
    if conn.dialect.name == "postgresql":
        return sa.and_(column == sa.any_(sa.literal(list(ids), _IDS)))
    return sa.and_(column.in_(list(ids)))
