"""The catalog in the program: what is wrong with it, and what changes, in words."""

from datetime import date
from typing import Any

import pytest

from saleor_loyalty_app.programs.diff import differences
from saleor_loyalty_app.programs.problems import document_problems, read_program
from saleor_loyalty_app.programs.validate import check_program
from saleor_loyalty_app.stores.refs import ChannelRef
from tests.claim_stage import item_of
from tests.program_samples import document_of, program_of

WEB = ChannelRef(
    slug="default-channel",
    name="Web",
    currency="USD",
    active=True,
    default_country="US",
    countries=("US",),
    prices_entered_with_tax=True,
    display_gross_prices=True,
)


def with_rewards(*items: dict[str, Any], **document: Any) -> dict[str, Any]:
    return document_of(rewards={"items": list(items)}, **document)


def test_a_document_without_rewards_keeps_its_digest() -> None:
    assert "rewards" not in program_of().document
    item = read_program(with_rewards(item_of("custom"))).document["rewards"]["items"][0]
    assert not {"stock", "limit", "who", "active_from", "picture"} & set(item)


@pytest.mark.parametrize(
    ("items", "code", "path"),
    [
        ([item_of("amount")], "reward_amount_missing", "rewards.items[0]"),
        ([item_of("custom", amount="3")], "reward_amount_unfit", "rewards.items[0]"),
        ([item_of("percent")], "missing", "rewards.items[0].gift.percent"),
        ([item_of("nothing")], "unknown_type", "rewards.items[0].gift"),
        ([item_of("custom"), item_of("custom")], "reward_id_twice", "rewards"),
        ([item_of("custom", who={})], "reward_audience_empty", "rewards.items[0].who"),
        ([item_of("custom", points=0)], "too_small", "rewards.items[0].points"),
        ([item_of("custom", channels=[])], "too_few", "rewards.items[0].channels"),
        (
            [item_of("custom", active_from="2027-02-02", active_until="2027-02-01")],
            "limits_crossed",
            "rewards.items[0]",
        ),
        ([item_of("custom", picture="javascript:x")], "bad_format", "rewards.items[0].picture"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(
    items: list[dict[str, Any]], code: str, path: str
) -> None:
    [problem] = document_problems(with_rewards(*items))
    assert (problem.code, problem.path) == (code, path)
    for language in ("en", "tr"):
        assert "program_problem." not in problem.in_words(language)


def test_what_does_not_fit_the_store_is_told_all_at_once() -> None:
    elsewhere = {"channel": "gone", "currency": "USD", "worth": "1"}
    program = read_program(
        with_rewards(
            item_of("amount", 10, amount="5.001", minimum="1", who={"tiers": ["gold"]}, stock=0),
            item_of("custom", id="old", channels=[elsewhere], active_until="2020-01-01"),
        )
    )
    found = check_program(program, [WEB], today=date(2027, 1, 1))
    mine = [one for one in found if one.path.startswith("rewards")]
    assert {one.code for one in mine} == {
        "too_many_places",
        "channel_unknown",
        "reward_generous",
        "reward_minimum_low",
        "reward_tier_unknown",
        "reward_sold_out",
        "window_over",
    }
    for one in mine:
        for language in ("en", "tr"):
            assert "program_problem." not in one.in_words(language)


@pytest.mark.parametrize(
    ("values", "warned"),
    [
        ({}, True),
        ({"worth": "4"}, True),
        ({"cap": "20"}, False),
        ({"minimum": "50"}, False),
    ],
)
def test_a_percentage_without_a_limit_and_without_a_minimum_is_warned_of(
    values: dict[str, Any], warned: bool
) -> None:
    item = item_of({"type": "percent", "percent": 30}, **values)
    found = check_program(read_program(with_rewards(item)), [WEB], today=date(2027, 1, 1))
    mine = [one for one in found if one.code == "reward_percent_open"]
    assert [(one.path, one.severity) for one in mine] == (
        [("rewards.items[0].channels[0].cap", "warning")] if warned else []
    )
    for one in mine:
        english, turkish = (one.in_words(language) for language in ("en", "tr"))
        assert "takes 30% off a cart of any price, without a limit" in english
        assert "sınırsız %30 indirim" in turkish


@pytest.mark.parametrize("language", ["en", "tr"])
def test_what_changes_is_told_in_words(language: str) -> None:
    before = read_program(
        with_rewards(item_of("amount", amount="5"), item_of("shipping", id="post"))
    )
    after = read_program(
        with_rewards(
            item_of("custom", id="mug", limit={"times": 1, "period": "ever"}),
            item_of("amount", 600, amount="5", stock=4, who={"member_days": 30}, enabled=False),
        )
    )
    told = {one.code: one.text for one in differences(before, after, language)}
    assert {"reward_removed", "reward_added", "reward_terms", "reward_disabled"} <= {*told}
    assert all("change." not in one and "catalog." not in one for one in told.values())
    assert differences(after, after, language) == []
