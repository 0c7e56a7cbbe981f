"""One file of the archive of a store: whose rows it has, and what its columns say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

ID = "Number of the row; stays the same in every export."
MEMBER = "Number of the member in members.csv."


@dataclass(frozen=True, slots=True)
class CsvTable:
    """One CSV file.

    Attributes:
        source: the table whose rows it has, in the order of `key`.
        by_member: rows are read with those of their member; else page by page by `key`.
        columns: what each is called, and what it says.
        values: the expressions behind the columns that are no column of the table.
    """

    name: str
    source: sa.Table
    columns: Mapping[str, str]
    by_member: bool = True
    values: Mapping[str, Any] | None = None
    joined: sa.FromClause | None = None
    key: str = "id"

    @property
    def file(self) -> str:
        """The name of the file."""
        return f"{self.name}.csv"

    def select(self) -> sa.Select[Any]:
        """All columns of the file, in the order of the key."""
        given = self.values or {}
        chosen = [given.get(name, self.source.c.get(name)).label(name) for name in self.columns]
        query = sa.select(*chosen)
        if self.joined is not None:
            query = query.select_from(self.joined)
        return query.order_by(self.source.c[self.key])
