from decimal import Decimal
from typing import Any

import pytest

from saleor_loyalty_app.programs.diff import cost_notes, differences
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.stats import OrderStats
from tests.program_samples import MOMENT, PURCHASES, RATES, TEXTS, program_of, rule_of

BEFORE = program_of()
MONEY = {"type": "points_per_money"}


def told(old: Program | None, new: Program, language: str = "en") -> list[str]:
    return [change.text for change in differences(old, new, language)]


def with_rates(**values: Any) -> Program:
    return program_of(currencies=[{**RATES[0], **values}, RATES[1]])


def test_equal_programs_have_no_differences() -> None:
    assert told(BEFORE, program_of()) == []


@pytest.mark.parametrize(
    ("new", "english", "turkish"),
    [
        (
            program_of(name="Club"),
            "The name was “Points program” and becomes “Club”.",
            "Ad “Points program” idi, “Club” oluyor.",
        ),
        (
            program_of(texts={"en": TEXTS["en"]}),
            "Texts in “tr” are removed.",
            "“tr” dilindeki metinler kaldırılıyor.",
        ),
        (
            program_of(settings={"availability": {"after": "payment", "days": 0}}),
            (
                "Setting, points can be spent: as soon as the order is paid"
                " (so far: 14 days after the fulfillment)."
            ),
            (
                "Ayar, puanlar şu zaman harcanabilir: ödeme yapılır yapılmaz"
                " (şimdiye dek: gönderimden 14 gün sonra)."
            ),
        ),
        (
            program_of(settings={"expiry": {"months": None}}),
            (
                "Setting, points expire: never (so far: after 12 months, at the end of the month"
                " and never without notice)."
            ),
            (
                "Ayar, puanların süresi şu zaman dolar: hiçbir zaman (şimdiye dek: 12 ay sonra,"
                " ay sonunda ve yalnızca önceden haber verilerek)."
            ),
        ),
        (
            program_of(settings={"hold_out_percent": 5}),
            "Setting, share of the control group: 5% (so far: 0%).",
            "Ayar, kontrol grubunun payı: %5 (şimdiye dek: %0).",
        ),
        (
            program_of(settings={"earn_on_shipping": True}),
            "Setting, points on shipping: yes (so far: no).",
            "Ayar, kargo ücretine puan: evet (şimdiye dek: hayır).",
        ),
        (
            with_rates(spend_rate={"money": "0.05"}),
            (
                "Channel “default-channel”: 1 point per $1.00, 1 point worth $0.05, gives back 5%"
                " (so far: 1 point per $1.00, 1 point worth $0.02, gives back 2%)."
            ),
            (
                "“default-channel” kanalı: her $1,00 için 1 puan, 1 puan = $0,05, geri verilen: %5"
                " (şimdiye dek: her $1,00 için 1 puan, 1 puan = $0,02, geri verilen: %2)."
            ),
        ),
        (
            program_of(currencies=[RATES[0]]),
            "Channel “channel-tr” is removed: it neither earns nor spends points.",
            "“channel-tr” kanalı çıkarılıyor: artık puan kazandırmaz ve harcatmaz.",
        ),
        (
            program_of(stacking="best"),
            "Of several matching rules only the best one counts now.",
            "Uyan kurallardan artık yalnızca en iyisi sayılıyor.",
        ),
        (
            program_of({**PURCHASES, "then": {"type": "points_per_money", "factor": "1.5"}}),
            (
                "Rule “Points on every purchase” gives 1.5 × the points of the channel’s rate"
                " (so far: points at the channel’s rate)."
            ),
            (
                "“Her alışverişe puan” kuralının verdiği: kanalın oranındaki puanın 1,5 katı"
                " (şimdiye dek: kanalın oranında puan)."
            ),
        ),
        (
            program_of({**PURCHASES, "enabled": False}),
            "Rule “Points on every purchase” is switched off.",
            "“Her alışverişe puan” kuralı kapatılıyor.",
        ),
        (
            program_of({**PURCHASES, "stop": True}),
            "After rule “Points on every purchase” no further rule applies.",
            "“Her alışverişe puan” kuralından sonra başka kural uygulanmıyor.",
        ),
    ],
)
def test_each_change_is_one_sentence(new: Program, english: str, turkish: str) -> None:
    assert told(BEFORE, new) == [english]
    assert told(BEFORE, new, "tr") == [turkish]


