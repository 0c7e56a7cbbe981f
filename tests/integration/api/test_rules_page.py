"""The page of the earning rules: the store's catalog, rules as sentences, what they gave."""

from typing import Any

import httpx
import pytest

from saleor_loyalty_app.programs import plugin_kinds
from saleor_loyalty_app.programs.plugin_kinds import Kinds
from saleor_loyalty_app.stores.refs import StoreRef
from tests.api_edge import ApiEdge, Data
from tests.plugin_samples import (
    condition,
    effect,
    enough,
    for_each,
    if_plugin,
    then_plugin,
)
from tests.program_samples import PURCHASES, document_of, rule_of

API = "/api/dashboard/v1"
SHIRTS = {"id": "Q2F0ZWdvcnk6MQ==", "slug": "shirts", "name": "Shirts", "parent": {"name": "Wear"}}
AGENT = {"user_permissions": ["MANAGE_ORDERS", "MANAGE_USERS"]}


def connection(field: str, *nodes: Data, more: bool = False) -> Data:
    edges = [{"node": node} for node in nodes]
    return {field: {"edges": edges, "pageInfo": {"hasNextPage": more}}}


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_the_catalog_is_searched_in_the_store(edge: ApiEdge, store: StoreRef) -> None:
    seen: list[Data] = []

    def answer(variables: Data) -> Data:
        seen.append(variables)
        return connection("categories", SHIRTS, more=True)

    edge.saleor.answers["CatalogCategories"] = answer
    found = edge.get(f"{API}/catalog?kind=category&search=%20Shi%20&first=5", edge.staff(store))
    item = {"kind": "category", "reference": "shirts", "name": "Shirts", "detail": "Wear"}
    assert found.json() == {"items": [item], "more": True}
    assert seen == [{"first": 5, "filter": {"search": "Shi"}}]


def test_whoever_may_not_change_the_program_reads_names_and_does_not_search(
    edge: ApiEdge, store: StoreRef
) -> None:
    edge.saleor.answers["CatalogCategories"] = connection("categories", SHIRTS)
    agent = edge.staff(store, **AGENT)
    refused = edge.get(f"{API}/catalog?kind=category", agent)
    assert told(refused) == (403, "missing_user_permission")
    body = {"category": ["shirts", "gone"]}
    assert edge.send("POST", f"{API}/catalog/names", agent, body).json() == {
        "items": [{"kind": "category", "reference": "shirts", "name": "Shirts", "detail": "Wear"}],
        "missing": [{"kind": "category", "reference": "gone"}],
    }


def test_a_store_that_does_not_answer_is_told_as_such(edge: ApiEdge, store: StoreRef) -> None:
    edge.saleor.answers["CatalogProducts"] = httpx.Response(502)
    headers = edge.staff(store) | {"Accept-Language": "tr"}
    answer = edge.get(f"{API}/catalog?kind=product&search=x", headers)
    assert told(answer) == (503, "saleor_unavailable")
    names = edge.send("POST", f"{API}/catalog/names", headers, {"product": ["x"]})
    assert told(names) == (503, "saleor_unavailable")


@pytest.mark.parametrize(
    "body",
    [
        {"category": ["x"] * 301},
        {"category": ["x"] * 200, "product": ["y"] * 200},
        {"category": ["two\nlines"]},
        {"categories": ["x"]},
    ],
)
def test_names_of_too_many_or_strange_references_are_refused(
    edge: ApiEdge, store: StoreRef, body: Data
) -> None:
    answer = edge.send("POST", f"{API}/catalog/names", edge.staff(store), body)
    assert told(answer) == (422, "request_invalid")
    assert edge.saleor.asked == []


def test_rules_are_said_with_the_names_given_and_unfinished_ones_are_not(
    edge: ApiEdge, store: StoreRef
) -> None:
    rule: dict[str, Any] = {
        "id": "shirts",
        "when": {"type": "category", "slugs": ["shirts"]},
        "then": {"type": "multiplier", "factor": "2"},
    }
    unfinished = {**rule, "when": {"type": "category", "slugs": []}}
    body = {"rules": [rule, unfinished, {}], "names": {"category": {"shirts": "Shirts"}}}
    headers = edge.staff(store) | {"Accept-Language": "tr"}
    answer = edge.send("POST", f"{API}/rules/sentences", headers, body)
    [sentence, *others] = answer.json()["sentences"]
    assert sentence.endswith("iki katı sayılır; koşul: ürün “Shirts” kategorisinde veya altında.")
    assert others == [None, None]


def test_rules_nested_beyond_reason_are_refused(edge: ApiEdge, store: StoreRef) -> None:
    deep: dict[str, Any] = {"type": "on_sale"}
    for _ in range(200):
        deep = {"type": "not", "of": deep}
    answer = edge.send(
        "POST", f"{API}/rules/sentences", edge.staff(store), {"rules": [{"id": "x", "when": deep}]}
    )
    assert told(answer) == (422, "program_invalid")


FITTING = [
    ({"type": "weekday", "days": ["sat"]}, "on a Saturday at 12:00"),
    ({"type": "hour", "start": 22, "end": 2}, "at 22:00"),
    ({"type": "order_value", "limits": [{"currency": "USD", "min": "500"}]}, "$500.00"),
    ({"type": "any_line", "of": {"type": "category", "slugs": ["shirts"]}}, "50 points"),
    ({"type": "all", "of": [{"type": "nth_order", "every": 5}, {"type": "on_sale"}]}, "50 points"),
]


