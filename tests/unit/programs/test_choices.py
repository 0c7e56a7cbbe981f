"""The name that was meant is offered first, and of many names only some are told."""

import pytest

from saleor_loyalty_app.programs.choices import MOST_TOLD, choice_of, choice_words, near_name


@pytest.mark.parametrize(
    ("wanted", "near"),
    [
        ("gold", "gold"),
        ("Gold", "gold"),
        ("glod", "gold"),
        ("golden", "gold"),
        ("tin", ""),
        ("", ""),
    ],
)
def test_a_slip_of_the_keyboard_is_seen(wanted: str, near: str) -> None:
    assert near_name(wanted, ["silver", "gold"]) == near


@pytest.mark.parametrize(
    ("names", "english", "turkish"),
    [
        ([], "Add it first, or remove it here.", "Önce ekleyin ya da buradan kaldırın."),
        (
            ["gold"],
            "Write “gold” if that is meant, or remove it here.",
            "Bunu kastettiyseniz “gold” yazın ya da buradan kaldırın.",
        ),
        (
            ["silver", "gold", "silver"],
            "Write “gold” if that is meant, or choose another: silver.",
            "Bunu kastettiyseniz “gold” yazın ya da başka birini seçin: silver.",
        ),
        (["tin", "lead"], "Choose one of these: tin, lead.", "Şunlardan birini seçin: tin, lead."),
    ],
)
def test_what_to_write_instead_is_a_sentence(names: list[str], english: str, turkish: str) -> None:
    detail = choice_of("glod", names)
    assert choice_words(detail, "en") == english
    assert choice_words(detail, "tr") == turkish


def test_of_many_names_only_some_are_kept_and_told() -> None:
    detail = choice_of("x", [f"channel-{number}" for number in range(MOST_TOLD + 3)])
    assert len(detail["choices"]) == MOST_TOLD
    assert choice_words(detail, "en").endswith(f"channel-{MOST_TOLD - 1} and 3 more.")
    assert choice_words(detail, "tr").endswith("ve 3 tane daha.")
