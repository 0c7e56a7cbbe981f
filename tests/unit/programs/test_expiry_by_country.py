"""Points live for another time in some countries: read, checked, and said in both languages."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from saleor_loyalty_app.flows.program_examples import examples, usual_order
from saleor_loyalty_app.orders.plan import AwardPlan, Terms
from saleor_loyalty_app.programs.diff import differences
from saleor_loyalty_app.programs.document import Program
from saleor_loyalty_app.programs.expiry import Life
from saleor_loyalty_app.programs.explain import EntryFacts, explain
from saleor_loyalty_app.programs.faq import answers
from saleor_loyalty_app.programs.problems import document_problems, read_program, read_stored
from saleor_loyalty_app.programs.yaml_text import program_from_yaml, program_to_yaml
from tests.program_samples import CHANNELS, MOMENT, document_of, program_of

NEVER = {"countries": ["DE", "AT"], "months": None}
LONGER = {"countries": ["TR"], "months": 24}
GENERAL = "after 12 months, at the end of the month and never without notice"


def with_exceptions(*exceptions: Mapping[str, Any], **expiry: Any) -> Program:
    return program_of(settings={"expiry": expiry | {"exceptions": list(exceptions)}})


PROGRAM = with_exceptions(NEVER, LONGER)


@pytest.mark.parametrize(
    ("country", "life"),
    [
        ("DE", Life(None, "DE")),
        ("AT", Life(None, "AT")),
        ("TR", Life(24, "TR")),
        ("US", Life(12)),
        ("", Life(12)),
    ],
)
def test_the_exception_that_names_the_country_holds_there(country: str, life: Life) -> None:
    assert PROGRAM.settings.expiry.life_in(country) == life
    terms = Terms.of(PROGRAM.settings, country)
    assert (terms.life, terms.expiry_months) == (life, life.months)


def test_points_may_expire_in_some_countries_alone() -> None:
    expiry = with_exceptions(LONGER, months=None).settings.expiry
    assert (expiry.life_in("TR"), expiry.life_in("DE")) == (Life(24, "TR"), Life(None))


def test_a_document_goes_round_with_its_exceptions_and_is_the_same_without_any() -> None:
    assert read_program(PROGRAM.document) == PROGRAM
    assert program_from_yaml(program_to_yaml(PROGRAM)) == PROGRAM
    assert PROGRAM.document["settings"]["expiry"]["exceptions"] == [NEVER, LONGER]
    assert "exceptions" not in program_of().document["settings"]["expiry"]
    assert with_exceptions().digest == program_of().digest


PLACE = "settings.expiry.exceptions"


@pytest.mark.parametrize(
    ("exceptions", "problem"),
    [
        ([NEVER, {"countries": ["TR", "DE"], "months": 6}], ("expiry_country_twice", PLACE)),
        ([{"countries": ["DE", "DE"], "months": 6}], ("expiry_country_twice", PLACE)),
        ([{"countries": ["DE"]}], ("missing", f"{PLACE}[0].months")),
        ([{"countries": ["DE"], "months": ""}], ("not_a_whole_number", f"{PLACE}[0].months")),
        ([{"countries": ["DE"], "months": 0}], ("too_small", f"{PLACE}[0].months")),
        ([{"countries": ["DE"], "months": 121}], ("too_large", f"{PLACE}[0].months")),
        ([{"countries": [], "months": 6}], ("too_few", f"{PLACE}[0].countries")),
        ([{"countries": ["de"], "months": 6}], ("bad_format", f"{PLACE}[0].countries[0]")),
        ([{"countries": ["DE"], "never": True}], ("unknown_field", f"{PLACE}[0].never")),
        ({}, ("not_a_list", PLACE)),
    ],
)
def test_what_is_wrong_with_an_exception_is_told_at_its_place(
    exceptions: Any, problem: tuple[str, str]
) -> None:
    document = document_of(settings={"expiry": {"exceptions": exceptions}})
    assert problem in [(one.code, one.path) for one in document_problems(document)]


def test_a_country_that_is_named_twice_is_named_in_both_languages() -> None:
    document = document_of(settings={"expiry": {"exceptions": [NEVER, NEVER]}})
    [problem] = document_problems(document)
    assert problem.in_words("en") == (
        f"{PLACE}: The country “DE” stands in two exceptions. Keep it in one of them."
    )
    assert "“DE” ülkesi iki istisnada geçiyor" in problem.in_words("tr")


def test_a_stored_program_decides_by_the_first_that_names_a_country() -> None:
    """The check is of what is written; a revision from before it would decide all the same."""
    twice = [{"countries": ["DE"], "months": None}, {"countries": ["DE"], "months": 6}]
    stored = read_stored(document_of(settings={"expiry": {"exceptions": twice}}))
    assert stored.settings.expiry.life_in("DE") == Life(None, "DE")


def expire_answer(program: Program, language: str) -> str:
    found = answers(program, language, earning=True, spending=True, shipping=True)
    [sentence] = next(one.sentences for one in found if one.id == "expire")
    return sentence


def test_shoppers_are_told_every_exception_by_the_countries_names() -> None:
    assert expire_answer(PROGRAM, "en") == (
        f"A{GENERAL[1:]}; for orders to Germany, Austria: never; for orders to Türkiye:"
        " after 24 months, at the end of the month and never without notice."
    )
    assert expire_answer(PROGRAM, "tr") == (
        "12 ay sonra, ay sonunda ve yalnızca önceden haber verilerek;"
        " şu ülkelere giden siparişlerde (Almanya, Avusturya): hiçbir zaman;"
        " şu ülkelere giden siparişlerde (Türkiye): 24 ay sonra, ay sonunda ve yalnızca önceden"
        " haber verilerek."
    )


def test_a_long_list_of_countries_is_not_cut() -> None:
    many = ["DE", "AT", "FR", "IT", "ES", "NL", "BE", "XZ"]
    said = expire_answer(with_exceptions({"countries": many, "months": None}), "en")
    assert "Germany, Austria, France, Italy, Spain, Netherlands, Belgium, XZ: never" in said


def test_an_exception_is_a_difference_between_programs() -> None:
    [change] = differences(program_of(), with_exceptions(NEVER), "en")
    assert change.path == "settings.expiry"
    assert change.text == (
        f"Setting, points expire: {GENERAL}; for orders to Germany, Austria: never"
        f" (so far: {GENERAL})."
    )
    assert differences(PROGRAM, with_exceptions(NEVER, LONGER), "en") == []


def test_examples_tell_what_each_exception_means_today() -> None:
    orders = [usual_order(channel, None) for channel in CHANNELS]
    found = {
        language: [
            one.text
            for one in examples(PROGRAM, orders, now=MOMENT, timezone="UTC", language=language)
            if one.path == "settings.expiry"
        ]
        for language in ("en", "tr")
    }
    general, never, longer = found["en"]
    assert general.startswith("Points of an order paid today are good until ")
    assert never == "Points of orders to Germany, Austria are good for ever."
    assert longer.startswith("Points of orders to Türkiye that are paid today are good until ")
    assert found["tr"][1].endswith("süresiz geçerlidir: Almanya, Avusturya.")
    assert len(found["tr"]) == 3


@pytest.mark.parametrize(
    ("months", "language", "sentence"),
    [
        (None, "en", "They never expire: that is the program’s rule for Germany."),
        (None, "tr", "Bu puanların süresi dolmaz: programda Almanya için kural böyledir."),
        (
            24,
            "en",
            (
                "They expire after 24 months, at the end of the month:"
                " that is the program’s rule for Germany."
            ),
        ),
        (
            24,
            "tr",
            (
                "Bu puanların süresi 24 ay sonra, ay sonunda dolar:"
                " programda Almanya için kural böyledir."
            ),
        ),
    ],
)
def test_an_entry_explains_the_exception_that_decided(
    months: int | None, language: str, sentence: str
) -> None:
    plan = {"lines": [], "order": [], "terms": {"expiry_country": "DE"}}
    reason = {"code": "order_earned", "order": "7", **Life(months, "DE").reason}
    entry = EntryFacts("earn", 100, "points", "points", reason)
    assert explain(entry, language=language, plan=plan)[-1] == sentence


def test_points_that_come_by_no_order_name_no_country() -> None:
    reason = {"code": "staff_gave", "why": "goodwill", **Life(None, "DE").reason}
    entry = EntryFacts("adjust", 50, "points", "points", reason)
    [_, told] = explain(entry, language="en", plan=None)
    assert (
        told == "They never expire: that is the program’s rule for the country of the last order."
    )
    assert "DE" not in str(reason)
    assert Life(12).reason == {}


def test_a_plan_keeps_the_country_that_decided_and_reads_plans_from_before() -> None:
    plan = AwardPlan(
        expires_from=datetime(2026, 11, 20, tzinfo=UTC), terms=Terms.of(PROGRAM.settings, "TR")
    )
    assert AwardPlan.from_json(plan.to_json()) == plan
    old = AwardPlan(expires_from=plan.expires_from).to_json()
    assert "expiry_country" not in old["terms"]
    assert AwardPlan.from_json(old).terms.life == Life(12)
