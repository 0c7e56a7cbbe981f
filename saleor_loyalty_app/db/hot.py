"""Statements of the hot path: written in SQLAlchemy Core, compiled once, run by the bare driver.

SQLAlchemy's way to the driver costs more than the driver and the database together. A `Hot`
statement takes the same text, the same parameters and the same conversion of types, and leaves the
rest out. Where somebody listens to `before_cursor_execute` (tracing, tests), it goes the usual way.
"""

from collections import namedtuple
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.exc import DBAPIError

#: Where a driver's connection keeps the cursor that all hot statements share.
_CURSOR = "loyalty_hot_cursor"

Convert = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A statement as one driver takes it; made by `Hot.prepared`.

    Attributes:
        fixed: the parameters that the statement brings itself, converted.
        binds: (key of the caller, name in the text, conversion) of the others.
        order: the names in the order of the text, for drivers that count; None for names.
        returns: whether there are rows.
        make: makes a row.
        loads: (position, conversion) of the columns to convert.
    """

    text: str
    fixed: Mapping[str, Any]
    binds: tuple[tuple[str, str, Convert | None], ...]
    order: tuple[str, ...] | None
    returns: bool
    make: Callable[[Any], Any]
    loads: tuple[tuple[int, Convert], ...]

    def parameters(self, values: Mapping[str, Any]) -> Any:
        """The values of one run, as the driver takes them."""
        bound = dict(self.fixed)
        for key, name, convert in self.binds:
            value = values[key]
            bound[name] = value if convert is None else convert(value)
        return bound if self.order is None else [bound[name] for name in self.order]

    def row(self, found: Any) -> Any:
        """A row of the driver's as a named tuple."""
        if self.loads:
            found = list(found)
            for place, convert in self.loads:
                found[place] = convert(found[place])
        return self.make(found)


class Hot:
    """A statement that runs with one set of parameters at a time, for both databases.

    Args:
        statement: one for all dialects, or one for each by its name. Lists that expand (IN) and
            defaults that are functions are not for it. An insert without RETURNING is `inline()`.
    """

    def __init__(self, statement: Any) -> None:
        self._statement = statement
        self._prepared: dict[tuple[str, ...], Prepared] = {}

    def run(self, conn: Connection, values: Mapping[str, Any]) -> None:
        """Runs it for its effect."""
        if _is_watched(conn):
            conn.execute(self._of(conn.dialect), dict(values))
        else:
            self._execute(conn, values)

    def all(self, conn: Connection, values: Mapping[str, Any]) -> list[Any]:
        """All rows, as named tuples."""
        if _is_watched(conn):
            return list(conn.execute(self._of(conn.dialect), dict(values)).all())
        prepared, found = self._execute(conn, values)
        return [prepared.row(row) for row in found]

    def one_or_none(self, conn: Connection, values: Mapping[str, Any]) -> Any:
        """The only row, or None.

        Raises:
            sqlalchemy.exc.MultipleResultsFound: there are more.
        """
        rows = self.all(conn, values)
        if len(rows) > 1:
            raise sa.exc.MultipleResultsFound("a statement for one row found more")
        return rows[0] if rows else None

    def scalar_or_none(self, conn: Connection, values: Mapping[str, Any]) -> Any:
        """The first column of the only row, or None."""
        row = self.one_or_none(conn, values)
        return None if row is None else row[0]

    def prepared(self, dialect: Dialect, values: Mapping[str, Any]) -> Prepared:
        """The statement as the driver of `dialect` takes it, with parameters of these names.

        Raises:
            TypeError: it needs more than a text with parameters.
        """
        shape = (dialect.name, *values)
        prepared = self._prepared.get(shape)
        if prepared is None:
            prepared = self._prepared[shape] = _prepare(self._of(dialect), dialect, values)
        return prepared

    def _execute(self, conn: Connection, values: Mapping[str, Any]) -> tuple[Prepared, Any]:
        dialect = conn.dialect
        prepared = self.prepared(dialect, values)
        if not conn.in_transaction():
            conn.begin()
        parameters = prepared.parameters(values)
        cursor = conn.info.get(_CURSOR)
        if cursor is None:
            cursor = conn.info[_CURSOR] = conn.connection.cursor()
        try:
            cursor.execute(prepared.text, parameters)
            return prepared, cursor.fetchall() if prepared.returns else ()
        except dialect.loaded_dbapi.Error as failure:
            raise _told(conn, prepared.text, failure) from failure

    def _of(self, dialect: Dialect) -> Any:
        if isinstance(self._statement, Mapping):
            return self._statement[dialect.name]
        return self._statement


def _is_watched(conn: Connection) -> bool:
    return bool(conn.dispatch.before_cursor_execute)


def _prepare(statement: Any, dialect: Dialect, values: Mapping[str, Any]) -> Prepared:
    """Compiles a statement for parameters of these names.

    Raises:
        TypeError: it needs more than a text with parameters.
    """
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(values))
    defaults = {
        column.key: column.default.arg
        for column in compiled.insert_prefetch
        if column.default is not None and column.default.is_scalar
    }
    if (
        len(defaults) != len(compiled.insert_prefetch)
        or compiled.update_prefetch
        or compiled.post_compile_params
        or compiled.implicit_returning
    ):
        raise TypeError(f"not a hot statement: {compiled}")
    fixed: dict[str, Any] = {}
    binds: list[tuple[str, str, Convert | None]] = []
    for bind, name in compiled.bind_names.items():
        convert = bind.type.dialect_impl(dialect).bind_processor(dialect)
        if bind.key in values:
            binds.append((bind.key, name, convert))
            continue
        value = defaults[bind.key] if bind.key in defaults else compiled.params[name]
        if value is None and bind.required:
            raise TypeError(f"{bind.key} is missing for: {compiled}")
        fixed[name] = value if convert is None else convert(value)
    columns = list(getattr(statement, "exported_columns", ()))
    loads = ((at, _loader(column, dialect)) for at, column in enumerate(columns))
    return Prepared(
        text=str(compiled),
        fixed=fixed,
        binds=tuple(binds),
        order=tuple(compiled.positiontup) if compiled.positional else None,
        returns=bool(columns),
        make=_maker([str(column.key) for column in columns]),
        loads=tuple((at, load) for at, load in loads if load is not None),
    )


def _loader(column: Any, dialect: Dialect) -> Convert | None:
    load: Convert | None = column.type.dialect_impl(dialect).result_processor(dialect, None)
    return load


def _maker(names: list[str]) -> Callable[[Any], Any]:
    # The names are known at run time only, which mypy does not like.
    row: Any = namedtuple("Row", names, rename=True)  # type: ignore[misc]
    make: Callable[[Any], Any] = row._make
    return make


def _told(conn: Connection, text: str, failure: Any) -> Exception:
    """The failure as SQLAlchemy tells it; a lost connection takes its pool with it."""
    dialect = conn.dialect
    lost = dialect.is_disconnect(failure, conn.connection.dbapi_connection, None)
    told = DBAPIError.instance(
        text,
        None,
        failure,
        dialect.loaded_dbapi.Error,
        hide_parameters=True,
        connection_invalidated=lost,
        dialect=dialect,
    )
    if lost:
        conn.invalidate(failure)
        conn.engine.dispose()
    return told if isinstance(told, Exception) else failure
