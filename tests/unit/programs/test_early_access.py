"""What metadata says on who may buy, and whether somebody may."""

from datetime import UTC, datetime
from typing import Any

import pytest

from saleor_loyalty_app.programs.early_access import (
    FREE,
    Gate,
    Notice,
    Shopper,
    entitlement_words,
    gate_of,
    gates_of,
    judge,
)
from tests.program_samples import program_of

NOW = datetime(2026, 11, 22, 22, tzinfo=UTC)
ZONE = "Europe/Istanbul"
LEVELS = [
    {"id": name, "names": {"en": name.title(), "tr": tr}, "requirements": {"orders": {"min": at}}}
    for name, tr, at in (("silver", "Gümüş", 2), ("gold", "Altın", 5))
]
VIP = {"id": "vip", "names": {"en": "VIP"}, "rule": {"type": "orders", "min": 9}}
PROGRAM = program_of(tiers={"enabled": True, "levels": LEVELS}, segments=[VIP])
NOBODY, GUEST = Shopper(known=True), Shopper()


def verdict(access: str, shopper: Shopper, until: str = "", program: Any = PROGRAM) -> str:
    gates = gates_of(Notice(access, until), ())
    return judge(gates, shopper, program, now=NOW, timezone=ZONE).code


@pytest.mark.parametrize(
    ("access", "shopper", "code"),
    [
        ("silver", Shopper(True, "silver"), "tier"),
        ("tier:silver", Shopper(True, "gold"), "tier"),
        ("gold", Shopper(True, "silver"), "closed"),
        ("vip", Shopper(True, "", frozenset({"vip"})), "segment"),
        ("tier:vip", Shopper(True, "", frozenset({"vip"})), "closed"),
        (" Gold , segment: VIP ", Shopper(True, "", frozenset({"vip"})), "segment"),
        ("reward:Drop", Shopper(True, rewards=frozenset({"drop"})), "reward"),
        ("gold, reward:drop", Shopper(True, rewards=frozenset({"other"})), "closed"),
        ("drop", Shopper(True, rewards=frozenset({"drop"})), "closed"),
        ("nosuch", Shopper(True, "gold", frozenset({"vip"})), "closed"),
        ("silver", GUEST, "sign_in"),
        ("", GUEST, "open"),
        (" , ", GUEST, "open"),
        ("x:" * 5_000, NOBODY, "closed"),
    ],
)
def test_one_of_the_names_or_a_higher_tier_is_enough(
    access: str, shopper: Shopper, code: str
) -> None:
    assert verdict(access, shopper) == code


def test_tiers_that_are_off_let_nobody_in() -> None:
    off = program_of(tiers={"enabled": False, "levels": LEVELS})
    assert verdict("silver", Shopper(True, "gold"), program=off) == "closed"


@pytest.mark.parametrize(
    ("until", "code"),
    [
        ("2026-11-23", "open"),  # 22:00 UTC is 01:00 of the 23rd in Istanbul
        ("2026-11-24", "closed"),
        ("2026-11-22T22:00:00Z", "open"),
        ("2026-11-22T22:00:01+00:00", "closed"),
        ("2026-11-22T12:00:00", "closed"),  # without a zone it says no moment
        ("soon", "closed"),
    ],
)
def test_the_day_is_the_store_s_and_what_cannot_be_read_opens_nothing(
    until: str, code: str
) -> None:
    assert verdict("gold", NOBODY, until) == code


def test_a_product_speaks_for_itself_and_else_type_and_collections_each_count() -> None:
    others = (Notice("silver"), Notice(None), Notice("vip"), Notice("silver"))
    assert [gate.text for gate in gates_of(Notice("gold"), others)] == ["gold"]
    assert [gate.text for gate in gates_of(Notice(""), others)] == ["silver", "vip"]
    assert gates_of(Notice("open"), others) == ()
    both = gates_of(Notice(), others)
    silver = Shopper(True, "silver")
    assert judge(both, silver, PROGRAM, now=NOW, timezone=ZONE).code == "closed"
    insider = Shopper(True, "silver", frozenset({"vip"}))
    assert judge(both, insider, PROGRAM, now=NOW, timezone=ZONE).entitled


@pytest.mark.parametrize(
    ("access", "until", "shopper", "language", "told"),
    [
        (
            "gold,vip", "", NOBODY, "en",
            "The cart holds something that is kept for Gold and above or VIP.",
        ),
        (
            "gold", "2026-12-01", GUEST, "tr",
            (
                "Giriş yapın: sepette 1 Ara 2026 tarihine kadar Altın ve üstü için"
                " ayrılmış bir ürün var."
            ),
        ),
        ("nosuch", "", NOBODY, "en", "The cart holds something that is not on sale yet."),
    ],
)  # fmt: skip
def test_reasons_are_told_with_the_names_that_the_program_has(
    access: str, until: str, shopper: Shopper, language: str, told: str
) -> None:
    gate = gate_of(access, until)
    assert isinstance(gate, Gate)
    found = judge([gate], shopper, PROGRAM, now=NOW, timezone=ZONE)
    assert entitlement_words(found, PROGRAM, language, timezone=ZONE) == told
    assert entitlement_words(FREE, PROGRAM, "en", timezone=ZONE) == "Everybody may buy this."


@pytest.mark.parametrize("zone", ["Europe/Istanbul", "America/New_York"])
@pytest.mark.parametrize(
    ("until", "code", "told"),
    [
        ("9999-12-31T23:59:59Z", "closed", "Dec 31, 9999"),
        ("9999-12-31T23:59:59-12:00", "closed", "Dec 31, 9999"),
        ("0001-01-01T00:00:00+14:00", "open", "Everybody may buy this."),
    ],
)
def test_the_last_and_the_first_moment_there_is_are_told_on_any_clock(
    until: str, code: str, told: str, zone: str
) -> None:
    found = judge(gates_of(Notice("gold", until), ()), NOBODY, PROGRAM, now=NOW, timezone=zone)
    assert found.code == code
    assert told in entitlement_words(found, PROGRAM, "en", timezone=zone, place="product")


def test_a_reward_is_called_by_its_name() -> None:
    item = {
        "id": "drop",
        "names": {"en": "First night", "tr": "İlk gece"},
        "gift": {"type": "early_access"},
        "points": 300,
        "channels": [{"channel": "default-channel", "currency": "USD"}],
    }
    program = program_of(rewards={"items": [item]})
    gates = gates_of(Notice("reward:drop", "2026-12-01"), ())
    said = {}
    for taken in ((), ("drop",)):
        shopper = Shopper(True, rewards=frozenset(taken))
        found = judge(gates, shopper, program, now=NOW, timezone=ZONE)
        said[found.entitled] = [
            entitlement_words(found, program, language, timezone=ZONE, place="product")
            for language in ("en", "tr")
        ]
    assert said[False] == [
        "Kept for who took the reward “First night” until Dec 1, 2026.",
        "1 Ara 2026 tarihine kadar “İlk gece” ödülünü alanlar için ayrıldı.",
    ]
    assert said[True][0].startswith("You may buy this already: until Dec 1, 2026 it is kept for")
