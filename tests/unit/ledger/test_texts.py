"""Every failure, kind, state and drift of the ledger has words in both languages."""

import inspect
import re

import pytest

from saleor_loyalty_app.errors import AppError
from saleor_loyalty_app.i18n import LANGUAGES, catalogue
from saleor_loyalty_app.ledger import EntryState, errors
from saleor_loyalty_app.ledger.auditing import CHECKS
from saleor_loyalty_app.ledger.models import ENTRY_KINDS

CODES = [
    member.code
    for _, member in inspect.getmembers(errors, inspect.isclass)
    if issubclass(member, AppError) and member is not AppError
]
IDS = [
    *(f"error.{code}" for code in CODES),
    *(f"kind.{kind}" for kind in ENTRY_KINDS),
    *(f"state.{state}" for state in EntryState),
    *(f"state.status.{state}" for state in (EntryState.available, EntryState.spent)),
    *(f"drift.{check}" for check in CHECKS),
]


@pytest.mark.parametrize("message_id", IDS)
def test_both_languages_say_it_with_the_same_placeholders(message_id: str) -> None:
    texts = [catalogue(language)[message_id] for language in LANGUAGES]
    placeholders = [set(re.findall(r"{(\w+)}", text)) for text in texts]
    assert placeholders[0] == placeholders[1]
    assert texts[0] != texts[1]


def test_every_failure_has_its_own_code() -> None:
    assert len(set(CODES)) == len(CODES)
