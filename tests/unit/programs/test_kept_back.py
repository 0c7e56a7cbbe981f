"""The owner is told for whom a thing is kept back by the rule by which shoppers are let in."""

from datetime import UTC, datetime
from typing import Any

import pytest

from saleor_loyalty_app.programs.early_access import Notice, Shopper, gates_of, judge
from saleor_loyalty_app.programs.kept_back import Keeping, keeping_of, keeping_words, rewards_named
from tests.program_samples import program_of

NOW = datetime(2026, 11, 22, 22, tzinfo=UTC)
ZONE = "Europe/Istanbul"
GOLD = {
    "id": "gold",
    "names": {"en": "Gold", "tr": "Altın"},
    "requirements": {"orders": {"min": 5}},
}
VIP = {"id": "vip", "names": {"en": "VIP"}, "rule": {"type": "orders", "min": 9}}
DROP: dict[str, Any] = {
    "id": "drop",
    "names": {"en": "First night", "tr": "İlk gece"},
    "gift": {"type": "early_access"},
    "points": 300,
    "channels": [{"channel": "default-channel", "currency": "USD"}],
}
INVITATION = {
    **DROP,
    "id": "party",
    "gift": {"type": "invitation", "notes": {"en": "At eight", "tr": "Sekizde"}},
}
PROGRAM = program_of(
    tiers={"enabled": True, "levels": [GOLD]},
    segments=[VIP],
    rewards={"items": [DROP, INVITATION]},
)


def keeping(access: str, until: str = "", program: Any = PROGRAM, **more: Any) -> Keeping:
    asked: dict[str, Any] = {"taken": (), "now": NOW, "timezone": ZONE} | more
    return keeping_of(Notice(access, until), program, "en", **asked)


@pytest.mark.parametrize(
    ("access", "until", "state", "told"),
    [
        ("tier:gold, vip", "", "kept", "Kept for Gold and above or VIP."),
        ("gold", "2026-12-01", "kept", "Kept for Gold and above until Dec 1, 2026."),
        ("reward:Drop", "", "kept", "Kept for who took the reward “First night”."),
        ("reward:party", "", "nobody", "Nobody can buy it."),
        (
            "platin", "2026-12-01", "nobody",
            "Nobody can buy it until Dec 1, 2026; from then on everybody may.",
        ),
        ("gold", "2026-11-23", "passed", "Open to everybody since Nov 23, 2026."),
        ("platin", "2026-11-23", "passed", "Open to everybody since Nov 23, 2026."),
        (" Open ", "", "open", "It says itself that it is open to everybody."),
        (" , ", "", "empty", "It names nobody: nothing is kept back by it."),
        ("", "2026-12-01", "empty", "It names nobody: nothing is kept back by it."),
    ],
)  # fmt: skip
def test_for_whom_and_until_when(access: str, until: str, state: str, told: str) -> None:
    found = keeping(access, until)
    assert found.state == state
    assert keeping_words(found, "en", timezone=ZONE) == told
    turkish = keeping_words(found, "tr", timezone=ZONE)
    assert turkish not in (told, "")
    assert "kept." not in turkish
    assert "access." not in turkish


def test_names_that_let_nobody_in_are_told_beside_those_that_do() -> None:
    found = keeping("tier:gold, tier:platin, inciders, reward:party, reward:gone")
    assert found.who == ("Gold and above",)
    assert found.unknown == ("tier:platin", "inciders", "reward:party", "reward:gone")


def test_a_reward_that_left_the_program_still_lets_in_who_took_it() -> None:
    assert rewards_named([Notice("reward:Gone, vip"), Notice(None), Notice("gold")]) == {"gone"}
    assert keeping("reward:gone").state == "nobody"
    found = keeping("reward:gone", taken={"gone"})
    assert (found.state, found.unknown) == ("kept", ())
    assert found.who == ("who took the reward “gone”",)


def test_tiers_that_are_off_let_nobody_in_and_a_segment_named_as_one_does() -> None:
    off = program_of(tiers={"enabled": False, "levels": [GOLD]}, segments=[{**VIP, "id": "gold"}])
    assert keeping("tier:gold", program=off).state == "nobody"
    assert keeping("gold", program=off).who == ("VIP",)


@pytest.mark.parametrize("until", ["soon", "2026-12-01T10:00:00", "01.12.2026"])
def test_a_date_that_cannot_be_read_is_told(until: str) -> None:
    found = keeping("gold", f" {until} ")
    assert (found.state, found.opens_at, found.unreadable) == ("kept", None, until)
    assert keeping("gold", "2026-12-01").unreadable == ""
    assert keeping("open", until).unreadable == ""


def test_before_a_program_is_in_force_no_name_is_called_wrong() -> None:
    found = keeping("platin", program=None)
    assert (found.state, found.who, found.unknown) == ("waiting", (), ())
    assert keeping_words(found, "en", timezone=ZONE) == "Kept back once a program is in force."


@pytest.mark.parametrize(
    "access", ["gold", "tier:gold", "vip", "tier:vip", "segment:gold", "reward:drop", "drop", "x"]
)
def test_nobody_is_who_no_shopper_is(access: str) -> None:
    """Who has everything that the program gives is let in exactly where somebody is told of."""
    everything = Shopper(True, "gold", frozenset({"vip"}), frozenset({"drop"}))
    gates = gates_of(Notice(access), ())
    verdict = judge(gates, everything, PROGRAM, now=NOW, timezone=ZONE)
    assert (keeping(access).state == "kept") is verdict.entitled
