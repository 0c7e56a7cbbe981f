"""What an examination found, in words that people can act on.

A finding has a status, a stable code and the values that complete its text; the text and the way to
mend it are `doctor.<code>` and `doctor.<code>.mend` in the catalogues.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from saleor_loyalty_app.i18n import translate


class Status(StrEnum):
    """How bad a finding is."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    status: Status
    code: str
    detail: dict[str, object] = field(default_factory=dict)

    def text(self, language: str) -> str:
        """What was found, for people."""
        return translate(f"doctor.{self.code}", language, **self.detail)

    def mend(self, language: str) -> str:
        """What to do about it; empty when nothing is to be done."""
        if self.status is Status.OK:
            return ""
        return translate(f"doctor.{self.code}.mend", language, **self.detail)


def is_well(findings: Iterable[Finding]) -> bool:
    """Whether nothing failed; warnings are no illness."""
    return all(finding.status is not Status.FAIL for finding in findings)
