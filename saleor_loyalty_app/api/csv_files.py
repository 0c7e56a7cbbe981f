"""CSV files that people open in a spreadsheet.

UTF-8 with a byte order mark, as Excel takes files for the machine's own alphabet without it.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from fastapi import Response

from saleor_loyalty_app.csv_lines import csv_text

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
