"""A file row by row, as it is understood; what is wrong with a row is told, never raised."""

import csv
import itertools
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, TypeVar

from saleor_loyalty_app.member_imports import cells
from saleor_loyalty_app.member_imports.columns import Header, header_of
from saleor_loyalty_app.member_imports.encodings import Format, format_of, open_text
from saleor_loyalty_app.member_imports.errors import (
    EncodingUnknown,
    FileEmpty,
    FileUnreadable,
    TooManyRows,
)
from saleor_loyalty_app.member_imports.problems import CellProblem, Problem

T = TypeVar("T")
MOST_ROWS = 50_000
LARGEST_FILE = 8 * 1024 * 1024
#: Longer cells are refused; proofs of consent are shorter, as the consents keep no more.
LONGEST_CELL = 500
LONGEST_PROOF = 80


@dataclass(frozen=True, slots=True)
class Row:
    """One row: a lot, an opening balance, or just a consent or a total.

    Attributes:
        line: where it begins in the file.
        expires, earned: a day or time as `cells.read_moment` gives it; `expires` also "never".
        problems: what is wrong with it; such a row is never booked.
    """

    line: int
    email: str = ""
    user_id: str = ""
    external_id: str = ""
    points: int = 0
    expires: str = ""
    earned: str = ""
    lifetime: int = 0
    channel: str = ""
    currency: str = ""
    consent_email: bool = False
    consent_sms: bool = False
    consent_at: str = ""
    consent_proof: str = ""
    phone: str = ""
    note: str = ""
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class File:
    """A file that can be read: how it is written, and what its columns are."""

    format: Format
    header: Header
    rows: Iterator[Row] = field(compare=False)


def read_file(file: BinaryIO, *, most_rows: int = MOST_ROWS) -> File:
    """Opens a file; its rows are read as they are asked for, so that memory stays flat.

    Raises:
        FileEmpty, FileIsSpreadsheet, EncodingUnknown, FileUnreadable, HeaderUnknown, ColumnTwice.
            While rows are asked for: FileUnreadable, TooManyRows; FileEmpty where there are none.
    """
    found = format_of(file)
    lines = _lines(file, found)
    headings = next((cells_ for _, cells_ in lines if any(map(str.strip, cells_))), None)
    if headings is None:
        raise FileEmpty
    header = header_of(headings)
    return File(found, header, _rows(lines, header, most_rows))


def _lines(file: BinaryIO, found: Format) -> Iterator[tuple[int, list[str]]]:
    """Cells with the line in which they begin."""
    text = open_text(file, found.encoding)
    begin = 1 + found.skip
    try:
        for _ in range(found.skip):
            text.readline()
        reader = csv.reader(text, delimiter=found.delimiter, strict=True)
        for row in reader:
            yield begin, row
            begin = reader.line_num + 1 + found.skip
    except csv.Error:
        raise FileUnreadable(line=begin) from None
    except UnicodeDecodeError:
        raise EncodingUnknown from None


def _rows(lines: Iterator[tuple[int, list[str]]], header: Header, most_rows: int) -> Iterator[Row]:
    filled = ((line, row) for line, row in lines if any(map(str.strip, row)))
    first = next(filled, None)
    if first is None:
        raise FileEmpty
    for number, (line, row) in enumerate(itertools.chain([first], filled), start=1):
        if number > most_rows:
            raise TooManyRows(maximum=most_rows)
        yield read_row(line, row, header)


def read_row(line: int, row: list[str], header: Header) -> Row:
    """One row of a file. Never raises: what cannot be understood stands in its problems."""
    problems: list[Problem] = []
    texts: dict[str, str] = {}
    for column, place in header.places.items():
        text = row[place].strip() if place < len(row) else ""
        if column == "note":
            text = " ".join(text.split())
        if any(ord(letter) < 32 or ord(letter) == 127 for letter in text):
            problems.append(Problem(column, "cell_unreadable"))
            text = ""
        elif len(text) > (LONGEST_PROOF if column == "consent_proof" else LONGEST_CELL):
            problems.append(Problem(column, "cell_too_long"))
            text = ""
        texts[column] = text
    if any(cell.strip() for cell in row[header.width :]):
        problems.append(Problem("", "too_many_cells"))

    def read(column: str, reader: Callable[[str], T], otherwise: T) -> T:
        try:
            return reader(texts.get(column, ""))
        except CellProblem as problem:
            problems.append(Problem(column, problem.code))
            return otherwise

    found = Row(
        line=line,
        email=read("email", cells.read_email, ""),
        user_id=read("saleor_user_id", cells.read_user_id, ""),
        external_id=texts.get("external_id", ""),
        points=read("points", cells.read_points, 0),
        expires=read("expires_at", cells.read_expiry, ""),
        earned=read("earned_at", cells.read_moment, ""),
        lifetime=read("lifetime_points", cells.read_points, 0),
        channel=texts.get("channel", ""),
        currency=read("currency", cells.read_currency, ""),
        consent_email=read("consent_email", cells.read_consent, False),
        consent_sms=read("consent_sms", cells.read_consent, False),
        consent_at=read("consent_at", cells.read_moment, ""),
        consent_proof=texts.get("consent_proof", ""),
        phone=read("phone", cells.read_phone, ""),
        note=texts.get("note", ""),
    )
    if not problems:
        problems.extend(_contradictions(found))
    if not problems:
        return found
    return Row(line=line, points=found.points, currency=found.currency, problems=tuple(problems))


def _contradictions(row: Row) -> Iterator[Problem]:
    """What is wrong with cells that are right by themselves."""
    if not row.email and not row.user_id:
        yield Problem("email", "email_missing")
    if row.consent_email or row.consent_sms:
        if not row.consent_at:
            yield Problem("consent_at", "consent_without_time")
        if not row.consent_proof:
            yield Problem("consent_proof", "consent_without_proof")
    elif not row.points and not row.lifetime:
        yield Problem("points", "nothing_to_import")
    if row.consent_sms and not row.phone:
        yield Problem("phone", "consent_without_phone")
