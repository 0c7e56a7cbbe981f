"""In which letters a file is written and what stands between its cells: looked at, never guessed
silently; both are told to whoever brought it."""

import codecs
import csv
import io
from dataclasses import dataclass
from typing import BinaryIO

from saleor_loyalty_app.member_imports.columns import known_in
from saleor_loyalty_app.member_imports.errors import (
    EncodingUnknown,
    FileIsSpreadsheet,
    FileUnreadable,
)

CHUNK = 64 * 1024
#: The first line is no longer than this.
LONGEST_HEADER = 8_000
DELIMITERS = (",", ";", "\t", "|")
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_MARKS = (
    (codecs.BOM_UTF32_LE, ""),
    (codecs.BOM_UTF32_BE, ""),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Format:
    """How a file is written. `skip` lines stand before the header ("sep=;")."""

    encoding: str
    delimiter: str
    skip: int = 0


def format_of(file: BinaryIO) -> Format:
    """How a file is written; it is read once, a piece at a time.

    Raises:
        FileIsSpreadsheet: it is a workbook.
        EncodingUnknown: it is no text, or in other letters than UTF-8, UTF-16 or Windows-1254.
    """
    encoding = encoding_of(file)
    file.seek(0)
    start = _beginning(file, encoding)
    named = start.partition("\n")[0].strip()
    if named.lower().startswith("sep=") and len(named) == 5:
        return Format(encoding, named[4], 1)
    line = next((line for line in start.split("\n") if line.strip()), "")
    return Format(encoding, _delimiter(line[:LONGEST_HEADER]))


def encoding_of(file: BinaryIO) -> str:
    """See `format_of`."""
    file.seek(0)
    head = file.read(8)
    if head.startswith(_WORKBOOKS):
        raise FileIsSpreadsheet
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            if encoding and _decodes(file, encoding):
                return encoding
            raise EncodingUnknown
    for encoding in ("utf-8", "cp1254"):
        if _decodes(file, encoding):
            return encoding
    raise EncodingUnknown


def open_text(file: BinaryIO, encoding: str) -> io.TextIOWrapper:
    """The file as text from its beginning, lines as they are; the file stays open."""
    file.seek(0)
    return io.TextIOWrapper(_Lent(file), encoding=encoding, errors="strict", newline="")


class _Lent(io.BufferedIOBase):
    """A file of somebody else's, who closes it."""

    name = "members.csv"

    def __init__(self, file: BinaryIO) -> None:
        self._file = file

    def readable(self) -> bool:
        return True

    def read(self, size: int | None = -1, /) -> bytes:
        return self._file.read(-1 if size is None else size)

    def read1(self, size: int = -1, /) -> bytes:
        return self._file.read(size)


def _decodes(file: BinaryIO, encoding: str) -> bool:
    """Whether the whole file is text in these letters, without characters that no text has."""
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        while chunk := file.read(CHUNK):
            if "\0" in decoder.decode(chunk):
                return False
        return "\0" not in decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False


def _beginning(file: BinaryIO, encoding: str) -> str:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    return decoder.decode(file.read(CHUNK)).replace("\r\n", "\n").replace("\r", "\n")


def _delimiter(line: str) -> str:
    """What separates the most headings that are known; a comma where it makes no difference."""
    counted = []
    for place, delimiter in enumerate(DELIMITERS):
        try:
            headings = next(csv.reader([line], delimiter=delimiter), [])
        except csv.Error:
            raise FileUnreadable(line=1) from None
        counted.append((known_in(headings), -place, delimiter))
    return max(counted)[2]
