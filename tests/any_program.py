"""Programs with all sections at once, and campaigns beside them, as Hypothesis draws them.

They name kinds of plugins, good and bad ones: who decides them uses `tests.plugin_samples.KINDS`.
"""

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from tests.order_books import program
from tests.order_samples import START
from tests.plugin_samples import if_plugin, then_plugin

BASE: dict[str, Any] = {"id": "base", "then": {"type": "points_per_money"}}
BIRTHDAY: dict[str, Any] = {
    "id": "birthday",
    "trigger": "birthday",
    "then": {"type": "points", "points": 50},
}
GOLD = {"type": "tier", "tiers": ["gold"]}
SPENDERS = {"type": "segment", "segments": ["spenders"]}
#: The reward that members take, and that staff hand over.
MUG, STOCK = "mug", 2
REWARD: dict[str, Any] = {
    "id": MUG,
    "names": {"en": "A mug", "tr": "Bir kupa"},
    "gift": {"type": "custom"},
    "points": 60,
    "channels": [{"channel": "default-channel", "currency": "USD"}],
    "stock": STOCK,
}
#: Deeds that befall a member, with what a rule on them is narrowed to.
DEEDS = {
    "account_confirmed": "",
    "birthday": "",
    "anniversary": "",
    "question_answered": "size",
}

#: What a line of an order costs.
GROSS = st.lists(st.decimals("0.01", "300", places=2).map(str), min_size=1, max_size=3)
CONDITIONS = st.sampled_from(
    [
        None,
        GOLD,
        SPENDERS,
        {"type": "not", "of": SPENDERS},
        {"type": "tag", "tags": ["fan"]},
        {"type": "member_orders", "min": 1},
        {"type": "member_since", "max": 400},
        {"type": "nth_order", "every": 2},
        {"type": "not", "of": {"type": "order_metadata", "key": "till"}},
        {"type": "expression", "cel": "member.orders < 2 || member.tier == 'gold'"},
        if_plugin(units=3),
        {"type": "not", "of": {"type": "any", "of": [if_plugin("acme.raising"), GOLD]}},
        if_plugin("gone.away"),
    ]
)
EFFECTS: st.SearchStrategy[tuple[str, dict[str, Any]]] = st.sampled_from(
    [
        ("line", {"type": "points_per_money"}),
        ("line", {"type": "points_per_unit", "points": 7}),
        ("order", {"type": "points_per_order", "points": 33}),
        ("line", {"type": "multiplier", "factor": "2.5"}),
        ("order", {"type": "status_points", "points": 5}),
        ("line", {"type": "status_points", "factor": "0.3"}),
        ("line", then_plugin(most=20, points=9)),
        ("order", then_plugin("acme.half")),
        ("order", then_plugin("acme.merit") | {"unit": "status"}),
        ("line", then_plugin("acme.gives-negative")),
        ("order", {"type": "issue_reward", "reward": MUG}),
        ("order", {"type": "set_tier", "tier": "gold", "days": 3}),
        ("order", {"type": "tag", "tag": "fan"}),
        ("order", {"type": "message", "texts": {"en": {"title": "Hello", "body": "Thank you."}}}),
    ]
)
#: What is capped by times alone.
TIMES_ONLY = ("multiplier", "issue_reward", "set_tier", "tag", "message")
TIMES = {"per_member": {"times": 1, "period": "month"}}
CAPS = st.sampled_from(
    [None, TIMES, {"per_member": {"points": 400, "period": "year"}}, {"per_order": 50}]
)
LINES = st.sampled_from(
    [
        {"type": "orders", "min": 2},
        {"type": "points", "min": 300},
        {"type": "spend", "limits": [{"currency": "USD", "min": "150"}]},
    ]
)
SPEND = st.sampled_from(["20", "90", "250"])


def _with(rule: dict[str, Any], **more: Any) -> dict[str, Any]:
    return rule | {name: value for name, value in more.items() if value is not None}


@st.composite
def order_rules(draw: st.DrawFn, number: int) -> dict[str, Any]:
    """A rule on orders with any condition, effect and cap."""
    scope, then = draw(EFFECTS)
    caps = draw(CAPS)
    if then["type"] in TIMES_ONLY and caps is not None:
        caps = TIMES
    rule = {"id": f"rule-{number}", "scope": scope, "then": then, "when": draw(CONDITIONS)}
    return _with(rule, caps=caps)


@st.composite
def deed_rules(draw: st.DrawFn) -> dict[str, Any]:
    """The rule of birthdays, for everybody or a tier."""
    return BIRTHDAY | {"when": draw(st.sampled_from([None, GOLD])), "caps": TIMES}


