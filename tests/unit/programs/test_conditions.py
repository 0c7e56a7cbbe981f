from datetime import UTC, datetime
from typing import Any

import pytest

from saleor_loyalty_app.programs.decide import decide_order
from saleor_loyalty_app.programs.decision_plan import plan_of
from saleor_loyalty_app.programs.facts import LineFacts, OrderFacts
from tests.program_samples import line_of, order_of, program_of, rule_of

ISTANBUL = "Europe/Istanbul"
BONUS = {"type": "points_per_order", "points": 10}
PER_UNIT = {"type": "points_per_unit", "points": 10}


def reason_of(
    condition: dict[str, Any], facts: OrderFacts, timezone: str = ISTANBUL
) -> dict[str, Any] | None:
    """Why a rule on the order with this condition gives nothing; None when it gives."""
    program = program_of(rule_of(BONUS, scope="order", when=condition))
    decision = decide_order(program, facts, timezone)
    return decision.misses[0].reason if decision.misses else None


def lines_matching(condition: dict[str, Any], *lines: LineFacts) -> list[str]:
    program = program_of(rule_of(PER_UNIT, when=condition))
    return list(decide_order(program, order_of(*lines), ISTANBUL).line_awards)


@pytest.mark.parametrize(
    ("condition", "facts"),
    [
        ({"type": "channel", "slugs": ["default-channel"]}, order_of()),
        ({"type": "currency", "codes": ["EUR", "USD"]}, order_of()),
        ({"type": "country", "codes": ["US"]}, order_of()),
        ({"type": "order_value", "limits": [{"currency": "USD", "min": "10"}]}, order_of()),
        ({"type": "order_value", "limits": [{"currency": "USD", "max": "10"}]}, order_of()),
        ({"type": "order_quantity", "min": 3}, order_of(line_of(quantity=3))),
        ({"type": "voucher_used"}, order_of(voucher_used=True)),
        ({"type": "voucher_used", "value": False}, order_of()),
        ({"type": "nth_order", "max": 1}, order_of(nth_order=1)),
        ({"type": "nth_order", "min": 3, "max": 5}, order_of(nth_order=5)),
        ({"type": "nth_order", "every": 5}, order_of(nth_order=10)),
        ({"type": "date_window", "start": "2026-11-27", "end": "2026-11-27"}, order_of()),
        ({"type": "weekday", "days": ["fri"]}, order_of()),
        ({"type": "hour", "start": 14, "end": 15}, order_of()),
        ({"type": "hour", "start": 14, "end": 24}, order_of()),
        ({"type": "hour", "start": 22, "end": 15}, order_of()),
        ({"type": "language", "codes": ["en"]}, order_of()),
        ({"type": "language", "codes": ["pt"]}, order_of(language="PT_BR")),
        ({"type": "language", "codes": ["pt-BR"]}, order_of(language="PT_BR")),
        ({"type": "not", "of": {"type": "country", "codes": ["TR"]}}, order_of()),
        ({"type": "any_line", "of": {"type": "on_sale"}}, order_of(line_of(on_sale=True))),
    ],
)
def test_a_condition_on_the_order_holds(condition: dict[str, Any], facts: OrderFacts) -> None:
    assert reason_of(condition, facts) is None


@pytest.mark.parametrize(
    ("condition", "facts", "reason"),
    [
        (
            {"type": "channel", "slugs": ["channel-tr"]},
            order_of(),
            {"code": "channel", "wanted": ["channel-tr"]},
        ),
        (
            {"type": "order_value", "limits": [{"currency": "USD", "min": "50"}]},
            order_of(line_of("9.99")),
            {"code": "order_value_below", "missing": "40.01", "min": "50", "currency": "USD"},
        ),
        (
            {"type": "order_value", "limits": [{"currency": "USD", "max": "50"}]},
            order_of(line_of("50.01")),
            {"code": "order_value_above", "max": "50", "currency": "USD"},
        ),
        (
            {"type": "order_value", "limits": [{"currency": "TRY", "min": "1"}]},
            order_of(),
            {"code": "order_value_currency", "currency": "USD"},
        ),
        (
            {"type": "order_quantity", "min": 5},
            order_of(line_of(quantity=2), line_of(line_id="2")),
            {"code": "order_quantity_below", "missing": 2, "min": 5},
        ),
        (
            {"type": "order_quantity", "max": 0},
            order_of(),
            {"code": "order_quantity_above", "max": 0},
        ),
        ({"type": "voucher_used"}, order_of(), {"code": "voucher_needed"}),
        (
            {"type": "voucher_used", "value": False},
            order_of(voucher_used=True),
            {"code": "voucher_excluded"},
        ),
        ({"type": "nth_order", "max": 1}, order_of(nth_order=None), {"code": "nth_order_unknown"}),
        (
            {"type": "nth_order", "max": 1},
            order_of(nth_order=2),
            {"code": "nth_order", "number": 2, "min": 1, "max": 1},
        ),
        (
            {"type": "nth_order", "min": 5},
            order_of(nth_order=4),
            {"code": "nth_order", "number": 4, "min": 5, "max": None, "missing": 1},
        ),
        (
            {"type": "nth_order", "min": 6, "every": 5},
            order_of(nth_order=5),
            {"code": "nth_order", "number": 5, "min": 6, "max": None, "missing": 5},
        ),
        (
            {"type": "nth_order", "max": 12, "every": 5},
            order_of(nth_order=11),
            {"code": "nth_order_every", "number": 11, "every": 5},
        ),
        (
            {
                "type": "any",
                "of": [
                    {"type": "channel", "slugs": ["elsewhere"]},
                    {"type": "nth_order", "min": 5},
                ],
            },
            order_of(nth_order=2),
            {"code": "nth_order", "number": 2, "min": 5, "max": None, "missing": 3},
        ),
        (
            {"type": "nth_order", "every": 5},
            order_of(nth_order=9),
            {"code": "nth_order_every", "number": 9, "every": 5, "missing": 1},
        ),
        (
            {"type": "date_window", "start": "2026-11-28"},
            order_of(),
            {"code": "date_not_yet", "start": "2026-11-28"},
        ),
        (
            {"type": "date_window", "end": "2026-11-26"},
            order_of(),
            {"code": "date_over", "end": "2026-11-26"},
        ),
        (
            {"type": "hour", "start": 15, "end": 14},
            order_of(),
            {"code": "hour", "start": 15, "end": 14},
        ),
        (
            {"type": "language", "codes": ["pt-BR"]},
            order_of(language="PT"),
            {"code": "language", "wanted": ["pt-BR"]},
        ),
        (
            {"type": "not", "of": {"type": "country", "codes": ["US"]}},
            order_of(),
            {"code": "excluded", "condition": "country"},
        ),
        ({"type": "any_line", "of": {"type": "on_sale"}}, order_of(), {"code": "on_sale_needed"}),
    ],
)
def test_a_condition_that_does_not_hold_says_why(
    condition: dict[str, Any], facts: OrderFacts, reason: dict[str, Any]
) -> None:
    assert reason_of(condition, facts) == reason


