"""Documents with one part of interest each, for problems to be found in."""

from typing import Any

from tests.program_samples import PURCHASES, RATES, document_of, rule_of

MONEY = {"type": "points_per_money"}
TEN = {"type": "points_per_order", "points": 10}
GIVEN = {"type": "points", "points": 10}
PRICE = {"channel": "default-channel", "currency": "USD", "price": "1"}
LIMIT = {"channel": "default-channel", "currency": "USD", "money": "5"}
BOTH = {"en": "It", "tr": "O"}
LINE = {"type": "on_sale"}


def rates_document(**values: Any) -> dict[str, Any]:
    return document_of(currencies=[{**RATES[0], **values}, RATES[1]])


def when_document(condition: dict[str, Any], **values: Any) -> dict[str, Any]:
    return document_of(PURCHASES, rule_of(MONEY, when=condition, **values))


def deed_document(then: dict[str, Any], trigger: str = "birthday", **values: Any) -> dict[str, Any]:
    more = {name: values.pop(name) for name in ("bonuses", "events") if name in values}
    return document_of(PURCHASES, rule_of(then, trigger=trigger, **values), **more)


def expert_document(cel: str) -> dict[str, Any]:
    return when_document({"type": "expression", "cel": cel})


def nested(levels: int) -> dict[str, Any]:
    condition: dict[str, Any] = LINE
    for _ in range(levels):
        condition = {"type": "not", "of": condition}
    return condition


def lists(levels: int) -> Any:
    return [lists(levels - 1)] if levels else []


def rewards_document(*items: dict[str, Any], **values: Any) -> dict[str, Any]:
    return document_of(rewards={"items": list(items)}, **values)


def level_of(level_id: str, **requirements: Any) -> dict[str, Any]:
    return {"id": level_id, "names": BOTH, "requirements": requirements}


GOLD = level_of("gold", orders={"min": 3})


def tiers_of(*levels: dict[str, Any], enabled: bool = True, **values: Any) -> dict[str, Any]:
    window = {"type": "rolling", "months": 12}
    return {"enabled": enabled, "window": window, "levels": list(levels), **values}


def tiers_document(*levels: dict[str, Any], **values: Any) -> dict[str, Any]:
    return document_of(tiers=tiers_of(*levels, **values))


def spend(**limits: str) -> dict[str, Any]:
    return {"limits": [{"currency": name, "min": amount} for name, amount in limits.items()]}


def segments_document(rule: dict[str, Any], **values: Any) -> dict[str, Any]:
    return document_of(segments=[{"id": "vip", "names": BOTH, "rule": rule, **values}])


FIVE = {"type": "orders", "min": 5}
BOUGHT = {"type": "orders", "min": 2}


def question_of(**values: Any) -> dict[str, Any]:
    return {"id": "pet", "text": BOTH, "kind": "text", **values}


def bonuses_document(*questions: dict[str, Any]) -> dict[str, Any]:
    return document_of(bonuses={"questions": list(questions)})


def choice_of(*ids: str, **values: Any) -> dict[str, Any]:
    options = [{"id": one, "label": BOTH} for one in ids]
    return question_of(kind="choice", options=options, **values)


def type_of(*properties: dict[str, Any], **values: Any) -> dict[str, Any]:
    return {"id": "visit", "name": BOTH, "properties": list(properties), **values}


def events_document(*types: dict[str, Any]) -> dict[str, Any]:
    return document_of(events={"types": list(types)})


RATING = {"name": "rating", "kind": "int", "min": 1, "max": 5}
CAP = {"per_member": {"times": 1, "period": "day"}}


def event_rule_document(*types: dict[str, Any], **values: Any) -> dict[str, Any]:
    values = {"caps": CAP, **values}
    return deed_document(GIVEN, "custom_event", events={"types": list(types)}, **values)


def asking(**values: Any) -> dict[str, Any]:
    return event_rule_document(
        type_of(RATING), when={"type": "event_property", "name": "rating", **values}
    )


AMOUNT = {"type": "amount", "amounts": [{"currency": "USD", "amount": "5"}]}


def late(**values: Any) -> dict[str, Any]:
    return {"late_delivery": {"suggest": {"type": "points", "points": 5}, **values}}


def goodwill_document(section: dict[str, Any], **values: Any) -> dict[str, Any]:
    return document_of(goodwill=section, **values)


def milestone_document(line: dict[str, Any]) -> dict[str, Any]:
    return deed_document(GIVEN, "milestone", milestone={"line": line})


def message_document(text: str, *locales: str) -> dict[str, Any]:
    texts = {locale: {"title": "Thanks", "body": text} for locale in locales}
    return document_of(PURCHASES, rule_of({"type": "message", "texts": texts}, scope="order"))


def gives_document(then: dict[str, Any], **values: Any) -> dict[str, Any]:
    return document_of(PURCHASES, rule_of(then, scope="order"), **values)


ISSUE = {"type": "issue_reward", "reward": "reward"}
