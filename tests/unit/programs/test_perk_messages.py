"""Rules that send messages: what is written, what is refused, and how it is told."""

from datetime import date
from typing import Any

import pytest

from saleor_loyalty_app.programs.decide import decide_order
from saleor_loyalty_app.programs.diff import differences
from saleor_loyalty_app.programs.errors import ProgramInvalid
from saleor_loyalty_app.programs.faq import answers
from saleor_loyalty_app.programs.member_facts import MemberFacts
from saleor_loyalty_app.programs.perks import PlannedMessage, SendMessage, effect_of
from saleor_loyalty_app.programs.perks_words import planned_words
from saleor_loyalty_app.programs.problems import problems_in
from saleor_loyalty_app.programs.promises import unpromised
from saleor_loyalty_app.programs.rule_sentences import rule_sentence
from saleor_loyalty_app.programs.validate import check_program
from tests.program_samples import line_of, order_of, program_of, rule_of

WORDS = {
    "en": {"title": "Thank you", "body": "Come again.\nSoon."},
    "tr": {"title": "Teşekkürler", "body": "Yine bekleriz."},
}
THANKS: dict[str, Any] = {"type": "message", "texts": WORDS}
PLANNED: dict[str, Any] = {"rule": "thanks", "effect": {"type": "message"}}


def on_order(then: dict[str, Any], **values: Any) -> dict[str, Any]:
    return rule_of(then, "thanks", scope="order", **values)


def test_a_rule_sends_it_once_an_order_whose_plan_leaves_the_texts_to_the_revision() -> None:
    program = program_of(on_order(THANKS))
    [perk] = decide_order(program, order_of(line_of("60")), "UTC", MemberFacts()).perks

    assert perk.to_json() == PLANNED
    assert effect_of(PLANNED["effect"]) == PlannedMessage(type="message")
    assert program.message_of("thanks") == SendMessage.model_validate(THANKS)
    assert program.message_of("other") is None
    read = program.model_dump(mode="json")["earning"]["rules"]
    assert [rule["then"] for rule in read] == [THANKS]


@pytest.mark.parametrize(
    ("languages", "title"),
    [
        (("tr",), "Teşekkürler"),
        (("TR_TR",), "Teşekkürler"),
        (("de", "tr"), "Teşekkürler"),
        (("de",), "Thank you"),
        ((), "Thank you"),
    ],
)
def test_the_language_is_the_first_that_the_member_reads(
    languages: tuple[str, ...], title: str
) -> None:
    assert SendMessage.model_validate(THANKS).text_for(languages).title == title


@pytest.mark.parametrize(
    ("languages", "title"),
    [(("de-at", "tr"), "Hallo"), (("de",), "Hallo"), (("pt-br", "tr"), "Teşekkürler")],
)
def test_a_text_of_another_region_is_nearer_than_another_language(
    languages: tuple[str, ...], title: str
) -> None:
    texts = WORDS | {"de-CH": {"title": "Hallo", "body": "Danke."}}
    told = SendMessage.model_validate(THANKS | {"texts": texts})
    assert told.text_for(languages).title == title


def test_without_english_any_text_is_better_than_none() -> None:
    only = SendMessage.model_validate(THANKS | {"texts": {"tr": WORDS["tr"]}})
    assert only.text_for(["de"]).title == "Teşekkürler"


