"""What codes and words of campaigns are for whom, and when."""

from datetime import UTC, datetime, timedelta

import pytest

from saleor_loyalty_app.campaigns import check
from saleor_loyalty_app.campaigns.codes import CodeRow, WithText, of_time
from saleor_loyalty_app.campaigns.models import CampaignUse
from saleor_loyalty_app.db.tables import table

THEN = datetime(2026, 3, 1, tzinfo=UTC)
DAY = timedelta(days=1)


def issued(number: int, days: int, *, begins: int | None = None) -> WithText:
    code = CodeRow(
        id=number,
        campaign_id=number,
        voucher_id=number,
        code="MUSTERI10",
        issue_key="shared",
        member_id=None,
        state="ended",
        valid_until=THEN + DAY * 365,
        issued_at=THEN + DAY * days,
        ended_at=None,
        ended_why="",
    )
    return WithText(code, None if begins is None else THEN + DAY * begins)


@pytest.mark.parametrize(
    ("found", "days", "campaign"),
    [
        ([], 0, None),
        ([issued(1, 10)], 12, 1),
        ([issued(1, 10)], 9, 1),
        ([issued(2, 400), issued(1, 10)], 399, 1),
        ([issued(2, 400), issued(1, 10)], 400, 2),
        ([issued(1, 10, begins=20)], 15, None),
        ([issued(1, 10, begins=20)], 20, 1),
        ([issued(1, 10, begins=0)], 5, None),
        ([issued(2, 400, begins=420), issued(1, 10)], 410, 1),
    ],
)
def test_an_order_is_of_the_campaign_that_had_the_code_then(
    found: list[WithText], days: int, campaign: int | None
) -> None:
    code = of_time(found, THEN + DAY * days)
    assert (None if code is None else code.campaign_id) == campaign


def test_uses_are_counted_by_an_index_on_their_code() -> None:
    firsts = {index.columns.keys()[0] for index in table(CampaignUse).indexes}
    assert "code_id" in firsts


@pytest.mark.parametrize(
    ("wanted", "title"),
    [
        (("de-at", "tr"), "Doppelt"),
        (("PT_BR",), "Dobro"),
        (("fr", "tr"), "Double"),
        ((), "Double"),
    ],
)
def test_members_are_told_in_any_language_that_a_campaign_has_words_in(
    wanted: tuple[str, ...], title: str
) -> None:
    texts = {"en": "Double", "de": "Doppelt", "pt-BR": "Dobro"}
    terms = check.read(
        {
            "kind": "points",
            "name": "Weekend",
            "texts": {locale: {"title": text} for locale, text in texts.items()},
            "starts_at": THEN.isoformat(),
            "ends_at": (THEN + DAY).isoformat(),
            "times": "2",
        }
    )
    assert terms.title(terms.locale_for(wanted)) == title
