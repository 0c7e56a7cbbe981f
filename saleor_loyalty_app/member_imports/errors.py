"""What is refused of a file or of an import as a whole; problems of single rows are `problems`."""

from typing import ClassVar

from saleor_loyalty_app.errors import AppError


class FileEmpty(AppError):
    """The file has no rows below its header."""

    code: ClassVar[str] = "import_file_empty"
    status: ClassVar[int] = 422


class FileTooLarge(AppError):
    """The file has more bytes than are taken at once. Detail: maximum (in megabytes)."""

    code: ClassVar[str] = "import_file_too_large"
    status: ClassVar[int] = 413


class TooManyRows(AppError):
    """The file has more rows than are taken at once. Detail: maximum."""

    code: ClassVar[str] = "import_too_many_rows"
    status: ClassVar[int] = 422


class FileIsSpreadsheet(AppError):
    """The file is a workbook (xlsx, xls, ods), not CSV."""

    code: ClassVar[str] = "import_file_is_spreadsheet"
    status: ClassVar[int] = 422


class EncodingUnknown(AppError):
    """The letters of the file are written in none of the known ways."""

    code: ClassVar[str] = "import_encoding_unknown"
    status: ClassVar[int] = 422


class FileUnreadable(AppError):
    """The file is no CSV from some line on, such as after a quote that is never closed.

    Detail: line.
    """

    code: ClassVar[str] = "import_file_unreadable"
    status: ClassVar[int] = 422


class HeaderUnknown(AppError):
    """The first line does not name the columns that are needed. Detail: missing, known."""

    code: ClassVar[str] = "import_header_unknown"
    status: ClassVar[int] = 422


class ColumnTwice(AppError):
    """Two columns mean the same. Detail: column."""

    code: ClassVar[str] = "import_column_twice"
    status: ClassVar[int] = 422


class MemberImportNotFound(AppError):
    """The store has no such import of members."""

    code: ClassVar[str] = "member_import_not_found"
    status: ClassVar[int] = 404


class MemberImportBusy(AppError):
    """Another import of members is at work in the store."""

    code: ClassVar[str] = "member_import_busy"
    status: ClassVar[int] = 409


class WrongImportState(AppError):
    """What is asked does not fit where the import stands. Detail: state."""

    code: ClassVar[str] = "member_import_wrong_state"
    status: ClassVar[int] = 409


class ImportRowsGone(AppError):
    """The rows of the import were deleted: they hold personal data and are kept for a time only."""

    code: ClassVar[str] = "member_import_rows_gone"
    status: ClassVar[int] = 409


class ImportNeedsProgram(AppError):
    """Points can be booked only once a program is in force."""

    code: ClassVar[str] = "member_import_needs_program"
    status: ClassVar[int] = 409