@pytest.mark.parametrize(
    ("rule", "code", "path"),
    [
        (on_order(THANKS | {"texts": {}}), "too_few", "then.texts"),
        (
            on_order(THANKS | {"texts": {"en": WORDS["en"] | {"title": " "}}}),
            "text_too_short",
            "then.texts.en.title",
        ),
        (
            on_order(THANKS | {"texts": {"en": WORDS["en"] | {"title": "a" * 151}}}),
            "text_too_long",
            "then.texts.en.title",
        ),
        (
            on_order(THANKS | {"texts": {"en": WORDS["en"] | {"title": "a\nb"}}}),
            "bad_format",
            "then.texts.en.title",
        ),
        (
            on_order(THANKS | {"texts": {"en": WORDS["en"] | {"body": "a" * 4001}}}),
            "text_too_long",
            "then.texts.en.body",
        ),
        (on_order(THANKS | {"texts": {"en": {"title": "Hi"}}}), "missing", "then.texts.en.body"),
        (rule_of(THANKS, scope="line"), "scope_order_needed", ""),
        (on_order(THANKS, caps={"per_order": 5}), "cap_of_perk", ""),
        ({"id": "r", "trigger": "birthday", "then": THANKS}, "effect_for_orders", ""),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(
    rule: dict[str, Any], code: str, path: str
) -> None:
    with pytest.raises(ProgramInvalid) as refused:
        program_of(rule)
    place = f"earning.rules[0].{path}" if path else "earning.rules[0]"
    assert [(one.code, one.path) for one in problems_in(refused.value)] == [(code, place)]


def test_a_language_of_the_program_without_text_is_told() -> None:
    program = program_of(on_order(THANKS | {"texts": {"en": WORDS["en"]}}))
    found = check_program(program, [], today=date(2026, 7, 1))
    [told] = [one for one in found if one.code == "perk_message_locale"]
    assert (told.path, told.severity) == ("earning.rules[0].then.texts", "warning")
    for language in ("en", "tr"):
        assert "“tr”" in told.in_words(language)


@pytest.mark.parametrize("text", ["Hello {{ name }}", "{% if x %}Hi{% endif %}"])
def test_a_placeholder_that_nothing_fills_in_is_told(text: str) -> None:
    said = WORDS | {"tr": {"title": "Merhaba", "body": text}}
    found = check_program(
        program_of(on_order(THANKS | {"texts": said})), [], today=date(2026, 7, 1)
    )
    [told] = [one for one in found if one.code == "perk_message_placeholder"]
    assert (told.path, told.severity) == ("earning.rules[0].then.texts.tr.body", "warning")
    for language in ("en", "tr"):
        assert "“tr”" in told.in_words(language)


@pytest.mark.parametrize(
    ("language", "sentence", "words", "sent", "withdrawn"),
    [
        (
            "en",
            "The member is sent the message “Thank you”.",
            "the message “Thank you” (en, tr): Come again. Soon",
            "The log of messages tells whether it was sent.",
            "It was withdrawn with the order, before it was sent.",
        ),
        (
            "tr",
            "Üyeye “Teşekkürler” mesajı gönderilir.",
            "“Teşekkürler” mesajı (en, tr): Yine bekleriz",
            "Gönderilip gönderilmediği mesaj kayıtlarında görünür.",
            "Gönderilmeden, siparişle birlikte geri çekildi.",
        ),
    ],
)
def test_sentences_differences_and_explanations_name_it(
    language: str, sentence: str, words: str, sent: str, withdrawn: str
) -> None:
    program = program_of(on_order(THANKS))
    [rule] = program.earning.rules

    assert rule_sentence(rule, language, {}) == sentence
    assert words in " ".join(one.text for one in differences(program_of(), program, language))
    [said] = planned_words([PLANNED], language, program)
    assert said.endswith(f"{words}.")
    for state, became in (("given", sent), ("taken", withdrawn)):
        told = planned_words([PLANNED | {"state": state, "detail": {}}], language, program)
        assert list(told) == [said, became]
    found = answers(program, language, earning=True, spending=False, shipping=False)
    assert words not in " ".join(text for one in found for text in one.sentences)


def test_a_plan_is_explained_without_its_program() -> None:
    [said] = planned_words([PLANNED], "en", None)
    assert said == "Beside points, by the rule “thanks”: a message."
    [said] = planned_words([PLANNED], "tr", program_of())
    assert "bir mesaj" in said


@pytest.mark.parametrize("language", ["en", "tr"])
def test_a_text_that_changes_out_of_sight_is_told_all_the_same(language: str) -> None:
    """In another language than the reader's, or behind what is shown of a long text."""
    long = "word " * 100
    before = THANKS | {"texts": {"en": WORDS["en"] | {"body": f"{long}once"}}}
    after = THANKS | {"texts": {"en": WORDS["en"] | {"body": f"{long}twice"}, "tr": WORDS["tr"]}}
    old, new = (program_of(on_order(one)) for one in (before, after))
    told = {one.code: one.text for one in differences(old, new, language)}
    assert "en, tr" in told["rule_message"]
    tail = THANKS | {"texts": {"en": WORDS["en"] | {"body": f"{long}thrice"}}}
    [only] = differences(old, program_of(on_order(tail)), language)
    assert (only.code, only.path) == ("rule_message", "earning.rules.thanks")


def test_shoppers_are_told_of_no_rule_that_tags_or_sends() -> None:
    tag = on_order({"type": "tag", "tag": "fan"}) | {"id": "fan"}
    points = on_order({"type": "points_per_order", "points": 5}) | {"id": "points"}
    assert unpromised(program_of(on_order(THANKS), tag, points)) == {"thanks", "fan"}
