from fractions import Fraction
from typing import Any

import pytest

from saleor_loyalty_app.programs.decide import Award, Decision, decide_order
from saleor_loyalty_app.programs.explain import EntryFacts, explain, explain_miss
from saleor_loyalty_app.programs.look import Reason
from tests.program_samples import PURCHASES, line_of, order_of, program_of, rule_of

DOUBLE = rule_of(
    {"type": "multiplier", "factor": "2"},
    "sale",
    name={"en": "Sale week", "tr": "İndirim haftası"},
    when={"type": "on_sale"},
)
BONUS = rule_of(
    {"type": "points_per_order", "points": 50},
    "bonus",
    scope="order",
    name={"en": "Bonus", "tr": "Ek puan"},
)
UNITS = rule_of({"type": "points_per_unit", "points": 5}, "units", name={"en": "Per bottle"})
PROGRAM = program_of(PURCHASES, DOUBLE, BONUS)
LINES = (line_of("59.90", "a", quantity=2), line_of("12.25", "b", on_sale=True))


def entry(amount: int, code: str, kind: str = "earn", **values: Any) -> EntryFacts:
    return EntryFacts(kind, amount, "points", "points", {"code": code, **values})


def plan_of(decision: Decision, scale: Fraction = Fraction(1)) -> dict[str, Any]:
    """An award plan as it is stored with an order."""

    def award(item: Award) -> dict[str, Any]:
        points = item.points * scale
        return {
            "rule": item.rule_id,
            "unit": item.unit,
            "part": item.part,
            "points": f"{points.numerator}/{points.denominator}",
            "reason": item.reason,
        }

    return {
        "lines": [
            {"id": line.id, "quantity": line.quantity, "awards": [*map(award, awards)]}
            for line in LINES
            if (awards := decision.line_awards.get(line.id))
        ],
        "order": [*map(award, decision.order_awards)],
    }


PLAN = plan_of(decide_order(PROGRAM, order_of(*LINES), "UTC"))


def test_an_order_is_explained_line_by_line_in_english() -> None:
    sentences = explain(
        entry(134, "order_earned", order="1001"),
        language="en",
        program=PROGRAM,
        plan=PLAN,
        line_names={"a": "Apple juice"},
    )

    assert sentences == (
        "Order 1001 earned 134 points.",
        (
            "2 × Apple juice: $59.90, 1 point per $1.00 = 59.9 points"
            " (rule “Points on every purchase”)."
        ),
        (
            "1 × line 2: $12.25, 1 point per $1.00 × 2 (Sale week) = 24.5 points"
            " (rule “Points on every purchase”)."
        ),
        "The order: 50 points = 50 points (rule “Bonus”).",
        "Together 134.4 points, rounded down to 134 points.",
    )


def test_an_order_is_explained_in_turkish() -> None:
    sentences = explain(
        entry(134, "order_earned", order="1001"), language="tr", program=PROGRAM, plan=PLAN
    )

    assert sentences == (
        "1001 numaralı sipariş 134 puan kazandırdı.",
        "2 × 1. satır: $59,90, her $1,00 için 1 puan = 59,9 puan (kural: “Her alışverişe puan”).",
        (
            "1 × 2. satır: $12,25, her $1,00 için 1 puan × 2 (İndirim haftası) = 24,5 puan"
            " (kural: “Her alışverişe puan”)."
        ),
        "Sipariş: 50 puan = 50 puan (kural: “Ek puan”).",
        "Toplam 134,4 puan; aşağı yuvarlanınca 134 puan.",
    )


def test_a_booking_after_a_refund_says_that_it_is_less() -> None:
    sentences = explain(
        entry(70, "order_earned", order="1001"), language="en", program=PROGRAM, plan=PLAN
    )

    assert sentences[-1].startswith("This entry booked 70 points")


@pytest.mark.parametrize(
    ("why", "because"),
    [
        ("returned", "because goods were returned"),
        ("refunded", "because money was refunded"),
        ("returned_and_refunded", "because goods were returned and more money was refunded"),
        ("canceled", "because it was canceled"),
        ("owner", "because it now belongs to somebody who earns nothing for it"),
        ("something-new", "from order 1001."),
    ],
)
def test_a_reduction_says_why_and_how_it_is_reckoned(why: str, because: str) -> None:
    sentences = explain(
        entry(-30, "order_reduced", "reverse", order="1001", why=why),
        language="en",
        program=PROGRAM,
        plan=PLAN,
    )

    assert sentences[0].startswith("30 points taken back from order 1001")
    assert because in sentences[0]
    assert sentences[1] == "When it was paid, the order was worth 134 points."
    assert "loses its own points" in sentences[2]


def test_points_per_unit_and_shipping_are_named() -> None:
    program = program_of(PURCHASES, UNITS, settings={"earn_on_shipping": True})
    facts = order_of(*LINES, shipping=line_of("4.99").base)

    sentences = explain(
        entry(92, "order_earned", order="1"),
        language="en",
        program=program,
        plan=plan_of(decide_order(program, facts, "UTC")),
    )

    assert "2 × line 1: 5 points for each unit = 10 points (rule “Per bottle”)." in sentences
    assert any(sentence.startswith("Shipping: $4.99, 1 point per $1.00") for sentence in sentences)


