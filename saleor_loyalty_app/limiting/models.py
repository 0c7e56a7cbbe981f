"""Tables of the rate limits. Their times are the machine's."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from saleor_loyalty_app.db.tables import count, instant


class RequestCount(SQLModel, table=True):
    """How often somebody asked within one slot of time; used on PostgreSQL only.

    The key is a keyed hash, so that neither addresses nor users can be read from it.
    """

    __tablename__ = "request_count"
    __table_args__ = (sa.Index("ix_request_count_expires", "expires_at"),)

    key: str = Field(primary_key=True)
    #: Seconds since 1970, divided by the length of the limit's window.
    slot: int = Field(primary_key=True, sa_type=sa.BigInteger)
    hits: int = count()
    #: From then on nobody looks at it.
    expires_at: datetime = instant()
