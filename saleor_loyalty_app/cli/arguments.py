"""Arguments and options that several commands share."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
StoreName = Annotated[
    str | None,
    typer.Option("--store", help="Id, host or API address of the store, if there are several."),
]
ExistingFile = Annotated[Path, typer.Argument(exists=True, dir_okay=False)]


def parse_month(text: str) -> date:
    """The first day of a month such as 2027-01."""
    try:
        return datetime.strptime(text, "%Y-%m").replace(tzinfo=UTC).date()
    except ValueError:
        raise typer.BadParameter("a month such as 2027-01") from None


def parse_moment(text: str) -> datetime:
    """An instant in ISO 8601; UTC where it names no zone."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("a time such as 2027-01-15 or 2027-01-15T08:00:00+00:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
