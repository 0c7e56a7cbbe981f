"""CSV files that people open in a spreadsheet.

UTF-8 with a byte order mark, as Excel takes files for the machine's own alphabet without it. What
begins like a formula is set in an apostrophe, so that no spreadsheet runs what somebody typed.
"""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from fastapi import Response

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_DOCUMENTED: dict[str, Any] = {
    "description": "A CSV file.",
    "content": {"text/csv": {"schema": {"type": "string"}}},
}
#: The `responses` of a route that answers with a file.
CSV_RESPONSE: dict[int | str, dict[str, Any]] = {200: _DOCUMENTED}


class CsvFile(Response):
    """A file to be saved under `name` (ASCII)."""

    media_type = "text/csv"

    def __init__(
        self,
        name: str,
        header: Sequence[str],
        rows: Iterable[Sequence[object]],
        status_code: int = 200,
    ) -> None:
        super().__init__(
            csv_text(header, rows).encode("utf-8-sig"),
            status_code=status_code,
            headers={
                "Content-Disposition": f'attachment; filename="{name}"',
                "Cache-Control": "no-store",
            },
        )


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """The lines of a CSV file; None is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return text.getvalue()


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
