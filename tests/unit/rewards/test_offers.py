"""Which twins are offered, what stands, and what has to be stored first."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from saleor_loyalty_app.programs.problems import read_program
from saleor_loyalty_app.programs.shipping import ShippingProgram
from saleor_loyalty_app.programs.shipping_decide import ShippingFacts
from saleor_loyalty_app.rewards.offers import (
    HELD,
    RENEWED_AFTER,
    BuiltIn,
    Offer,
    answer_of,
    decide_offers,
    missing_to_offers,
    twin_id,
)
from saleor_loyalty_app.saleor.shipping_event import own_id
from tests.program_samples import MOMENT
from tests.shipping_samples import EXPRESS, STANDARD, offer_json, shipping_document

METHODS = (
    BuiltIn(STANDARD, "Standard", Decimal("9.90"), 2, 4),
    BuiltIn(EXPRESS, "Express", Decimal("19.90")),
)


def program(*offers: dict[str, Any]) -> ShippingProgram:
    found = read_program(shipping_document(*offers)).shipping
    assert found is not None
    return found


def facts(subtotal: str = "100", **values: Any) -> ShippingFacts:
    given: dict[str, Any] = {"channel": "default-channel", "currency": "USD", "country": "US"}
    return ShippingFacts(**(given | {"subtotal": Decimal(subtotal)} | values))


def offers_of(*rules: dict[str, Any], now: datetime = MOMENT, **values: Any) -> tuple[Offer, ...]:
    subtotal = values.pop("subtotal", "100")
    return decide_offers(
        program(*rules), facts(subtotal, **values), METHODS, now=now, timezone="UTC"
    )


def test_the_threshold_is_reached_exactly_and_not_a_cent_before() -> None:
    assert [offer.method_id for offer in offers_of(subtotal="100.00")] == [STANDARD]
    assert offers_of(subtotal="99.99") == ()


def test_a_twin_bears_the_days_of_its_method_and_the_price_of_the_program() -> None:
    [offer] = offers_of()
    listed = offer.listed("en")
    assert (listed.name, listed.amount, listed.currency) == ("Free shipping", "0.00", "USD")
    assert (listed.minimum_delivery_days, listed.maximum_delivery_days) == (2, 4)
    assert ":" not in listed.id
    assert listed.id == twin_id("free", STANDARD)


def test_names_follow_the_language_of_the_checkout() -> None:
    [offer] = offers_of()
    assert offer.name("tr") == "Ücretsiz kargo"
    assert offer.name("tr-TR") == "Ücretsiz kargo"
    assert offer.name("de") == "Free shipping"


def test_amounts_have_the_places_of_their_currency() -> None:
    [offer] = offers_of(offer_json(price="4.9"))
    assert offer.listed("en").amount == "4.90"
    assert replace(offer, currency="JPY", price=Decimal(5)).listed("en").amount == "5"
    assert replace(offer, currency="KWD", price=Decimal("1.5")).listed("en").amount == "1.500"


def test_a_twin_is_never_as_dear_as_its_method() -> None:
    assert offers_of(offer_json(price="9.90")) == ()
    assert offers_of(offer_json(price="12")) == ()
    [only] = offers_of(offer_json(price="12", method="any"))
    assert only.method_id == EXPRESS


def test_of_two_offers_for_one_method_the_cheaper_is_made() -> None:
    [offer] = offers_of(offer_json("flat"), offer_json("less", price="2.50"))
    assert offer.rule_id == "less"


def test_twins_of_several_methods_bear_their_names_within_saleors_limit() -> None:
    names = [offer.name("en") for offer in offers_of(offer_json(method="any"))]
    assert names == ["Standard – Flat", "Express – Flat"]
    long = replace(offers_of(offer_json(method="any"))[0], method_name="x" * 100)
    assert len(long.name("en")) == 100
    assert long.name("en").endswith(" – Flat")


def test_methods_are_found_by_name_whatever_its_case() -> None:
    rule = offer_json(method="named", method_names=["EXPRESS"])
    [offer] = offers_of(rule)
    assert offer.method_id == EXPRESS
    assert offers_of(offer_json(method="named", method_names=["Pigeon"])) == ()


def test_an_offer_without_a_name_is_called_like_its_method() -> None:
    [offer] = offers_of(offer_json(name={}))
    assert offer.name("en") == "Standard"


def test_there_is_nothing_for_another_channel_or_currency() -> None:
    assert offers_of(currency="TRY", subtotal="5000") == ()
    assert offers_of(channel="elsewhere") == ()


def test_what_is_stored_reads_as_it_was() -> None:
    [offer] = offers_of()
    assert Offer.from_json(offer.id, offer.as_json()) == offer
    bare = replace(offer, threshold=None, minimum_days=None, maximum_days=None)
    assert Offer.from_json(bare.id, bare.as_json()) == bare


def test_an_earlier_offer_keeps_its_price_whatever_the_program_says_now() -> None:
    earlier = offers_of(offer_json(price="4.90"))
    later = offers_of(offer_json(price="7.90"), now=MOMENT + timedelta(hours=3))
    answer = answer_of(earlier, later, now=MOMENT + timedelta(hours=3))
    assert answer.offers == earlier
    assert answer.fresh == ()


def test_an_earlier_offer_ends_with_its_day() -> None:
    earlier = offers_of()
    just_before = MOMENT + HELD - timedelta(microseconds=1)
    assert answer_of(earlier, (), now=just_before).offers == earlier
    assert answer_of(earlier, (), now=MOMENT + HELD).offers == ()


def test_asking_again_writes_nothing_until_an_offer_is_an_hour_old() -> None:
    earlier = offers_of()
    soon = MOMENT + RENEWED_AFTER - timedelta(seconds=1)
    assert answer_of(earlier, offers_of(now=soon), now=soon).fresh == ()
    later = MOMENT + RENEWED_AFTER
    assert answer_of(earlier, offers_of(now=later), now=later).fresh == offers_of(now=later)


def test_a_dearer_offer_is_not_put_beside_one_that_stands() -> None:
    earlier = offers_of()
    answer = answer_of(earlier, offers_of(offer_json("flat", price="4.90")), now=MOMENT)
    assert answer.offers == earlier
    cheaper = offers_of(offer_json("gift", price="0"))
    standing = offers_of(offer_json("flat", price="4.90"))
    assert answer_of(standing, cheaper, now=MOMENT).offers == (*standing, *cheaper)


@given(
    subtotal=st.decimals(min_value=0, max_value=10_000, places=2),
    hours=st.floats(min_value=0, max_value=23.99),
)
def test_no_offer_vanishes_within_its_day_while_its_cart_qualifies(
    subtotal: Decimal, hours: float
) -> None:
    earlier = offers_of(subtotal="100")
    now = MOMENT + timedelta(hours=hours)
    qualifying = [one for one in earlier if one.qualifies(subtotal, {STANDARD, EXPRESS})]
    told = answer_of(qualifying, (), now=now).offers
    assert bool(told) == (subtotal >= 100)


def test_an_offer_needs_its_method_to_be_open() -> None:
    [offer] = offers_of()
    assert not offer.qualifies(Decimal(500), {EXPRESS})
    assert offer.qualifies(None, {STANDARD})


def test_what_is_missing_is_told_only_to_whom_it_would_help() -> None:
    members = offer_json(
        "members",
        price="0",
        when={"type": "member"},
        thresholds=[{"channel": "default-channel", "currency": "USD", "money": "50"}],
    )
    free = shipping_document()["shipping"]["offers"][0]
    rules = program(free, members)
    guest = missing_to_offers(rules, facts("60.50"), now=MOMENT, timezone="UTC")
    assert [(one.rule_id, one.missing) for one in guest] == [("free", Decimal("39.50"))]
    member = missing_to_offers(rules, facts("40", member=True), now=MOMENT, timezone="UTC")
    assert [(one.rule_id, one.missing) for one in member] == [
        ("members", Decimal(10)),
        ("free", Decimal(60)),
    ]
    assert missing_to_offers(rules, facts("100", member=True), now=MOMENT, timezone="UTC") == ()


@pytest.mark.parametrize(
    ("saleor_id", "own"),
    [
        ("YXBwOnNhbGVvci5sb3lhbHR5OmZyZWUuVTI=", "free.U2"),
        ("YXBwOm90aGVyLmFwcDpmcmVlLlUy", None),
        (STANDARD, None),
        ("not base64!", None),
        ("/////w==", None),
        ("", None),
    ],
)
def test_only_ids_of_this_app_are_its_own(saleor_id: str, own: str | None) -> None:
    assert own_id(saleor_id, "saleor.loyalty") == own