def test_a_limited_import_is_told() -> None:
    decision = decide_order(program_of(), order_of(*LINES), "UTC")

    sentences = explain(
        entry(30, "order_earned", order="1"),
        language="en",
        program=program_of(),
        plan=plan_of(decision, Fraction(1, 2)),
    )

    assert "59.9 points, of which 29.95 points count because the import was limited" in sentences[1]


def test_endless_fractions_are_marked_as_rounded() -> None:
    rates = {"channel": "default-channel", "currency": "USD", "earn_rate": {"money": "3"}}
    program = program_of(currencies=[rates])
    plan = plan_of(decide_order(program, order_of(line_of("10", "a")), "UTC"))

    sentences = explain(
        entry(3, "order_earned", order="1"), language="en", program=program, plan=plan
    )

    assert "≈ 3.3333 points" in sentences[1]
    assert sentences[2] == "Together ≈ 3.3333 points, rounded down to 3 points."


def test_many_lines_are_cut() -> None:
    line = {"id": "x", "quantity": 1, "awards": PLAN["lines"][0]["awards"]}

    sentences = explain(
        entry(5990, "order_earned", order="1"),
        language="en",
        program=PROGRAM,
        plan={"lines": [line] * 100, "order": []},
    )

    assert len(sentences) == 33
    assert "And 70 more such lines." in sentences


def test_awards_in_other_units_or_parts_are_left_out() -> None:
    facts = EntryFacts("earn", 10, "points", "referral", {"code": "order_earned", "order": "1"})

    sentences = explain(facts, language="en", program=PROGRAM, plan=PLAN)

    assert not any("$59.90" in sentence for sentence in sentences)


@pytest.mark.parametrize(
    ("facts", "english", "turkish"),
    [
        (entry(-20, "expired", "expire"), "20 points expired.", "20 puan süresi dolduğu"),
        (
            entry(-20, "adjusted", "adjust"),
            "The store adjusted the balance: -20 points.",
            "Mağaza bakiyeyi düzeltti: -20 puan.",
        ),
        (
            entry(20, "adjusted", "adjust", note="late parcel"),
            "The store adjusted the balance (+20 points): late parcel",
            "Mağaza bakiyeyi düzeltti (+20 puan): late parcel",
        ),
        (entry(1, "merged", "merge"), "1 point moved", "1 puan taşındı"),
        (entry(5, "something_new", "restore"), "5 points came back.", "5 puan geri geldi."),
        (entry(5, "", "mystery"), "The balance changed: +5 points.", "Bakiye değişti: +5 puan."),
        (
            entry(5, "order_earned", order="7"),
            "Order 7 earned 5 points.",
            "7 numaralı sipariş 5 puan",
        ),
        (entry(5, "order_earned"), "Order of unknown number", "numarası bilinmeyen"),
    ],
)
def test_every_entry_has_at_least_a_headline(facts: EntryFacts, english: str, turkish: str) -> None:
    (in_english,) = explain(facts, language="en")
    (in_turkish,) = explain(facts, language="tr")

    assert in_english.startswith(english) or english in in_english
    assert turkish in in_turkish


def test_braces_in_a_note_are_taken_literally() -> None:
    (sentence,) = explain(entry(5, "adjusted", "adjust", note="{points} {0}"), language="en")

    assert sentence.endswith(": {points} {0}")


@pytest.mark.parametrize(
    ("reason", "english", "turkish"),
    [
        (
            {"code": "order_value_below", "missing": "40", "min": "500", "currency": "TRY"},
            "Bonus: TRY\N{NO-BREAK SPACE}40.00 more",
            "Ek puan: ₺40,00 daha",
        ),
        (
            {"code": "weekday", "wanted": ["sat", "sun"]},
            "Bonus: it holds on Saturday, Sunday",
            "Ek puan: geçerli olduğu günler: Cumartesi, Pazar",
        ),
        (
            {"code": "stopped", "by": "sale"},
            "Bonus: another rule came first: Sale week",
            "Ek puan: önce başka bir kural uygulandı: İndirim haftası",
        ),
        (
            {"code": "date_not_yet", "start": "2026-11-27"},
            "Bonus: it begins on Nov 27, 2026",
            "Ek puan: başlangıcı 27 Kas 2026",
        ),
        (
            {"code": "nth_order", "number": 4, "min": 5, "max": 5, "missing": 1},
            "Bonus: one more order",
            "Ek puan: bir sipariş daha",
        ),
        (
            {"code": "nth_order_every", "number": 7, "every": 5, "missing": 3},
            "Bonus: 3 more orders",
            "Ek puan: 3 sipariş daha",
        ),
        (
            {"code": "nth_order", "number": 2, "min": 1, "max": 1},
            "Bonus: it does not hold for order number 2 of the customer",
            "Ek puan: müşterinin 2. siparişi için geçerli değil",
        ),
        ({"code": "brand_new"}, "Bonus: it does not hold", "Ek puan: geçerli değil"),
    ],
)
def test_a_miss_says_what_is_missing(reason: Reason, english: str, turkish: str) -> None:
    assert explain_miss("bonus", reason, language="en", program=PROGRAM) == english
    assert explain_miss("bonus", reason, language="tr", program=PROGRAM) == turkish
