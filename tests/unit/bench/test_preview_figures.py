"""What is measured of previews: a program as full as it may be, and true questions about a cart."""

import json

from bench import hundred_rules
from bench.preview import OF_SHOPPERS, cases, figures_in_process, request, staff_token
from bench.scene import API_URL, APP_ID, NOW
from bench.signing import Signer
from saleor_loyalty_app.api.dashboard.program_schemas import TryInput
from saleor_loyalty_app.api.storefront.estimate_schemas import EstimateInput
from saleor_loyalty_app.clock import system_clock
from saleor_loyalty_app.programs.decide import decide_order
from saleor_loyalty_app.programs.problems import read_program
from saleor_loyalty_app.programs.unknown_facts import decide_as_known
from saleor_loyalty_app.saleor.keys import KeySet
from saleor_loyalty_app.saleor.tokens import verify_staff


def test_a_hundred_rules_are_on_and_most_have_a_hand_in_the_cart() -> None:
    program = read_program(hundred_rules.document())
    assert len([rule for rule in program.earning.rules if rule.enabled]) == 100
    order = hundred_rules.order(NOW)
    decision = decide_order(program, order, "UTC", hundred_rules.member(NOW))
    at_work = {rule for award in decision.awards() for rule in award.rule_ids}
    assert len(decision.line_awards) == hundred_rules.LINES
    assert len(at_work) > 60
    assert len(at_work) + len(decision.misses) >= 100
    assert not [one for one in decision.misses if one.reason["code"] == "expression_failed"]
    _, unjudged = decide_as_known(program, order, OF_SHOPPERS, "UTC")
    assert unjudged


def test_the_app_reads_what_is_sent_and_who_sends_it() -> None:
    assert len(EstimateInput.model_validate(hundred_rules.estimate_body()).lines) == 20
    trial = TryInput.model_validate(hundred_rules.trial_body())
    assert trial.cart is not None
    assert len(trial.cart.lines) == 20
    signer = Signer()
    sent = request("/x", {"a": 1}, token=staff_token(signer))
    head, _, body = sent.partition(b"\r\n\r\n")
    assert json.loads(body) == {"a": 1}
    token = head.partition(b"Bearer ")[2].partition(b"\r\n")[0].decode()
    keys = KeySet.from_jwks(signer.jwks)
    claims = verify_staff(token, keys, issuer=API_URL, app_id=APP_ID, now=system_clock())
    assert claims.user_permissions == {"MANAGE_DISCOUNTS"}


def test_the_median_of_the_rounds_is_held_against_the_limit() -> None:
    rounds = ([1.0] * 19 + [9.0], [2.0] * 20, [4.0] * 20)
    found = {"a decision": [[(whole, whole / 2) for whole in times] for times in rounds]}
    held, cold = figures_in_process(found, 31.0)
    assert (held.value, held.ratio, held.reached) == (4.0, 0.4, True)
    assert held.notes == {"p50": 2.0, "of it the processor": 1.0}
    assert (cold.value, cold.reached) == (31.0, None)
    assert len(cases(read_program(hundred_rules.document()))) == 2
