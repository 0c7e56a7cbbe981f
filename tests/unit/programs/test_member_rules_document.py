"""Rules about members as documents: what is refused, kept, published and told of them."""

from typing import Any

import jsonschema_rs
import pytest

from saleor_loyalty_app.i18n import LANGUAGES
from saleor_loyalty_app.programs.diff import differences
from saleor_loyalty_app.programs.problems import document_problems, read_program
from saleor_loyalty_app.programs.schema import document_schema
from saleor_loyalty_app.programs.yaml_text import program_from_yaml, program_to_yaml
from tests.program_samples import PURCHASES, document_of, program_of
from tests.unit.programs.test_member_rules import BIRTHDAY, MONTH, TIERS, bonus


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (BIRTHDAY | {"then": {"type": "points_per_money"}}, "effect_for_orders"),
        (BIRTHDAY | {"then": {"type": "status_points", "factor": "1"}}, "effect_for_orders"),
        (BIRTHDAY | {"then": {"type": "multiplier", "factor": "2"}}, "effect_for_orders"),
        (BIRTHDAY | {"when": {"type": "on_sale"}}, "condition_for_orders"),
        (
            BIRTHDAY | {"when": {"type": "not", "of": {"type": "voucher_used"}}},
            "condition_for_orders",
        ),
        (
            BIRTHDAY | {"when": {"type": "expression", "cel": "order.quantity > 1"}},
            "condition_for_orders",
        ),
        (BIRTHDAY | {"caps": {"per_order": 5}}, "cap_for_orders"),
        (BIRTHDAY | {"caps": {}}, "cap_missing"),
        (BIRTHDAY | {"caps": {"per_member": {"period": "day"}}}, "cap_missing"),
        (BIRTHDAY | {"on": ["x"]}, "on_for_others"),
        (BIRTHDAY | {"trigger": "anniversary", "on": ["0"]}, "on_not_a_year"),
        (BIRTHDAY | {"trigger": "anniversary", "on": ["soon"]}, "on_not_a_year"),
        (bonus(then={"type": "points", "points": 5}), "effect_for_deeds"),
        (bonus(on=["x"]), "on_for_deeds"),
        (bonus(then={"type": "status_points"}), "status_one_way"),
        (bonus(then={"type": "status_points", "points": 1, "factor": "1"}), "status_one_way"),
        (bonus(scope="line", then={"type": "status_points", "points": 1}), "scope_order_needed"),
        (
            bonus(then={"type": "multiplier", "factor": "2"}, caps={"per_order": 5}),
            "cap_of_multiplier",
        ),
        (
            bonus(when={"type": "expression", "cel": "member.wealth > 1"}),
            "expression_unknown_name",
        ),
    ],
)
def test_what_does_not_fit_is_refused_at_its_place_with_a_fix(
    rule: dict[str, Any], code: str
) -> None:
    [problem] = document_problems(document_of(rule))

    assert problem.code == code
    assert problem.path.startswith("earning.rules[0]")
    for language in LANGUAGES:
        assert "program_problem" not in problem.in_words(language)


ALL_NEW = (
    PURCHASES | {"caps": {"per_order": 500, **MONTH}},
    BIRTHDAY | {"caps": {"per_member": {"times": 1, "period": "year"}}},
    BIRTHDAY | {"id": "years", "trigger": "anniversary", "on": ["1", "5"]},
    bonus(when={"type": "tier", "tiers": ["gold"]}, then={"type": "status_points", "points": 9}),
)


def test_the_document_comes_back_from_json_and_yaml_as_it_was() -> None:
    program = program_of(*ALL_NEW, tiers=TIERS)

    assert read_program(program.document) == program
    assert program_from_yaml(program_to_yaml(program)) == program


def test_the_json_schema_knows_what_documents_may_say() -> None:
    schema = jsonschema_rs.validator_for(document_schema())

    assert schema.is_valid(program_of(*ALL_NEW, tiers=TIERS).document)
    for wrong in (
        BIRTHDAY | {"trigger": "full_moon"},
        BIRTHDAY | {"caps": {"per_member": {"times": 0, "period": "day"}}},
        BIRTHDAY | {"when": {"type": "tier", "tiers": []}},
        BIRTHDAY | {"unknown": 1},
    ):
        assert not schema.is_valid(document_of(wrong))


def test_a_document_from_before_keeps_its_digest() -> None:
    [rule] = program_of().document["earning"]["rules"]

    assert not {"on", "caps"} & rule.keys()
    assert program_of().digest == read_program(program_of().document).digest


def test_differences_tell_trigger_tiers_and_caps_in_words() -> None:
    old = program_of(*(rule | {"caps": MONTH} for rule in ALL_NEW[:1]), tiers=TIERS)
    told = [one.text for one in differences(old, program_of(*ALL_NEW, tiers=TIERS), "en")]

    capped = "at most 30 points a member each month"
    changed = f"at most 500 an order, {capped} (so far: {capped})"
    assert told == [
        f"Rule “Points on every purchase” is capped: {changed}.",
        "Rule “birthday” is added: 50 points; on the birthday; at most once a member each year.",
        "Rule “years” is added: 50 points; on the anniversary of joining, years: 1, 5.",
        "Rule “bonus” is added: 9 status points; tier is Gold.",
    ]
