"""What commands print: tables and sentences for people, JSON for programs."""

import dataclasses
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from pydantic import BaseModel
from rich.console import Console
from rich.table import Table

#: A table that goes into a file or a pipe is not folded at the width of some terminal.
PIPED_WIDTH = 250


def say(text: str) -> None:
    """Prints a line for people; what looks like markup is printed as it is."""
    Console(soft_wrap=True).print(text, markup=False, highlight=False)


def complain(text: str) -> None:
    """Prints a line to standard error."""
    Console(stderr=True, soft_wrap=True).print(text, markup=False, highlight=False)


def print_json(value: object) -> None:
    """Prints a value as JSON."""
    json.dump(plain(value), sys.stdout, ensure_ascii=False, indent=2)
    sys.stdout.write("\n")


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Prints rows under their columns; whole numbers stand to the right."""
    filled = [list(row) for row in rows]
    table = Table(box=None, header_style="bold", pad_edge=False, padding=(0, 1, 0, 0))
    for position, column in enumerate(columns):
        numeric = bool(filled) and all(isinstance(row[position], int) for row in filled)
        table.add_column(
            column, justify="right" if numeric else "left", overflow="fold", min_width=len(column)
        )
    for row in filled:
        table.add_row(*(_cell(value) for value in row))
    console = Console()
    if not console.is_terminal:
        console = Console(width=PIPED_WIDTH)
    console.print(table, markup=False, highlight=False)


def _cell(value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M UTC")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)


def plain(value: object) -> Any:
    """A value as JSON knows it; exact numbers become text."""
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)
        }
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal | Fraction):
        return str(value)
    return value
