"""Rules that look at metadata: what holds, why not, and what nobody may say for Saleor."""

from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from saleor_loyalty_app.flows.program_examples import ExampleOrder
from saleor_loyalty_app.flows.rule_example import rule_example
from saleor_loyalty_app.flows.sample_orders import sample
from saleor_loyalty_app.orders.checkout_facts import checkout_facts
from saleor_loyalty_app.orders.facts import facts_of
from saleor_loyalty_app.programs.backtest import BackTest
from saleor_loyalty_app.programs.decide import decide_order
from saleor_loyalty_app.programs.document import Program, Settings
from saleor_loyalty_app.programs.errors import ProgramInvalid
from saleor_loyalty_app.programs.explain import explain_miss
from saleor_loyalty_app.programs.facts import OrderFacts
from saleor_loyalty_app.programs.metadata_conditions import (
    LONGEST_VALUE,
    MOST_KEYS,
    OrderMetadata,
    looked_at,
)
from saleor_loyalty_app.programs.problems import problems_in
from saleor_loyalty_app.programs.unknown_facts import Fact, decide_as_known
from saleor_loyalty_app.saleor.checkout_preview import preview_of
from saleor_loyalty_app.saleor.order_snapshot import OrderSnapshot
from saleor_loyalty_app.stores.refs import StoreRef
from tests.order_samples import line, order, paid, shopper, taxed
from tests.program_samples import (
    MOMENT,
    PURCHASES,
    channel_of,
    line_of,
    order_of,
    program_of,
    rule_of,
)

TILL = {"type": "order_metadata", "key": "till", "values": ["izmir", "ankara"]}
STORE = StoreRef(
    1, "https://shop.example/graphql/", "APP", "UTC", "en", "3.23", True, True, True, True, True
)
MARKED = {"type": "product_metadata", "key": "loyalty", "values": ["double"]}


def given(condition: dict[str, Any], facts: OrderFacts) -> tuple[int, list[dict[str, Any]]]:
    """What a rule under a condition gives, and why it does not."""
    decision = decide_order(
        program_of(rule_of({"type": "points_per_unit", "points": 7}, when=condition)), facts, "UTC"
    )
    return int(sum(one.points for one in decision.awards())), [
        one.reason for one in decision.misses
    ]


@pytest.mark.parametrize(
    ("metadata", "missing"),
    [
        ({"till": "izmir"}, None),
        ({"till": "ankara", "shift": "2"}, None),
        ({"till": "İzmir"}, "order_metadata"),
        ({"Till": "izmir"}, "order_metadata"),
        ({}, "order_metadata"),
    ],
)
def test_an_order_is_known_by_its_metadata(metadata: dict[str, str], missing: str | None) -> None:
    points, reasons = given(TILL, order_of(metadata=metadata))

    assert points == (0 if missing else 7)
    wanted = {"code": missing, "name": "till", "wanted": ["izmir", "ankara"]}
    assert reasons == ([wanted] if missing else [])


def test_without_values_the_key_has_to_be_there() -> None:
    condition = {"type": "order_metadata", "key": "till"}

    assert given(condition, order_of(metadata={"till": ""}))[0] == 7
    assert given(condition, order_of()) == (0, [{"code": "order_metadata_missing", "name": "till"}])


def test_each_line_has_the_metadata_of_its_product() -> None:
    facts = order_of(
        line_of(line_id="1", metadata={"loyalty": "double"}),
        line_of(line_id="2", metadata={"loyalty": "single"}),
        line_of(line_id="3", metadata={"loyalty": "double"}, quantity=2),
        metadata={"loyalty": "double"},
    )

    assert given(MARKED, facts)[0] == 21
    assert given({"type": "not", "of": MARKED}, facts)[0] == 7


@pytest.mark.parametrize("metadata", [None, {}])
def test_an_order_without_metadata_is_that_of_an_older_saleor(metadata: Any) -> None:
    told = order() if metadata is None else order(privateMetadata=[])

    facts = facts_of(told, Settings(), app_id="APP", paid_at=MOMENT)

    assert (facts.metadata, facts.lines[0].metadata) == ({}, {})


def an_order(**more: Any) -> OrderSnapshot:
    goods = line()
    goods["variant"]["product"]["metadata"] = [{"key": "loyalty", "value": "double"}]
    return order(
        goods,
        privateMetadata=[{"key": "till", "value": "izmir"}],
        metadata=[{"key": "till", "value": "forged"}],
        transactions=[paid()],
        **more,
    )


