"""What every table of the app is made of: the metadata, keys and time columns."""

from typing import Any, cast

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from saleor_loyalty_app.db.types import NAMING_CONVENTION, BigId, JsonDoc, UTCDateTime

metadata = SQLModel.metadata
metadata.naming_convention = NAMING_CONVENTION


def key() -> Any:
    """A 64-bit primary key that the database counts up."""
    return Field(default=None, primary_key=True, sa_type=cast(Any, BigId))


def ref(target: str, *, null: bool = False, index: bool = False) -> Any:
    """A foreign key to `target` ("table.column")."""
    if null:
        return Field(
            default=None, foreign_key=target, nullable=True, index=index, sa_type=cast(Any, BigId)
        )
    return Field(foreign_key=target, nullable=False, index=index, sa_type=cast(Any, BigId))


def instant(*, null: bool = False) -> Any:
    """A UTC-aware time."""
    if null:
        return Field(default=None, nullable=True, sa_type=cast(Any, UTCDateTime))
    return Field(nullable=False, sa_type=cast(Any, UTCDateTime))


def count(default: int | None = None) -> Any:
    """A 64-bit whole number, such as points."""
    if default is None:
        return Field(nullable=False, sa_type=cast(Any, sa.BigInteger))
    return Field(default=default, nullable=False, sa_type=cast(Any, sa.BigInteger))


def json_doc(*, null: bool = False) -> Any:
    """A JSON document."""
    if null:
        return Field(default=None, nullable=True, sa_type=cast(Any, JsonDoc))
    return Field(nullable=False, sa_type=cast(Any, JsonDoc))


def table(model: type[SQLModel]) -> sa.Table:
    """The Core table behind a SQLModel class, for the hot paths."""
    return cast(sa.Table, cast(Any, model).__table__)
