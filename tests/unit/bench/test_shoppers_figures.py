"""What is told of shoppers: what is ours by p95, what waits for Saleor apart, and what is left."""

import os
import time

from bench.aftermath import Aftermath
from bench.shoppers import Used, figures
from bench.shopping import Found
from bench.usage import processor_seconds

CLEAN = Aftermath({"attached": 2, "released": 1}, drifting=0, half_done=0, outliving=0, missing=0)
USED = Used({"two web processes": 5.0}, waited=0.6)


def found(**calls: list[tuple[float, float, int]]) -> Found:
    made = Found.of(
        {
            "calls": calls,
            "refusals": {"not_enough_points": 1},
            "faults": [],
            "deeds": {"redeemed": 3, "undone": 1},
            "seconds": 20.0,
            "processor": 0.5,
        }
    )
    assert made.refusals["not_enough_points"] == 1
    return made


def test_own_answers_are_judged_by_the_median_of_the_rounds_and_others_are_not() -> None:
    quick = [(second * 0.1, 10.0, 200) for second in range(200)]
    slow = [(12.0 + second * 0.01, 200.0, 200) for second in range(150)]
    shown = found(me=quick + slow, redeem=[(1.0, 400.0, 201), (2.0, 500.0, 201)])
    told = {one.name: one for one in figures(shown, USED, CLEAN, rounds=2, seconds=10)}
    own = told["200 shoppers: what the app answers by itself"]
    assert own.rounds == [10.0, 200.0]
    assert (own.value, own.reached) == (105.0, False)
    waiting = told["what waits for Saleor"]
    assert (waiting.value, waiting.reached) == (500.0, None)
    assert waiting.notes["p50"] == 500.0
    assert waiting.notes["of it ours, mean"] == 150.0
    assert told["processor, two web processes"].value == 25.0
    assert told["accounts that drift"].reached is True


def test_what_is_left_behind_is_a_missed_target() -> None:
    left = Aftermath({"attached": 1}, drifting=0, half_done=1, outliving=0, missing=0)
    assert CLEAN.is_sound
    assert not left.is_sound
    shown = found(me=[(0.1, 5.0, 200)], redeem=[(0.1, 90.0, 201)])
    told = {one.name: one.reached for one in figures(shown, USED, left, rounds=1, seconds=20)}
    assert told["redemptions left half-done"] is False
    assert told["codes that outlive their redemption"] is True


def test_the_processor_time_of_a_process_grows_as_it_works() -> None:
    before, end = processor_seconds(os.getpid()), time.process_time() + 0.05
    while time.process_time() < end:
        pass
    assert processor_seconds(os.getpid()) > before