def test_public_metadata_of_an_order_is_not_read() -> None:
    facts = facts_of(an_order(), Settings(), app_id="APP", paid_at=MOMENT)

    assert facts.metadata == {"till": "izmir"}
    assert facts.lines[0].metadata == {"loyalty": "double"}


def test_a_checkout_is_seen_as_its_order_will_be() -> None:
    goods = line()
    product = goods["variant"]["product"] | {"metadata": [{"key": "loyalty", "value": "double"}]}
    found = preview_of(
        {
            "checkout": {
                "id": "C1",
                "channel": {
                    "slug": "default-channel",
                    "currencyCode": "USD",
                    "taxConfiguration": {"pricesEnteredWithTax": True},
                },
                "subtotalPrice": taxed(100),
                "shippingPrice": taxed(0),
                "totalPrice": taxed(100),
                "privateMetadata": [{"key": "till", "value": "izmir"}],
                "lines": [goods | {"variant": goods["variant"] | {"product": product}}],
            }
        }
    )
    assert found is not None

    facts = checkout_facts(found, Settings(), app_id="APP", now=MOMENT)

    assert given(TILL, facts)[0] == 7
    assert given(MARKED, facts)[0] == 7


def test_what_is_too_much_is_not_looked_at() -> None:
    many = {f"key-{number:04}": "x" for number in range(MOST_KEYS + 20)}

    assert len(looked_at(many)) == MOST_KEYS
    assert looked_at({"long": "x" * (LONGEST_VALUE + 1), "short": "x"}) == {"short": "x"}


@pytest.mark.parametrize(
    "wrong", [{"key": ""}, {"key": "a\nb"}, {"key": "a", "values": [""]}, {"key": "a", "value": 1}]
)
def test_what_no_metadata_could_be_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        OrderMetadata.model_validate({"type": "order_metadata"} | wrong)


@pytest.mark.parametrize("condition", [TILL, MARKED])
def test_rules_on_deeds_know_no_metadata(condition: dict[str, Any]) -> None:
    birthday = rule_of({"type": "points", "points": 1}, trigger="birthday", when=condition)

    with pytest.raises(ProgramInvalid) as failure:
        program_of(birthday)

    assert [one.code for one in problems_in(failure.value)] == ["condition_for_orders"]


def _program() -> Program:
    extra = {"type": "points_per_order", "points": 50}
    twice = {"type": "multiplier", "factor": "2"}
    return program_of(
        PURCHASES,
        rule_of(twice, "marked", when=MARKED),
        rule_of(extra, "till", scope="order", when=TILL),
        rule_of(extra, "no-till", scope="order", when={"type": "not", "of": TILL}),
    )


def test_where_metadata_is_not_known_its_rules_are_not_judged() -> None:
    unknown = frozenset((Fact.order_metadata, Fact.product_metadata))

    decision, unjudged = decide_as_known(_program(), order_of(), unknown, "UTC")

    assert unjudged == {
        "marked": {Fact.product_metadata},
        "till": {Fact.order_metadata},
        "no-till": {Fact.order_metadata},
    }
    assert {one.rule_id for one in decision.awards()} == {"purchases"}


def test_samples_of_past_orders_keep_no_metadata() -> None:
    sampled = sample(an_order(user=shopper()), STORE)
    assert sampled is not None
    told = str(sampled.to_json())
    assert "izmir" not in told
    assert "double" not in told

    tried = BackTest(_program(), "UTC")
    tried.add([sampled])

    [result] = tried.results()
    assert result.unjudged == {"marked", "till", "no-till"}


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "Till: it holds for orders whose private metadata till is izmir, ankara"),
        ("tr", "Till: özel till üst verisi izmir, ankara olan siparişlerde geçerli"),
    ],
)
def test_why_not_is_told(language: str, said: str) -> None:
    program = program_of(
        rule_of(
            {"type": "points_per_order", "points": 5},
            scope="order",
            when=TILL,
            name={"en": "Till", "tr": "Till"},
        )
    )
    [miss] = decide_order(program, order_of(), "UTC").misses

    told = explain_miss(miss.rule_id, miss.reason, language=language, program=program)

    assert told == said


def test_an_example_of_the_rule_has_its_metadata() -> None:
    usual = ExampleOrder(channel_of(), Decimal(100), Decimal(0))
    for rule in ("marked", "till"):
        told = rule_example(_program(), rule, [usual], now=MOMENT, timezone="UTC", language="en")
        assert told is not None
        assert "$100" in told
