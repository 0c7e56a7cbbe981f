"""How Alembic runs our revisions: on the connection that `db.migrate` opened."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlmodel.sql.sqltypes import AutoString

from saleor_loyalty_app.db.migrate import load_tables
from saleor_loyalty_app.db.types import UTCDateTime


def render_type(kind: str, item: Any, written: AutogenContext) -> str | Literal[False]:
    """Writes our column types as plain ones: a revision must not change when our code does."""
    if kind != "type":
        return False
    if isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, AutoString):
        return "sa.String()" if item.length is None else f"sa.String(length={item.length})"
    if isinstance(item, sa.JSON):
        written.imports.add("from sqlalchemy.dialects import postgresql")
        json, jsonb = "sa.JSON(none_as_null=True)", "postgresql.JSONB(none_as_null=True)"
        return f'{json}.with_variant({jsonb}, "postgresql")'
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=load_tables(),
    render_as_batch=True,
    render_item=render_type,
    include_object=context.config.attributes["include_object"],
    transactional_ddl=True,
    transaction_per_migration=False,
)
context.run_migrations()
