"""Figures as CSV files, their headings in the person's language."""

from collections.abc import Iterable, Sequence

from saleor_loyalty_app.api.csv_files import CsvFile
from saleor_loyalty_app.i18n import translate
from saleor_loyalty_app.insights.closing import MonthReport, last_day
from saleor_loyalty_app.insights.journal import journal, values_of
from saleor_loyalty_app.insights.overview import Overview

_MOVES = (
    "opening",
    "carried",
    "issued",
    "redeemed",
    "restored",
    "expired",
    "reversed",
    "adjusted",
    "closing",
)


def overview_file(overview: Overview, language: str) -> CsvFile:
    """The chart of an overview, a line for each day or week."""
    rows = [
        (
            point.range.since,
            point.range.until,
            point.issued,
            point.redeemed,
            point.expired,
            point.outstanding,
        )
        for point in overview.series
    ]
    days = overview.now.range
    return CsvFile(
        f"loyalty-{days.since}-{days.until}.csv",
        _headings(("since", "until", "issued", "redeemed", "expired", "outstanding"), language),
        rows,
    )


def roll_forward_file(report: MonthReport, language: str) -> CsvFile:
    """The roll-forward of a month, a line for each channel and currency."""
    rows = []
    for row in report.rows:
        values = values_of(row)
        rows.append(
            (
                row.channel,
                row.currency,
                row.unit,
                *(getattr(row, column) for column in _MOVES),
                None if values is None else values[1],
                row.money,
            )
        )
    columns = ("channel", "currency", "unit", *_MOVES, "closing_value", "money")
    return _file(report, "roll-forward", columns, rows, language)


def journal_file(report: MonthReport, language: str) -> CsvFile:
    """The journal of a month, a line for each side of a booking."""
    rows = [
        (
            line.on,
            line.number,
            line.account,
            line.debit or None,
            line.credit or None,
            line.currency,
            line.channel,
            translate(f"journal.{line.why}", language),
            line.points,
        )
        for line in journal(report.rows, report.accounts, last_day(report.month))
    ]
    columns = (
        "date", "number", "account", "debit", "credit", "currency", "channel", "text", "points",
    )  # fmt: skip
    return _file(report, "journal", columns, rows, language)


def _file(
    report: MonthReport,
    name: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    language: str,
) -> CsvFile:
    return CsvFile(f"loyalty-{name}-{report.month:%Y-%m}.csv", _headings(columns, language), rows)


def _headings(columns: Sequence[str], language: str) -> list[str]:
    return [translate(f"csv.{column}", language) for column in columns]
