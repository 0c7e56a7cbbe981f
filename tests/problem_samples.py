"""A document for each text that a program's problems have: by the code, with a dot its case."""

from typing import Any

from tests.claim_stage import CHANNEL, item_of
from tests.plugin_samples import if_line, if_plugin, then_plugin
from tests.problem_documents import (
    AMOUNT,
    BOTH,
    BOUGHT,
    FIVE,
    GIVEN,
    GOLD,
    ISSUE,
    LIMIT,
    LINE,
    MONEY,
    PRICE,
    RATING,
    TEN,
    asking,
    bonuses_document,
    choice_of,
    deed_document,
    event_rule_document,
    events_document,
    expert_document,
    gives_document,
    goodwill_document,
    late,
    level_of,
    lists,
    message_document,
    milestone_document,
    nested,
    question_of,
    rates_document,
    rewards_document,
    segments_document,
    spend,
    tiers_document,
    tiers_of,
    type_of,
    when_document,
)
from tests.program_samples import PURCHASES, RATES, document_of, rule_of
from tests.shipping_samples import FREE, offer_json, shipping_document

#: Documents of JSON values.
DOCUMENTS: dict[str, Any] = {
    "missing": {key: one for key, one in document_of().items() if key != "name"},
    "unknown_field": document_of(weather=[]),
    "unknown_field.near": rates_document(earn_rat={"points": 1, "money": "1"}),
    "unknown_type": when_document({"type": "on_sail"}),
    "type_missing": when_document({"value": True}),
    "too_many": document_of(*[rule_of(MONEY, f"rule-{number}") for number in range(103)]),
    "too_few": document_of(texts={}),
    "text_too_long": document_of(name="x" * 125),
    "text_too_short": document_of(name=" "),
    "bad_format": when_document(if_plugin("Gone Away")),
    "bad_format.identifier": document_of(rule_of(MONEY, "Rule One")),
    "bad_format.currency": rates_document(currency="usd"),
    "bad_format.country": when_document({"type": "country", "codes": ["usa"]}),
    "bad_format.locale": when_document({"type": "language", "codes": ["English"]}),
    "bad_format.spaces": when_document({"type": "channel", "slugs": ["my channel"]}),
    "bad_format.line": document_of(name="a\nb"),
    "bad_format.paragraphs": goodwill_document({"apology": {"en": "a\tb"}}),
    "bad_format.address": rewards_document(item_of("custom", picture="javascript:x")),
    "bad_format.icon": document_of(units=[{"code": "points", "icon": "AB"}]),
    "bad_format.name": events_document(type_of({**RATING, "name": "Rating"})),
    "bad_format.color": tiers_document({**GOLD, "color": "gold"}),
    "not_a_text": document_of(name=5),
    "too_small": document_of(settings={"availability": {"days": -1}}),
    "too_small.beyond": rates_document(earn_rate={"points": 1, "money": "0"}),
    "too_large": document_of(settings={"hold_out_percent": 51}),
    "too_many_places": tiers_document(level_of("gold", spend=spend(USD="5.001"))),
    "not_a_decimal": rates_document(earn_rate={"points": 1, "money": "one"}),
    "decimal_as_float": rates_document(earn_rate={"points": 1, "money": 1.5}),
    "not_a_whole_number": rates_document(earn_rate={"points": "1", "money": "1"}),
    "not_a_boolean": document_of({**PURCHASES, "enabled": "yes"}),
    "not_allowed": document_of(settings={"price_basis": "grosss"}),
    "too_large.beyond": when_document(if_plugin("acme.under", units=9)),
    "not_a_date": when_document({"type": "date_window", "end": "tomorrow"}),
    "not_a_list": document_of(currencies="USD"),
    "not_an_object": [],
    "too_deep": document_of(name=lists(50)),
    "not_json": document_of(name=float("nan")),
    "zero_character": document_of(name="a\x00b"),
    "format_newer": document_of(version=99),
    "document_too_large": document_of(name="x" * 300_000),
    "limit_missing": when_document({"type": "order_quantity"}, scope="order"),
    "limits_crossed": when_document({"type": "order_quantity", "min": 5, "max": 2}),
    "limits_crossed.days": rewards_document(
        item_of("custom", active_from="2027-02-02", active_until="2027-02-01")
    ),
    "hours_equal": when_document({"type": "hour", "start": 9, "end": 9}),
    "currency_twice": when_document(
        {"type": "order_value", "limits": [{"currency": "USD", "min": "1"}] * 2}
    ),
    "scope_order_needed": document_of(PURCHASES, rule_of(TEN)),
    "scope_line_needed": document_of(
        PURCHASES, rule_of({"type": "points_per_unit", "points": 1}, scope="order")
    ),
    "conditions_too_deep": when_document(nested(6)),
    "too_many_conditions": when_document(
        {"type": "all", "of": [{"type": "any", "of": [LINE] * 9}] * 7}
    ),
    "line_condition_on_order": document_of(PURCHASES, rule_of(TEN, scope="order", when=LINE)),
    "any_line_nested": document_of(
        PURCHASES,
        rule_of(
            TEN,
            scope="order",
            when={"type": "any_line", "of": {"type": "any_line", "of": LINE}},
        ),
    ),
    "rule_id_twice": document_of(PURCHASES, PURCHASES),
    "channel_twice": document_of(currencies=[RATES[0], RATES[0]]),
    "expiry_country_twice": document_of(
        settings={"expiry": {"exceptions": [{"countries": ["DE", "DE"], "months": None}]}}
    ),
    "expression_syntax": expert_document("order.subtotal >"),
    "expression_unknown_name": expert_document("order.subtotl > 5"),
    "expression_too_complex": expert_document(
        "line.categories.all(a, line.categories.all(b, line.categories.all(c, a == b && b == c)))"
    ),
    "expression_fails": expert_document("order.quantity / 0 > 1"),
    "expression_fails.not_a_boolean": expert_document("order.quantity"),
    "expression_fails.unknown_name": expert_document("cheap(order.quantity)"),
    "channel_unknown": rates_document(channel="channel-us"),
    "channel_currency_differs": rates_document(currency="EUR"),
    "channel_inactive": document_of(
        currencies=[*RATES, {**RATES[0], "channel": "asleep", "currency": "EUR"}]
    ),
    "currency_unknown": rates_document(channel="gone", currency="USX"),
    "earns_without_worth": rates_document(spend_rate=None),
    "gives_back_all": rates_document(spend_rate={"points": 1, "money": "1.01"}),
    "gives_back_much": rates_document(spend_rate={"points": 1, "money": "0.21"}),
    "nothing_earns": document_of(currencies=[]),
    "no_base_rule": document_of({**PURCHASES, "enabled": False}),
    "window_over": when_document({"type": "date_window", "end": "2026-11-26"}),
    "name_missing": document_of({**PURCHASES, "name": {"en": "Points"}}),
    "shipping_id_twice": shipping_document(FREE, FREE),
    "shipping_names": shipping_document({**FREE, "method_names": ["Post"]}),
    "shipping_names.missing": shipping_document({**FREE, "method": "named"}),
    "shipping_name_missing": shipping_document(offer_json()),
    "shipping_tier_unknown": shipping_document(
        offer_json(when={"type": "tier", "tiers": ["golden"]}), tiers=tiers_of(GOLD)
    ),
    "shipping_tier_unknown.off": shipping_document(
        offer_json(when={"type": "tier", "tiers": ["gold"]}), tiers=tiers_of(GOLD, enabled=False)
    ),
    "shipping_threshold_missing": shipping_document({**FREE, "thresholds": [LIMIT]}),
    "shipping_price_missing": shipping_document({**FREE, "prices": [PRICE]}),
    "minimum_order_twice": document_of(spending={"minimum_orders": [LIMIT, LIMIT]}),
    "minimum_not_a_step": document_of(spending={"minimum_points": 150, "step": 100}),
    "minimum_without_rate": document_of(
        currencies=[{**RATES[0], "spend_rate": None}], spending={"minimum_orders": [LIMIT]}
    ),
    "status_one_way": gives_document({"type": "status_points", "points": 1, "factor": "1"}),
    "status_one_way.missing": gives_document({"type": "status_points"}),
    "cap_missing": document_of({**PURCHASES, "caps": {}}),
    "cap_of_multiplier": document_of(
        PURCHASES, rule_of({"type": "multiplier", "factor": "2"}, caps={"per_order": 5})
    ),
    "cap_for_orders": deed_document(GIVEN, caps={"per_order": 5}),
    "effect_for_orders": deed_document(MONEY),
    "effect_for_deeds": gives_document(GIVEN),
    "condition_for_orders": deed_document(GIVEN, when={"type": "voucher_used"}),
    "on_for_deeds": document_of({**PURCHASES, "on": ["a"]}),
    "on_for_others": deed_document(GIVEN, on=["a"]),
    "on_not_a_year": deed_document(GIVEN, "anniversary", on=["often"]),
    "event_type_twice": events_document(type_of(), type_of()),
    "property_twice": events_document(type_of(RATING, RATING)),
    "property_of_two": events_document(type_of({"name": "yes", "kind": "bool", "min": 1})),
    "property_length": events_document(type_of({"name": "word", "kind": "string", "max": 9999})),
    "property_value_kind": events_document(type_of({**RATING, "allowed": ["good"]})),
    "property_one_way": asking(values=[5], min=1),
    "property_unasked": asking(),
    "condition_for_events": when_document({"type": "event_property", "name": "rating", "min": 1}),
    "plugin_effect_on_milestone": deed_document(
        then_plugin(), "milestone", milestone={"line": FIVE}
    ),
    "plugin_settings_large": when_document(if_plugin(units=2**60)),
    "plugin_kind_missing": when_document(if_plugin("gone.away")),
    "plugin_kind_missing.near": when_document(if_plugin("acme.enoguh")),
    "plugin_kind_not_for_line": when_document(if_line("acme.of-orders")),
    "plugin_kind_not_for_order": when_document(if_plugin("acme.of-lines")),
    "plugin_kind_not_for_deed": deed_document(GIVEN, when=if_plugin("acme.of-lines")),
    "plugin_kind_unit": document_of(PURCHASES, rule_of(then_plugin("acme.merit"))),
    "plugin_settings": when_document(if_plugin("acme.picky", units=13)),
    "plugin_says_nothing": when_document(if_plugin("acme.mute", units=3)),
    "options_needed": bonuses_document(choice_of("cat")),
    "options_unfit": bonuses_document(choice_of("cat", "dog") | {"kind": "text"}),
    "option_id_twice": bonuses_document(choice_of("cat", "cat")),
    "question_id_twice": bonuses_document(question_of(), question_of()),
    "question_text_missing": bonuses_document(question_of(text={"en": "Your pet?"})),
    "question_not_asked": deed_document(
        GIVEN, "question_answered", on=["pets"], bonuses={"questions": [question_of()]}
    ),
    "question_not_asked.off": deed_document(
        GIVEN, "question_answered", on=["pet"], bonuses={"questions": [question_of(enabled=False)]}
    ),
    "birthday_not_asked": deed_document(GIVEN),
    "reviews_not_own": events_document(type_of(purpose="review")),
    "event_name_missing": events_document(type_of() | {"name": {"en": "Visit"}}),
    "event_unknown": event_rule_document(type_of(), on=["visits"]),
    "event_closed": event_rule_document(type_of(enabled=False), on=["visit"]),
    "no_event_types": event_rule_document(),
    "event_rule_uncapped": event_rule_document(type_of(), caps=None),
    "event_property_unknown": event_rule_document(
        type_of(RATING), when={"type": "event_property", "name": "ratings", "min": 1}
    ),
    "event_property_never": asking(min=9),
    "goodwill_channel_twice": goodwill_document(
        late(channels=[{"channel": "default-channel", "days": 2}] * 2)
    ),
    "goodwill_worthless": goodwill_document(
        late(suggest=AMOUNT), currencies=[{**RATES[0], "spend_rate": None}]
    ),
    "goodwill_worthless.anywhere": goodwill_document(
        late(suggest={"type": "shipping"}), currencies=[]
    ),
    "goodwill_currency_missing": goodwill_document(late(suggest=AMOUNT)),
    "goodwill_budget_missing": goodwill_document(late(automatic=True)),
    "goodwill_automatic_bold": goodwill_document(
        {"complaint": {**late()["late_delivery"], "automatic": True}, "automatic_points": 100}
    ),
    "goodwill_apology_missing": goodwill_document({**late(), "apology": {"en": "Sorry."}}),
    "milestone_line": document_of(
        {**PURCHASES, "milestone": {"line": {"type": "orders", "min": 5}}}
    ),
    "milestone_line.missing": deed_document(GIVEN, "milestone"),
    "milestone_currency_unknown": milestone_document(
        {"type": "spend", "limits": [{"currency": "GBP", "min": "5"}]}
    ),
    "perk_message_locale": message_document("Thank you.", "en"),
    "perk_message_placeholder": message_document("Thank you, {{ name }}.", "en", "tr"),
    "cap_of_perk": document_of(PURCHASES, rule_of(ISSUE, scope="order", caps={"per_order": 5})),
    "perk_reward_unknown": gives_document(
        {**ISSUE, "reward": "rewards"}, rewards={"items": [item_of("custom")]}
    ),
    "perk_reward_needs_cart": gives_document(
        ISSUE, rewards={"items": [item_of({"type": "percent", "percent": 5}, cap="5")]}
    ),
    "perk_reward_off": gives_document(ISSUE, rewards={"items": [item_of("custom", enabled=False)]}),
    "perk_tier_unknown": gives_document(
        {"type": "set_tier", "tier": "golden", "days": 30}, tiers=tiers_of(GOLD)
    ),
    "perk_tiers_off": gives_document(
        {"type": "set_tier", "tier": "gold", "days": 30}, tiers=tiers_of(GOLD, enabled=False)
    ),
    "reward_id_twice": rewards_document(item_of("custom"), item_of("custom")),
    "reward_channel_twice": rewards_document(item_of("custom", channels=[CHANNEL, CHANNEL])),
    "reward_amount_missing": rewards_document(item_of("amount")),
    "reward_amount_unfit": rewards_document(item_of("custom", amount="3")),
    "reward_audience_empty": rewards_document(item_of("custom", who={})),
    "reward_sold_out": rewards_document(item_of("custom", stock=0)),
    "reward_generous": rewards_document(item_of("amount", 10, amount="5")),
    "reward_percent_open": rewards_document(item_of({"type": "percent", "percent": 20})),
    "reward_minimum_low": rewards_document(item_of("amount", amount="5", minimum="1")),
    "reward_note_missing": rewards_document(
        item_of({"type": "invitation", "notes": {"en": "Come at eight."}})
    ),
    "reward_name_missing": rewards_document(item_of("custom", names={"en": "A reward"})),
    "reward_tier_unknown": rewards_document(
        item_of("custom", who={"tiers": ["golden"]}), tiers=tiers_of(GOLD)
    ),
    "reward_tier_unknown.off": rewards_document(
        item_of("custom", who={"tiers": ["gold"]}), tiers=tiers_of(GOLD, enabled=False)
    ),
    "segment_id_twice": document_of(
        segments=[{"id": "vip", "names": BOTH, "rule": BOUGHT} for _ in range(2)]
    ),
    "segment_currency": segments_document(
        {"type": "rfm", "score": "recency", "currency": "USD", "min": 4}
    ),
    "segment_currency.missing": segments_document({"type": "rfm", "score": "monetary", "min": 4}),
    "segment_currency_unknown": segments_document({"type": "spend", "currency": "GBP", "min": "5"}),
    "segment_share_any": segments_document(
        {"type": "category_share", "category": "tea", "currency": "USD", "min": 0}
    ),
    "segment_tier_unknown": {
        **segments_document({"type": "tier", "tiers": ["golden"]}),
        "tiers": tiers_of(GOLD),
    },
    "segment_tier_unknown.off": {
        **segments_document({"type": "tier", "tiers": ["gold"]}),
        "tiers": tiers_of(GOLD, enabled=False),
    },
    "segment_unknown": {
        **when_document({"type": "segment", "segments": ["vips"]}),
        "segments": [{"id": "vip", "names": BOTH, "rule": BOUGHT}],
    },
    "segment_name_missing": segments_document(BOUGHT, names={"en": "VIP"}),
    "tier_id_twice": tiers_document(GOLD, GOLD),
    "tier_window_months": tiers_document(GOLD, window={"type": "lifetime", "months": 3}),
    "tier_window_months.missing": tiers_document(GOLD, window={"type": "rolling"}),
    "tier_empty": tiers_document(GOLD, level_of("platinum")),
    "tier_falls": tiers_document(GOLD, level_of("platinum", orders={"min": 2})),
    "tier_not_higher": tiers_document(GOLD, level_of("platinum", orders={"min": 3})),
    "tier_currency_missing": tiers_document(
        level_of("gold", spend=spend(USD="5", TRY="50")),
        level_of("platinum", spend=spend(USD="9")),
    ),
    "tier_currency_unknown": tiers_document(level_of("gold", spend=spend(GBP="5"))),
    "tier_unknown": {
        **when_document({"type": "tier", "tiers": ["golden"]}),
        "tiers": tiers_of(GOLD),
    },
    "tier_unknown.off": {
        **when_document({"type": "tier", "tiers": ["gold"]}),
        "tiers": tiers_of(GOLD, enabled=False),
    },
    "tier_name_missing": tiers_document({**GOLD, "names": {"en": "Gold"}}),
    "tiers_needed": deed_document(GIVEN, "tier_reached"),
    "status_not_earned": tiers_document(level_of("gold", status_points={"min": 5})),
}

#: Documents as text.
FILES = {
    "yaml_syntax": "name: [",
    "yaml_syntax.character": "version: 1\nname: \x07",
    "yaml_anchor": "name: &anchor x",
    "yaml_tag": "name: !!str x",
    "yaml_key": "? [a]\n: b",
    "yaml_key_twice": "name: a\nname: b",
}
