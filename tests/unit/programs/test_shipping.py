"""Shipping offers as part of a program: conditions, problems, words."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from saleor_loyalty_app.programs.diff import differences
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.explain import explain_miss
from saleor_loyalty_app.programs.problems import document_problems, read_program
from saleor_loyalty_app.programs.shipping_decide import (
    ShippingFacts,
    decide_shipping,
)
from saleor_loyalty_app.programs.shipping_words import offer_words
from saleor_loyalty_app.programs.validate import check_program
from tests.program_samples import channel_of, document_of
from tests.shipping_samples import FREE, offer_json, shipping_document

#: A Friday, 14:30 in Istanbul.
MOMENT = datetime(2026, 11, 27, 11, 30, tzinfo=UTC)
CHANNELS = (channel_of(), channel_of("channel-tr", "TRY"))


def reason(when: dict[str, Any], timezone: str = "Europe/Istanbul", **values: Any) -> Any:
    """Why an offer with that condition is not made; None when it is."""
    document = shipping_document(offer_json(when=when))
    shipping = read_program(document).shipping
    assert shipping is not None
    given: dict[str, Any] = {"channel": "default-channel", "currency": "USD", "country": "TR"}
    facts = ShippingFacts(**(given | {"subtotal": Decimal(100)} | values))
    decision = decide_shipping(shipping, facts, now=MOMENT, timezone=timezone)
    assert len(decision.deals) + len(decision.refusals) == 1
    return decision.refusals[0].reason if decision.refusals else None


@pytest.mark.parametrize(
    ("when", "values", "expected"),
    [
        ({"type": "country", "codes": ["TR"]}, {}, None),
        ({"type": "country", "codes": ["DE"]}, {}, "country"),
        ({"type": "order_count", "min": 1}, {"orders": 1}, None),
        ({"type": "order_count", "min": 3}, {"orders": 1}, "order_count_below"),
        ({"type": "order_count", "max": 0}, {"orders": 1}, "order_count_above"),
        ({"type": "member"}, {"member": True}, None),
        ({"type": "member"}, {}, "member_needed"),
        ({"type": "member", "value": False}, {"member": True}, "member_excluded"),
        ({"type": "weekday", "days": ["fri"]}, {}, None),
        ({"type": "weekday", "days": ["mon"]}, {}, "weekday"),
        ({"type": "hour", "start": 0, "end": 15}, {}, None),
        ({"type": "hour", "start": 0, "end": 14}, {}, "hour"),
        ({"type": "date_window", "start": "2026-11-28"}, {}, "date_not_yet"),
        ({"type": "not", "of": {"type": "member"}}, {"member": True}, "excluded"),
        (
            {"type": "all", "of": [{"type": "member"}, {"type": "country", "codes": ["TR"]}]},
            {},
            "member_needed",
        ),
        (
            {"type": "any", "of": [{"type": "member"}, {"type": "order_count", "min": 5}]},
            {"orders": 2},
            "order_count_below",
        ),
        (
            {"type": "any", "of": [{"type": "member"}, {"type": "order_count", "min": 5}]},
            {"orders": 5},
            None,
        ),
    ],
)
def test_conditions_look_at_the_shopper_the_place_and_the_stores_time(
    when: dict[str, Any], values: dict[str, Any], expected: str | None
) -> None:
    found = reason(when, **values)
    assert (found and found["code"]) == expected


def test_the_cut_off_hour_is_the_stores() -> None:
    before_three = {"type": "hour", "start": 0, "end": 14}
    assert reason(before_three, "UTC") is None
    assert reason(before_three, "Europe/Istanbul")["code"] == "hour"


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"id": "with:colon"}, "bad_format", "shipping.offers[0].id"),
        ({"prices": []}, "too_few", "shipping.offers[0].prices"),
        ({"method": "named"}, "shipping_names", "shipping.offers[0]"),
        ({"method_names": ["UPS"]}, "shipping_names", "shipping.offers[0]"),
        ({"when": {"type": "tarot"}}, "unknown_type", "shipping.offers[0].when"),
        ({"when": {"type": "order_count"}}, "limit_missing", "shipping.offers[0].when"),
        ({"name": {"en": "x" * 61}}, "text_too_long", "shipping.offers[0].name.en"),
        ({"surprise": 1}, "unknown_field", "shipping.offers[0].surprise"),
        (
            {"prices": [{"channel": "a", "currency": "USD", "price": 4.9}]},
            "decimal_as_float",
            "shipping.offers[0].prices[0].price",
        ),
        (
            {"prices": [{"channel": "a", "currency": "USD", "price": "-1"}]},
            "too_small",
            "shipping.offers[0].prices[0].price",
        ),
        (
            {"prices": [{"channel": "a", "currency": "USD", "price": "1"}] * 2},
            "channel_twice",
            "shipping.offers[0]",
        ),
    ],
)
def test_what_is_wrong_with_an_offer_is_told_at_its_place(
    changes: dict[str, Any], code: str, path: str
) -> None:
    found = document_problems(shipping_document(offer_json() | changes))
    assert [(one.code, one.path) for one in found] == [(code, path)]
    assert all(one.in_words(language) for one in found for language in ("en", "tr"))


def test_two_offers_of_one_id_are_refused() -> None:
    found = document_problems(shipping_document(offer_json(), offer_json()))
    assert [one.code for one in found] == ["shipping_id_twice"]


def test_nesting_is_bounded() -> None:
    when: dict[str, Any] = {"type": "member"}
    for _ in range(7):
        when = {"type": "not", "of": when}
    found = document_problems(shipping_document(offer_json(when=when)))
    assert [one.code for one in found] == ["conditions_too_deep"]


def check(*offers: dict[str, Any]) -> list[tuple[str, str, str]]:
    program = read_program(shipping_document(*offers))
    found = check_program(program, CHANNELS, today=date(2026, 11, 27))
    return [(one.code, one.path, one.severity) for one in found if one.path.startswith("shipping")]


def test_offers_are_held_against_the_channels_of_the_store() -> None:
    assert check(FREE) == []
    prices = [
        {"channel": "elsewhere", "currency": "USD", "price": "1"},
        {"channel": "channel-tr", "currency": "USD", "price": "1"},
        {"channel": "default-channel", "currency": "USD", "price": "4.905"},
    ]
    assert {one[:2] for one in check(offer_json(prices=prices, name={}))} == {
        ("channel_unknown", "shipping.offers[0].prices[0].channel"),
        ("channel_currency_differs", "shipping.offers[0].prices[1].currency"),
        ("too_many_places", "shipping.offers[0].prices[2]"),
    }


def test_a_channel_with_a_price_but_no_threshold_is_doubtful() -> None:
    half = FREE | {"thresholds": FREE["thresholds"][:1]}
    assert check(half) == [
        ("shipping_threshold_missing", "shipping.offers[0].thresholds", "warning")
    ]
    other = FREE | {"prices": FREE["prices"][:1]}
    assert check(other) == [("shipping_price_missing", "shipping.offers[0].prices", "warning")]


def test_names_and_windows_are_looked_at() -> None:
    over = {"type": "date_window", "end": "2026-11-26"}
    found = {one[0] for one in check(offer_json(when=over))}
    assert found == {"shipping_name_missing", "window_over"}


def test_a_program_without_shipping_is_the_document_it_was() -> None:
    program = read_program(document_of())
    assert "shipping" not in program.document
    assert read_program(program.document) == program


def test_offers_survive_being_stored() -> None:
    program = read_program(shipping_document(FREE, offer_json(when={"type": "member"})))
    again = read_program(program.document)
    assert again == program
    assert again.document == program.document


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "the cheapest shipping method: free; from $100.00 / TRY\N{NO-BREAK SPACE}1,000.00"),
        ("tr", "en ucuz kargo yöntemi: ücretsiz; $100,00 / ₺1.000,00 tutarından itibaren"),
    ],
)
def test_an_offer_is_told_in_words(language: str, expected: str) -> None:
    shipping = read_program(shipping_document()).shipping
    assert shipping is not None
    assert offer_words(shipping.offers[0], language) == expected


def changes(old: Program | None, new: Program, language: str = "en") -> list[str]:
    return [one.text for one in differences(old, new, language) if one.path.startswith("shipping")]


@pytest.mark.parametrize("language", ["en", "tr"])
def test_differences_of_offers_are_told(language: str) -> None:
    none = read_program(document_of())
    one = read_program(shipping_document(offer_json()))
    dearer = read_program(shipping_document(offer_json(price="6.90", enabled=False)))
    renamed = read_program(shipping_document(offer_json(name={"en": "Neat", "tr": "Sade"})))
    assert len(changes(none, one, language)) == 1
    assert len(changes(one, none, language)) == 1
    assert len(changes(one, dearer, language)) == 1
    [told] = changes(one, renamed, language)
    assert "Neat" in told or "Sade" in told
    assert changes(one, one, language) == []
    assert changes(None, one, language) == changes(none, one, language)
    for text in (*changes(none, one, language), *changes(one, dearer, language), told):
        assert "{" not in text
        assert "shipping." not in text


@pytest.mark.parametrize("language", ["en", "tr"])
def test_every_reason_has_words(language: str) -> None:
    program = read_program(shipping_document())
    for found in (
        reason({"type": "member"}),
        reason({"type": "order_count", "min": 3}),
        {"code": "shipping_no_price", "channel": "x"},
    ):
        text = explain_miss("", found, language=language, program=program)
        assert text
        assert "miss." not in text
        assert "{" not in text
