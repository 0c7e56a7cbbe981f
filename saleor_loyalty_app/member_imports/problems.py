"""What can be wrong with a row: a stable code and the column; texts are `import_row.<code>`."""

from typing import NamedTuple

#: Codes of problems that are found while a file is read.
OF_CELLS = (
    "cell_unreadable",
    "cell_too_long",
    "too_many_cells",
    "email_missing",
    "email_invalid",
    "user_id_invalid",
    "points_invalid",
    "points_negative",
    "points_not_whole",
    "points_thousands",
    "points_too_many",
    "date_invalid",
    "date_ambiguous",
    "date_unknown",
    "currency_invalid",
    "consent_invalid",
    "consent_without_time",
    "consent_without_proof",
    "consent_without_phone",
    "phone_invalid",
    "nothing_to_import",
)
#: Codes of what only the books and the store can tell.
OF_BOOKS = (
    "channel_unknown",
    "currency_unknown",
    "currency_of_another_channel",
    "expired_already",
    "expires_before_earned",
    "earned_in_future",
    "consent_in_future",
    "user_unknown",
    "member_erased",
    "member_left",
    "member_blocked",
    "same_line_twice",
    "external_id_twice",
    "booked_otherwise",
)
#: Why a row is skipped without being wrong.
SKIPPED = ("already_there", "external_id_repeated", "used_before")
#: What is told of a row that is booked.
REMARKS = ("sms_needs_account", "consent_older", "partly_used_before")


class Problem(NamedTuple):
    """What is wrong with a row. `column` is the English name of the column, "" = the whole row."""

    column: str
    code: str


class CellProblem(Exception):
    """A cell cannot be understood; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
