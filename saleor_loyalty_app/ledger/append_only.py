"""The database itself refuses to change or delete an entry.

The statements are constants so that the migration and `create_all` run the very same.
"""

import sqlalchemy as sa

MESSAGE = "an entry is never changed or deleted"

_SQLITE_TRIGGER = (
    "CREATE TRIGGER entry_no_{action} BEFORE {action} ON entry "
    f"BEGIN SELECT RAISE(ABORT, '{MESSAGE}'); END"
)
_POSTGRES_FUNCTION = (
    "CREATE OR REPLACE FUNCTION entry_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{MESSAGE}' USING ERRCODE = 'restrict_violation'; END $$"
)
_POSTGRES_TRIGGER = (
    "CREATE TRIGGER entry_append_only BEFORE UPDATE OR DELETE ON entry "
    "FOR EACH ROW EXECUTE FUNCTION entry_append_only()"
)

#: What makes the table `entry` append-only, by dialect, in order.
PROTECT: dict[str, tuple[str, ...]] = {
    "sqlite": (
        _SQLITE_TRIGGER.format(action="update"),
        _SQLITE_TRIGGER.format(action="delete"),
    ),
    "postgresql": (
        _POSTGRES_FUNCTION,
        _POSTGRES_TRIGGER,
    ),
}

#: What takes the protection off again, by dialect, in order.
UNPROTECT: dict[str, tuple[str, ...]] = {
    "sqlite": (
        "DROP TRIGGER IF EXISTS entry_no_update",
        "DROP TRIGGER IF EXISTS entry_no_delete",
    ),
    "postgresql": (
        "DROP TRIGGER IF EXISTS entry_append_only ON entry",
        "DROP FUNCTION IF EXISTS entry_append_only()",
    ),
}


def protect(entry: sa.Table) -> None:
    """Lets `create_all` protect `entry` on both databases, and `drop_all` leave nothing behind."""
    for dialect, statements in PROTECT.items():
        for statement in statements:
            _listen(entry, "after_create", statement, dialect)
    _listen(entry, "after_drop", UNPROTECT["postgresql"][-1], "postgresql")


def _listen(entry: sa.Table, moment: str, statement: str, dialect: str) -> None:
    ddl = sa.DDL(statement)  # type: ignore[no-untyped-call]
    sa.event.listen(entry, moment, ddl.execute_if(dialect=dialect))
