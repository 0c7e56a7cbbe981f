"""What is left to do is decided from the books alone."""

from dataclasses import replace

import pytest

from saleor_loyalty_app.api.dashboard.start_steps import Evidence, StepKey, steps

NOTHING = Evidence(
    described=False, channels=(), lacking=("MANAGE_ORDERS",), drafted=False, staff_saved=False,
    tried_out=False, published=False, rated=(), origins=False, shoppers=False, mail_tested=False,
)  # fmt: skip
USD, EUR = ("default", "USD"), ("b2b", "EUR")
PROPOSED = replace(
    NOTHING, described=True, channels=(USD, EUR), lacking=(), drafted=True, rated=(USD,)
)


def done(evidence: Evidence) -> set[StepKey]:
    return {step.key for step in steps(evidence) if step.done}


def missing(evidence: Evidence, key: StepKey) -> tuple[str, ...]:
    return next(step.missing for step in steps(evidence) if step.key is key)


def test_with_nothing_in_the_books_nothing_is_done() -> None:
    assert done(NOTHING) == set()
    assert missing(NOTHING, StepKey.permissions) == ("MANAGE_ORDERS",)
    assert missing(NOTHING, StepKey.rates_confirmed) == ()


def test_they_come_in_their_order() -> None:
    assert [step.key for step in steps(NOTHING)] == list(StepKey)


def test_a_proposal_alone_is_no_confirmation() -> None:
    assert done(PROPOSED) == {StepKey.store_connected, StepKey.permissions}
    assert missing(PROPOSED, StepKey.rates_confirmed) == ("b2b (EUR)",)


def test_a_store_without_channels_is_not_connected() -> None:
    assert StepKey.store_connected not in done(replace(PROPOSED, channels=()))


def test_trying_it_out_is_looking_at_it_but_confirms_no_rates() -> None:
    assert done(replace(PROPOSED, tried_out=True)) - done(PROPOSED) == {StepKey.draft_seen}


def test_saving_confirms_rates_only_where_each_channel_has_them() -> None:
    saved = replace(PROPOSED, staff_saved=True)
    assert StepKey.rates_confirmed not in done(saved)
    assert StepKey.rates_confirmed in done(replace(saved, rated=(USD, EUR)))


def test_publishing_confirms_and_still_names_who_earns_nothing() -> None:
    live = replace(PROPOSED, published=True)
    assert {StepKey.draft_seen, StepKey.rates_confirmed, StepKey.published} <= done(live)
    assert missing(live, StepKey.rates_confirmed) == ("b2b (EUR)",)


@pytest.mark.parametrize(
    ("change", "step"),
    [
        ({"origins": True}, StepKey.storefront_connected),
        ({"shoppers": True}, StepKey.storefront_connected),
        ({"mail_tested": True}, StepKey.mail_tested),
    ],
)
def test_the_rest_needs_its_own_evidence(change: dict[str, bool], step: StepKey) -> None:
    assert done(replace(PROPOSED, **change)) - done(PROPOSED) == {step}  # type: ignore[arg-type]
