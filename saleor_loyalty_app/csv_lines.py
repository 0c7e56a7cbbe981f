"""Lines of CSV files that people open in a spreadsheet.

What begins like a formula is set in an apostrophe, so that no spreadsheet runs what somebody typed.
"""

import csv
import io
from collections.abc import Iterable, Sequence

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The lines of a CSV file; None is an empty cell."""
    return csv_line(header) + "".join(csv_line(row) for row in rows)


def csv_line(row: Sequence[object]) -> str:
    """One line with its end."""
    text = io.StringIO()
    csv.writer(text).writerow([_cell(value) for value in row])
    return text.getvalue()


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
