"""Owners' words show values and choose, and do nothing else; ours are in both languages."""

import time
from string import Formatter

import pytest

from saleor_loyalty_app.i18n import catalogue
from saleor_loyalty_app.messages.errors import TextInvalid
from saleor_loyalty_app.messages.kinds import KINDS, Kind
from saleor_loyalty_app.messages.rendering import readable_on, render
from saleor_loyalty_app.messages.setup import Footer, Look, MailSetup
from saleor_loyalty_app.messages.texts import LONGEST_BODY, Words, built_in, check, fill, words_for

VALUES = {"name": "Ayşe", "points": "120 puan", "shop": "Çiçek", "program": "Yıldız", "order": "7"}


def problems(body: str) -> list[str]:
    with pytest.raises(TextInvalid) as refused:
        check(Kind.points_earned, Words(subject="x", body=body))
    found = refused.value.detail["problems"]
    assert isinstance(found, list)
    return [f"{one['problem']}:{one['at']}" for one in found]


@pytest.mark.parametrize("kind", [kind for kind in Kind if KINDS[kind].mailed])
@pytest.mark.parametrize("language", ["en", "tr"])
def test_our_own_words_follow_the_rules_that_owners_follow(kind: Kind, language: str) -> None:
    words = built_in(kind, language)
    check(kind, words)
    assert words.sms
    assert built_in(kind, "en") != built_in(kind, "tr")


@pytest.mark.parametrize("stray", ["\b", "\x00", "\x1b[31m", "\ufffe"])
def test_letters_that_no_mail_may_hold_are_left_out(stray: str) -> None:
    words = Words(subject=f"S{stray}ubject", body=f"Bo{stray}dy", sms=f"{stray}Short")
    values = {**VALUES, "name": f"Ay{stray}şe", "shop": f"Çi{stray}çek"}
    mail = render(Kind.welcome, words, "tr", values, MailSetup())
    rest = stray[1:]
    assert mail.subject == f"S{rest}ubject"
    assert f"Ay{rest}şe" in mail.html
    assert f"Ay{rest}şe" in mail.text
    assert stray[0] not in mail.html + mail.text + mail.subject + mail.sms


@pytest.mark.parametrize("domain", ["mail.", "message_", "text_problem.", "unsubscribe."])
def test_both_languages_have_the_same_texts(domain: str) -> None:
    english = {name: text for name, text in catalogue("en").items() if name.startswith(domain)}
    turkish = {name: text for name, text in catalogue("tr").items() if name.startswith(domain)}
    assert english.keys() == turkish.keys()
    assert [
        name for name, text in english.items() if turkish[name] == text and "{{" not in text
    ] == []
    for name in english.keys() - {one for one in english if one.count(".") == 2}:
        places = [
            {place for _, place, _, _ in Formatter().parse(text) if place}
            for text in (english[name], turkish[name])
        ]
        assert places[0] == places[1], name


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("{{ points * 1000000 }}", "not_allowed:mul"),
        ("{{ points.__class__ }}", "not_allowed:getattr"),
        ("{{ points['x'] }}", "not_allowed:getitem"),
        ("{{ points() }}", "not_allowed:call"),
        ("{% for one in points %}{% endfor %}", "not_allowed:for"),
        ("{% set points = 1 %}", "not_allowed:assign"),
        ("{% include 'x' %}", "not_allowed:include"),
        ("{% macro x() %}{% endmacro %}", "not_allowed:macro"),
        ("{{ points|center(10000000) }}", "not_allowed:center"),
        ("{{ 'a' ~ points }}", "not_allowed:concat"),
        ("{{ range(3) }}", "not_allowed:call"),
        ("{{ password }}", "unknown_field:password"),
        ("{{ code }}", "unknown_field:code"),
        ("{{ points", "syntax:1"),
        ("{% if points %}", "syntax:1"),
        ("   ", "missing:"),
        ("{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}", "not_allowed:nesting"),
        ("{% if points %}" * 60 + "x" + "{% endif %}" * 60, "not_allowed:nesting"),
    ],
)
def test_what_a_text_may_not_do_is_said_by_name(body: str, found: str) -> None:
    assert found in problems(body)


def test_the_largest_text_is_filled_in_no_time_and_cut() -> None:
    body = "{% if points %}{{ points }} {% endif %}" * 200
    began = time.process_time()
    filled = fill(Words(subject="{{ points }}" * 40, body=body), VALUES | {"points": "9" * 500})
    assert time.process_time() - began < 2
    assert len(filled["body"]) <= LONGEST_BODY
    assert len(filled["subject"]) == 200


def test_a_subject_cannot_begin_another_header() -> None:
    filled = fill(Words(subject="Hi {{ name }}", body="x"), {"name": "a\r\nBcc: b@example.com"})
    assert filled["subject"] == "Hi a Bcc: b@example.com"


def test_values_and_words_are_text_and_never_markup() -> None:
    hostile = "<script>alert(1)</script>&<mj-include path='/etc/passwd' />"
    words = Words(subject=hostile, preheader=hostile, heading=hostile, body=hostile, button=hostile)
    setup = MailSetup(
        footer=Footer(company=hostile, postal_address=hostile),
        look=Look(points_url="https://shop.example/?a=1&b=2"),
    )
    values = VALUES | {"name": hostile, "shop": hostile, "link_to_points": setup.look.points_url}
    html = render(Kind.points_earned, words, "tr", values, setup).html
    assert "<script" not in html
    assert "mj-include" not in html.replace("&lt;mj-include", "")
    assert 'href="https://shop.example/?a=1&amp;b=2"' in html


def test_a_value_that_looks_like_a_text_is_not_filled_in_again() -> None:
    assert (
        fill(Words(subject="x", body="{{ name }}"), {"name": "{{ shop }}"})["body"] == "{{ shop }}"
    )


def test_the_nearest_language_is_taken_and_the_stores_own_words_first() -> None:
    own = {("welcome", "de"): Words(subject="Hallo", body="Text")}
    assert words_for(own, Kind.welcome, ("de-at", "tr"))[1] == "de"
    assert words_for(own, Kind.welcome, ("fr", "tr"))[1] == "tr"
    assert words_for(own, Kind.welcome, ("fr",))[1] == "en"
    assert words_for(own, Kind.welcome, ("pt_BR", "EN_US"))[1] == "en"


@pytest.mark.parametrize(
    ("color", "text"),
    [
        ("#1c5d4a", "#ffffff"),
        ("#ffffff", "#000000"),
        ("#f6c453", "#000000"),
        ("#000000", "#ffffff"),
    ],
)
def test_a_button_can_be_read_in_any_color(color: str, text: str) -> None:
    assert readable_on(color) == text