def test_a_new_rule_is_told_with_effect_and_condition() -> None:
    when = {
        "type": "all",
        "of": [
            {"type": "order_value", "limits": [{"currency": "TRY", "min": "500"}]},
            {"type": "weekday", "days": ["sun", "sat"]},
            {"type": "not", "of": {"type": "any_line", "of": {"type": "on_sale"}}},
        ],
    }
    bonus = rule_of(
        {"type": "points_per_order", "points": 50},
        "weekend",
        name={"en": "Weekend", "tr": "Hafta sonu"},
        scope="order",
        when=when,
    )

    new = program_of(PURCHASES, bonus)

    assert told(BEFORE, new) == [
        (
            "Rule “Weekend” is added: 50 points for the order; order value at least"
            " TRY\N{NO-BREAK SPACE}500.00 and on Saturday, Sunday"
            " and not (the order has a line with: on sale)."
        )
    ]
    assert told(BEFORE, new, "tr") == [
        (
            "“Hafta sonu” kuralı ekleniyor: sipariş için 50 puan; sipariş tutarı en az ₺500,00 ve"
            " gün: Cumartesi, Pazar ve şu olmadığında: (siparişte şuna uyan bir satır var:"
            " indirimde)."
        )
    ]
    assert told(new, BEFORE) == ["Rule “Weekend” is removed."]


def test_another_order_of_rules_is_a_change() -> None:
    first, second = rule_of(MONEY, "first"), rule_of(MONEY, "second")

    changes = told(program_of(first, second), program_of(second, first))

    assert changes == ["The order of the rules changes."]


def test_the_first_program_is_told_whole() -> None:
    text = " ".join(told(None, BEFORE))

    assert "This is the first program" in text
    assert "Channel “channel-tr” is added: 1 point per TRY\N{NO-BREAK SPACE}10.00" in text
    assert "Rule “Points on every purchase” is added: points at the channel’s rate; always" in text


def test_every_change_has_a_path_into_the_document() -> None:
    new = program_of(
        {**PURCHASES, "priority": 5, "scope": "order"}, settings={"refund_policy": "unlimited"}
    )

    paths = [change.path for change in differences(BEFORE, new, "en")]

    assert paths == [
        "settings.refund_policy",
        "earning.rules.purchases",
        "earning.rules.purchases",
    ]


STATS = [OrderStats("default-channel", "USD", 30, Decimal(15), Decimal(600), days=30)]


def notes(old: Program | None, new: Program, language: str = "en") -> list[str]:
    return cost_notes(old, new, STATS, language, now=MOMENT, timezone="UTC")


def test_cost_notes_compare_a_month_before_and_after() -> None:
    dearer = with_rates(spend_rate={"money": "0.05"})

    assert notes(BEFORE, dearer) == [
        (
            "Channel “default-channel”: the cost goes from about $12.00 to about $30.00 a month,"
            " going by 30 orders in 30 days."
        )
    ]
    assert notes(BEFORE, dearer, "tr") == [
        (
            "“default-channel” kanalı: son 30 gündeki 30 siparişe göre maliyet ayda yaklaşık $12,00"
            " iken $30,00 oluyor."
        )
    ]


def test_a_cost_that_stays_is_told_as_such() -> None:
    (note,) = notes(BEFORE, program_of(name="Other"))

    assert "stays at about $12.00" in note


def test_the_first_program_has_a_cost_too() -> None:
    (note,) = notes(None, BEFORE)

    assert "about $12.00 a month if every point is spent" in note


def test_the_sign_of_the_points_and_longer_texts_are_told() -> None:
    texts = {"en": TEXTS["en"] | {"summary": "Earn stars.", "terms_url": "https://shop.example/t"}}
    plain = program_of(texts={"en": TEXTS["en"]})
    rich = program_of(texts=texts, units=[{"code": "points", "icon": "★"}])

    assert [change.text for change in differences(plain, rich, "en")] == [
        "Text in “en”, what the program is about: “Earn stars.”.",
        "Text in “en”, page with the terms: “https://shop.example/t”.",
        "The sign of the points: ★ (so far: none).",
    ]
    assert [change.path for change in differences(rich, plain, "tr")] == [
        "texts.en.summary",
        "texts.en.terms_url",
        "units[0].icon",
    ]
