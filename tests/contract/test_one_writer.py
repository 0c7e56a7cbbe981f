"""Only the ledger writes the books: nobody else inserts, updates or deletes in its tables."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "saleor_loyalty_app"
BOOKS = "saleor_loyalty_app.ledger"
WRITES = {"insert", "update", "delete"}


def writes_to_the_books(source: str) -> list[int]:
    """The lines of a module that write to a table of the ledger, which it must have imported."""
    if BOOKS not in source:
        return []
    tree = ast.parse(source)
    models = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(BOOKS)
        for alias in node.names
    }
    tables = {
        target.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and _is_table_of(node.value, models)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return list(_writing_lines(tree, models, tables))


def _is_table_of(node: ast.AST, models: set[str]) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "table"
        and any(isinstance(one, ast.Name) and one.id in models for one in node.args)
    )


def _writing_lines(tree: ast.AST, models: set[str], tables: set[str]) -> Iterator[int]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        first = node.args[0] if node.args else None
        named = isinstance(first, ast.Name) and first.id in tables | models
        if name in WRITES and (named or (first is not None and _is_table_of(first, models))):
            yield node.lineno


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(PACKAGE.rglob("*.py")) if "ledger" not in path.parts],
    ids=lambda path: str(path.relative_to(PACKAGE)),
)
def test_nobody_else_writes_to_the_books(path: Path) -> None:
    assert writes_to_the_books(path.read_text("utf-8")) == []


@pytest.mark.parametrize(
    "statement",
    [
        "conn.execute(sa.insert(entries).values(amount=1))",
        "conn.execute(sa.delete(table(Entry)))",
        "conn.execute(sqlite.insert(entries))",
        "conn.execute(sa.update(entries).values(amount=2))",
    ],
)
def test_such_a_write_would_be_found(statement: str) -> None:
    source = f"from {BOOKS}.models import Entry\nentries = table(Entry)\n{statement}\n"
    assert writes_to_the_books(source) == [3]
    assert writes_to_the_books(source.replace(statement, "conn.execute(sa.select(entries))")) == []