@pytest.mark.parametrize(
    ("timezone", "day", "hour"),
    [("UTC", "thu", 22), ("Europe/Istanbul", "fri", 1), ("America/New_York", "thu", 17)],
)
def test_weekday_and_hour_are_those_of_the_store(timezone: str, day: str, hour: int) -> None:
    facts = order_of(created_at=datetime(2026, 11, 26, 22, 15, tzinfo=UTC))
    condition = {
        "type": "all",
        "of": [
            {"type": "weekday", "days": [day]},
            {"type": "hour", "start": hour, "end": hour + 1},
        ],
    }

    assert reason_of(condition, facts, timezone) is None


@pytest.mark.parametrize(
    ("condition", "matching"),
    [
        ({"type": "product", "products": ["cola", "UHJvZHVjdDox"]}, ["a", "b"]),
        ({"type": "product", "products": ["Cola"]}, []),
        ({"type": "variant", "variants": ["JUICE-1"]}, ["a"]),
        ({"type": "variant", "variants": ["VmFyaWFudDoy"]}, ["b"]),
        ({"type": "category", "slugs": ["drinks"]}, ["a", "b"]),
        ({"type": "category", "slugs": ["juices"]}, ["a"]),
        ({"type": "collection", "slugs": ["summer"]}, ["a"]),
        ({"type": "product_type", "slugs": ["soda"]}, ["b"]),
        ({"type": "quantity", "min": 2}, ["b"]),
        ({"type": "quantity", "min": 1, "max": 2}, ["a"]),
        ({"type": "on_sale"}, ["b"]),
        ({"type": "on_sale", "value": False}, ["a"]),
        ({"type": "not", "of": {"type": "on_sale"}}, ["a"]),
        ({"type": "country", "codes": ["US"]}, ["a", "b"]),
        ({"type": "country", "codes": ["TR"]}, []),
        ({"type": "any_line", "of": {"type": "on_sale"}}, ["a", "b"]),
        (
            {
                "type": "all",
                "of": [{"type": "category", "slugs": ["drinks"]}, {"type": "quantity", "min": 3}],
            },
            ["b"],
        ),
        (
            {
                "type": "any",
                "of": [{"type": "on_sale"}, {"type": "collection", "slugs": ["summer"]}],
            },
            ["a", "b"],
        ),
        (
            {
                "type": "any",
                "of": [{"type": "on_sale"}, {"type": "voucher_used", "value": False}],
            },
            ["a", "b"],
        ),
        (
            {
                "type": "not",
                "of": {"type": "all", "of": [{"type": "on_sale"}, {"type": "voucher_used"}]},
            },
            ["a", "b"],
        ),
    ],
)
def test_a_condition_on_lines_picks_lines(condition: dict[str, Any], matching: list[str]) -> None:
    juice = line_of(
        line_id="a",
        product_id="UHJvZHVjdDox",
        product_slug="apple-juice",
        sku="JUICE-1",
        categories=frozenset({"juices", "drinks"}),
        collections=frozenset({"summer"}),
        product_type="juice",
    )
    cola = line_of(
        line_id="b",
        quantity=3,
        product_slug="cola",
        variant_id="VmFyaWFudDoy",
        categories=frozenset({"drinks"}),
        product_type="soda",
        on_sale=True,
    )

    assert lines_matching(condition, juice, cola) == matching


def test_a_product_that_saleor_no_longer_knows_matches_nothing() -> None:
    assert lines_matching({"type": "product", "products": ["cola"]}, line_of()) == []


def test_of_several_reasons_the_one_that_says_what_is_missing_is_told() -> None:
    condition = {
        "type": "any",
        "of": [
            {"type": "voucher_used"},
            {"type": "order_value", "limits": [{"currency": "USD", "min": "50"}]},
        ],
    }

    reason = reason_of(condition, order_of())

    assert reason is not None
    assert reason["missing"] == "40"


@pytest.mark.parametrize(
    ("condition", "needed"),
    [
        (None, False),
        ({"type": "voucher_used"}, False),
        ({"type": "not", "of": {"type": "nth_order", "max": 1}}, True),
        ({"type": "expression", "cel": "order.nth_order > 2"}, True),
    ],
)
def test_a_plan_tells_whether_the_order_must_be_counted(
    condition: dict[str, Any] | None, needed: bool
) -> None:
    program = program_of(rule_of(BONUS, scope="order", when=condition))

    assert plan_of(program).needs_order_number is needed