@pytest.mark.parametrize(("when", "said"), FITTING, ids=lambda one: str(one)[:30])
def test_a_rule_is_worked_out_on_an_order_that_fits_it(
    edge: ApiEdge, store: StoreRef, when: dict[str, Any], said: str
) -> None:
    bonus = {"id": "bonus", "scope": "order", "when": when,
             "then": {"type": "points_per_order", "points": 50}}  # fmt: skip
    if "on_sale" in str(when):
        bonus |= {"scope": "line", "then": {"type": "points_per_unit", "points": 50}}
    body = {"document": document_of(PURCHASES, bonus), "rule": "bonus"}
    answer = edge.send("POST", f"{API}/rules/example", edge.staff(store), body)
    assert answer.status_code == 200, answer.text
    assert said in answer.json()["text"]
    assert "50 points of them by this rule" in answer.json()["text"]


@pytest.mark.parametrize(
    ("rule", "english", "turkish"),
    [
        (
            {"then": {"type": "status_points", "points": 1}, "scope": "order"},
            "earns 26 status points, 1 status point of them by this rule.",
            "26 statü puanı kazandırır; bunun 1 statü puanı kadarı bu kuraldan.",
        ),
        (
            {"then": {"type": "multiplier", "factor": "0.2", "unit": "status"}},
            "earns 5 status points, which is less by this rule.",
            "5 statü puanı kazandırır; bu kural yüzünden daha az.",
        ),
    ],
    ids=["gives", "takes"],
)
def test_an_example_names_status_points_as_such(
    edge: ApiEdge, store: StoreRef, rule: dict[str, Any], english: str, turkish: str
) -> None:
    base = rule_of({"type": "status_points", "factor": "1"}, "status")
    body = {"document": document_of(PURCHASES, base, rule | {"id": "one"}), "rule": "one"}
    for language, said in (("en", english), ("tr", turkish)):
        headers = edge.staff(store) | {"Accept-Language": language}
        text = edge.send("POST", f"{API}/rules/example", headers, body).json()["text"]
        assert text.endswith(said), text


@pytest.mark.parametrize(
    "when",
    [
        {"type": "not", "of": {"type": "currency", "codes": ["USD"]}},
        {"type": "channel", "slugs": ["elsewhere"]},
        {"type": "expression", "cel": "order.quantity > 100"},
    ],
)
def test_where_no_order_fits_there_is_no_example(
    edge: ApiEdge, store: StoreRef, when: dict[str, Any]
) -> None:
    rule = rule_of({"type": "multiplier", "factor": "2"}, "twice", scope="order", when=when)
    body = {"document": document_of(PURCHASES, rule), "rule": "twice"}
    answer = edge.send("POST", f"{API}/rules/example", edge.staff(store), body)
    assert answer.json() == {"text": None}
    unknown = edge.send("POST", f"{API}/rules/example", edge.staff(store), body | {"rule": "no"})
    assert unknown.json() == {"text": None}


def test_a_store_without_orders_has_rules_that_gave_nothing(
    edge: ApiEdge, published: StoreRef
) -> None:
    found = edge.get(f"{API}/rules/uses", edge.staff(published)).json()
    assert (found["orders"], found["complete"], found["rules"]) == (0, True, [])


def test_the_form_knows_the_kinds_of_plugins_and_says_their_rules(
    edge: ApiEdge, store: StoreRef
) -> None:
    kinds = Kinds().with_plugin("acme", (condition("enough", enough),), (effect("each", for_each),))
    headers = edge.staff(store) | {"Accept-Language": "tr"}
    rule = rule_of(then_plugin(points=4), when=if_plugin(units=3))
    with plugin_kinds.using(kinds):
        listed = edge.get(f"{API}/rules/kinds", headers).json()["kinds"]
        said = edge.send("POST", f"{API}/rules/sentences", headers, {"rules": [rule]}).json()
    found = [(one["kind"], one["part"], one["label"], one["unit"]) for one in listed]
    assert found == [
        ("acme.enough", "condition", "Yeterince şişe", None),
        ("acme.each", "effect", "Şişelere puan", "points"),
    ]
    assert listed[0]["levels"] == ["deed", "line", "order"]
    assert listed[0]["example"] == {"units": 2}
    assert set(listed[1]["settings"]["properties"]) == {"points"}
    [sentence] = said["sentences"]
    assert "en az 3 şişe" in sentence
    assert edge.get(f"{API}/rules/kinds", headers).json() == {"kinds": []}


def test_a_draft_with_a_kind_that_is_missing_is_kept_and_told_at_its_place(
    edge: ApiEdge, store: StoreRef
) -> None:
    rule = rule_of(then_plugin("gone.away", points=4), when=if_plugin("gone.away", a=[1, "b"]))
    document = document_of(PURCHASES, rule)
    headers = edge.staff(store)
    checked = edge.send("POST", f"{API}/program/check", headers, {"document": document}).json()
    found = [
        (one["code"], one["path"])
        for one in checked["problems"]
        if one["code"] == "plugin_kind_missing"
    ]
    assert found == [
        ("plugin_kind_missing", "earning.rules[1].when.kind"),
        ("plugin_kind_missing", "earning.rules[1].then.kind"),
    ]
    assert not checked["publishable"]
    body = {"document": document, "version": None}
    saved = edge.send("PUT", f"{API}/program/draft", headers, body)
    assert saved.status_code == 200, saved.text
    kept = saved.json()["document"]["earning"]["rules"][1]
    assert kept["when"] == rule["when"]
    assert kept["then"] == rule["then"]
