"""Whose rows a piece of work is for: of some stores, of all others, or of everybody."""

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa


@dataclass(frozen=True, slots=True)
class Whose:
    """Stores by their number: only these, where any are named, and never those.

    Without either it is everybody.
    """

    only: frozenset[int] | None = None
    but: frozenset[int] = frozenset()

    def rows(self, store_id: Any) -> sa.ColumnElement[bool]:
        """The condition upon the column that says whose a row is."""
        if self.only is not None:
            return sa.and_(store_id.in_(sorted(self.only)))
        if self.but:
            return sa.and_(store_id.not_in(sorted(self.but)))
        return sa.true()


EVERYBODY = Whose()