@st.composite
def milestones(draw: st.DrawFn, number: int) -> dict[str, Any]:
    """A rule that waits for a line, whose perk stays with a refund or goes with it."""
    return {
        "id": f"line-{number}",
        "trigger": "milestone",
        "milestone": {
            "line": draw(LINES),
            "keep": draw(st.booleans()),
            "retroactive": draw(st.booleans()),
        },
        "then": draw(
            st.sampled_from(
                [{"type": "points", "points": 500}, {"type": "status_points", "points": 9}]
            )
        ),
    }


@st.composite
def happening_rules(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Rules on what befalls members, what other systems report, and a tier that is reached."""
    rules = [
        _with(
            {
                "id": trigger.replace("_", "-"),
                "trigger": trigger,
                "then": {"type": "points", "points": draw(st.integers(1, 90))},
            },
            on=[about] if about else None,
            caps=draw(st.sampled_from([None, TIMES])),
        )
        for trigger, about in DEEDS.items()
        if draw(st.booleans()) or trigger == "account_confirmed"
    ]
    visits: dict[str, Any] = {
        "id": "visits",
        "trigger": "custom_event",
        "on": ["visit"],
        "then": draw(st.sampled_from([{"type": "points", "points": 20}, then_plugin(points=11)])),
        "when": draw(st.sampled_from([None, SPENDERS, GOLD, if_plugin(units=1)])),
        "caps": {"per_member": {"times": 2, "period": "day"}},
    }
    reached: dict[str, Any] = {
        "id": "reached",
        "trigger": "tier_reached",
        "on": ["gold"],
        "then": {"type": "status_points", "points": 4},
    }
    return [*rules, visits, reached]


@st.composite
def documents(draw: st.DrawFn, *, policy: str = "within_balance") -> dict[str, Any]:
    """A document in which every section says something."""
    silver, gold = sorted([draw(SPEND), draw(SPEND)], key=int)
    tiers = [
        _with(
            {
                "id": name,
                "names": {"en": name.title()},
                "requirements": {"spend": {"limits": [{"currency": "USD", "min": least}]}},
                "multiplier": draw(st.sampled_from(["1", "1.5", "2"])),
            },
            entry_points=draw(st.sampled_from([None, 40])),
            keep=draw(st.sampled_from([None, False])),
        )
        for name, least in (("silver", silver), ("gold", str(int(gold) + 1)))
    ]
    settings = {
        "availability": {"after": "payment", "days": 0},
        "refund_policy": policy,
        "earn_on_shipping": draw(st.booleans()),
    }
    rules = [draw(order_rules(number)) for number in (1, 2)]
    rules += [draw(milestones(number)) for number in (1, 2)]
    rules += draw(happening_rules())
    return program(**settings) | {
        "earning": {"rules": [BASE, *rules], "stacking": draw(st.sampled_from(["sum", "best"]))},
        "tiers": {"enabled": True, "levels": tiers},
        "segments": [
            {
                "id": "spenders",
                "names": {"en": "Spenders"},
                "rule": {"type": "spend", "currency": "USD", "min": draw(SPEND)},
            }
        ],
        "bonuses": {
            "birthdays": {"asked": True},
            "questions": [{"id": "size", "text": {"en": "Size?"}, "kind": "number"}],
        },
        "events": {"types": [{"id": "visit", "name": {"en": "Visit"}}]},
        "rewards": {"items": [REWARD]},
    }


@st.composite
def campaigns(draw: st.DrawFn) -> dict[str, Any]:
    """Terms of points times N while the orders were made, with a budget or without."""
    budget = draw(
        st.none()
        | st.builds(
            lambda points, then: {"points": points, "when_reached": then},
            st.integers(1, 900),
            st.sampled_from(["warn", "reduce", "stop"]),
        )
    )
    terms = {
        "kind": "points",
        "name": "More",
        "texts": {"en": {"title": "More"}},
        "starts_at": (START - timedelta(days=2)).isoformat(),
        "ends_at": (START + timedelta(days=2)).isoformat(),
        "times": draw(st.sampled_from(["1.25", "2", "3"])),
        "fixed_points": draw(st.booleans()),
        "audience": draw(st.sampled_from([{}, {"tiers": ["silver"]}, {"segments": ["spenders"]}])),
    }
    limit = draw(st.sampled_from([None, {"times": 1}, {"points": 250}, {"points": 90, "times": 3}]))
    return _with(terms, budget=budget, per_member=limit)
